"""The four real services: what each remembers of the others can be thrown away and read again from the log's beginning.

And what they say of themselves holds: handlers in KEEPS write what is kept and nothing else, and nobody else writes it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession
from tests.deliveries.rebuilding import rebuild
from tests.deliveries.roads import ROADS
from tests.deliveries.walking import walk, walk_seed
from tests.deliveries.world import World, empty

from kit.consume import Consumer
from kit.kept import Kept
from kit.rebuild import RebuildFailed
from kit.testing.databases import emitted
from kit.testing.deliveries import QUIET
from kit.tx import Database, run_sql
from motcua.programs import SERVICES, service_of

pytestmark = pytest.mark.db
SEEDS = (0, 3)


async def whole(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as text, in order."""
    async with database.transaction() as tx:
        names = await run_sql(tx, "select tablename from pg_tables where schemaname = 'public' order by 1")
        return {
            name: list((await run_sql(tx, f"select t::text from public.{name} t order by 1")).scalars())
            for name in names.scalars().all()
        }


async def forget(database: Database, kept: Kept) -> None:
    """Throw away what is kept in one table."""
    emptied = ", ".join(f"{name} = {value}" for name, value in kept.values.items())
    statement = f"update {kept.table} set {emptied}" if emptied else f"delete from {kept.table} where {kept.rows}"
    async with database.transaction() as tx:
        await run_sql(tx, statement)


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_remembered_is_the_same_after_a_rebuild_and_after_another(world: World, seed: int) -> None:
    await walk_seed(world, seed)
    for name in SERVICES:
        before = await whole(world.databases[name])
        for _ in range(2):
            done = await rebuild(world, name)
            assert done is not None
            assert [(one.table, one.changed) for one in done.tables if one.changed] == [], name
            assert await whole(world.databases[name]) == before


async def test_what_was_thrown_away_is_there_again_also_where_a_rebuild_died_half_way(world: World) -> None:
    await walk_seed(world, 1)
    for name in SERVICES:
        database = world.databases[name]
        before = without_numbers(await whole(database))
        for kept in service_of(name).build_consumer().kept:
            await forget(database, kept)
        emptied = await whole(database)
        assert without_numbers(emptied) != before
        await rebuild(world, name, batches=3)
        assert await whole(database) == emptied
        await rebuild(world, name)
        assert without_numbers(await whole(database)) == before, name


def without_numbers(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """A milestone's number is its place in the table and says nothing."""
    return rows | {"milestone": sorted(row.partition(",")[2] for row in rows.get("milestone", []))}


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "intake"])
async def test_a_new_database_remembers_the_same_and_sends_nothing_old(world: World, name: str) -> None:
    await walk_seed(world, 2)
    database, kept = world.databases[name], service_of(name).build_consumer().kept
    before = await whole(database)
    await empty(database)
    done = await rebuild(world, name)
    assert done is not None
    assert done.is_new
    after = await whole(database)
    filled = {table for table, rows in after.items() if rows and not table.endswith("_migrations")}
    assert "kit_inbox" in filled
    assert filled <= {"kit_inbox", *(one.table for one in kept)}
    for table in filled:
        assert after[table] == before[table]
    node = world.deliveries.nodes[name]
    node.positions.clear()  # the group begins anew, and finds that all was taken
    await world.settle()
    assert await emitted(database) == []
    assert {table: (await whole(database))[table] for table in filled} == {table: before[table] for table in filled}
    assert not (await whole(database)).get("message")


async def test_intake_without_its_own_dossiers_cannot_be_rebuilt_from_the_others_log(world: World) -> None:
    await walk_seed(world, 2)
    await empty(world.databases["intake"])
    with pytest.raises(RebuildFailed, match="NotFound"):
        await rebuild(world, "intake")


GUARD = """
    create function only_keeps() returns trigger language plpgsql as $$ begin
        if coalesce(current_setting('motcua.keeping', true), '') <> 'yes' then
            raise exception 'somebody else writes %', tg_table_name;
        end if;
        return coalesce(new, old);
    end $$
"""
SHARED = {"status", "collected_at"}  # an applicant's own act moves them too; KEEPS arrive at the same all the same


async def guard(database: Database, kept: Kept) -> None:
    """From here on the database refuses whoever writes what is kept and is not a handler of KEEPS."""
    columns = [name for name in kept.values if name not in SHARED]
    differs = " or ".join(f"new.{name} is distinct from old.{name}" for name in columns)
    async with database.transaction() as tx:
        if columns:
            await trigger(tx, kept.table, "update", differs)
        else:
            await trigger(tx, kept.table, "insert", kept.rows.replace("kind", "new.kind"))
            await trigger(tx, kept.table, "update", "true")
            await trigger(tx, kept.table, "delete", "true")


async def trigger(tx: AsyncSession, table: str, event: str, when: str) -> None:
    await run_sql(
        tx,
        f"create trigger only_keeps_{event} before {event} on {table} "
        f"for each row when ({when}) execute function only_keeps()",
    )


def keeping(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def marked(tx: AsyncSession, event: Any, **named: Any) -> Any:
        await run_sql(tx, "select set_config('motcua.keeping', 'yes', true)")
        await handler(tx, event, **named)
        await run_sql(tx, "select set_config('motcua.keeping', '', true)")

    return marked


async def guard_all(world: World) -> None:
    """Guard what every service keeps."""
    for name, node in world.deliveries.nodes.items():
        async with world.databases[name].transaction() as tx:
            await run_sql(tx, GUARD)
        for kept in node.consumer.kept:
            await guard(world.databases[name], kept)
        node.consumer = Consumer(
            name,
            {cls: keeping(handler) for cls, handler in node.consumer.keeps.items()},
            node.consumer.reacts,
            node.consumer.kept,
        )


async def test_nobody_but_the_handlers_in_keeps_writes_what_is_kept(world: World) -> None:
    await world.begin(0, QUIET)
    await guard_all(world)
    await walk(world, ROADS)
    for name, database in world.databases.items():
        async with database.transaction() as tx:
            reasons = (await run_sql(tx, "select reason from kit_parked")).scalars().all()
        assert reasons == [], name


async def test_somebody_else_who_writes_what_is_kept_would_be_seen(world: World) -> None:
    await guard_all(world)
    with pytest.raises(DBAPIError, match="somebody else writes dossier"):
        async with world.databases["notify"].transaction() as tx:
            await run_sql(tx, "insert into dossier (id) values (gen_random_uuid())")


def test_every_service_says_where_what_it_remembers_lies() -> None:
    for name in SERVICES:
        consumer = service_of(name).build_consumer()
        assert consumer.keeps, name
        assert consumer.kept, name
