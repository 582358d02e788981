"""Dossiers whose applicant was erased: nothing goes out about them any more."""

from kit.migrate import execute_each

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_each("""
        alter table dossier add column erased_at timestamptz;
    """)
