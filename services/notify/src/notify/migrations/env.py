"""Alembic's entry: the tables of notify."""

from kit.migrate import run_environment

run_environment()
