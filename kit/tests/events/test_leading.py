"""One relay leads and another follows it, as real processes: killed, frozen, woken; nothing is lost or doubled."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import pytest

from contracts.intake import DossierRated
from kit.bus import Bus
from kit.consume import Consumer, deliver
from kit.log import all_records
from kit.now import read_now
from kit.relay import Relay
from kit.testing.logs import put, sequences
from kit.topics import TopicForm
from kit.tx import Database, run_sql

pytestmark = [pytest.mark.db, pytest.mark.kafka]
PROGRAM = Path(__file__).with_name("a_relay.py")
_LEADER = (
    "select split_part(application_name, ' ', 4)::int from pg_stat_activity where pid in "
    "(select pid from pg_locks where locktype = 'advisory' and granted) and application_name like 'motcua %'"
    " and datname = current_database()"
)


@pytest.fixture
async def topic(kafka: str) -> str:
    name = f"leading-{uuid4().hex[:8]}"
    await Bus(kafka, TopicForm(partitions=2)).ensure_topics([name])
    return name


@contextmanager
def relays(url: str, bootstrap: str, count: int = 2) -> Iterator[dict[int, "subprocess.Popen[bytes]"]]:
    """So many relays of one service, by process number; all gone afterwards."""
    command = [sys.executable, str(PROGRAM), url, bootstrap, "test"]
    started = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield {process.pid: process for process in started}
    finally:
        for process in started:
            process.kill()
            process.wait()


async def leader(database: Database, *, other_than: int = 0) -> int:
    """The process that leads, as the database knows it."""
    async with asyncio.timeout(60):
        while True:
            async with database.transaction() as tx:
                found = (await run_sql(tx, _LEADER)).scalar_one_or_none()
            if found and found != other_than:
                return int(found)
            await asyncio.sleep(0.05)


async def until_empty(database: Database) -> None:
    async with asyncio.timeout(60):
        while True:
            async with database.transaction() as tx:
                if not (await run_sql(tx, "select count(*) from kit_outbox")).scalar_one():
                    return
            await asyncio.sleep(0.05)


class Took:
    """A handler that remembers in memory what it took."""

    def __init__(self) -> None:
        self.dossiers: list[UUID] = []

    async def __call__(self, tx: object, event: DossierRated, *, now: object) -> None:
        self.dossiers.append(event.dossier_id)


async def check_log(database: Database, bootstrap: str, topic: str, dossiers: list[UUID], last: int) -> None:
    """Every event is in the log, in order but for repeats, and takes effect once."""
    records, took = await all_records(Bus(bootstrap), [topic]), Took()
    assert all(sequences(records, dossier) == list(range(1, last + 1)) for dossier in dossiers)
    consumer = Consumer("test", keeps={}, reacts={DossierRated: took})
    for partition in {record.partition for record in records}:
        await deliver(database, consumer, [record for record in records if record.partition == partition])
    assert sorted(took.dossiers) == sorted(dossiers * last)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM], ids=lambda one: one.name)
async def test_another_follows_a_leader_that_is_gone(
    database: Database, kafka: str, topic: str, sent: signal.Signals
) -> None:
    dossier = uuid4()
    with relays(database.url, kafka):
        first = await leader(database)
        await put(database, topic, [(dossier, 1, 10)])
        await until_empty(database)
        os.kill(first, sent)
        began = monotonic()
        await put(database, topic, [(dossier, 2, 10)])
        second = await leader(database, other_than=first)
        followed = monotonic() - began
        await until_empty(database)
        sys.stdout.write(f"{sent.name}: followed after {followed:.2f} s, sending after {monotonic() - began:.2f} s\n")
    assert second != first
    await check_log(database, kafka, topic, [dossier], 2)


async def test_a_leader_frozen_in_the_middle_loses_and_doubles_nothing_when_it_wakes(
    database: Database, kafka: str, topic: str
) -> None:
    dossiers = [uuid4() for _ in range(100)]
    with relays(database.url, kafka) as both:
        first = await leader(database)
        await put(database, topic, [(dossier, number, 10) for number in range(1, 31) for dossier in dossiers])
        await asyncio.sleep(0.05)
        os.kill(first, signal.SIGSTOP)
        second = await leader(database, other_than=first)
        await put(database, topic, [(dossier, 31, 10) for dossier in dossiers])
        os.kill(first, signal.SIGCONT)
        await until_empty(database)
        assert await leader(database) == second
        os.kill(second, signal.SIGKILL)  # and the one that woke is no broken one: it leads again
        both[second].wait()
        assert await leader(database, other_than=second) == first
        await put(database, topic, [(dossier, 32, 10) for dossier in dossiers])
        await until_empty(database)
    await check_log(database, kafka, topic, dossiers, 32)


async def test_a_leader_whose_connection_is_cut_stops_sending_and_begins_again(
    database: Database, kafka: str, topic: str
) -> None:
    dossier, bus = uuid4(), Bus(kafka)
    relay = asyncio.create_task(Relay(database.url, bus, "test").run())
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'motcua test relay %'"
    for number in (1, 2):
        await leader(database)
        await put(database, topic, [(dossier, number, 10)])
        await until_empty(database)
        async with database.transaction() as tx:
            assert await read_now(tx)
            await run_sql(tx, f"{cut} and datname = current_database()")
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)
    await bus.drop_producer()
    await check_log(database, kafka, topic, [dossier], 2)
