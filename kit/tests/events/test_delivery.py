"""Nothing lost, nothing twice, in order: the reader's side, with a real database and no broker."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated, ResultCollected
from kit import inbox, outbox
from kit.consume import Consumer, deliver
from kit.errors import TryAgain
from kit.now import TIME_ZONE, ClockRefused, move_clock, read_now
from kit.testing.databases import emitted
from kit.testing.events import a_record, outbox_records, shuffled
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)


def rated(dossier_id: UUID, score: int = 5) -> DossierRated:
    return DossierRated(dossier_id=dossier_id, score=score, rated_at=AT)


class Remembers:
    """A handler that writes down what it takes, in the transaction it is given."""

    def __init__(self) -> None:
        self.fails: Exception | None = None

    async def __call__(self, tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        await run_sql(tx, "create table if not exists took (dossier uuid, score int)")
        await run_sql(tx, "insert into took values (:d, :s)", d=event.dossier_id, s=event.score)
        if self.fails:
            raise self.fails


async def took(database: Database) -> list[int]:
    async with database.transaction() as tx:
        await run_sql(tx, "create table if not exists took (dossier uuid, score int)")
        return [score for (score,) in (await run_sql(tx, "select score from took")).all()]


def listening(handler: Any) -> Consumer:
    return Consumer("test", keeps={}, reacts={DossierRated: handler})


@pytest.mark.proves("J08")
async def test_an_event_and_a_state_change_commit_together_or_not_at_all(database: Database) -> None:
    async def say_and_fail() -> None:
        async with database.transaction() as tx:
            await outbox.put(tx, rated(uuid4()), time=AT)
            raise RuntimeError("the process fails here")

    with pytest.raises(RuntimeError):
        await say_and_fail()
    assert await emitted(database) == []


async def test_many_events_said_at_once_are_numbered_and_ordered_as_if_said_one_by_one(database: Database) -> None:
    first, second = uuid4(), uuid4()
    events = [rated(first, 1), rated(second, 2), rated(first, 3), rated(second, 4), rated(first, 5)]
    async with database.transaction() as tx:
        await outbox.put(tx, rated(first, 5), time=AT)
        ids = await outbox.put_all(tx, events, time=AT)
        assert await outbox.put_all(tx, [], time=AT) == []
        await outbox.put(tx, rated(second, 5), time=AT)
    found = [record.envelope() for record in await outbox_records(database)]
    assert [one.id for one in found[1:6]] == ids
    assert [one.data["score"] for one in found] == [5, 1, 2, 3, 4, 5, 5]
    assert [one.sequence for one in found if one.subject == str(first)] == [1, 2, 3, 4]
    assert [one.sequence for one in found if one.subject == str(second)] == [1, 2, 3]


async def test_two_megabytes_are_refused_before_they_are_said_and_change_nothing(database: Database) -> None:
    dossier = uuid4()

    async def say(code: str) -> None:
        event = ResultCollected(dossier_id=dossier, result_code=code, result_sha256="0" * 64, collected_at=AT)
        async with database.transaction() as tx:
            await outbox.put(tx, event, time=AT)

    await say("1/GP-SKHCN")
    with pytest.raises(outbox.EventTooLarge, match=str(dossier)):
        await say("1" * 2 * 1024 * 1024)
    await say("2/GP-SKHCN")
    assert [record.envelope().sequence for record in await outbox_records(database)] == [1, 2]


async def test_two_who_say_much_of_the_same_subjects_do_not_wait_in_a_circle(database: Database) -> None:
    subjects = [uuid4() for _ in range(40)]

    async def say(order: list[UUID]) -> None:
        async with database.transaction() as tx:
            await outbox.put_all(tx, [rated(one) for one in order], time=AT)

    await asyncio.gather(*(say(subjects if n % 2 else subjects[::-1]) for n in range(10)))
    numbers = [(one.subject, one.sequence) for one in [row.envelope() for row in await outbox_records(database)]]
    assert sorted(numbers) == sorted((str(one), n) for one in subjects for n in range(1, 11))


async def test_sequence_numbers_are_dense_per_dossier(database: Database) -> None:
    one, two = uuid4(), uuid4()
    for dossier in (one, two, one):
        async with database.transaction() as tx:
            await outbox.put(tx, rated(dossier), time=AT)
    records = await outbox_records(database)
    numbers = [(r.key, r.envelope().sequence) for r in records]
    assert numbers == [(str(one), 1), (str(two), 1), (str(one), 2)]


async def test_a_repeated_event_takes_effect_once(database: Database) -> None:
    consumer, record = listening(Remembers()), a_record(rated(uuid4()), sequence=1)
    await deliver(database, consumer, [record, record])
    await deliver(database, consumer, [record])
    assert await took(database) == [5]


async def test_an_event_ahead_of_its_turn_waits_and_is_applied_by_itself(database: Database) -> None:
    dossier, consumer = uuid4(), listening(Remembers())
    await deliver(database, consumer, [a_record(rated(dossier, 3), sequence=3)])
    await deliver(database, consumer, [a_record(rated(dossier, 2), sequence=2)])
    assert await took(database) == []
    await deliver(database, consumer, [a_record(rated(dossier, 1), sequence=1)])
    assert await took(database) == [1, 2, 3]
    async with database.transaction() as tx:
        assert await inbox.all_parked(tx) == []


async def test_an_event_nobody_hears_still_takes_its_turn(database: Database) -> None:
    dossier, consumer = uuid4(), listening(Remembers())
    silent = ResultCollected(dossier_id=dossier, result_code="X-KQ1", result_sha256="0" * 64, collected_at=AT)
    await deliver(database, consumer, [a_record(silent, sequence=1), a_record(rated(dossier), sequence=2)])
    assert await took(database) == [5]


async def test_a_parked_event_that_comes_again_is_not_run_again(database: Database) -> None:
    handler, dossier = Remembers(), uuid4()
    consumer = listening(handler)
    handler.fails = ValueError("broken")
    record = a_record(rated(dossier), sequence=1)
    await deliver(database, consumer, [record])
    handler.fails = None
    await deliver(database, consumer, [record])
    assert await took(database) == []


@pytest.mark.proves("J08")
async def test_a_passing_fault_leaves_the_event_for_later(database: Database) -> None:
    handler, dossier = Remembers(), uuid4()
    consumer = listening(handler)
    handler.fails = TryAgain("the other side is busy")
    record = a_record(rated(dossier), sequence=1)
    for _ in range(5):
        with pytest.raises(TryAgain):
            await deliver(database, consumer, [record])
    handler.fails = None
    await deliver(database, consumer, [record])
    assert await took(database) == [5]


@pytest.mark.parametrize("seed", range(10))
async def test_any_order_that_keeps_each_dossiers_order_gives_the_same_effect(database: Database, seed: int) -> None:
    dossiers, consumer = [uuid4() for _ in range(3)], listening(Remembers())
    records = [a_record(rated(d, n), sequence=n) for d in dossiers for n in (1, 2, 3)]
    for record in shuffled(records, seed):
        await deliver(database, consumer, [record])
    assert sorted(await took(database)) == [1, 1, 1, 2, 2, 2, 3, 3, 3]


async def test_a_moved_clock_moves_now_and_production_refuses_it(database: Database) -> None:
    async with database.transaction() as tx:
        await move_clock(tx, AT, environment="demo")
    async with database.transaction() as tx:
        assert abs((await read_now(tx) - AT).total_seconds()) < 5
        with pytest.raises(ClockRefused):
            await move_clock(tx, AT, environment="production")
