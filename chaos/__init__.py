"""`make chaos`: the whole of Motcua under faults, and a count of what was lost, doubled or overtaken."""
