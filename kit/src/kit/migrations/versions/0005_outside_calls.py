"""Calls of outside systems, one row each."""

from kit.migrate import execute_each

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute_each("""
        create table kit_call (
            id bigint generated always as identity primary key,
            system text not null, about text not null, number integer not null,
            began_at timestamptz not null, lease_until timestamptz not null, ended_at timestamptz,
            outcome text check (outcome in ('done', 'try_again', 'refused', 'unknown', 'not_called')), detail text,
            check ((outcome is null) = (ended_at is null)),
            unique (about, system, number)
        );
        create index kit_call_open on kit_call (lease_until) where outcome is null;
    """)
