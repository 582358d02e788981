"""A parked event has a number people can say, and what was decided about it is kept."""

from kit.migrate import execute_each

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_each("""
        alter table kit_parked add column id bigint generated always as identity unique;

        create table kit_parked_decision (
            id bigint generated always as identity primary key,
            parked_id bigint not null, decision text not null, decided_by text not null, why text not null,
            decided_at timestamptz not null default clock_timestamp(),
            consumer text not null, topic text not null, subject text not null, sequence bigint not null,
            partition integer not null, record_offset bigint not null,
            headers bytea not null, body bytea not null,
            reason text not null, attempts integer not null, parked_at timestamptz not null
        );
    """)
