"""What is known of dossiers, messages, attempts to hand them over."""

from kit.migrate import execute_each

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_each("""
        create table dossier (
            id uuid primary key, applicant_id varchar, arrival_number varchar, procedure_id varchar,
            procedure_version varchar, channel varchar, office varchar, receiving_unit varchar,
            received_at timestamptz, contact varchar, code varchar, due_at timestamptz
        );
        create index dossier_applicant on dossier (applicant_id);
        create index dossier_arrival_number on dossier (arrival_number);
        create index dossier_code on dossier (code);

        create table message (
            id uuid primary key, dossier_id uuid not null, template varchar not null,
            channel varchar not null check (channel in ('email', 'sms')), about varchar not null,
            contact varchar, facts jsonb not null,
            state varchar not null check (state in ('queued', 'sent', 'failed', 'skipped', 'unknown')),
            created_at timestamptz not null, try_at timestamptz not null, attempts integer not null,
            sent_at timestamptz, reason varchar, shown_to varchar,
            check (state <> 'sent' or (sent_at is not null and shown_to is not null)),
            check (state not in ('failed', 'skipped') or reason is not null),
            unique (dossier_id, template, channel, about)
        );
        create index message_to_send on message (try_at) where state = 'queued';
        create index message_newest on message (created_at desc, id desc);
        create index message_of_dossier on message (dossier_id, created_at desc, id desc);

        create table attempt (
            id bigint generated always as identity primary key,
            message_id uuid not null references message (id), began_at timestamptz not null, ended_at timestamptz,
            outcome varchar not null check (
                outcome in ('begun', 'taken_over', 'try_again', 'refused', 'skipped', 'unknown')),
            detail varchar,
            check ((outcome = 'begun') = (ended_at is null))
        );
        create index attempt_of_message on attempt (message_id, id);
    """)
