"""An event reaches its handlers: once, in order, in one transaction. Knows nothing of Kafka, so tests need none."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.catalogue import EVENTS
from contracts.envelope import Envelope, Event
from kit import dead, inbox, telemetry
from kit.faults import is_passing, reason_of
from kit.inbox import Inbox, Record, Turn
from kit.kept import Kept
from kit.now import TIME_ZONE, read_now
from kit.tables import ParkedRow
from kit.tx import Database, run_sql

Handler = Callable[..., Awaitable[Any]]
MOST_ATTEMPTS = 3
MOST_PARKED_IN_A_ROW = 20  # so many at once are our fault, not the events'
WAITS = inbox.Why("waits for an earlier event of its dossier", is_failed=False)

log = logging.getLogger(__name__)


class ReaderStopped(Exception):
    """The reader must not go on by itself; a person has to look."""


class NewerThanKnown(Exception):
    """Another version of an event we listen to: this program is older than what was said, or has lost a reader."""


@dataclass
class Consumer:
    """What a service listens to: `keeps` is what it remembers of others, `reacts` what it does because of them.

    `kept` is where what it remembers lies: the handlers in `keeps` write nothing else, and say nothing.
    """

    name: str
    keeps: Mapping[type[Event], Handler]
    reacts: Mapping[type[Event], Handler]
    kept: Sequence[Kept] = ()
    parked_in_a_row: int = field(default=0)

    def topics(self) -> list[str]:
        return sorted({cls.topic() for cls in (*self.keeps, *self.reacts)})

    def handlers(self, event_type: str) -> list[Handler]:
        """Who listens to this event; nobody is right too. Raises NewerThanKnown."""
        cls = EVENTS.get(event_type)
        if cls is None and _unversioned(event_type) in {
            _unversioned(each.type) for each in (*self.keeps, *self.reacts)
        }:
            raise NewerThanKnown(f"{event_type} is a version this program does not know: upgrade it, then replay")
        return [board[cls] for board in (self.keeps, self.reacts) if cls in board] if cls else []


def _unversioned(event_type: str) -> str:
    return event_type.rpartition(".v")[0]


async def _nothing(record: Record) -> None:
    """For callers that note offsets only when the whole batch is done."""


async def deliver(
    database: Database,
    consumer: Consumer,
    records: Sequence[Record],
    *,
    taken: Callable[[Record], Awaitable[None]] = _nothing,
) -> None:
    """Take the records of one partition, in order; when this returns their offsets may be committed.

    All in one transaction; alone, one by one, where a record in it fails or killed its process before. A record that
    is refused for good is parked. `taken` is told of each record that was taken alone, so that its offset is noted at
    once and the one that kills its process becomes the first, whose attempts are counted. Raises what is passing, for
    the caller to wait and call again; ReaderStopped.
    """
    if not records:
        return
    attempts = await count_attempt(database, consumer, records[0])
    if attempts == 1 and len(records) > 1:
        try:
            box = await take_together(database, consumer, records)
        except Exception as error:  # noqa: BLE001 - whatever it was, each record is tried alone and judged there
            log.warning("a batch failed and is taken one by one: %s", type(error).__name__)
        else:
            await drain_ready(database, consumer, box)
            return
    for index, record in enumerate(records):
        tried = attempts if index == 0 else await count_attempt(database, consumer, record)
        await deliver_alone(database, consumer, record, attempts=tried)
        await taken(record)


async def deliver_alone(database: Database, consumer: Consumer, record: Record, *, attempts: int) -> None:
    """Take one record in a transaction of its own, or park it with the reason."""
    if attempts > MOST_ATTEMPTS:
        await park_failed(database, consumer, record, died(attempts), attempts)
        return
    try:
        box = await take_together(database, consumer, [record])
        await drain_ready(database, consumer, box)
    except Exception as error:
        if is_passing(error) or isinstance(error, ReaderStopped):
            await forget_attempt(database, consumer, record)
            raise
        await park_failed(database, consumer, record, reason_of(error, consumer.name), attempts)


def died(attempts: int) -> str:
    """The reason of a record whose process never came back from it."""
    return f"its process died {attempts - 1} times while handling it"


async def take_together(database: Database, consumer: Consumer, records: Sequence[Record]) -> Inbox:
    """Take records of one topic in one transaction. Raises what a handler raises, ValueError for no envelope."""
    envelopes = [record.envelope() for record in records]
    repeated, held, taken = [], [], []
    async with database.transaction() as tx:
        subjects = {envelope.subject for envelope in envelopes}
        box = await Inbox.lock(tx, consumer.name, records[0].topic, subjects)
        now = await read_now(tx)
        for record, envelope in zip(records, envelopes, strict=True):
            match box.turn(envelope):
                case Turn.NEXT:
                    await apply(tx, consumer, envelope, now)
                    box.advance(envelope.subject, envelope.sequence)
                    taken.append(envelope.type)
                case Turn.AHEAD:
                    box.park(tx, record, envelope, WAITS)
                    held.append(envelope.type)
                case Turn.REPEATED | Turn.PARKED:
                    repeated.append(envelope.type)
        await box.save(tx)
    telemetry.count_events(taken=taken, repeated=repeated, held=len(held))
    return box


async def apply(tx: AsyncSession, consumer: Consumer, envelope: Envelope, now: datetime) -> None:
    """Run the handlers of one event."""
    if not consumer.handlers(envelope.type):
        return
    with telemetry.span(f"{consumer.name} takes {envelope.type}", parent=envelope.traceparent):
        await keep(tx, consumer, envelope)
        cls = EVENTS[envelope.type]
        if cls in consumer.reacts:
            await consumer.reacts[cls](tx, cls.model_validate(envelope.data), now=now)
    consumer.parked_in_a_row = 0


async def keep(tx: AsyncSession, consumer: Consumer, envelope: Envelope) -> bool:
    """Remember what one event says, where KEEPS has it; whether it has. Raises NewerThanKnown.

    The handler's `now` is the moment at which it was said, so that what is remembered is the same whenever the event
    is replayed.
    """
    if not consumer.handlers(envelope.type) or (cls := EVENTS[envelope.type]) not in consumer.keeps:
        return False
    await consumer.keeps[cls](tx, cls.model_validate(envelope.data), now=envelope.time.astimezone(TIME_ZONE))
    return True


async def park_failed(database: Database, consumer: Consumer, record: Record, reason: str, attempts: int) -> None:
    """Keep an event that was refused for good, on its own, and tell `<topic>.dead`. Raises ReaderStopped."""
    try:
        envelope = record.envelope()
    except ValueError:
        envelope, reason = None, f"this is no event of ours: {reason}"
    why = inbox.Why(reason, is_failed=True, attempts=attempts)
    try:
        count_in_a_row(consumer, reason)
    except ReaderStopped:
        await forget_attempt(database, consumer, record)
        raise
    async with database.transaction() as tx:
        row = await _park(tx, consumer, record, envelope, why)
        if row:
            await tx.flush()
            dead.tell(tx, row)
    if row:
        log.error("an event is parked: %s", reason, extra={"topic": record.topic, "record_offset": record.offset})
        telemetry.count_refused(record.topic)


async def _park(
    tx: AsyncSession, consumer: Consumer, record: Record, envelope: Envelope | None, why: inbox.Why
) -> ParkedRow | None:
    """The row of an event that failed just now; none where another reader has dealt with it meanwhile."""
    if envelope is None:
        return await _park_unreadable(tx, consumer, record, why)
    box = await Inbox.lock(tx, consumer.name, record.topic, [envelope.subject])
    turn = box.turn(envelope)
    if turn is Turn.AHEAD:
        box.park(tx, record, envelope, WAITS)
    return box.park(tx, record, envelope, why) if turn is Turn.NEXT else None


async def _park_unreadable(tx: AsyncSession, consumer: Consumer, record: Record, why: inbox.Why) -> ParkedRow | None:
    """What is no envelope has no subject; it is known by where it lies, also after somebody dropped it."""
    subject = f"unreadable:{record.partition}:{record.offset}"
    known = "select 1 from {} where consumer = :consumer and topic = :topic and subject = :subject and sequence = 0"
    place = {"consumer": consumer.name, "topic": record.topic, "subject": subject}
    for table in ("kit_parked", "kit_parked_decision"):
        if (await run_sql(tx, known.format(table), **place)).first():
            return None
    return inbox.park(tx, consumer.name, record, subject, 0, why)


def count_in_a_row(consumer: Consumer, reason: str) -> None:
    """Count one more event that is to be parked. Raises ReaderStopped, before it is, where they are too many."""
    if consumer.parked_in_a_row >= MOST_PARKED_IN_A_ROW - 1:
        raise ReaderStopped(
            f"{consumer.name}: {MOST_PARKED_IN_A_ROW} events in a row could not be handled, the last for: {reason}. "
            "The fault is ours, not theirs: it stays where it is, and nothing is read until that is mended"
        )
    consumer.parked_in_a_row += 1


async def drain_ready(database: Database, consumer: Consumer, box: Inbox) -> None:
    """Apply what waited for the events just taken."""
    for subject in box.ready():
        await drain(database, consumer, box.topic, subject)


async def drain(database: Database, consumer: Consumer, topic: str, subject: str) -> None:
    """Apply the held events whose turn has come, each in a transaction of its own, until one is refused or missing.

    Harmless when repeated, and when two do it at once. Raises what is passing; ReaderStopped.
    """
    place = {"consumer": consumer.name, "topic": topic, "subject": subject}
    while found := await _count_held(database, place):
        sequence, attempts = found
        if attempts > MOST_ATTEMPTS:
            await _fail_held(database, consumer, place, sequence, died(attempts))
            continue
        try:
            await _take_held(database, consumer, place, sequence)
        except Exception as error:
            if is_passing(error):
                await _forget_held(database, place, sequence)
                raise
            await _fail_held(database, consumer, place, sequence, reason_of(error, consumer.name))


_COUNT_HELD = (
    "update kit_parked p set attempts = p.attempts + 1 from kit_inbox i "
    "where p.consumer = :consumer and p.topic = :topic and p.subject = :subject and not p.is_failed "
    "and i.consumer = p.consumer and i.topic = p.topic and i.subject = p.subject "
    "and p.sequence = i.last_sequence + 1 returning p.sequence, p.attempts"
)
_FORGET_HELD = (
    "update kit_parked set attempts = 0 where consumer = :consumer and topic = :topic and subject = :subject "
    "and sequence = :sequence and not is_failed"
)


async def _count_held(database: Database, place: dict[str, str]) -> tuple[int, int] | None:
    """The number of the held event whose turn it is, and how often it was tried, this time counted."""
    async with database.transaction() as tx:
        found = (await run_sql(tx, _COUNT_HELD, **place)).first()
    return (found[0], found[1]) if found else None


async def _forget_held(database: Database, place: dict[str, str], sequence: int) -> None:
    async with database.transaction() as tx:
        await run_sql(tx, _FORGET_HELD, **place, sequence=sequence)


async def _take_held(database: Database, consumer: Consumer, place: dict[str, str], sequence: int) -> None:
    async with database.transaction() as tx:
        row, box = await _lock_held(tx, place, sequence)
        if row is None:
            return
        envelope = inbox.record_of(row).envelope()
        await apply(tx, consumer, envelope, await read_now(tx))
        await tx.delete(row)
        box.advance(envelope.subject, sequence)
        await box.save(tx)
    telemetry.count_events(taken=[envelope.type])


async def _fail_held(database: Database, consumer: Consumer, place: dict[str, str], sequence: int, reason: str) -> None:
    """A held event was refused for good: it stays parked with the reason, and what comes later waits behind it."""
    try:
        count_in_a_row(consumer, reason)
    except ReaderStopped:
        await _forget_held(database, place, sequence)
        raise
    async with database.transaction() as tx:
        row, _ = await _lock_held(tx, place, sequence)
        if row is None:
            return
        row.is_failed, row.reason = True, reason
        dead.tell(tx, row)
    log.error("an event is parked: %s", reason, extra={"topic": row.topic, "record_offset": row.record_offset})
    telemetry.count_refused(row.topic)


async def _lock_held(tx: AsyncSession, place: dict[str, str], sequence: int) -> tuple[ParkedRow | None, Inbox]:
    """The held event of this number, where it still is one and its turn is now."""
    box = await Inbox.lock(tx, place["consumer"], place["topic"], [place["subject"]])
    is_next = box.last[place["subject"]] + 1 == sequence
    row = await tx.get(ParkedRow, {**place, "sequence": sequence}) if is_next else None
    return (row if row and not row.is_failed else None), box


_COUNT = (
    "insert into kit_reader_attempt as a (consumer, topic, partition, record_offset, attempts) "
    "values (:consumer, :topic, :partition, :offset, 1) on conflict (consumer, topic, partition) do update set "
    "attempts = case when a.record_offset = excluded.record_offset then a.attempts + 1 else 1 end, "
    "record_offset = excluded.record_offset returning attempts"
)
_FORGET = (
    "update kit_reader_attempt set attempts = 0 "
    "where consumer = :consumer and topic = :topic and partition = :partition and record_offset = :offset"
)


async def count_attempt(database: Database, consumer: Consumer, record: Record) -> int:
    """Count, before it is handled, that this record is tried; a process that dies of it leaves the count behind."""
    async with database.transaction() as tx:
        attempts: int = (await run_sql(tx, _COUNT, **_place(consumer, record))).scalar_one()
    return attempts


async def forget_attempt(database: Database, consumer: Consumer, record: Record) -> None:
    """A passing fault is not the record's: it may come back any number of times."""
    async with database.transaction() as tx:
        await run_sql(tx, _FORGET, **_place(consumer, record))


def _place(consumer: Consumer, record: Record) -> dict[str, Any]:
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return place | {"consumer": consumer.name}
