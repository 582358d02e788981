"""What is parked: listed, shown, replayed, dropped, passed over, measured. No personal data: events carry none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit import inbox
from kit.consume import Consumer, drain
from kit.inbox import Inbox, Turn
from kit.outbox import unpack_headers
from kit.tables import ParkedDecision, ParkedRow
from kit.tx import Database, run_sql

GAP_SECONDS = 60.0
MOST_LISTED = 200
Row = ParkedRow | ParkedDecision


class NoSuchParked(Exception):
    """Nothing with this number is parked (any more)."""


class StillFails(Exception):
    """Replayed, and refused again; it stays parked. Carries the reason."""


class WaitsForAnother(Exception):
    """A held event is not decided on by itself: an earlier one of its subject is."""


@dataclass(frozen=True)
class Parked:
    """A parked event as people see it; `data` and `headers` only where one is shown."""

    id: int
    consumer: str
    topic: str
    subject: str
    sequence: int
    partition: int
    offset: int
    is_failed: bool
    reason: str
    attempts: int
    parked_at: datetime
    headers: dict[str, str]
    data: Any = None

    @property
    def type(self) -> str:
        """The event's type; empty where the record is no event of ours."""
        return self.headers.get("ce_type", "")

    @property
    def trace_id(self) -> str:
        """The trace in which it was said; empty outside any."""
        parts = self.headers.get("ce_traceparent", "").split("-")
        return parts[1] if len(parts) == 4 else ""


@dataclass(frozen=True)
class Decision:
    """What somebody decided: `replayed`, `dropped` or `passed over`; the event as it was then."""

    id: int
    decision: str
    decided_by: str
    why: str
    decided_at: datetime
    event: Parked


@dataclass(frozen=True)
class Counts:
    """How many are parked now; `gaps` are subjects that wait for a number that has not come for a minute."""

    failed: int
    held: int
    gaps: int


async def list_parked(
    tx: AsyncSession,
    *,
    is_failed: bool | None = None,
    topic: str | None = None,
    subject: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Parked]:
    """What is parked, oldest first, narrowed by what is given; go on with `after=` the last one's id."""
    wanted = select(ParkedRow).where(col(ParkedRow.id) > after)
    for column, value in (("is_failed", is_failed), ("topic", topic), ("subject", subject)):
        if value is not None:
            wanted = wanted.where(getattr(ParkedRow, column) == value)
    rows = await tx.exec(wanted.order_by(col(ParkedRow.id)).limit(min(limit, MOST_LISTED)))
    return [_seen(row) for row in rows]


async def list_decisions(tx: AsyncSession, *, before: int | None = None, limit: int = 50) -> list[Decision]:
    """What was decided, newest first; go on with `before=` the last one's id."""
    wanted = select(ParkedDecision).order_by(col(ParkedDecision.id).desc()).limit(min(limit, MOST_LISTED))
    if before is not None:
        wanted = wanted.where(col(ParkedDecision.id) < before)
    return [_decided(row) for row in await tx.exec(wanted)]


async def find_parked(tx: AsyncSession, number: int) -> Parked:
    """One parked event with its data. Raises NoSuchParked."""
    return _seen(await _load(tx, number), whole=True)


async def replay(database: Database, consumer: Consumer, number: int, *, by: str) -> None:
    """Try a failed event again, and what waits behind it. Handlers run here, so `database` carries what they need.

    Raises NoSuchParked, WaitsForAnother for one that is only held, StillFails; what is passing (then it is held, and
    the service's worker tries it).
    """
    async with database.transaction() as tx:
        row, envelope = await _load(tx, number), None
        if not row.is_failed:
            raise WaitsForAnother(f"{row.subject}: number {row.sequence} waits for an earlier one")
        try:
            envelope = inbox.record_of(row).envelope()
        except ValueError as error:
            raise StillFails("it is still no event that can be read") from error
        box = await Inbox.lock(tx, row.consumer, row.topic, [envelope.subject])
        row = await _load(tx, number, lock=True)
        _decide(tx, row, "replayed", by, "")
        if row.sequence == envelope.sequence or box.turn(envelope) in (Turn.NEXT, Turn.AHEAD):
            row.subject, row.sequence = envelope.subject, envelope.sequence  # it may have been unreadable before
            row.is_failed, row.attempts = False, 0
        else:
            await tx.delete(row)
    await drain(database, consumer, row.topic, envelope.subject)
    async with database.transaction() as tx:
        failed = select(ParkedRow.reason).where(col(ParkedRow.id) == number, col(ParkedRow.is_failed))
        again = (await tx.exec(failed)).one_or_none()
    if again is not None:
        raise StillFails(again)


async def drop(database: Database, consumer: Consumer, number: int, *, by: str, why: str) -> None:
    """Give a failed event up: it is kept as a decision with who and why, and what waits behind it goes on.

    Raises NoSuchParked, WaitsForAnother for one that is only held.
    """
    async with database.transaction() as tx:
        row = await _load(tx, number)
        if not row.is_failed:
            raise WaitsForAnother(f"{row.subject}: number {row.sequence} waits for an earlier one")
        box = await Inbox.lock(tx, row.consumer, row.topic, [row.subject] if row.sequence else [])
        row = await _load(tx, number, lock=True)
        _decide(tx, row, "dropped", by, why)
        await tx.delete(row)
        if row.sequence:
            box.advance(row.subject, row.sequence)
            await box.save(tx)
    await drain(database, consumer, row.topic, row.subject)


async def pass_over(database: Database, consumer: Consumer, number: int, *, by: str, why: str) -> None:
    """Wait no longer for what should have come before a held event: it is applied, with what follows.

    What was missing has no effect any more should it come. Raises NoSuchParked; WaitsForAnother where a failed event,
    or one that came earlier, stands before it.
    """
    async with database.transaction() as tx:
        row = await _load(tx, number)
        box = await Inbox.lock(tx, row.consumer, row.topic, [row.subject])
        row = await _load(tx, number, lock=True)
        first = min(sequence for subject, sequence in box.parked)
        if row.is_failed or row.sequence != first:
            raise WaitsForAnother(f"{row.subject}: decide on number {first} first")
        _decide(tx, row, "passed over", by, why)
        if box.last[row.subject] < row.sequence - 1:
            box.advance(row.subject, row.sequence - 1)
        await box.save(tx)
    await drain(database, consumer, row.topic, row.subject)


_COUNTS = "select count(*) filter (where is_failed), count(*) filter (where not is_failed) from kit_parked"
_WAITING = """
    select w.consumer, w.topic, w.subject, w.first = i.last_sequence + 1 as is_ready
    from (
        select consumer, topic, subject, min(sequence) as first, min(parked_at) as since,
            bool_or(is_failed) as has_failed
        from kit_parked where sequence > 0 group by consumer, topic, subject
    ) w join kit_inbox i using (consumer, topic, subject)
    where not w.has_failed
      and (w.first = i.last_sequence + 1 or w.since < clock_timestamp() - make_interval(secs => :seconds))
"""


async def count_parked(tx: AsyncSession) -> Counts:
    """How many are parked now."""
    failed, held = (await run_sql(tx, _COUNTS)).one()
    waiting = await run_sql(tx, _WAITING, seconds=GAP_SECONDS)
    return Counts(failed, held, sum(not row.is_ready for row in waiting))


async def ready_to_drain(tx: AsyncSession) -> Sequence[tuple[str, str, str]]:
    """(consumer, topic, subject) of held events whose turn has come, which nobody applied: their reader died then."""
    waiting = await run_sql(tx, _WAITING, seconds=GAP_SECONDS)
    return [(row.consumer, row.topic, row.subject) for row in waiting if row.is_ready]


async def _load(tx: AsyncSession, number: int, *, lock: bool = False) -> ParkedRow:
    """Its row as it is now. Raises NoSuchParked. Locked only by who holds the subject's row in the inbox."""
    wanted = select(ParkedRow).where(col(ParkedRow.id) == number).execution_options(populate_existing=True)
    row = (await tx.exec(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise NoSuchParked(f"nothing with the number {number} is parked")
    return row


def _decide(tx: AsyncSession, row: ParkedRow, decision: str, by: str, why: str) -> None:
    assert row.id is not None
    kept = row.model_dump(exclude={"id", "is_failed"})
    tx.add(ParkedDecision(**kept, parked_id=row.id, decision=decision, decided_by=by, why=why))


def _seen(row: Row, *, whole: bool = False) -> Parked:
    number = row.id if isinstance(row, ParkedRow) else row.parked_id
    assert number is not None
    assert row.parked_at is not None
    return Parked(
        id=number,
        consumer=row.consumer,
        topic=row.topic,
        subject=row.subject,
        sequence=row.sequence,
        partition=row.partition,
        offset=row.record_offset,
        is_failed=row.is_failed if isinstance(row, ParkedRow) else True,
        reason=row.reason,
        attempts=row.attempts,
        parked_at=row.parked_at,
        headers={name: value.decode(errors="replace") for name, value in unpack_headers(row.headers)},
        data=_data(row.body) if whole else None,
    )


def _data(body: bytes) -> Any:
    """The event's data; how large it is where nobody can read it."""
    try:
        return orjson.loads(body)
    except ValueError:
        return f"{len(body)} bytes that are no JSON"


def _decided(row: ParkedDecision) -> Decision:
    assert row.id is not None
    assert row.decided_at is not None
    return Decision(row.id, row.decision, row.decided_by, row.why, row.decided_at, _seen(row))
