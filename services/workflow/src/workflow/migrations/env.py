"""Alembic's entry: workflow's tables."""

from kit.migrate import run_environment

run_environment()
