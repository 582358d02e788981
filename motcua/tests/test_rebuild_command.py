"""`motcua rebuild` over a real broker: an existing database, a new one, and a reader that still runs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from contracts.catalogue import EVENTS
from contracts.envelope import Event
from kit.bus import Bus
from kit.groups import refuse_if_read
from kit.inbox import Record
from kit.testing.databases import fresh_database, postgres
from kit.testing.events import a_record
from kit.testing.kafka import own_kafka
from kit.testing.people import TEST_ENVIRONMENT
from kit.tx import Database, run_sql
from kit.worker import Worker
from notify.consumer import consumer

__all__ = ["own_kafka", "postgres"]
pytestmark = [pytest.mark.db, pytest.mark.kafka]

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
KEPT = "select id, applicant_id, contact, code, due_at from dossier order by id"
MESSAGES = "select count(*) from message"


@pytest.fixture
async def databases(postgres: str, tmp_path: Path) -> AsyncIterator[list[Database]]:
    """Notify's database, and a new one."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(fresh_database(postgres, "notify", tmp_path)) for _ in range(2)]


def an_event(name: str, dossier: UUID) -> Event:
    data = orjson.loads((EXAMPLES / f"{name}.json").read_bytes())["data"]
    return EVENTS[name].model_validate({**data, "dossier_id": str(dossier)})


async def say(bus: Bus, *dossiers: UUID) -> None:
    """What intake and workflow say of these dossiers, the first of it twice."""
    records: list[Record] = []
    for dossier in dossiers:
        filed = a_record(an_event("intake.dossier_submitted.v1", dossier), sequence=1)
        records += [filed, filed, a_record(an_event("workflow.dossier_accepted.v1", dossier), sequence=1)]
    producer = await bus.producer()
    for record in records:
        sent = {"key": record.key.encode(), "value": record.body, "headers": record.headers}
        await producer.send_and_wait(record.topic, **sent)


@asynccontextmanager
async def reading(database: Database, bus: Bus) -> AsyncIterator[None]:
    worker = asyncio.create_task(Worker("notify", database, bus, consumer()).run())
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def ask(database: Database, query: str) -> Sequence[Any]:
    async with database.transaction() as tx:
        return (await run_sql(tx, query)).all()


async def until(database: Database, query: str, holds: Callable[[Sequence[Any]], bool]) -> Sequence[Any]:
    async with asyncio.timeout(120):
        while not holds(found := await ask(database, query)):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.1)
    return found


@asynccontextmanager
async def rebuilding(database: Database, bootstrap: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as an operator gives it."""
    said = {**TEST_ENVIRONMENT, "database_url": database.url, "objects_url": "memory:///"}
    said |= {"kafka_bootstrap": bootstrap, "smtp_host": "127.0.0.1", "smtp_port": 9, "mail_from": "thu@mau.example"}
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "motcua", "rebuild", "notify"),
        env={f"MOTCUA_{name.upper()}": str(value) for name, value in said.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
            await program.communicate()


async def motcua_rebuild(database: Database, bootstrap: str) -> tuple[int, str, str]:
    """Its exit code, what it printed, what it complained of."""
    async with rebuilding(database, bootstrap) as program:
        out, err = await program.communicate()
    assert program.returncode is not None
    return program.returncode, out.decode(), err.decode()


@pytest.mark.proves("J08")
async def test_notify_is_rebuilt_over_a_real_broker_and_sends_nothing(
    databases: list[Database], own_kafka: str
) -> None:
    bus, (old, new) = Bus(own_kafka), databases
    await bus.ensure_topics(consumer().topics())
    await refuse_if_read(bus, "motcua.notify")  # nobody has ever read in any group of this broker
    dossiers = [uuid4() for _ in range(20)]
    await say(bus, *dossiers)
    async with reading(old, bus):
        before = await until(old, KEPT, lambda rows: len(rows) == 20 and all(row.code and row.contact for row in rows))
        status, _, complaint = await motcua_rebuild(old, own_kafka)
        assert (status, complaint) == (1, "motcua: somebody reads in motcua.notify: stop the service's workers first\n")
    messages = await ask(old, MESSAGES)

    await ask(old, "delete from dossier where id in (select id from dossier limit 5) returning id")
    status, printed, complaint = await motcua_rebuild(old, own_kafka)
    assert (status, complaint) == (0, "")
    assert "60 records read, 40 events kept" in printed
    assert "dossier: 20 rows, 5 changed" in printed
    assert await ask(old, KEPT) == before
    assert await ask(old, MESSAGES) == messages

    status, printed, complaint = await motcua_rebuild(new, own_kafka)
    assert (status, complaint) == (0, "")
    assert "the worker begins at the log's present end" in printed
    assert await ask(new, KEPT) == before
    await say(bus, later := uuid4())
    async with reading(new, bus):
        await until(new, KEPT, lambda rows: any(row.id == later and row.code and row.contact for row in rows))
    assert {row.dossier_id for row in await ask(new, "select dossier_id from message")} == {later}
    await bus.drop_producer()


async def test_a_rebuild_that_is_killed_has_changed_nothing_and_the_next_one_does_it(
    databases: list[Database], own_kafka: str
) -> None:
    bus, (database, _) = Bus(own_kafka), databases
    await bus.ensure_topics(consumer().topics())
    await say(bus, *(uuid4() for _ in range(1_000)))
    async with reading(database, bus):
        query = "select count(*), count(code) from dossier"
        await until(database, query, lambda rows: rows[0][0] >= 1_000 and rows[0][0] == rows[0][1])
    await bus.drop_producer()
    await ask(database, "update dossier set code = 'spoiled' returning id")
    spoiled = await ask(database, KEPT)
    async with rebuilding(database, own_kafka) as program:
        assert program.stdout
        assert b" records" in await program.stdout.readline(), "it is in the middle of the log"
        program.kill()
        await program.communicate()
    assert await ask(database, KEPT) == spoiled

    status, _, complaint = await motcua_rebuild(database, own_kafka)
    assert (status, complaint) == (0, "")
    rebuilt = await ask(database, KEPT)
    assert len(rebuilt) == len(spoiled)
    assert "spoiled" not in {row.code for row in rebuilt}
