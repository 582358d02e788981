"""The platform is asked about an attempt in the payer's trace."""

from kit.migrate import execute_each

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_each("alter table attempt add column traceparent varchar;")
