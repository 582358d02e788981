"""A case that could not be counted by a new calendar says when, so that the others go on without it."""

from kit.migrate import execute_each

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    execute_each("alter table cases add recount_failed_at timestamptz;")
