"""From the outbox to a real broker: everything, in order, exactly deleted; what is refused stops its dossier only."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit import embedded, refused
from kit.bus import Bus
from kit.consume import Consumer, deliver
from kit.outbox import unpack_headers
from kit.relay import Relay
from kit.sending import Sending
from kit.testing.logs import put, records_in, sequences
from kit.topics import TopicForm
from kit.tx import Database, run_sql
from kit.waiting import PLANS, Depth

pytestmark = [pytest.mark.db, pytest.mark.kafka]
SMALL, LARGE = 100, 4000


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    found = await asyncpg.connect(database.url, server_settings=PLANS)
    yield found
    await found.close()


@pytest.fixture
async def bus(kafka: str) -> AsyncIterator[Bus]:
    found = Bus(kafka, TopicForm(partitions=2))
    yield found
    await found.drop_producer()


@pytest.fixture
async def topic(bus: Bus) -> str:
    """A topic that takes records of at most 2,000 bytes."""
    name = f"sending-{uuid4().hex[:8]}"
    await bus.ensure_topics([name])
    await limit(bus, name, 2000)
    return name


async def limit(bus: Bus, topic: str, most_bytes: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.bootstrap)
    await admin.start()
    said = {"max.message.bytes": str(most_bytes), "retention.ms": "-1"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=said)])
    await admin.close()


async def left(database: Database) -> list[tuple[UUID, int, bool]]:
    """What stands in the outbox: dossier, number, whether it is refused."""
    query = "select subject, headers, refused from kit_outbox order by id"
    async with database.transaction() as tx:
        rows = (await run_sql(tx, query)).all()
    number = {row.headers: dict(unpack_headers(row.headers))["ce_sequence"] for row in rows}
    return [(UUID(row.subject), int(number[row.headers]), row.refused is not None) for row in rows]


async def test_everything_is_sent_in_order_and_the_outbox_is_empty(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str
) -> None:
    dossiers = [uuid4() for _ in range(50)]
    await put(database, topic, [(dossier, number, SMALL) for number in range(1, 51) for dossier in dossiers])
    await limit(bus, topic, 1024 * 1024)
    await Sending(connection, bus).send_all()
    records = await records_in(bus, topic)
    assert len(records) == 2500
    assert all(sequences(records, dossier) == list(range(1, 51)) for dossier in dossiers)
    assert await left(database) == []


async def test_every_refused_event_stops_its_dossier_and_no_other(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str
) -> None:
    one, two, good = uuid4(), uuid4(), uuid4()
    said = [(one, 1, SMALL), (one, 2, LARGE), (good, 1, SMALL), (one, 3, SMALL), (two, 1, LARGE), (two, 2, SMALL)]
    await put(database, topic, [*said, (good, 2, SMALL), (two, 3, LARGE)])
    sending = Sending(connection, bus)
    await sending.send_all()
    records = await records_in(bus, topic)
    assert [sequences(records, dossier) for dossier in (one, two, good)] == [[1], [], [1, 2]]
    assert await left(database) == [
        (one, 2, True),
        (one, 3, False),
        (two, 1, True),
        (two, 2, False),
        (two, 3, False),
    ]
    async with database.transaction() as tx:
        assert (await Depth().measure(tx))[2] == 2
        first, second = await refused.all_refused(tx)
    assert (first.subject, first.behind, second.behind) == (str(one), 1, 2)
    assert first.reason.startswith("MessageSizeTooLargeError")


async def test_after_it_is_mended_the_later_ones_go_in_order(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str
) -> None:
    one, two = uuid4(), uuid4()
    await put(database, topic, [(one, 1, LARGE), (one, 2, SMALL), (two, 1, LARGE), (two, 2, SMALL)])
    sending = Sending(connection, bus)
    await sending.send_all()
    await limit(bus, topic, 1024 * 1024)
    async with database.transaction() as tx:
        ids = [found.id for found in await refused.all_refused(tx)]
        assert await refused.retry(tx, [*ids, 4711]) == ids
    sending.waiting.sweep_soon()
    await sending.send_all()
    records = await records_in(bus, topic)
    assert [sequences(records, dossier) for dossier in (one, two)] == [[1, 2], [1, 2]]
    assert await left(database) == []


class Took:
    """A handler that remembers in memory what it took."""

    def __init__(self) -> None:
        self.scores: list[int] = []

    async def __call__(self, tx: AsyncSession, event: DossierRated, *, now: Any) -> None:
        self.scores.append(event.score)


async def test_one_that_is_given_up_is_passed_over_by_its_readers(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str
) -> None:
    dossier, took = uuid4(), Took()
    await put(database, topic, [(dossier, 1, SMALL), (dossier, 2, LARGE), (dossier, 3, SMALL)])
    sending = Sending(connection, bus)
    await sending.send_all()
    async with database.transaction() as tx:
        assert await refused.give_up(tx, 2)
        assert not await refused.give_up(tx, 3)
    sending.waiting.sweep_soon()
    await sending.send_all()
    records = await records_in(bus, topic)
    assert sequences(records, dossier) == [1, 2, 3]
    await deliver(database, Consumer("test", keeps={}, reacts={DossierRated: took}), records)
    assert took.scores == [2, 4]


async def test_later_ones_that_went_before_it_are_held_by_their_readers(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str
) -> None:
    """What happens when the refusal is known only after the next batch went: here the next leader sends it first."""
    dossier, took = uuid4(), Took()
    consumer = Consumer("test", keeps={}, reacts={DossierRated: took})
    await put(database, topic, [(dossier, 1, SMALL), (dossier, 3, SMALL)])
    await Sending(connection, bus).send_all()
    await put(database, topic, [(dossier, 2, LARGE)])
    sending = Sending(connection, bus)
    await sending.send_all()
    await deliver(database, consumer, await records_in(bus, topic))
    assert took.scores == [2]
    await limit(bus, topic, 1024 * 1024)
    async with database.transaction() as tx:
        await refused.retry(tx, [3])
    sending.waiting.sweep_soon()
    await sending.send_all()
    await deliver(database, consumer, await records_in(bus, topic))
    assert took.scores == [2, 3, 4]


async def test_one_the_producer_itself_does_not_take_is_refused_too(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str
) -> None:
    one, good = uuid4(), uuid4()
    await put(database, topic, [(one, 1, 2_000_000), (good, 1, SMALL)])
    await Sending(connection, bus).send_all()
    assert sequences(await records_in(bus, topic), good) == [1]
    assert await left(database) == [(one, 1, True)]


async def test_a_fault_that_concerns_everything_marks_nothing(
    database: Database, connection: asyncpg.Connection, bus: Bus, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(database, topic, [(uuid4(), 1, LARGE), (uuid4(), 1, SMALL)])
    monkeypatch.setattr("kit.sending.REFUSALS", ())
    with pytest.raises(MessageSizeTooLargeError):
        await Sending(connection, bus).send_all()
    assert not any(is_refused for _, _, is_refused in await left(database))


@pytest.mark.slow
async def test_while_no_broker_answers_nothing_hangs_and_afterwards_everything_arrives(
    database: Database, tmp_path: Path
) -> None:
    broker = embedded.Kafka(tmp_path / "kafka")
    broker.start()
    try:
        bus, topic = Bus(broker.bootstrap, TopicForm(partitions=1)), "away"
        await bus.ensure_topics([topic])
        relay = asyncio.create_task(Relay(database.url, bus, "test").run())
        dossier = uuid4()
        await put(database, topic, [(dossier, 1, SMALL)])
        await until_empty(database)
        for number, (stop, go_on) in enumerate([(broker.pause, broker.resume), (broker.kill, broker.start)], 2):
            stop()
            await put(database, topic, [(dossier, number, SMALL)])
            await asyncio.sleep(3)
            async with database.transaction() as tx:
                assert (await Depth().measure(tx))[0] == 1
            relay.cancel()
            async with asyncio.timeout(5):
                await asyncio.gather(relay, bus.drop_producer(), return_exceptions=True)
            relay = asyncio.create_task(Relay(database.url, bus, "test").run())
            await asyncio.sleep(2)
            await asyncio.to_thread(go_on)
            await until_empty(database)
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        assert sequences(await records_in(bus, topic), dossier) == [1, 2, 3]
        await bus.drop_producer()
    finally:
        broker.kill()
        broker.stop()


async def until_empty(database: Database) -> None:
    async with asyncio.timeout(60):
        while await left(database):  # noqa: ASYNC110 - another task works
            await asyncio.sleep(0.1)
