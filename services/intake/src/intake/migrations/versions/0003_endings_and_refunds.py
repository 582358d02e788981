"""What becomes of a demand that is not paid, or paid too late; last month's figures found quickly."""

from kit.migrate import execute_each

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_each("""
        alter table fee_demand
            add column cancelled_ground text
                check (cancelled_ground in ('withdrawn', 'stopped', 'refused', 'replaced')),
            add column refund text check (refund in ('refund', 'keep')),
            add column refund_vnd bigint check (refund_vnd >= 1),
            add column refund_decided_at timestamptz,
            add constraint fee_demand_refund_whole
                check ((refund is null) = (refund_vnd is null) and (refund is null) = (refund_decided_at is null));
        create index dossier_finished on dossier (office, finished_at) where finished_at is not null;
    """)
