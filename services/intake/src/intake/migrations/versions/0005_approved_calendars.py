"""The calendars that workflow approved: expected dates, month calendars and opening hours count by the newest."""

from kit.migrate import execute_each

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute_each("""
        create table approved_calendar (
            office text not null, version text not null, approved_at timestamptz not null,
            sha256 text not null, record jsonb not null,
            primary key (office, version)
        );
        create index approved_calendar_newest on approved_calendar (office, approved_at desc, version desc);
    """)
