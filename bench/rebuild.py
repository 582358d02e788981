"""Rebuilding what a service remembers, over a real broker, beside reading the same records and doing nothing.

The figure counts only if the rebuilt rows are the ones that were there.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.consumer import TABLE, polls_of, remember, take
from bench.frame import Line, Say
from contracts.intake import DossierRated
from kit import embedded, migrate
from kit.bus import Bus
from kit.consume import Consumer
from kit.inbox import Record
from kit.kept import Kept
from kit.log import Log
from kit.objects import Objects
from kit.rebuild import rebuild
from kit.tx import Database, run_sql

DOSSIERS = 25_000  # with four events each
CONSUMER = Consumer("bench", keeps={DossierRated: remember}, reacts={}, kept=(Kept("remembered"),))


def measure(say: Say) -> list[Line]:
    """A minute or two."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        server, broker = embedded.Postgres(Path(folder) / "postgres"), embedded.Kafka(Path(folder) / "kafka")
        try:
            server.start(say=lambda words: None)
            broker.start(say=lambda words: None)
            server.ensure_database("rebuild")
            return asyncio.run(_measure(server.url("rebuild"), broker.bootstrap, Path(folder), say))
        finally:
            broker.stop()
            server.stop()


async def _measure(url: str, bootstrap: str, folder: Path, say: Say) -> list[Line]:
    await migrate.upgrade(url, "kit")
    bus, base = Bus(bootstrap), Database(url, Objects(f"file://{folder / 'objects'}"), pool_size=1)
    try:
        async with base.transaction() as tx:
            await run_sql(tx, TABLE)
        await bus.ensure_topics(CONSUMER.topics())
        polls = polls_of(DOSSIERS)
        records = [record for poll in polls for record in poll]
        await write(bus, records)
        say(f"bench: {len(records):,} events in the log")
        await take(base, polls)
        before = await rows(base)
        begun = perf_counter()
        async for _ in Log(bus, CONSUMER.topics()).records():
            pass
        reading = perf_counter() - begun
        begun = perf_counter()
        done = await rebuild(base, bus, CONSUMER, lambda done, total: None)
        seconds = perf_counter() - begun
        same = await rows(base) == before
    finally:
        await bus.drop_producer()
        await base.close()
    wrong = "" if same and done.applied == len(records) else "what was rebuilt is not what was there"
    limit = len(records) / reading
    speed = len(records) / seconds
    return [Line("events rebuilt", speed, "/s", "the log read only", limit, speed / limit, lost=wrong)]


async def write(bus: Bus, records: Sequence[Record]) -> None:
    producer = await bus.producer()
    sent = [await producer.send(r.topic, r.body, key=r.key.encode(), headers=r.headers) for r in records]
    await asyncio.gather(*sent)


async def rows(base: Database) -> Sequence[Any]:
    async with base.transaction() as tx:
        return (await run_sql(tx, "select * from remembered order by dossier")).all()
