"""Events that the broker refused: listed, sent again once the cause is mended, or given up. Sends nothing itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.outbox import pack_headers, unpack_headers
from kit.relay import CHANNEL, SWEEP
from kit.tx import run_sql

GIVEN_UP = "event_given_up.v1"  # nobody hears it: it only takes the turn of the one that was given up


@dataclass(frozen=True)
class RefusedEvent:
    """What an operator sees of it; `behind` is how many later ones of its subject wait for it."""

    id: int
    topic: str
    subject: str
    type: str
    size: int
    said_at: datetime
    reason: str
    behind: int


_ALL = """
    select id, topic, subject, type, length(headers) + length(body), created_at, refused, (
        select count(*) from kit_outbox later where later.topic = o.topic and later.subject = o.subject
            and later.id > o.id
    ) from kit_outbox o where refused is not null order by id
"""


async def all_refused(tx: AsyncSession) -> list[RefusedEvent]:
    """Every refused event, the oldest first."""
    return [RefusedEvent(*row) for row in await run_sql(tx, _ALL)]


async def retry(tx: AsyncSession, ids: list[int]) -> list[int]:
    """Let these be sent again, each with what waits behind it, in order; returns those that were refused.

    One whose cause is not mended is refused again. Harmless when repeated.
    """
    query = "update kit_outbox set refused = null where id = any(:ids) and refused is not null returning id"
    found = [number for (number,) in await run_sql(tx, query, ids=ids)]
    await run_sql(tx, f"notify {CHANNEL}, '{SWEEP}'")
    return sorted(found)


async def give_up(tx: AsyncSession, number: int) -> bool:
    """Say nothing in its place, so that what waits behind it goes on; false where no such event is refused.

    An event without content takes its sequence number: readers would otherwise hold the later ones for ever. Its own
    content is gone then. Of a dead letter, which nobody reads in order, nothing is left.
    """
    query = "select topic, headers from kit_outbox where id = :id and refused is not null for update"
    row = (await run_sql(tx, query, id=number)).one_or_none()
    if row is None:
        return False
    if row.topic.endswith(".dead"):
        await run_sql(tx, "delete from kit_outbox where id = :id", id=number)
        return True
    said = f"{row.topic.removesuffix('.events')}.{GIVEN_UP}"
    headers = [(name, said.encode() if name == "ce_type" else value) for name, value in unpack_headers(row.headers)]
    change = "update kit_outbox set type = :type, headers = :headers, body = '{}', refused = null where id = :id"
    await run_sql(tx, change, type=said, headers=pack_headers(headers), id=number)
    await run_sql(tx, f"notify {CHANNEL}, '{SWEEP}'")
    return True
