"""Fixtures of the kit's tests."""

from kit.testing.databases import postgres
from kit.testing.kafka import kafka

__all__ = ["kafka", "postgres"]
