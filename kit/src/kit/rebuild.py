"""What a service remembers of others, made anew from the log's beginning: KEEPS alone, nothing said.

The new rows grow in temporary tables, in transactions that may write nothing else, and take the old ones' place in one
transaction at the end. A process that dies before that has changed nothing, and the next run begins anew.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.envelope import Envelope
from kit import groups, inbox
from kit.bus import Bus
from kit.consume import WAITS, Consumer, keep
from kit.faults import reason_of, sqlstate_of
from kit.groups import GroupIsReading, Place, group_of
from kit.inbox import Inbox, Record, Turn, Why
from kit.kept import Changed, Shadow, shadow
from kit.log import Log
from kit.tables import ParkedRow
from kit.tx import Database, run_sql

READ_ONLY = "25006"  # what PostgreSQL answers to a write where only temporary tables may be written
Say = Callable[[int, int], None]


class RebuildFailed(Exception):
    """The rebuild ended and nothing was changed; the message is one line for whoever asked for it."""


@dataclass(frozen=True)
class Rebuilt:
    """What came of it. `is_new`: nothing had been taken before, so all that the log holds now counts as taken."""

    records: int
    applied: int
    is_new: bool
    tables: Sequence[Changed]


_BEGUN = (
    "select exists (select from kit_reader_attempt where consumer = :consumer) "
    "or exists (select from public.kit_inbox where consumer = :consumer)"
)
_TAKEN = (
    "create temporary table kit_taken as select topic, subject, last_sequence from public.kit_inbox "
    "where consumer = :consumer and topic = any(cast(:topics as text[])) and last_sequence > 0"
)
_DECIDED = (
    "select decision, topic, subject, sequence from kit_parked_decision "
    "where consumer = :consumer and decision in ('dropped', 'passed over')"
)
_LIMITS = "select subject, last_sequence from pg_temp.kit_taken where topic = :topic and subject = any(:subjects)"
_GAPS = (
    "select count(*) from (select topic, subject from pg_temp.kit_parked where not is_failed union "
    "select t.topic, t.subject from pg_temp.kit_taken t left join pg_temp.kit_inbox i using (topic, subject) "
    "where coalesce(i.last_sequence, 0) < t.last_sequence) as gaps"
)
_TAKEN_MEANWHILE = (
    "select exists (select topic, subject, last_sequence from public.kit_inbox where consumer = :consumer "
    "and topic = any(cast(:topics as text[])) and last_sequence > 0 except select * from pg_temp.kit_taken)"
)
_PARKED = "consumer, topic, subject, sequence, partition, record_offset, headers, body, is_failed, reason, attempts"
_NOTE_ALL_AS_TAKEN = (
    "insert into public.kit_inbox select * from pg_temp.kit_inbox",
    f"insert into public.kit_parked ({_PARKED}) select {_PARKED} from pg_temp.kit_parked",  # noqa: S608 - our own names
)


@dataclass
class Run:
    """One rebuild, on a pool of one connection that is its own: temporary tables are a connection's."""

    database: Database
    consumer: Consumer
    is_new: bool = False
    records: int = 0
    applied: int = 0
    left: dict[Place, int] = field(default_factory=dict)  # the first record of a partition that is the reader's to take
    _shadows: list[Shadow] = field(default_factory=list)
    _decided: set[tuple[str, str, str, int]] = field(default_factory=set)  # what a person gave up or passed over

    async def prepare(self) -> None:
        """The temporary tables, and how far everything had been taken."""
        async with self._writing() as tx:
            for kept in self.consumer.kept:
                self._shadows.append(await shadow(tx, kept))
                await self._shadows[-1].make(tx)
            for table in ("kit_inbox", "kit_parked"):
                await run_sql(tx, f"create temporary table {table} (like public.{table} including all)")
            await run_sql(tx, _TAKEN, **self._whose())
            await run_sql(tx, "create unique index on pg_temp.kit_taken (topic, subject)")
            self._decided = {(row[0], *row[1:]) for row in await run_sql(tx, _DECIDED, consumer=self.consumer.name)}
            self.is_new = not (await run_sql(tx, _BEGUN, consumer=self.consumer.name)).scalar_one()

    async def take(self, records: Sequence[Record]) -> None:
        """Keep what these records of one topic say, in one transaction that can write temporary tables only."""
        async with self.database.transaction() as tx:
            heard = [(record, envelope) for record in records if (envelope := self._read(tx, record))]
            subjects = {envelope.subject for _, envelope in heard}
            box = await Inbox.lock(tx, self.consumer.name, records[0].topic, subjects)
            rows = await run_sql(tx, _LIMITS, topic=box.topic, subjects=list(subjects))
            limits = {row.subject: row.last_sequence for row in rows}
            for record, envelope in heard:
                if self.is_new or envelope.sequence <= limits.get(envelope.subject, 0):
                    await self._take(tx, box, record, envelope)
                else:
                    self.left.setdefault((record.topic, record.partition), record.offset)
            await box.save(tx)
        self.records += len(records)

    async def finish(self) -> Rebuilt:
        """Put what was kept in the place of the old, at once. Raises RebuildFailed; then all is as it was."""
        async with self._writing() as tx:
            await run_sql(tx, "lock table public.kit_inbox in share mode")
            if gaps := (await run_sql(tx, _GAPS)).scalar_one():
                raise RebuildFailed(f"the log has gaps: of {gaps} subjects an event is missing; nothing was changed")
            if (await run_sql(tx, _TAKEN_MEANWHILE, **self._whose())).scalar_one():
                raise RebuildFailed("a reader took events meanwhile: stop the worker; nothing was changed")
            tables = [await one.put_back(tx) for one in self._shadows]
            for statement in _NOTE_ALL_AS_TAKEN if self.is_new else ():
                await run_sql(tx, statement)
        return Rebuilt(self.records, self.applied, self.is_new, tables)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write real tables; every other one on this database may not."""
        self.database.begins_with = None
        try:
            async with self.database.transaction() as tx:
                await run_sql(tx, "set local statement_timeout = 0")
                yield tx
        finally:
            self.database.begins_with = _read_only

    def _read(self, tx: AsyncSession, record: Record) -> Envelope | None:
        """A new reader parks what is no event of ours, as it would when running; otherwise that was done before."""
        try:
            return record.envelope()
        except ValueError:
            if self.is_new:
                subject = f"unreadable:{record.partition}:{record.offset}"
                inbox.park(tx, self.consumer.name, record, subject, 0, Why("not an event of ours", is_failed=True))
            return None

    async def _take(self, tx: AsyncSession, box: Inbox, record: Record, envelope: Envelope) -> None:
        turn, subject = box.turn(envelope), envelope.subject
        if turn is Turn.AHEAD and self._was("passed over", box.topic, envelope):
            turn = Turn.NEXT
        if turn is Turn.AHEAD:
            box.park(tx, record, envelope, WAITS)
        if turn is Turn.NEXT:
            await self._apply(tx, box, envelope)
            while (subject, box.last[subject] + 1) in box.parked:
                await self._take_held(tx, box, subject)

    async def _take_held(self, tx: AsyncSession, box: Inbox, subject: str) -> None:
        sequence = box.last[subject] + 1
        place = {"consumer": box.consumer, "topic": box.topic, "subject": subject, "sequence": sequence}
        row = await tx.get_one(ParkedRow, place)
        del box.parked[subject, sequence]
        await self._apply(tx, box, inbox.record_of(row).envelope())
        await tx.delete(row)
        await tx.flush()

    async def _apply(self, tx: AsyncSession, box: Inbox, envelope: Envelope) -> None:
        if not self._was("dropped", box.topic, envelope):
            try:
                self.applied += await keep(tx, self.consumer, envelope)
                await tx.flush()
            except Exception as error:
                event = f"{envelope.type} {envelope.sequence} of {envelope.subject}"
                raise RebuildFailed(f"{event}: {self._why(error)}; nothing was changed") from error
        box.advance(envelope.subject, envelope.sequence)

    def _was(self, decision: str, topic: str, envelope: Envelope) -> bool:
        return (decision, topic, envelope.subject, envelope.sequence) in self._decided

    def _why(self, error: Exception) -> str:
        if sqlstate_of(error) == READ_ONLY:
            return "its handler in KEEPS says something, or writes what is not kept"
        return reason_of(error, self.consumer.name)

    def _whose(self) -> dict[str, Any]:
        return {"consumer": self.consumer.name, "topics": self.consumer.topics()}


async def rebuild(database: Database, bus: Bus, consumer: Consumer, say: Say) -> Rebuilt:
    """Rebuild from the log as it stands; `say` hears of records done, of total. Harmless when repeated.

    Raises RebuildFailed where a reader runs, the log has a gap, a handler fails, or a part is away; BrokersAway.
    """
    try:
        return await _rebuild(database, bus, consumer, say)
    except GroupIsReading as error:
        raise RebuildFailed(str(error)) from error
    except (DBAPIError, KafkaError, OSError) as error:
        raise RebuildFailed(f"broken off ({reason_of(error, consumer.name)}): run it again") from error


async def _rebuild(database: Database, bus: Bus, consumer: Consumer, say: Say) -> Rebuilt:
    group = group_of(consumer.name)
    await groups.refuse_if_read(bus, group)
    run = Run(database, consumer)
    await run.prepare()
    whole = Log(bus, consumer.topics())
    async for records in whole.records():
        await run.take(records)
        say(run.records, whole.total)
    done = await run.finish()
    await groups.note_offsets(bus, group, whole.ends | run.left, only_unknown=not done.is_new)
    return done


async def _read_only(tx: AsyncSession) -> None:
    await run_sql(tx, "set transaction read only")
