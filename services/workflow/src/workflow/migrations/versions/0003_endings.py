"""Every ending: what a case waits for, apologies, opinions, further results, what goes by post, decisions on events."""

from kit.migrate import execute_each

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_each("""
        alter table cases
            add return_way text not null default 'online' check (return_way in ('online', 'counter', 'postal')),
            add answer_by timestamptz, add stop_asked_at timestamptz, add stop_request jsonb,
            add ground text check (ground in ('requested', 'not_supplemented', 'not_paid')),
            add apology_drafted_at timestamptz, add reappointed_at timestamptz,
            add open_opinions smallint not null default 0 check (open_opinions >= 0),
            add results smallint not null default 0 check (results >= 0),
            add correction jsonb, add posted_at timestamptz,
            add constraint stopped_has_ground check ((status = 8) = (ground is not null));
        alter table cases alter return_way drop default, alter open_opinions drop default, alter results drop default;
        create index cases_filed on cases (office, received_at);

        create table apology (
            dossier_id uuid not null references cases, number integer not null,
            reason_vi text not null, unit_at_fault text not null,
            drafted_at timestamptz not null, drafted_by text not null,
            previous_due_at timestamptz not null, new_due_at timestamptz,
            approved_at timestamptz, approved_by text,
            primary key (dossier_id, number),
            constraint new_date_is_later check (new_due_at > previous_due_at)
        );
        create unique index apology_new_date_once on apology (dossier_id)
            where new_due_at is not null and approved_at is not null;

        create table opinion (
            dossier_id uuid not null references cases, number integer not null,
            agency_vi text not null, question text not null, answer_by date not null,
            asked_at timestamptz not null, asked_by text not null,
            answered_on date, answer text not null, recorded_at timestamptz, recorded_by text,
            primary key (dossier_id, number)
        );

        create table result (
            dossier_id uuid not null references cases, number integer not null check (number >= 1),
            code text not null unique, kind text not null check (kind in ('granted', 'refused')),
            object jsonb not null, reason_vi text not null, issued_at timestamptz not null, issued_by text,
            primary key (dossier_id, number)
        );

        create table dispatch (
            order_number text primary key, dossier_id uuid not null references cases, result_code text not null,
            state text not null check (state in (
                'to_order', 'ordered', 'refused', 'accepted', 'in_transit', 'out_for_delivery',
                'failed_attempt', 'delivered', 'returning', 'returned', 'lost', 'cancelled')),
            item text, ordered_at timestamptz not null, ordered_by text not null,
            attempts integer not null, next_try_at timestamptz, trouble text not null,
            last_event_at timestamptz, delivered_at timestamptz, proof jsonb
        );
        create index dispatch_dossier on dispatch (dossier_id);
        create table postal_cursor (name text primary key, last_id text not null);

        alter table undecided_event add decided_by text, add decision_vi text not null default '';
        alter table undecided_event alter decision_vi drop default;
    """)
