"""A server for databases; the processes are real ones."""

from kit.testing.databases import postgres

__all__ = ["postgres"]
