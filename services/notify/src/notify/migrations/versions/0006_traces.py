"""A message goes on the trace of the event that it is about."""

from kit.migrate import execute_each

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    execute_each("alter table message add column traceparent varchar;")
