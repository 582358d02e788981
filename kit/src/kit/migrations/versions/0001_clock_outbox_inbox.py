"""The clock's offset and its function, the outbox with its streams, the inbox with what is parked."""

from kit.migrate import execute_each

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_each("""
        create table kit_clock_offset (single boolean primary key check (single), seconds double precision not null);

        create function kit_now() returns timestamptz language sql stable as $$
            select transaction_timestamp()
                + make_interval(secs => coalesce((select seconds from kit_clock_offset), 0))
        $$;

        create table kit_stream (
            topic text not null, subject text not null, last_sequence bigint not null,
            primary key (topic, subject)
        ) with (fillfactor = 70);

        create table kit_outbox (
            id bigint generated always as identity primary key,
            topic text not null, subject text not null, event_id uuid not null unique, type text not null,
            headers bytea not null, body bytea not null,
            created_at timestamptz not null default clock_timestamp(), refused text
        );
        create index kit_outbox_refused on kit_outbox (topic, subject) where refused is not null;

        create table kit_inbox (
            consumer text not null, topic text not null, subject text not null, last_sequence bigint not null,
            primary key (consumer, topic, subject)
        ) with (fillfactor = 70);

        create table kit_parked (
            consumer text not null, topic text not null, subject text not null, sequence bigint not null,
            partition integer not null, record_offset bigint not null,
            headers bytea not null, body bytea not null,
            is_failed boolean not null, reason text not null, attempts integer not null default 0,
            parked_at timestamptz not null default clock_timestamp(),
            primary key (consumer, topic, subject, sequence)
        );
        create index kit_parked_failed on kit_parked (parked_at) where is_failed;

        create table kit_reader_attempt (
            consumer text not null, topic text not null, partition integer not null,
            record_offset bigint not null, attempts integer not null,
            primary key (consumer, topic, partition)
        );
    """)
