"""Alembic's entry: the kit's own tables."""

from kit.migrate import run_environment

run_environment()
