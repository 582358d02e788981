"""Alembic's entry: the tables of payments."""

from kit.migrate import run_environment

run_environment()
