"""KEEPS from the beginning of the log into empty tables: the same state, nothing said, no gap passed over."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated
from kit import consume, outbox, parked
from kit.consume import Consumer, deliver
from kit.inbox import Record
from kit.kept import Kept
from kit.now import TIME_ZONE
from kit.objects import Objects
from kit.rebuild import RebuildFailed, Rebuilt, Run
from kit.testing.events import a_record
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
KEPT = (
    Kept("heard"),
    Kept("told", rows="kind = 'theirs'"),
    Kept("thing", values={"score": "0", "at": "null"}),
)


async def remember(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    """What a handler in KEEPS may do: a row, a line beside our own, columns of a row that is ours too."""
    facts: dict[str, Any] = {"id": event.dossier_id, "score": event.score, "at": now}
    await run_sql(
        tx, "insert into heard values (:id, :score, :at) on conflict (id) do update set score = :score", **facts
    )
    await run_sql(
        tx,
        "insert into told (id, kind, words) values (:id, 'theirs', :words) on conflict do nothing",
        id=event.dossier_id,
        words=str(event.score),
    )
    await run_sql(tx, "update thing set score = :score, at = :at where id = :id", **facts)


async def react(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    await run_sql(tx, "insert into done values (:id)", id=event.dossier_id)


@pytest.fixture
async def tables(database: Database) -> Database:
    async with database.transaction() as tx:
        for table in (
            "heard (id uuid primary key, score int, at timestamptz)",
            "told (number bigint generated always as identity primary key, id uuid, kind text, words text, "
            "unique (id, kind, words))",
            "thing (id uuid primary key, name text, score int, at timestamptz)",
            "done (id uuid)",
        ):
            await run_sql(tx, f"create table {table}")
    return database


@pytest.fixture
async def aside(tables: Database, tmp_path: Path) -> AsyncIterator[Database]:
    """The rebuild's own connection."""
    found = Database(tables.url, Objects(f"file://{tmp_path}"), pool_size=1)
    yield found
    await found.close()


def a_consumer(**keeps: Any) -> Consumer:
    return Consumer("reader", {DossierRated: keeps.get("handler", remember)}, {DossierRated: react}, KEPT)


def rated(dossier: UUID, *scores: int) -> list[Record]:
    return [
        a_record(DossierRated(dossier_id=dossier, score=score, rated_at=AT), sequence=number, offset=number)
        for number, score in enumerate(scores, 1)
    ]


async def take_all(aside: Database, consumer: Consumer, records: Sequence[Record], size: int = 2) -> Rebuilt:
    run = Run(aside, consumer)
    await run.prepare()
    for start in range(0, len(records), size):
        await run.take(records[start : start + size])
    return await run.finish()


async def dump(database: Database, *tables: str) -> dict[str, list[Any]]:
    async with database.transaction() as tx:
        return {name: list((await run_sql(tx, f"select * from {name} order by 1")).all()) for name in tables}


ALL = ("heard", "told", "thing", "done", "kit_outbox", "kit_stream", "kit_inbox", "kit_parked")


async def some_state(database: Database, *scores: int, taken: int = 9) -> tuple[UUID, list[Record]]:
    """A thing of ours, a line of ours, and what was said of it, of which the first were taken."""
    dossier = uuid4()
    async with database.transaction() as tx:
        await run_sql(tx, "insert into thing values (:id, 'ours', 0, null)", id=dossier)
        await run_sql(tx, "insert into told (id, kind, words) values (:id, 'ours', 'begun')", id=dossier)
    records = rated(dossier, *scores)
    await deliver(database, a_consumer(), records[:taken])
    return dossier, records


@pytest.mark.proves("J08")
async def test_a_rebuild_arrives_at_the_same_state_and_does_nothing_again(tables: Database, aside: Database) -> None:
    _, records = await some_state(tables, 5, 4, 3)
    before = await dump(tables, *ALL)
    for _ in range(2):
        done = await take_all(aside, a_consumer(), [*records, *records])
        assert [one.changed for one in done.tables] == [0, 0, 0]
        assert (done.applied, done.is_new) == (3, False)
        await aside.close()
        assert await dump(tables, *ALL) == before


async def test_what_was_spoiled_is_mended_and_what_is_ours_stays(tables: Database, aside: Database) -> None:
    _, records = await some_state(tables, 5, 4)
    before = await dump(tables, *ALL)
    async with tables.transaction() as tx:
        await run_sql(tx, "delete from heard")
        await run_sql(tx, "update told set words = 'spoiled' where kind = 'theirs' and words = '5'")
        await run_sql(tx, "update thing set score = 99, at = null")
    done = await take_all(aside, a_consumer(), records)
    assert [one.changed for one in done.tables] == [1, 2, 1]
    after = await dump(tables, *ALL)
    assert after.pop("told") != before.pop("told"), "the line that was lost has a new number"
    assert after == before


async def test_what_was_not_taken_yet_stays_with_the_reader(tables: Database, aside: Database) -> None:
    _, records = await some_state(tables, 5, 4, 3, taken=1)
    before = await dump(tables, *ALL)
    await take_all(aside, a_consumer(), records)
    assert await dump(tables, *ALL) == before


async def test_what_is_parked_stays_parked(tables: Database, aside: Database) -> None:
    _, records = await some_state(tables, 5, 4, 3, taken=1)

    async def fail(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        raise ValueError("no")

    await deliver(tables, a_consumer(handler=fail), records[1:])
    before = await dump(tables, *ALL)
    assert len(before["kit_parked"]) == 2
    await take_all(aside, a_consumer(), records)
    assert await dump(tables, *ALL) == before


async def test_what_was_given_up_is_not_kept_by_a_rebuild_either(tables: Database, aside: Database) -> None:
    _, records = await some_state(tables, 5, 4, 3, 2, 1, taken=1)

    async def fail(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        raise ValueError("no")

    await deliver(tables, a_consumer(handler=fail), records[1:2])
    await deliver(tables, a_consumer(), [records[2], records[4]])
    for decide in (parked.drop, parked.pass_over):
        async with tables.transaction() as tx:
            first = (await parked.list_parked(tx))[0]
        await decide(tables, a_consumer(), first.id, by="an operator", why="tried")
    before = await dump(tables, *ALL)
    assert [row.words for row in before["told"]] == ["begun", "5", "3", "1"]
    async with tables.transaction() as tx:
        await run_sql(tx, "delete from heard")
    done = await take_all(aside, a_consumer(), [*records[:3], records[4], records[3]], size=9)
    assert [one.changed for one in done.tables] == [1, 0, 0]
    assert await dump(tables, *ALL) == before


async def test_a_new_reader_keeps_all_and_reacts_to_nothing_old(tables: Database, aside: Database) -> None:
    one, other = uuid4(), uuid4()
    records = [*rated(one, 5, 4), *rated(other, 1, 2)]
    swapped = [records[1], records[0], *records[2:]]
    done = await take_all(aside, a_consumer(), swapped, size=3)
    assert (done.is_new, done.applied) == (True, 4)
    await deliver(tables, a_consumer(), [*records, rated(other, 1, 2, 3)[2]])
    found = await dump(tables, *ALL)
    assert {row.id: row.score for row in found["heard"]} == {one: 4, other: 3}
    assert [row.id for row in found["done"]] == [other], "only what came after the rebuild is reacted to"
    assert found["kit_parked"] == []


async def test_a_new_reader_parks_what_is_no_event_of_ours(tables: Database, aside: Database) -> None:
    strange = Record("intake.events", 0, 7, "?", [], b"{}")
    await take_all(aside, a_consumer(), [strange, *rated(uuid4(), 5)])
    found = await dump(tables, "kit_parked", "heard")
    assert [row.is_failed for row in found["kit_parked"]] == [True]
    assert len(found["heard"]) == 1


@pytest.mark.parametrize("missing", [0, 1])
async def test_a_gap_in_the_log_is_told_and_nothing_is_changed(tables: Database, aside: Database, missing: int) -> None:
    _, records = await some_state(tables, 5, 4, 3)
    async with tables.transaction() as tx:
        await run_sql(tx, "delete from heard")
    before = await dump(tables, *ALL)
    del records[missing]
    with pytest.raises(RebuildFailed, match="of 1 subjects an event is missing"):
        await take_all(aside, a_consumer(), records)
    assert await dump(tables, *ALL) == before


async def test_a_new_reader_does_not_pass_over_a_gap_either(tables: Database, aside: Database) -> None:
    records = rated(uuid4(), 5, 4, 3)
    with pytest.raises(RebuildFailed, match="of 1 subjects an event is missing"):
        await take_all(aside, a_consumer(), [records[0], records[2]])
    assert (await dump(tables, *ALL))["kit_inbox"] == []


async def speak(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    await outbox.put(tx, event, time=now)


async def write_elsewhere(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    await run_sql(tx, "insert into done values (:id)", id=event.dossier_id)


async def lock_elsewhere(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
    await run_sql(tx, "select * from done for update")


@pytest.mark.parametrize("handler", [speak, write_elsewhere, lock_elsewhere])
async def test_a_handler_that_says_something_or_writes_what_is_not_kept_is_refused(
    tables: Database, aside: Database, handler: Any
) -> None:
    dossier, records = await some_state(tables, 5)
    before = await dump(tables, *ALL)
    with pytest.raises(RebuildFailed, match=f"1 of {dossier}: its handler in KEEPS says something, or writes"):
        await take_all(aside, a_consumer(handler=handler), records)
    assert await dump(tables, *ALL) == before


async def test_a_failing_handler_is_named_without_what_it_was_about(tables: Database, aside: Database) -> None:
    async def fail(tx: AsyncSession, event: DossierRated, *, now: datetime) -> None:
        raise ValueError("Nguyễn Văn A")

    dossier, records = await some_state(tables, 5)
    with pytest.raises(RebuildFailed) as told:
        await take_all(aside, a_consumer(handler=fail), records)
    assert f"intake.dossier_rated.v1 1 of {dossier}: ValueError in fail" in str(told.value)
    assert "Nguyễn" not in str(told.value)


async def test_a_reader_that_runs_meanwhile_is_noticed(tables: Database, aside: Database) -> None:
    dossier, records = await some_state(tables, 5)
    run = Run(aside, a_consumer())
    await run.prepare()
    await run.take(records)
    await deliver(tables, a_consumer(), rated(dossier, 5, 4)[1:])
    before = await dump(tables, *ALL)
    with pytest.raises(RebuildFailed, match="a reader took events meanwhile"):
        await run.finish()
    assert await dump(tables, *ALL) == before


async def test_what_a_request_changes_meanwhile_is_left_as_it_is(tables: Database, aside: Database) -> None:
    dossier, records = await some_state(tables, 5)
    run = Run(aside, a_consumer())
    await run.prepare()
    await run.take(records)
    async with tables.transaction() as tx:
        await run_sql(tx, "update thing set name = 'renamed', score = 7 where id = :id", id=dossier)
    assert (await run.finish()).tables[2].passed_over == 1
    [thing] = (await dump(tables, "thing"))["thing"]
    assert (thing.name, thing.score) == ("renamed", 7)


async def test_a_rebuild_that_dies_half_way_has_changed_nothing(tables: Database, aside: Database) -> None:
    _, records = await some_state(tables, 5, 4)
    async with tables.transaction() as tx:
        await run_sql(tx, "delete from heard")
    before = await dump(tables, *ALL)
    run = Run(aside, a_consumer())
    await run.prepare()
    await run.take(records[:1])
    await aside.close()  # the connection ends, as where the process is killed
    assert await dump(tables, *ALL) == before
    await take_all(aside, a_consumer(), records)
    assert len((await dump(tables, "heard"))["heard"]) == 1


async def test_what_is_kept_bears_the_time_at_which_it_was_said(tables: Database) -> None:
    record = rated(uuid4(), 5)[0]
    async with tables.transaction() as tx:
        await consume.keep(tx, a_consumer(), record.envelope())
    assert [row.at for row in (await dump(tables, "heard"))["heard"]] == [record.envelope().time]
