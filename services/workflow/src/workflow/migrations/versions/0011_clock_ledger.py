"""Each line of the clock's ledger says the due it gave; a case starts once, and gets one new date at most."""

from kit.migrate import execute_each

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Older lines of a new date learn it from their letter; nothing else of what was written changes.
    execute_each("""
        alter table clock_entry
            add due_at timestamptz, add calendar_version text, add readings text[] not null default '{}';

        alter table clock_entry disable trigger clock_entry_only_added;
        update clock_entry set due_at = apology.new_due_at from apology
            where clock_entry.kind = 're_appointed' and apology.dossier_id = clock_entry.dossier_id
            and apology.new_due_at is not null and apology.approved_at is not null;
        alter table clock_entry enable trigger clock_entry_only_added;

        create unique index clock_started_once on clock_entry (dossier_id) where kind = 'started';
        create unique index clock_re_appointed_once on clock_entry (dossier_id) where kind = 're_appointed';
        create trigger clock_entry_never_emptied before truncate on clock_entry
            for each statement execute function only_added();
        create trigger case_history_never_emptied before truncate on case_history
            for each statement execute function only_added();

        alter table step_run
            alter due_at drop not null,
            add lateness text check (lateness in ('early', 'on_time', 'late')),
            add margin_minutes integer,
            add constraint judged_is_whole check ((lateness is null) = (margin_minutes is null));
    """)
