"""Alembic's entry: intake's tables."""

from kit.migrate import run_environment

run_environment()
