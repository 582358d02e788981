"""Calendar versions: drafted by one person, approved by another, applied to the dossiers whose clock runs."""

from kit.migrate import execute_each

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    execute_each("""
        create table calendar_version (
            id bigint generated always as identity primary key,
            office text not null, version text not null, based_on text not null,
            record jsonb not null, why_vi text not null,
            drafted_by text not null, drafted_at timestamptz not null,
            number integer check (number >= 2), approved_by text, approved_at timestamptz, object jsonb,
            dropped_by text, dropped_at timestamptz,
            looked_at integer not null, moved integer not null, kept integer not null, finished_at timestamptz,
            constraint calendar_approved_whole check (num_nulls(number, approved_by, approved_at, object) in (0, 4)),
            constraint calendar_second_person check (approved_by <> drafted_by),
            constraint calendar_dropped_whole check (num_nulls(dropped_by, dropped_at) in (0, 2)),
            constraint calendar_dropped_or_approved check (dropped_at is null or approved_at is null)
        );
        create unique index calendar_version_number on calendar_version (office, number) where number is not null;
        create unique index calendar_version_name on calendar_version (office, version) where number is not null;

        create function approved_calendar_stays() returns trigger language plpgsql as $$
        begin raise exception 'an approved calendar is never changed'; end $$;
        create trigger calendar_version_stays
            before update of office, version, record, number, approved_by, approved_at, object, drafted_by
            on calendar_version for each row when (old.number is not null) execute function approved_calendar_stays();

        alter table due_time add calendar_version text;
        create index cases_calendar on cases (office, coalesce(calendar_version, ''), dossier_id)
            where deadline_at is not null;

        alter table clock_entry drop constraint clock_entry_kind_check;
        alter table clock_entry add constraint clock_entry_kind_check check (kind in (
            'check_started', 'check_restarted',
            'started', 'paused', 'resumed', 'restarted', 're_appointed', 'stopped',
            'calendar_moved', 'calendar_kept'));
    """)
