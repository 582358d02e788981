"""Report II.06 reads by when a case ended, which has an index now; and indexes that no list was ever found by go."""

from kit.migrate import execute_each

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    execute_each("""
        create index cases_ended on cases (
            office, (case when status in (9, 10) then finished_at when status in (7, 8) then since end))
            where accepted_at is not null;
    """)
