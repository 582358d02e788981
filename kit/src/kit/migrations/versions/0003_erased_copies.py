"""What was removed of copies that a service kept of somebody's data, counted once per request to erase."""

from kit.migrate import execute_each

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_each("""
        create table kit_erased_copy (
            erasure_id uuid not null, subject text not null, removed jsonb not null, erased_at timestamptz not null,
            primary key (erasure_id, subject)
        );
    """)
