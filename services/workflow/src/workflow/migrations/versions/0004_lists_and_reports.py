"""What lists, the case page and report II.06 need: each due that held, words of papers, who looked, messages, money."""

from kit.migrate import execute_each

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_each("""
        alter table cases
            add applicant_is_person boolean not null default false,
            add applicant_key text not null default '';
        alter table cases alter applicant_is_person drop default;
        update cases set applicant_key = lower(applicant_name);
        alter table case_package add words text[] not null default '{}';

        create table due_time (
            dossier_id uuid not null references cases, number integer not null check (number >= 1),
            at timestamptz not null, due_at timestamptz not null, first_due_at timestamptz not null,
            primary key (dossier_id, number)
        );
        insert into due_time
            select dossier_id, 1, accepted_at, due_at, first_due_at from cases
            where num_nulls(accepted_at, due_at, first_due_at) = 0;
        create trigger due_time_only_added before update or delete on due_time
            for each row execute function only_added();

        create table message_note (
            message_id uuid primary key, dossier_id uuid not null,
            template text not null, channel text not null check (channel in ('email', 'sms')),
            sent_at timestamptz not null
        );
        create index message_note_dossier on message_note (dossier_id);

        create table payment_note (
            id text primary key, dossier_id uuid not null, demand_id uuid not null,
            kind text not null check (kind in ('demanded', 'paid', 'cancelled', 'refund')),
            amount_vnd bigint not null check (amount_vnd >= 1), at timestamptz not null,
            way text, transaction_code text, ground text, decision text
        );
        create index payment_note_dossier on payment_note (dossier_id);

        create table case_look (
            staff_id text not null, dossier_id uuid not null references cases,
            version integer not null, at timestamptz not null,
            primary key (staff_id, dossier_id)
        );

        create index cases_urgent on cases (
            office, coalesce(deadline_at, 'infinity'::timestamptz), since, dossier_id);
        create index cases_running on cases (office, unit, role, holder_id) where status in (1, 2, 4, 5, 6, 9);
        create index cases_procedure on cases (office, procedure_id, deadline_at);
        create index cases_channel on cases (office, channel, received_at);
        create index cases_holder on cases (holder_id, deadline_at) where holder_id is not null;
        create index cases_accepted on cases (office, accepted_at) where accepted_at is not null;
        create index cases_applicant on cases (office, applicant_key, dossier_id);
        create index cases_code on cases (office, coalesce(code, arrival_number), dossier_id);
        create index cases_since on cases (office, since, dossier_id);
        create index undecided_open on undecided_event (dossier_id) where decided_at is null;
    """)
