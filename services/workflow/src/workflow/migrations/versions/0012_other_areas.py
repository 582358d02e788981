"""Dossiers that a desk of another area took in: their clock starts when the competent office receives them."""

from kit.migrate import execute_each

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    execute_each("""
        alter table cases
            add sent_from text, add competent_at timestamptz,
            add constraint sent_before_received check (competent_at is null or sent_from is not null);
        alter table clock_entry drop constraint clock_entry_kind_check;
        alter table clock_entry add constraint clock_entry_kind_check check (kind in (
            'taken_over', 'check_started', 'check_restarted',
            'started', 'paused', 'resumed', 'restarted', 're_appointed', 'stopped',
            'calendar_moved', 'calendar_kept'));
        create unique index clock_taken_over_once on clock_entry (dossier_id) where kind = 'taken_over';
    """)
