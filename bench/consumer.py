"""Taking events: the records of a poll through `deliver`, beside the statements of their handlers alone.

The database is a real one with durable commits; both sides write the same rows, one transaction per poll. There is no
broker: it is sixty times as fast as any database. A figure counts only if every event took effect once, in order.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from bench.frame import Line, Say
from contracts.envelope import Envelope
from contracts.intake import DossierRated
from kit import embedded, migrate
from kit.consume import Consumer, deliver
from kit.inbox import Record
from kit.objects import Objects
from kit.reader import MOST_RECORDS
from kit.tx import Database, run_sql

DOSSIERS, EACH, ROUNDS = 1_250, 4, 5
MUST_RATIO, MUST_PER_SECOND = 0.90, 3_000
TABLE = "create table remembered (dossier uuid primary key, score int not null, taken int not null default 1)"
REMEMBER = (
    "insert into remembered (dossier, score) values (:dossier, :score) on conflict (dossier) do update set "
    "score = excluded.score, taken = remembered.taken + 1 where remembered.score = excluded.score - 1"
)
Polls = list[list[Record]]


async def remember(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    """What the events are taken for: one row per dossier, with its last score and how often it was written."""
    await run_sql(tx, REMEMBER, dossier=event.dossier_id, score=event.score)


def measure(say: Say) -> list[Line]:
    """Some seconds a round."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        server = embedded.Postgres(Path(folder) / "postgres")
        server.start(say=lambda words: None)
        try:
            server.ensure_database("consumer")
            return asyncio.run(_measure(server.url("consumer"), Path(folder), say))
        finally:
            server.stop()


async def _measure(url: str, folder: Path, say: Say) -> list[Line]:
    await migrate.upgrade(url, "kit")
    base = Database(url, Objects(f"file://{folder / 'objects'}"))
    async with base.transaction() as tx:
        await run_sql(tx, TABLE)
    ours, bare = [], []
    try:
        await take(base, polls_of(40))  # the first ones prepare their statements
        await write(base, polls_of(40))
        await run(base, "delete from remembered")
        for number in range(ROUNDS):
            ours.append(await take(base, polls_of(DOSSIERS)))
            bare.append(await write(base, polls_of(DOSSIERS)))
            say(f"bench: round {number + 1}: {ours[-1]:,.0f} events/s, their statements alone {bare[-1]:,.0f}")
        lost = await wrong(base)
    finally:
        await base.close()
    ratio = median(one / beside for one, beside in zip(ours, bare, strict=True))
    speed = median(ours)
    beside = ("/s", "the same statements alone", median(bare), ratio)
    return [
        Line("events taken", speed, *beside, f">= {MUST_RATIO}", ratio >= MUST_RATIO, lost),
        Line("events taken a second", speed, *beside, f">= {MUST_PER_SECOND:,}", speed >= MUST_PER_SECOND, lost),
    ]


def polls_of(dossiers: int) -> Polls:
    """The events of so many new dossiers as a partition brings them, in polls of the size that the reader asks for."""
    ids = [uuid4() for _ in range(dossiers)]
    records = [record_of(one, number) for number in range(1, EACH + 1) for one in ids]
    return [records[at : at + MOST_RECORDS] for at in range(0, len(records), MOST_RECORDS)]


def record_of(dossier: UUID, number: int) -> Record:
    """The number-th event of a dossier; its score is its number."""
    event = DossierRated(dossier_id=dossier, score=number, rated_at=datetime.now(UTC))
    envelope = Envelope(
        id=uuid4(),
        source="urn:motcua:bench",
        type=event.type,
        subject=event.subject,
        time=event.rated_at,
        sequence=number,
        data=event.model_dump(mode="json"),
    )
    body = orjson.dumps(envelope.data)
    return Record(
        event.topic(), 0, number * 1_000_000 + dossier.int % 1_000_000, event.subject, envelope.headers(), body
    )


async def take(base: Database, polls: Polls) -> float:
    """Events a second, as the reader takes them."""
    consumer = Consumer("bench", keeps={DossierRated: remember}, reacts={})
    begun = perf_counter()
    for records in polls:
        await deliver(base, consumer, records)
    return sum(map(len, polls)) / (perf_counter() - begun)


async def write(base: Database, polls: Sequence[Sequence[Record]]) -> float:
    """Events a second, where nothing is done but what their handlers do."""
    known = [[DossierRated.model_validate_json(record.body) for record in records] for records in polls]
    begun = perf_counter()
    for events in known:
        async with base.transaction() as tx:
            for event in events:
                await run_sql(tx, REMEMBER, dossier=event.dossier_id, score=event.score)
    return sum(map(len, polls)) / (perf_counter() - begun)


async def wrong(base: Database) -> str:
    """What was lost, doubled or disordered; nothing where all is well."""
    async with base.transaction() as tx:
        question = "select count(*), count(*) filter (where score <> :each or taken <> :each) from remembered"
        many, bad = (await run_sql(tx, question, each=EACH)).one()
    expected = 2 * ROUNDS * DOSSIERS
    return "" if (many, bad) == (expected, 0) else f"{expected - many} dossiers lost, {bad} wrong"


async def run(base: Database, statement: str) -> None:
    async with base.transaction() as tx:
        await run_sql(tx, statement)
