"""Attempts lie in the kit's table of calls from now on."""

from kit.migrate import execute_each

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_each("""
        insert into kit_call (system, about, number, began_at, lease_until, ended_at, outcome, detail)
        select case channel when 'email' then 'mail' else channel end, message.id::text,
            row_number() over (partition by message.id order by attempt.id), began_at, began_at,
            coalesce(ended_at, began_at),
            case outcome when 'taken_over' then 'done' when 'skipped' then 'not_called' when 'begun' then 'unknown'
                else outcome end, detail
        from attempt join message on message.id = attempt.message_id order by attempt.id;
        drop table attempt;
    """)
