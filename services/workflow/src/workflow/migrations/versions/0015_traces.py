"""A parcel is ordered in the trace of who gave it to the post."""

from kit.migrate import execute_each

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    execute_each("alter table dispatch add column traceparent text;")
