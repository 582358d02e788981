"""How a result stood to the first date promised: last month's figures count that one (R06)."""

from kit.migrate import execute_each

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_each("""
        alter table dossier
            add column lateness_first text check (lateness_first in ('early', 'on_time', 'late'));
    """)
