"""Cases with what belongs to them: packages, clock ledger, steps, check, supplements, slips, series, sign-offs."""

from kit.migrate import execute_each

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_each("""
        create table cases (
            dossier_id uuid primary key,
            arrival_number text not null unique,
            procedure_id text not null, procedure_version text not null,
            channel text not null, origin text not null,
            office text not null, receiving_unit text not null, resolving_unit text not null,
            applicant_id text not null, applicant_name text not null, contact_path text not null,
            received_at timestamptz not null, last_piece_at timestamptz not null,
            status smallint not null check (status between 1 and 10), since timestamptz not null,
            unit text not null, units text[] not null, version integer not null, round smallint not null,
            role text, holder_id text, step text, checker_id text,
            deadline_at timestamptz, late_from timestamptz,
            check_started_at timestamptz, check_due_at timestamptz,
            fee_vnd bigint check (fee_vnd >= 0), paid_at timestamptz,
            code text unique, accepted_at timestamptz,
            started_at timestamptz, due_at timestamptz, first_due_at timestamptz,
            calendar_version text, readings text[] not null,
            outcome text check (outcome in ('granted', 'refused')),
            conclusion text not null, conditions text[] not null,
            result_code text unique, result_number text, result jsonb,
            finished_at timestamptz,
            lateness text check (lateness in ('early', 'on_time', 'late')),
            lateness_first text check (lateness_first in ('early', 'on_time', 'late')),
            margin_working_minutes integer, returned_at timestamptz,
            words tsvector,
            constraint accepted_has_code_and_clock check (
                status not in (2, 4, 9, 10) or num_nulls(code, accepted_at, started_at, due_at, first_due_at) = 0),
            constraint finished_has_result check (
                status not in (9, 10) or num_nulls(result_code, result, outcome, finished_at, lateness) = 0),
            constraint returned_has_time check (status <> 10 or returned_at is not null)
        ) with (fillfactor = 80);
        create index cases_queue on cases (office, unit, deadline_at);
        create index cases_status on cases (status, deadline_at);
        create index cases_units on cases using gin (units);
        create index cases_words on cases using gin (words);

        create table case_package (
            dossier_id uuid not null references cases, version integer not null,
            object jsonb not null, received_at timestamptz not null,
            primary key (dossier_id, version)
        );

        create table clock_entry (
            dossier_id uuid not null references cases, number integer not null,
            kind text not null check (kind in ('started', 'paused', 'resumed', 'restarted', 're_appointed', 'stopped')),
            at timestamptz not null, reason_vi text not null, basis text not null,
            primary key (dossier_id, number)
        );

        create table step_run (
            dossier_id uuid not null references cases, number integer not null,
            step text not null, unit text not null, role text not null,
            started_at timestamptz not null, due_at timestamptz not null, planned_minutes integer not null,
            finished_at timestamptz, used_minutes integer, staff_id text, note text not null,
            primary key (dossier_id, number),
            constraint finished_is_whole check ((finished_at is null) = (used_minutes is null))
        );
        create unique index step_run_open on step_run (dossier_id) where finished_at is null;

        create table check_item (
            dossier_id uuid not null references cases, round integer not null, component text not null,
            verdict text not null check (verdict in ('good', 'lacking', 'not_needed')), note text not null,
            primary key (dossier_id, round, component)
        );

        create table supplement (
            dossier_id uuid not null references cases, round integer not null check (round >= 1),
            items jsonb not null, asked_at timestamptz not null, answered_at timestamptz,
            primary key (dossier_id, round)
        );

        create table slip (
            office text not null, form text not null, year integer not null, number integer not null,
            dossier_id uuid not null references cases, object jsonb not null, issued_at timestamptz not null,
            primary key (office, form, year, number)
        );
        create index slip_dossier on slip (dossier_id);
        create table slip_series (
            office text not null, form text not null, year integer not null, last integer not null,
            primary key (office, form, year)
        );
        create table code_series (
            agency text not null, on_date date not null, last integer not null,
            primary key (agency, on_date)
        );

        create table sign_off (
            dossier_id uuid not null references cases, result_sha256 text not null,
            staff_id text not null, at timestamptz not null,
            primary key (dossier_id, result_sha256)
        );

        create table case_history (
            dossier_id uuid not null references cases, version integer not null, number integer not null,
            at timestamptz not null, what_vi text not null, staff_id text, note text not null,
            primary key (dossier_id, version, number)
        );

        create table undecided_event (
            id bigint generated always as identity primary key,
            dossier_id uuid not null references cases, kind text not null, status smallint not null,
            event jsonb not null, reason_vi text not null, at timestamptz not null, decided_at timestamptz
        );
        create index undecided_dossier on undecided_event (dossier_id);

        create table staff (
            id text primary key, name text not null, title text not null, phone text not null,
            office text not null, unit text not null, roles text[] not null
        );

        create function only_added() returns trigger language plpgsql as $$
        begin raise exception '% is only ever added to', tg_table_name; end $$;
        create trigger clock_entry_only_added before update or delete on clock_entry
            for each row execute function only_added();
        create trigger case_history_only_added before update or delete on case_history
            for each row execute function only_added();
        create trigger sign_off_only_added before update or delete on sign_off
            for each row execute function only_added();
    """)
