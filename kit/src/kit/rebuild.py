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
from kit import inbox, log
from kit.bus import Bus
from kit.consume import Consumer, keep
from kit.inbox import Record, Why
from kit.kept import Changed, Shadow, shadow
from kit.log import Log, Place
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


@dataclass
class Run:
    """One rebuild. The order of each subject is kept by sequence, as in `kit.consume`; here a batch at a time."""

    database: Database
    consumer: Consumer
    is_new: bool = False
    records: int = 0
    applied: int = 0
    shadows: list[Shadow] = field(default_factory=list)
    held: set[tuple[str, str]] = field(default_factory=set)  # the subjects of which something waits for its turn
    left: dict[Place, int] = field(default_factory=dict)  # the first record of a partition that is the reader's to take

    async def prepare(self) -> None:
        """The temporary tables, and how far everything had been taken."""
        async with self._writing() as tx:
            for kept in self.consumer.kept:
                self.shadows.append(await shadow(tx, kept))
                await self.shadows[-1].make(tx)
            for table in ("kit_inbox", "kit_parked"):
                await run_sql(tx, f"create temporary table {table} (like public.{table} including all)")
            await run_sql(
                tx,
                "create temporary table kit_taken as select topic, subject, last_sequence from public.kit_inbox "
                "where consumer = :consumer and topic = any(:topics) and last_sequence > 0",
                **self._whose(),
            )
            await run_sql(tx, "create unique index on pg_temp.kit_taken (topic, subject)")
            begun = "select 1 from {} where consumer = :consumer"
            query = " union all ".join(begun.format(name) for name in ("kit_reader_attempt", "public.kit_inbox"))
            self.is_new = (await run_sql(tx, f"select not exists ({query})", consumer=self.consumer.name)).scalar_one()

    async def take(self, records: Sequence[Record]) -> None:
        """Keep what these records say, in one transaction that can write temporary tables only."""
        async with self.database.transaction() as tx:
            heard = [(record, envelope) for record in records if (envelope := await self._read(tx, record))]
            subjects = sorted({envelope.subject for _, envelope in heard})
            last = await self._numbers(tx, "kit_inbox", records[0].topic, subjects)
            until = None if self.is_new else await self._numbers(tx, "kit_taken", records[0].topic, subjects)
            before = dict(last)
            for record, envelope in heard:
                if until is not None and envelope.sequence > until.get(envelope.subject, 0):
                    self.left.setdefault((record.topic, record.partition), record.offset)
                else:
                    await self._take(tx, record, envelope, last)
            moved = {subject: number for subject, number in last.items() if number != before.get(subject)}
            await self._note(tx, records[0].topic, moved)
        self.records += len(records)

    async def finish(self) -> Rebuilt:
        """Put what was kept in the place of the old, at once. Raises RebuildFailed; then all is as it was."""
        async with self._writing() as tx:
            await run_sql(tx, "lock table public.kit_inbox in share mode")
            await self._refuse_gaps(tx)
            await self._refuse_other_readers(tx)
            tables = [await one.put_back(tx) for one in self.shadows]
            if self.is_new:
                await run_sql(tx, "insert into public.kit_inbox select * from pg_temp.kit_inbox")
                await run_sql(tx, "insert into public.kit_parked select * from pg_temp.kit_parked")
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

    async def _read(self, tx: AsyncSession, record: Record) -> Envelope | None:
        """A new reader parks what is no event of ours, as it would when running; otherwise that was done before."""
        try:
            return record.envelope()
        except ValueError:
            if self.is_new:
                why = Why("not an event of ours", is_failed=True)
                subject = f"unreadable:{record.partition}:{record.offset}"
                await inbox.park(tx, self.consumer.name, record, subject, 0, why)
            return None

    async def _take(self, tx: AsyncSession, record: Record, envelope: Envelope, last: dict[str, int]) -> None:
        topic, subject = record.topic, envelope.subject
        if envelope.sequence > last.get(subject, 0) + 1:
            why = Why("waits for an earlier event of its dossier", is_failed=False)
            await inbox.park(tx, self.consumer.name, record, subject, envelope.sequence, why)
            self.held.add((topic, subject))
        elif envelope.sequence > last.get(subject, 0):
            await self._apply(tx, envelope)
            last[subject] = envelope.sequence
            if (topic, subject) in self.held:
                await self._take_held(tx, topic, subject, last)

    async def _take_held(self, tx: AsyncSession, topic: str, subject: str, last: dict[str, int]) -> None:
        while row := await inbox.find(tx, self.consumer.name, topic, subject, last[subject] + 1):
            await self._apply(tx, inbox.record_of(row).envelope())
            last[subject] += 1
            await tx.delete(row)
            await tx.flush()

    async def _apply(self, tx: AsyncSession, envelope: Envelope) -> None:
        try:
            self.applied += await keep(tx, self.consumer, envelope)
            await tx.flush()
        except Exception as error:
            raise RebuildFailed(f"{envelope.type} {envelope.sequence} of {envelope.subject}: {_why(error)}") from error

    async def _numbers(self, tx: AsyncSession, table: str, topic: str, subjects: list[str]) -> dict[str, int]:
        query = f"select subject, last_sequence from pg_temp.{table} where topic = :topic and subject = any(:subjects)"  # noqa: S608
        found = (await run_sql(tx, query, topic=topic, subjects=subjects)).all()
        return {row.subject: row.last_sequence for row in found}

    async def _note(self, tx: AsyncSession, topic: str, moved: dict[str, int]) -> None:
        query = (
            "insert into pg_temp.kit_inbox (consumer, topic, subject, last_sequence) "
            "select :consumer, :topic, subject, last from unnest(cast(:subjects as text[]), cast(:last as bigint[])) "
            "as w (subject, last) "
            "on conflict (consumer, topic, subject) do update set last_sequence = excluded.last_sequence"
        )
        await run_sql(
            tx, query, consumer=self.consumer.name, topic=topic, subjects=list(moved), last=list(moved.values())
        )

    async def _refuse_gaps(self, tx: AsyncSession) -> None:
        query = (
            "select count(*) from (select topic, subject from pg_temp.kit_parked where not is_failed union "
            "select t.topic, t.subject from pg_temp.kit_taken t left join pg_temp.kit_inbox i using (topic, subject) "
            "where coalesce(i.last_sequence, 0) < t.last_sequence) as gaps"
        )
        if gaps := (await run_sql(tx, query)).scalar_one():
            raise RebuildFailed(f"the log has gaps: of {gaps} subjects an event is missing; nothing was changed")

    async def _refuse_other_readers(self, tx: AsyncSession) -> None:
        query = (
            "with now as (select topic, subject, last_sequence from public.kit_inbox "
            "where consumer = :consumer and topic = any(:topics) and last_sequence > 0) "
            "select exists (select * from now except select * from pg_temp.kit_taken)"
        )
        if (await run_sql(tx, query, **self._whose())).scalar_one():
            raise RebuildFailed("a reader took events meanwhile: stop the worker; nothing was changed")

    def _whose(self) -> dict[str, Any]:
        return {"consumer": self.consumer.name, "topics": self.consumer.topics()}


async def rebuild(database: Database, bus: Bus, consumer: Consumer, say: Say) -> Rebuilt:
    """Rebuild from the log as it stands; `say` hears of records done, of total. Harmless when repeated.

    The database must be a pool of one connection of its own, since temporary tables are a connection's. Raises
    RebuildFailed where a reader runs, the log has a gap, or a handler fails; then nothing was changed.
    """
    try:
        return await _rebuild(database, bus, consumer, say)
    except (DBAPIError, KafkaError, OSError) as error:
        raise RebuildFailed(f"broken off ({type(error).__name__}): run it again") from error


async def _rebuild(database: Database, bus: Bus, consumer: Consumer, say: Say) -> Rebuilt:
    group = f"motcua.{consumer.name}"
    if await log.is_read(bus, group):
        raise RebuildFailed(f"the reader of {consumer.name} is running: stop its worker first")
    run = Run(database, consumer)
    await run.prepare()
    whole = Log(bus, consumer.topics())
    async for records in whole.records():
        await run.take(records)
        say(run.records, whole.total)
    done = await run.finish()
    offsets = whole.ends | run.left
    await log.note_offsets(bus, group, offsets, only_unknown=not done.is_new)
    return done


async def _read_only(tx: AsyncSession) -> None:
    await run_sql(tx, "set transaction read only")


def _why(error: Exception) -> str:
    """What a handler raised, without what it was about: that may be personal."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return "its handler in KEEPS says something, or writes what is not kept"
    return type(error).__name__
