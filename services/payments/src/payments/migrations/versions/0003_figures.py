"""What Prometheus is told is counted from indexes that hold all of it."""

from kit.migrate import execute_each

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_each("""
        create index demand_figures on demand (office, procedure_id, state) include (amount_vnd);
        create index booking_figures on booking (kind, way, demand_id) include (amount_vnd) where way is not null;
        create index dossier_without_code on dossier (id) where code is null;
    """)
