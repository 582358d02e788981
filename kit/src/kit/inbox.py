"""Which event is next per (consumer, topic, subject). The rows that make an event take effect once and in order."""

from collections.abc import Collection
from dataclasses import dataclass, field
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
    PARKED = "parked"


_FIND = (
    "select subject, last_sequence from kit_inbox where consumer = :consumer and topic = :topic "
    "and subject = any(cast(:subjects as text[])) order by subject for update"
)
_BEGIN = (
    "insert into kit_inbox (consumer, topic, subject, last_sequence) "
    "select :consumer, :topic, subject, 0 from unnest(cast(:subjects as text[])) as w (subject) order by subject "
    "on conflict do nothing"
)
_FIND_PARKED = (
    "select subject, sequence, is_failed from kit_parked "
    "where consumer = :consumer and topic = :topic and subject = any(cast(:subjects as text[]))"
)
_SAVE = (
    "update kit_inbox i set last_sequence = w.last_sequence "
    "from unnest(cast(:subjects as text[]), cast(:numbers as bigint[])) as w (subject, last_sequence) "
    "where i.consumer = :consumer and i.topic = :topic and i.subject = w.subject"
)


@dataclass
class Inbox:
    """How far some subjects of one topic were taken, their rows locked until the transaction ends.

    Whoever changes what is parked of a subject holds its row, so what stands here stays true.
    """

    consumer: str
    topic: str
    last: dict[str, int]
    parked: dict[tuple[str, int], bool]  # by subject and sequence: whether it was refused for good
    moved: set[str] = field(default_factory=set)

    @classmethod
    async def lock(cls, tx: AsyncSession, consumer: str, topic: str, subjects: Collection[str]) -> "Inbox":
        """The rows of these subjects, locked in one order whoever asks; made where there are none."""
        place = {"consumer": consumer, "topic": topic}
        last = await _find(tx, **place, subjects=sorted(subjects))
        if new := sorted(set(subjects) - set(last)):
            await run_sql(tx, _BEGIN, **place, subjects=new)
            last |= await _find(tx, **place, subjects=new)
        parked = await run_sql(tx, _FIND_PARKED, **place, subjects=list(last))
        return cls(consumer, topic, last, {(subject, number): failed for subject, number, failed in parked})

    def turn(self, envelope: Envelope) -> Turn:
        """Whether it is this event's turn."""
        last = self.last[envelope.subject]
        if envelope.sequence <= last:
            return Turn.REPEATED
        if (envelope.subject, envelope.sequence) in self.parked:
            return Turn.PARKED
        return Turn.NEXT if envelope.sequence == last + 1 else Turn.AHEAD

    def advance(self, subject: str, sequence: int) -> None:
        """Note that this event was taken; `save` writes it down."""
        self.last[subject] = sequence
        self.moved.add(subject)

    async def save(self, tx: AsyncSession) -> None:
        """Write down how far each subject was taken."""
        if self.moved:
            numbers = [self.last[subject] for subject in self.moved]
            place = {"consumer": self.consumer, "topic": self.topic}
            await run_sql(tx, _SAVE, **place, subjects=list(self.moved), numbers=numbers)

    def park(self, tx: AsyncSession, record: Record, envelope: Envelope, why: Why) -> ParkedRow:
        """Keep an event that cannot be taken now, with its reason."""
        self.parked[envelope.subject, envelope.sequence] = why.is_failed
        return park(tx, self.consumer, record, envelope.subject, envelope.sequence, why)

    def ready(self) -> list[str]:
        """The subjects of which a held event may be applied now."""
        return [subject for subject, last in self.last.items() if self.parked.get((subject, last + 1)) is False]


async def _find(tx: AsyncSession, **place: Any) -> dict[str, int]:
    rows = await run_sql(tx, _FIND, **place)
    return {row.subject: row.last_sequence for row in rows}


def park(tx: AsyncSession, consumer: str, record: Record, subject: str, sequence: int, why: Why) -> ParkedRow:
    """A parked event's row, added to the transaction."""
    row = ParkedRow(
        consumer=consumer,
        topic=record.topic,
        subject=subject,
        sequence=sequence,
        partition=record.partition,
        record_offset=record.offset,
        headers=pack_headers(record.headers),
        body=record.body,
        is_failed=why.is_failed,
        reason=why.reason,
        attempts=why.attempts,
    )
    tx.add(row)
    return row


async def all_parked(tx: AsyncSession) -> list[ParkedRow]:
    """All that is parked, oldest first."""
    return list((await tx.exec(select(ParkedRow).order_by(ParkedRow.id))).all())  # type: ignore[arg-type]


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
