"""After an erasure the planted values are nowhere but in the places that ADR 0014 names as legal record."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.deliveries.rebuilding import rebuild
from tests.deliveries.roads import TOO_EARLY, Dossier, Step
from tests.deliveries.walking import MOST_TURNS
from tests.deliveries.world import World, new_world
from tests.erasure import planted, searching
from tests.erasure.planted import VALUES

from intake.domain.erasure import Proof
from intake.handlers import erasing
from intake.reads import find_proof
from kit.bus import Bus
from kit.inbox import Record
from kit.log import all_records
from kit.testing.deliveries import QUIET
from kit.topics import admin_of
from kit.tx import run_sql
from motcua.programs import SERVICES
from notify.handlers.sending import send_next
from notify.main import post_room

pytestmark = [pytest.mark.db, pytest.mark.timeout(600)]
RECORD = {"packages", "slips", "results", "requests", "proofs"}  # of the object store; no row of any table
BEFORE = {  # where the search must find them first, else it proves nothing
    "intake.draft", "intake.upload", "intake.known_contact", "intake.rating", "workflow.cases", "notify.message",
}  # fmt: skip
PATIENCE_TURNS = 900


async def take(world: World, step: Step, dossier: Dossier) -> None:
    """One step, as soon as what it needs has come."""
    for _ in range(MOST_TURNS):
        try:
            await step(dossier)
        except TOO_EARLY:
            assert await world.deliveries.step(), f"nothing more comes, and it is too early for {step}"
        else:
            return


async def walk(world: World, dossier: Dossier) -> None:
    for step in dossier.steps:
        await take(world, step, dossier)
    await world.settle()


async def try_to_write(world: World) -> None:
    """Notify tries every letter, to a server that does not answer: masks of addresses are kept then."""
    room = post_room(world.settings["notify"], world.databases["notify"])
    while await send_next(room):
        pass


async def applicant_of(world: World, dossier: Dossier) -> str:
    (row,) = await world.rows("intake", "select applicant_id from dossier where id = :id", id=dossier.known_id)
    found: str = row.applicant_id
    return found


async def erase(world: World, dossier: Dossier) -> Any:
    """As the command does it: one transaction, then the objects."""
    who = await applicant_of(world, dossier)
    erasure, _ = await world.do("intake", erasing.erase_applicant, who, "12/YC-XDL", by="p-operator")
    while await erasing.delete_discarded(world.databases["intake"]):
        pass
    return erasure


async def proof_of(world: World, erasure: Any) -> Proof:
    async with world.databases["intake"].transaction() as tx:
        return await find_proof(tx, erasure.id)


def objects_of(world: World) -> Path:
    folder = world.databases["intake"].objects.folder
    assert folder is not None
    return folder


def outside_the_record(world: World) -> set[str]:
    return set(searching.in_objects(objects_of(world), VALUES)) - RECORD


@pytest.mark.parametrize("make", [planted.online, planted.at_the_counter])
async def test_planted_values_are_found_in_the_record_only(world: World, make: Callable[[World], Dossier]) -> None:
    await world.begin(0, QUIET)
    dossier = make(world)
    await walk(world, dossier)
    await try_to_write(world)
    if make is planted.online:
        assert set(await searching.in_tables(world.databases, VALUES)) >= BEFORE
        assert {"contacts", "uploads", "dispatches"} <= outside_the_record(world)
    erasure = await erase(world, dossier)
    await world.settle()
    assert await searching.in_tables(world.databases, VALUES) == {}
    assert outside_the_record(world) == set()
    assert "packages" in searching.in_objects(objects_of(world), VALUES), "the record was kept"
    log = [record for records in world.deliveries.log.values() for record in records]
    assert searching.in_records(log, VALUES) == {}
    assert (await proof_of(world, erasure)).is_done
    await try_to_write(world)
    assert await searching.in_tables(world.databases, VALUES) == {}, "nothing comes back"
    assert await world.rows("notify", "select 1 from message where state = 'queued'") == []
    for name in SERVICES:
        assert await rebuild(world, name)
    await try_to_write(world)
    assert await searching.in_tables(world.databases, VALUES) == {}, "nor by a rebuild"
    (kept,) = await world.rows("notify", "select contact from dossier")
    assert kept.contact is None


async def test_the_search_sees_a_value_in_a_record_and_in_bytes(world: World) -> None:
    record = Record("intake.events", 0, 0, "key", [("ce_id", b"1")], planted.NAME.encode())
    assert searching.in_records([record], VALUES) == {"intake.events": {"name"}}
    async with world.databases["intake"].transaction() as tx:
        await run_sql(
            tx,
            "insert into kit_outbox (topic, subject, event_id, type, headers, body) "
            "values ('t', 's', gen_random_uuid(), 't', '', :body)",
            body=planted.WORDS.encode(),
        )
    assert await searching.in_tables(world.databases, VALUES) == {"intake.kit_outbox": {"words"}}


@asynccontextmanager
async def at_work(world: World) -> AsyncIterator[None]:
    """The four workers, as each runs in its process, with the real broker between them."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker.run()) for worker in world.workers.values()]
        yield
        for task in tasks:
            task.cancel()


async def until(is_so: Callable[[], Awaitable[bool]], words: str) -> None:
    """Wait for what comes over the broker. Raises AssertionError where it does not come."""
    for _ in range(PATIENCE_TURNS):
        if await is_so():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"never came: {words}")


async def topics_of(bootstrap: str) -> list[str]:
    """Every topic of the broker but its own."""
    async with admin_of(bootstrap) as admin:
        return [one for one in await admin.list_topics() if not one.startswith("__")]


@pytest.mark.kafka
async def test_no_topic_of_a_real_broker_says_them(postgres: str, own_kafka: str, tmp_path: Path) -> None:
    there = {"kafka_bootstrap": own_kafka, "topic_partitions": 3}
    async with new_world(postgres, tmp_path, **dict.fromkeys(SERVICES, there)) as world:
        dossier = planted.online(world)
        async with at_work(world):
            for step in dossier.steps:
                await until(lambda step=step: done(step, dossier), str(step))  # type: ignore[misc]
            await until(lambda: ended(world, dossier), "returned")
            erasure = await erase(world, dossier)

            async def is_proven() -> bool:
                return (await proof_of(world, erasure)).is_done

            await until(is_proven, "every keeper has said that it is done")
        records = await all_records(Bus(own_kafka), await topics_of(own_kafka))
        assert {record.topic for record in records} >= {f"{name}.events" for name in SERVICES}
        assert searching.in_records(records, VALUES) == {}
        assert await searching.in_tables(world.databases, VALUES) == {}
        assert outside_the_record(world) == set()


async def done(step: Step, dossier: Dossier) -> bool:
    try:
        await step(dossier)
    except TOO_EARLY:
        return False
    return True


async def ended(world: World, dossier: Dossier) -> bool:
    query = "select status from dossier where id = :id"
    return [row.status for row in await world.rows("intake", query, id=dossier.known_id)] == [10]
