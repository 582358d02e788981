"""The clock's ledger also tells when the check began and began anew."""

from kit.migrate import execute_each

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_each("""
        alter table clock_entry drop constraint clock_entry_kind_check;
        alter table clock_entry add constraint clock_entry_kind_check check (kind in (
            'check_started', 'check_restarted',
            'started', 'paused', 'resumed', 'restarted', 're_appointed', 'stopped'));
    """)
