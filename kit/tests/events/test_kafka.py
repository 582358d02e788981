"""From one service's outbox to another's handler over a real broker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit import outbox
from kit.bus import Bus
from kit.consume import Consumer
from kit.now import TIME_ZONE
from kit.testing.databases import emitted, fresh_database
from kit.topics import TopicForm
from kit.tx import Database
from kit.worker import Worker

pytestmark = [pytest.mark.db, pytest.mark.kafka]
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)


@pytest.fixture
async def reader_database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "kit", tmp_path / "reader") as found:
        yield found


class Seen:
    def __init__(self) -> None:
        self.dossiers: list[UUID] = []

    async def __call__(self, tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        self.dossiers.append(event.dossier_id)

    def times(self, said: list[UUID]) -> list[int]:
        """How often each was seen; the broker is shared, so others' events come too."""
        return [self.dossiers.count(dossier) for dossier in said]


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another task's database
            await asyncio.sleep(0.05)


async def say(database: Database, count: int) -> list[UUID]:
    dossiers = [uuid4() for _ in range(count)]
    for dossier in dossiers:
        async with database.transaction() as tx:
            await outbox.put(tx, DossierRated(dossier_id=dossier, score=5, rated_at=AT), time=AT)
    return dossiers


async def test_what_is_said_reaches_the_other_service_once(
    database: Database, reader_database: Database, kafka: str
) -> None:
    seen, group = Seen(), f"reader-{uuid4().hex[:6]}"
    speaker = Worker("intake", database, Bus(kafka, TopicForm(partitions=3)))
    listener = Worker(
        group,
        reader_database,
        Bus(kafka, TopicForm(partitions=3)),
        Consumer(group, keeps={}, reacts={DossierRated: seen}),
    )
    said = await say(database, 20)
    async with asyncio.TaskGroup() as both:
        tasks = [both.create_task(speaker.run()), both.create_task(listener.run())]
        await until(lambda: set(said) <= set(seen.dossiers))
        for task in tasks:
            task.cancel()
    assert seen.times(said) == [1] * 20
    assert await emitted(database) == []


@pytest.mark.proves("J08")
async def test_a_reader_that_starts_again_goes_on_where_it_stopped(
    database: Database, reader_database: Database, kafka: str
) -> None:
    seen, group = Seen(), f"reader-{uuid4().hex[:6]}"

    async def one_turn(count: int) -> list[UUID]:
        said = await say(database, count)
        speaker = Worker("intake", database, Bus(kafka, TopicForm(partitions=3)))
        consumer = Consumer(group, keeps={}, reacts={DossierRated: seen})
        listener = Worker(group, reader_database, Bus(kafka, TopicForm(partitions=3)), consumer)
        tasks = [asyncio.create_task(speaker.run()), asyncio.create_task(listener.run())]
        await until(lambda: set(said) <= set(seen.dossiers))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return said

    said = await one_turn(3) + await one_turn(2)
    assert seen.times(said) == [1] * 5
