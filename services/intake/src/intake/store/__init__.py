"""Rows in, domain objects out; the only SQL that writes."""
