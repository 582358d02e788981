"""What the relay reads next: nothing is missed, nothing twice, and dead rows do not cost."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from contracts.intake import DossierRated
from kit import outbox, waiting
from kit.now import TIME_ZONE
from kit.tx import Database, run_sql
from kit.waiting import PLANS, Depth, Waiting

pytestmark = pytest.mark.db
AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    found = await asyncpg.connect(database.url, server_settings=PLANS)
    yield found
    await found.close()


def rated(dossier: UUID | None = None) -> DossierRated:
    return DossierRated(dossier_id=dossier or uuid4(), score=5, rated_at=AT)


async def say(database: Database, *events: DossierRated) -> None:
    async with database.transaction() as tx:
        for event in events:
            await outbox.put(tx, event, time=AT)


async def numbers(reading: Waiting, connection: asyncpg.Connection, *under_way: int) -> list[int]:
    return [row["id"] for row in await reading.read(connection, under_way)]


async def test_each_event_is_read_once_lowest_first(database: Database, connection: asyncpg.Connection) -> None:
    reading = Waiting()
    await say(database, rated(), rated())
    assert await numbers(reading, connection) == [1, 2]
    assert await numbers(reading, connection, 1, 2) == []
    await say(database, rated())
    assert await numbers(reading, connection, 1, 2) == [3]


async def test_a_number_that_is_committed_late_is_asked_for_by_name(
    database: Database, connection: asyncpg.Connection
) -> None:
    reading = Waiting()
    await say(database, rated())
    assert await numbers(reading, connection) == [1]
    async with database.transaction() as late:
        await outbox.put(late, rated(), time=AT)
        await say(database, rated())
        assert await numbers(reading, connection, 1) == [3]
        assert await numbers(reading, connection, 1, 3) == []
    assert await numbers(reading, connection, 1, 3) == [2]
    assert await numbers(reading, connection, 1, 2, 3) == []


async def test_what_was_under_way_to_be_committed_when_the_turn_began_is_found_too(
    database: Database, connection: asyncpg.Connection
) -> None:
    reading = Waiting()
    async with database.transaction() as late:
        await outbox.put(late, rated(), time=AT)
        await say(database, rated())
        assert await numbers(reading, connection) == [2]
    assert await numbers(reading, connection, 2) == [1]


async def test_what_nobody_asks_for_any_more_is_found_by_the_sweep(
    database: Database, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PASSED_OVER_SECONDS", 0.0)
    reading = Waiting()
    async with database.transaction() as late:
        await outbox.put(late, rated(), time=AT)
        await say(database, rated())
        assert await numbers(reading, connection) == [2]
        assert await numbers(reading, connection, 2) == []
    assert await numbers(reading, connection, 2) == []
    reading.sweep_soon()
    assert await numbers(reading, connection, 2) == [1]


async def test_a_sweep_of_much_goes_on_where_it_stopped(
    database: Database, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "BATCH", 2)
    await say(database, *(rated() for _ in range(5)))
    reading, found = Waiting(), list[int]()
    while batch := await numbers(reading, connection, *found[-2:]):
        found += batch
    assert found == [1, 2, 3, 4, 5]


async def measured(database: Database, depth: Depth) -> tuple[int, float, int]:
    async with database.transaction() as tx:
        return await depth.measure(tx)


async def test_what_stands_behind_a_refused_one_is_not_read_until_that_is_let_go(
    database: Database, connection: asyncpg.Connection
) -> None:
    stopped, other = uuid4(), uuid4()
    await say(database, rated(stopped), rated(other), rated(stopped))
    await connection.execute("update kit_outbox set refused = 'too large' where id = 1")
    reading = Waiting()
    assert await numbers(reading, connection) == [2]
    await connection.execute("delete from kit_outbox where id = 2")
    assert await numbers(reading, connection) == []
    depth = Depth()
    assert await measured(database, depth) == (0, 0.0, 1)
    await connection.execute("update kit_outbox set refused = null")
    await measured(database, depth)
    assert (await measured(database, depth))[0] == 2
    reading.sweep_soon()
    assert await numbers(reading, connection) == [1, 3]


async def test_what_waits_is_measured_also_before_anything_was_read(
    database: Database, connection: asyncpg.Connection
) -> None:
    await say(database, rated(), rated())
    await connection.execute("update kit_outbox set created_at = now() - interval '5 minutes' where id = 1")
    depth, age, refused = await measured(database, Depth())
    assert (depth, refused) == (2, 0)
    assert 299 < age < 400


async def test_dead_rows_that_an_old_snapshot_holds_do_not_cost(
    database: Database, connection: asyncpg.Connection
) -> None:
    reading = Waiting()
    assert await numbers(reading, connection) == []
    async with database.transaction() as old:
        await run_sql(old, "set transaction isolation level repeatable read")
        await run_sql(old, "select count(*) from kit_outbox")
        await connection.execute(
            "insert into kit_outbox (topic, subject, event_id, type, headers, body) "
            "select 't', n::text, gen_random_uuid(), 't', '[]', '{}' from generate_series(1, 20000) n"
        )
        while batch := await numbers(reading, connection):
            await connection.execute("delete from kit_outbox where id = any($1::bigint[])", batch)
        assert await blocks(connection, above=0) > 200
        assert await blocks(connection, above=20000) < 20
        await say(database, rated())
        assert await numbers(reading, connection) == [20001]


async def blocks(connection: asyncpg.Connection, above: int) -> int:
    """How many blocks a read touches that begins there."""
    plan = await connection.fetch(f"explain (analyze, buffers) {waiting._ABOVE}", [], above, 1000)
    found = re.search(r"Buffers: shared hit=(\d+)", "\n".join(line for (line,) in plan))
    return int(found[1]) if found else 0
