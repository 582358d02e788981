"""The group reader against a real broker: frozen, killed, forgotten, and fed with what nobody should send."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewPartitions, NewTopic, RecordsToDelete
from aiokafka.protocol.admin import DeleteGroupsRequest
from prometheus_client import REGISTRY
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit import groups, parked, telemetry, worker
from kit.bus import Bus
from kit.consume import Consumer
from kit.errors import TryAgain
from kit.groups import GroupIsReading, group_of
from kit.inbox import Record
from kit.now import TIME_ZONE
from kit.reader import Reader
from kit.testing.events import a_record
from kit.topics import admin_of
from kit.tx import Database, run_sql
from kit.worker import Worker

pytestmark = [pytest.mark.db, pytest.mark.kafka]
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
TWO_MIB = 2 * 1024 * 1024


class OfOneTopic(Consumer):
    """Reads a topic of its own, named like itself."""

    def topics(self) -> list[str]:
        return [self.name]


@pytest.fixture
async def topic(database: Database, kafka: str) -> str:
    """A topic that takes 3 MiB a record, and the table in which handlers write down what they took."""
    name = f"test{uuid4().hex[:8]}.events"
    async with admin_of(kafka) as admin:
        await admin.create_topics([NewTopic(name, 3, 1, topic_configs={"max.message.bytes": str(3 * 1024 * 1024)})])
    async with database.transaction() as tx:
        await run_sql(tx, "create table took (dossier uuid, score int, line serial)")
    return name


async def remember(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    await run_sql(tx, "insert into took (dossier, score) values (:d, :s)", d=event.dossier_id, s=event.score)


@asynccontextmanager
async def working(database: Database, kafka: str, topic: str, handler: Any = remember) -> AsyncIterator[Worker]:
    """A worker in this process, reading while the block lasts."""
    found = Worker(topic, database, Bus(kafka), OfOneTopic(topic, keeps={}, reacts={DossierRated: handler}))
    task = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def program(database: Database, kafka: str, topic: str, *more: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A reader in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("reads.py")), database.url, kafka, topic, *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: ASYNC220 - started once, and never waited for while it runs
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def rated(dossier: UUID, number: int) -> Record:
    """The number-th event of a dossier; its score is its number."""
    return a_record(DossierRated(dossier_id=dossier, score=number, rated_at=AT), sequence=number)


async def send(kafka: str, topic: str, records: Sequence[Record]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=4 * TWO_MIB)
    await producer.start()
    try:
        for record in records:
            await producer.send_and_wait(topic, record.body, key=record.key.encode(), headers=record.headers)
    finally:
        await producer.stop()


async def took(database: Database) -> list[tuple[UUID, int]]:
    async with database.transaction() as tx:
        return [(row.dossier, row.score) for row in await run_sql(tx, "select * from took order by line")]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.1)


async def until_taken(database: Database, many: int) -> None:
    async def enough() -> bool:
        return len(await took(database)) >= many

    await until(enough)


async def counts(database: Database) -> parked.Counts:
    async with database.transaction() as tx:
        return await parked.count_parked(tx)


def each_in_order(taken: list[tuple[UUID, int]]) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = {}
    for dossier, score in taken:
        found.setdefault(dossier, []).append(score)
    return found


@pytest.mark.proves("J08")
async def test_a_reader_frozen_past_its_session_does_no_harm_when_it_comes_back(
    database: Database, kafka: str, topic: str
) -> None:
    dossiers = [uuid4() for _ in range(30)]

    async def say(*numbers: int) -> None:
        await send(kafka, topic, [rated(dossier, number) for number in numbers for dossier in dossiers])

    async with program(database, kafka, topic) as first, program(database, kafka, topic) as second:
        await say(1, 2)
        await until_taken(database, 10)
        first.send_signal(signal.SIGSTOP)
        await say(3, 4)
        await until_taken(database, 4 * 30)
        first.send_signal(signal.SIGCONT)
        await say(5)
        await until_taken(database, 5 * 30)
        assert (first.poll(), second.poll()) == (None, None)
    assert each_in_order(await took(database)) == {dossier: [1, 2, 3, 4, 5] for dossier in dossiers}
    assert await counts(database) == parked.Counts(0, 0, 0)


async def test_a_record_that_kills_its_process_ends_parked_and_the_others_go_on(
    database: Database, kafka: str, topic: str
) -> None:
    poison, good = uuid4(), [uuid4() for _ in range(5)]
    await send(
        kafka, topic, [rated(good[0], 1), rated(poison, 1), rated(poison, 2), *(rated(one, 1) for one in good[1:])]
    )
    async with program(database, kafka, topic, str(poison)) as process:
        await until(lambda: have_failed(database, 1), seconds=120)
        await until(lambda: have_held(database, 1))
        await until_taken(database, 5)
        process.kill()
        assert process.stdout
        deaths = process.stdout.read().split()
    assert set(deaths) == {b"9"}
    assert len(deaths) in (3, 4), "three times alone, and once in its batch where it was not the first"
    assert sorted(await took(database)) == sorted((one, 1) for one in good)
    async with database.transaction() as tx:
        failed, held = await parked.list_parked(tx)
    assert (failed.subject, "died" in failed.reason) == (str(poison), True)
    assert (held.subject, held.sequence, held.is_failed) == (str(poison), 2, False)


async def test_a_forgotten_group_stops_with_what_to_do_and_a_reset_loses_and_doubles_nothing(
    database: Database, kafka: str, topic: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "LOOKS_AGAIN_SECONDS", 0.5)
    dossiers = [uuid4() for _ in range(10)]
    await send(kafka, topic, [rated(dossier, 1) for dossier in dossiers])
    async with working(database, kafka, topic) as found:
        await until_taken(database, 10)
        with pytest.raises(GroupIsReading):
            await groups.reset(found.bus, group_of(topic), [topic])
    await send(kafka, topic, [rated(dossier, 2) for dossier in dossiers])
    async with admin_of(kafka) as admin:
        coordinator = await admin.find_coordinator(group_of(topic))
        await admin._send_request_to_node(coordinator, DeleteGroupsRequest([group_of(topic)]))
    async with working(database, kafka, topic) as found:
        await until(lambda: stands(caplog))
        assert f"motcua reader reset {topic}" in caplog.text
        assert len(await took(database)) == 10
        assert telemetry.READER_STOPPED._value.get() == 1
        assert await groups.reset(found.bus, group_of(topic), [topic]) == 3
        await until_taken(database, 20)
        await until(goes_on)
    assert each_in_order(await took(database)) == {dossier: [1, 2] for dossier in dossiers}


async def stands(caplog: pytest.LogCaptureFixture) -> bool:
    return any("the reader stands" in record.message for record in caplog.records)


async def goes_on() -> bool:
    return bool(telemetry.READER_STOPPED._value.get() == 0)


async def test_a_log_that_lost_what_was_not_read_yet_stops_the_reader_and_the_gaps_are_seen(
    database: Database, kafka: str, topic: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "LOOKS_AGAIN_SECONDS", 0.5)
    dossier = uuid4()
    await send(kafka, topic, [rated(dossier, 1)])
    async with working(database, kafka, topic):
        await until_taken(database, 1)
    await send(kafka, topic, [rated(dossier, number) for number in (2, 3, 4)])
    async with admin_of(kafka) as admin:
        places = {TopicPartition(topic, number): RecordsToDelete(before_offset=-1) for number in range(3)}
        await admin.delete_records(places)
    await send(kafka, topic, [rated(dossier, 5)])
    async with working(database, kafka, topic) as found:
        await until(lambda: stands(caplog))
        await groups.reset(found.bus, group_of(topic), [topic])
        await until(lambda: is_held(database))
    assert await took(database) == [(dossier, 1)]
    async with database.transaction() as tx:
        (held,) = await parked.list_parked(tx)
    assert (held.sequence, held.is_failed) == (5, False)


async def is_held(database: Database) -> bool:
    return (await counts(database)).held > 0


async def test_a_reader_that_cannot_go_on_says_how_far_it_is_behind(database: Database, kafka: str, topic: str) -> None:
    is_shut = True

    async def handler(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        if is_shut:
            raise TryAgain("shut")
        await remember(tx, event, now=now)

    def behind(what: str) -> float:
        return REGISTRY.get_sample_value(f"motcua_reader_lag_{what}", {"topic": topic}) or 0

    async def is_behind_by(many: int) -> bool:
        return behind("records") == many

    await send(kafka, topic, [rated(uuid4(), 1) for _ in range(30)])
    async with working(database, kafka, topic, handler):
        await until(lambda: is_behind_by(30))
        await asyncio.sleep(2)
        assert behind("seconds") > 2
        is_shut = False
        await until_taken(database, 30)
        await until(lambda: is_behind_by(0))
        assert behind("seconds") == 0
    assert REGISTRY.get_sample_value("motcua_reader_lag_records", {"topic": topic}) is None


async def test_a_partition_that_is_new_is_read_from_its_beginning(database: Database, kafka: str, topic: str) -> None:
    async with working(database, kafka, topic):
        first = uuid4()
        await send(kafka, topic, [rated(first, 1)])
        await until_taken(database, 1)
    async with admin_of(kafka) as admin:
        await admin.create_partitions({topic: NewPartitions(8)})
    dossiers = [uuid4() for _ in range(40)]
    await send(kafka, topic, [rated(dossier, 1) for dossier in dossiers])
    async with working(database, kafka, topic), working(database, kafka, topic):
        await until_taken(database, 41)
    assert each_in_order(await took(database)) == {dossier: [1] for dossier in (first, *dossiers)}


async def test_partitions_added_while_somebody_reads_are_read_by_those_who_read(
    database: Database, kafka: str, topic: str
) -> None:
    async with working(database, kafka, topic), working(database, kafka, topic):
        first = uuid4()
        await send(kafka, topic, [rated(first, 1)])
        await until_taken(database, 1)
        async with admin_of(kafka) as admin:
            await admin.create_partitions({topic: NewPartitions(8)})
        dossiers = [first, *(uuid4() for _ in range(40))]
        later = [rated(dossier, number) for number in (2, 3) for dossier in dossiers]
        await send(kafka, topic, [rated(dossier, 1) for dossier in dossiers[1:]] + later)
        await until_taken(database, 123)
    assert each_in_order(await took(database)) == {dossier: [1, 2, 3] for dossier in dossiers}


async def test_a_stranger_of_two_mebibytes_is_parked_and_a_small_one_behind_it_is_taken(
    database: Database, kafka: str, topic: str
) -> None:
    dossier, strange = uuid4(), uuid4()
    good = rated(dossier, 1)
    huge = b'"' + b"x" * TWO_MIB + b'"'
    too_large = Record(topic, 0, 0, str(strange), rated(strange, 1).headers, huge)
    binary = Record(topic, 0, 0, str(strange), [("\N{SNOWMAN}", b"\xff\x00")], os.urandom(TWO_MIB))
    await send(kafka, topic, [Record(topic, 0, 0, good.key, [], huge), too_large, binary, good])
    async with working(database, kafka, topic):
        await until_taken(database, 1)
        await until(lambda: have_failed(database, 3))
    async with database.transaction() as tx:
        await run_sql(tx, "select 1")
        told = (await run_sql(tx, "select max(length(body)) from kit_outbox")).scalar_one()
    assert told in (0, None), "no dead letter is larger than a broker takes; what was sent already is gone"


async def have_failed(database: Database, many: int) -> bool:
    return (await counts(database)).failed == many


async def have_held(database: Database, many: int) -> bool:
    return (await counts(database)).held == many


async def test_who_takes_too_long_for_a_poll_is_thrown_out_comes_back_and_takes_nothing_twice(
    database: Database, kafka: str, topic: str
) -> None:
    slow_ones = [True] * 3

    async def slowly(records: Sequence[Record], taken: Callable[[Record], Awaitable[None]]) -> None:
        if slow_ones:
            slow_ones.pop()
            await asyncio.sleep(4)
        await found_deliver(records, taken)

    holder = Worker(topic, database, Bus(kafka), OfOneTopic(topic, keeps={}, reacts={DossierRated: remember}))
    assert holder.consumer
    usual = holder._reader(holder.consumer)
    found_deliver = usual._deliver
    slow = Reader(
        Bus(kafka), group_of(topic), [topic], slowly, has_read=usual._has_read, is_passing=usual._is_passing,
        most_poll_seconds=2.0,
    )  # fmt: skip
    dossiers = [uuid4() for _ in range(12)]
    await send(kafka, topic, [rated(dossier, number) for number in (1, 2) for dossier in dossiers])
    task = asyncio.create_task(slow.run())
    try:
        await until_taken(database, 24)
        await send(kafka, topic, [rated(dossier, 3) for dossier in dossiers])
        await until_taken(database, 36)
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert each_in_order(await took(database)) == {dossier: [1, 2, 3] for dossier in dossiers}


async def test_a_slow_database_is_asked_for_less_and_a_quick_one_for_more_again() -> None:
    async def never(*_: Any) -> bool:
        return False

    found = Reader(Bus("127.0.0.1:9"), "g", ["t"], never, has_read=never, is_passing=lambda error: False)  # type: ignore[arg-type]
    sizes = []
    for seconds in (11.0, 40.0, 300.0, 5.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1):
        found._fit(seconds)
        sizes.append(found._most_records)
    assert sizes == [125, 31, 10, 10, 20, 40, 80, 160, 320, 500]
