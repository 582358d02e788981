"""What Prometheus is told of the messages is counted from an index that holds all of it."""

from kit.migrate import execute_each

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute_each("create index message_figures on message (channel, state);")
