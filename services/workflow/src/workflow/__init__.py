"""Walks each dossier through its procedure: cases, steps, deadlines, slips, results."""
