"""An event reaches its handlers: once, in order, in one transaction. Knows nothing of Kafka, so tests need none."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.catalogue import EVENTS
from contracts.envelope import Envelope, Event
from kit import inbox, telemetry
from kit.errors import TryAgain
from kit.inbox import Record, Turn
from kit.kept import Kept
from kit.now import TIME_ZONE, read_now
from kit.tx import Database, run_sql

Handler = Callable[..., Awaitable[Any]]
PASSING = (InterfaceError, TryAgain, OSError, TimeoutError)
PASSING_SQLSTATES = ("08", "40", "53", "55", "57")  # connection, deadlock, resources, lock limit, shutdown
MOST_ATTEMPTS = 3
MOST_PARKED_IN_A_ROW = 20  # so many at once are our fault, not the events'

log = logging.getLogger(__name__)


class ReaderStopped(Exception):
    """The reader must not go on by itself; a person has to look."""


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
        cls = EVENTS.get(event_type)
        return [board[cls] for board in (self.keeps, self.reacts) if cls in board] if cls else []


def is_passing(error: BaseException) -> bool:
    """Whether the same event may succeed later without anybody mending anything."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(PASSING_SQLSTATES)
    return isinstance(error, PASSING)


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
            async with database.transaction() as tx:
                for record in records:
                    await take(tx, consumer, record)
        except Exception as error:  # noqa: BLE001 - whatever it was, each record is tried alone and judged there
            log.warning("a batch failed and is taken one by one: %s", type(error).__name__)
        else:
            consumer.parked_in_a_row = 0
            return
    for index, record in enumerate(records):
        tried = attempts if index == 0 else await count_attempt(database, consumer, record)
        await deliver_alone(database, consumer, record, attempts=tried)
        await taken(record)


async def deliver_alone(database: Database, consumer: Consumer, record: Record, *, attempts: int) -> None:
    """Take one record in a transaction of its own, or park it with the reason."""
    if attempts > MOST_ATTEMPTS:
        reason = f"its process died {attempts - 1} times while handling it"
        await park_failed(database, consumer, record, reason, attempts)
        return
    try:
        async with database.transaction() as tx:
            await take(tx, consumer, record)
    except Exception as error:
        if is_passing(error):
            await forget_attempt(database, consumer, record)
            raise
        log.exception("an event is parked", extra={"topic": record.topic, "record_offset": record.offset})
        await park_failed(database, consumer, record, f"{type(error).__name__}: {error}", attempts)
    else:
        consumer.parked_in_a_row = 0


async def take(tx: AsyncSession, consumer: Consumer, record: Record) -> None:
    """Apply a record if it is next, drop it if it came before, keep it if it is ahead; then what it had held up."""
    envelope = record.envelope()
    match await inbox.turn(tx, consumer.name, record.topic, envelope):
        case Turn.REPEATED:
            telemetry.EVENTS_DROPPED.labels(envelope.type).inc()
        case Turn.AHEAD:
            await hold(tx, consumer, record, envelope)
        case Turn.NEXT:
            if not await inbox.find(tx, consumer.name, record.topic, envelope.subject, envelope.sequence):
                await apply(tx, consumer, record.topic, envelope)
                await take_held(tx, consumer, record.topic, envelope)


async def hold(tx: AsyncSession, consumer: Consumer, record: Record, envelope: Envelope) -> None:
    """Keep an event that came before its turn."""
    why = inbox.Why("waits for an earlier event of its dossier", is_failed=False)
    if await inbox.park(tx, consumer.name, record, envelope.subject, envelope.sequence, why):
        telemetry.EVENTS_PARKED.labels("held").inc()


async def take_held(tx: AsyncSession, consumer: Consumer, topic: str, after: Envelope) -> None:
    """Apply what waited for `after`, as far as the numbers are dense."""
    sequence = after.sequence + 1
    while row := await inbox.find(tx, consumer.name, topic, after.subject, sequence):
        if row.is_failed:
            return
        await apply(tx, consumer, topic, inbox.record_of(row).envelope())
        await tx.delete(row)
        sequence += 1


async def apply(tx: AsyncSession, consumer: Consumer, topic: str, envelope: Envelope) -> None:
    """Run the handlers of one event and note that it was taken."""
    cls = EVENTS.get(envelope.type)
    if cls and (cls in consumer.keeps or cls in consumer.reacts):
        with telemetry.span(f"{consumer.name} takes {envelope.type}", parent=envelope.traceparent):
            await keep(tx, consumer, envelope)
            if cls in consumer.reacts:
                await consumer.reacts[cls](tx, cls.model_validate(envelope.data), now=await read_now(tx))
    await inbox.advance(tx, consumer.name, topic, envelope)
    telemetry.EVENTS_TAKEN.labels(envelope.type).inc()


async def keep(tx: AsyncSession, consumer: Consumer, envelope: Envelope) -> bool:
    """Remember what one event says, where KEEPS has it; whether it has.

    The handler's `now` is the moment at which it was said, so that what is remembered is the same whenever the event
    is replayed.
    """
    cls = EVENTS.get(envelope.type)
    if cls is None or cls not in consumer.keeps:
        return False
    await consumer.keeps[cls](tx, cls.model_validate(envelope.data), now=envelope.time.astimezone(TIME_ZONE))
    return True


async def park_failed(database: Database, consumer: Consumer, record: Record, reason: str, attempts: int) -> None:
    """Keep an event that was refused for good, on its own. Raises ReaderStopped after many in a row."""
    try:
        envelope = record.envelope()
        subject, sequence = envelope.subject, envelope.sequence
    except ValueError:
        subject, sequence = f"unreadable:{record.partition}:{record.offset}", 0
    async with database.transaction() as tx:
        why = inbox.Why(reason, is_failed=True, attempts=attempts)
        await inbox.park(tx, consumer.name, record, subject, sequence, why)
    telemetry.EVENTS_PARKED.labels("failed").inc()
    consumer.parked_in_a_row += 1
    if consumer.parked_in_a_row >= MOST_PARKED_IN_A_ROW:
        raise ReaderStopped(f"{consumer.parked_in_a_row} events in a row could not be handled: {reason}")


async def replay(database: Database, consumer: Consumer, topic: str, subject: str, sequence: int) -> bool:
    """Try a parked event again, and what waits behind it. False where there is none; raises what the handler raises."""
    async with database.transaction() as tx:
        row = await inbox.find(tx, consumer.name, topic, subject, sequence)
        if row is None or not row.is_failed:
            return False
        envelope = inbox.record_of(row).envelope()
        if await inbox.turn(tx, consumer.name, topic, envelope) is Turn.NEXT:
            await apply(tx, consumer, topic, envelope)
        await tx.delete(row)
        await tx.flush()
        await take_held(tx, consumer, topic, envelope)
    return True


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
