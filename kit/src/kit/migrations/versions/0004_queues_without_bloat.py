"""Tables through which much passes are cleaned by what died in them, not by a share of what they hold."""

from kit.migrate import execute_each

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # event_id is made at random by the one who writes: its index guarded nothing, and random numbers bloat an index.
    execute_each("""
        alter table kit_outbox drop constraint kit_outbox_event_id_key;
        alter table kit_outbox set (
            autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
            autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0,
            autovacuum_analyze_threshold = 100000, autovacuum_vacuum_cost_delay = 0,
            toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 5000,
            toast.autovacuum_vacuum_cost_delay = 0
        );
        alter table kit_stream set (
            autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0
        );
        alter table kit_inbox set (
            autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0
        );
        alter table kit_reader_attempt set (fillfactor = 50, autovacuum_vacuum_threshold = 1000);
    """)
