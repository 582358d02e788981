"""Helpers for tests: databases, people, deliveries, pages. Never imported by what ships to users."""
