"""What Prometheus is told of the messages: figures from the database, asked by one worker. SQL that counts."""

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.figures import Answers, Figure, Measure
from kit.tx import run_sql
from notify.domain.message import Channel, MessageState

MESSAGES = Figure("motcua_messages", "Messages by channel and state", ("channel", "state"))
OLDEST = Figure(
    "motcua_messages_oldest_seconds", "How long the oldest message that is to be sent is waiting", ("channel",)
)
_MESSAGES = "select channel, state, count(*) from message group by 1, 2"
_OLDEST = """
    select channel, greatest(extract(epoch from kit_now() - min(created_at)), 0)::float from message
    where state = 'queued' group by 1
"""


async def messages(tx: AsyncSession) -> Answers:
    found = {(channel.value, state.value): 0 for channel in Channel for state in MessageState}
    found |= {(channel, state): many for channel, state, many in await run_sql(tx, _MESSAGES)}
    return {MESSAGES: [(*key, many) for key, many in found.items()]}


async def oldest(tx: AsyncSession) -> Answers:
    found = {channel.value: 0.0 for channel in Channel}
    found.update((await run_sql(tx, _OLDEST)).all())
    return {OLDEST: list(found.items())}


MEASURES = [Measure((MESSAGES,), messages), Measure((OLDEST,), oldest)]
