"""Which event is next per (consumer, topic, subject). The rows that make an event take effect once and in order."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.envelope import Envelope, from_headers
from kit.outbox import pack_headers, unpack_headers
from kit.tables import ParkedRow
from kit.tx import run_sql


@dataclass(frozen=True)
class Record:
    """A Kafka record as the reader needs it; the key is the subject."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: list[tuple[str, bytes]]
    body: bytes

    def envelope(self) -> Envelope:
        """Raises ValueError where the record is not an envelope of ours."""
        return from_headers(self.headers, orjson.loads(self.body))


@dataclass(frozen=True)
class Why:
    """Why an event is parked: refused for good, or only ahead of an earlier one."""

    reason: str
    is_failed: bool
    attempts: int = 0


class Turn(Enum):
    """Where an event stands in its subject's order."""

    NEXT = "next"
    REPEATED = "repeated"
    AHEAD = "ahead"


_LOCK = (
    "insert into kit_inbox (consumer, topic, subject, last_sequence) values (:consumer, :topic, :subject, 0) "
    "on conflict (consumer, topic, subject) do update set last_sequence = kit_inbox.last_sequence "
    "returning last_sequence"
)
_ADVANCE = (
    "update kit_inbox set last_sequence = :sequence "
    "where consumer = :consumer and topic = :topic and subject = :subject"
)


async def last_taken(tx: AsyncSession, consumer: str, topic: str, subject: str) -> int:
    """The last sequence taken, its row locked until the transaction ends."""
    found: int = (await run_sql(tx, _LOCK, **_key(consumer, topic, subject))).scalar_one()
    return found


async def turn(tx: AsyncSession, consumer: str, topic: str, envelope: Envelope) -> Turn:
    """Whether it is this event's turn; the row is locked until the transaction ends."""
    last = await last_taken(tx, consumer, topic, envelope.subject)
    if envelope.sequence <= last:
        return Turn.REPEATED
    return Turn.NEXT if envelope.sequence == last + 1 else Turn.AHEAD


async def advance(tx: AsyncSession, consumer: str, topic: str, envelope: Envelope) -> None:
    """Note that this event was taken."""
    await run_sql(tx, _ADVANCE, **_key(consumer, topic, envelope.subject), sequence=envelope.sequence)


async def park(
    tx: AsyncSession,
    consumer: str,
    record: Record,
    subject: str,
    sequence: int,
    why: Why,
) -> bool:
    """Keep an event that cannot be taken now, with its reason. False where it is kept already."""
    if await find(tx, consumer, record.topic, subject, sequence):
        return False
    tx.add(
        ParkedRow(
            consumer=consumer,
            topic=record.topic,
            subject=subject,
            sequence=sequence,
            partition=record.partition,
            record_offset=record.offset,
            headers=pack_headers(record.headers),
            body=record.body,
            is_failed=why.is_failed,
            reason=why.reason[:2000],
            attempts=why.attempts,
        )
    )
    await tx.flush()
    return True


async def find(tx: AsyncSession, consumer: str, topic: str, subject: str, sequence: int) -> ParkedRow | None:
    """The parked event with this number, its row locked."""
    key = _key(consumer, topic, subject) | {"sequence": sequence}
    return await tx.get(ParkedRow, key, with_for_update=True)


async def all_parked(tx: AsyncSession) -> list[ParkedRow]:
    """All that is parked, oldest first."""
    return list((await tx.exec(select(ParkedRow).order_by(ParkedRow.parked_at))).all())  # type: ignore[arg-type]


def record_of(row: ParkedRow) -> Record:
    """The record a parked row was made from."""
    return Record(
        topic=row.topic,
        partition=row.partition,
        offset=row.record_offset,
        key=row.subject,
        headers=unpack_headers(row.headers),
        body=row.body,
    )


def _key(consumer: str, topic: str, subject: str) -> dict[str, Any]:
    return {"consumer": consumer, "topic": topic, "subject": subject}
