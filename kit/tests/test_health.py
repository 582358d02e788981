"""Alive, started, ready: true answers with their parts, quickly also while a part hangs."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from kit import checks, migrate
from kit.app import operator_routes
from kit.embedded import Postgres
from kit.health import Finding, Health
from kit.objects import Objects
from kit.signs import Signs
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db
NOBODY = "127.0.0.1:9"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    found = Postgres(tmp_path_factory.mktemp("health"))
    found.start()
    try:
        found.ensure_database("health")
        yield found
    finally:
        found.stop()


@pytest.fixture
async def database(server: Postgres, tmp_path: Path) -> AsyncIterator[Database]:
    await migrate.upgrade(server.url("health"), "kit")
    found = Database(server.url("health"), Objects(f"file://{tmp_path}/objects"), pool_size=2)
    yield found
    await found.close()


def health_of(database: Database, **works: Any) -> Health:
    starts = {"tables": checks.tables(database, "kit")}
    return Health("kit", "worker", starts, {"database": checks.database(database), **works})


async def ask(health: Health, path: str) -> tuple[int, dict[str, Any]]:
    app = FastAPI()
    app.state.health = health
    app.include_router(operator_routes())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:9") as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


async def stand_at(database: Database, version: str) -> None:
    async with database.transaction() as tx:
        await run_sql(tx, "update kit_migrations set version_num = :version", version=version)


async def test_what_works_is_ready_and_says_its_parts(database: Database) -> None:
    status, told = await ask(health_of(database), "/readyz")
    assert (status, told["state"]) == (200, "ready")
    assert told["parts"] == {"database": {"well": True, "words": "reachable"}}
    assert (await ask(health_of(database), "/startupz"))[0] == 200


async def test_a_database_that_hangs_is_told_in_bounded_time_and_life_does_not_ask_it(
    database: Database, server: Postgres
) -> None:
    health = health_of(database)
    assert (await ask(health, "/readyz"))[0] == 200
    server.pause()
    try:
        began = time.monotonic()
        answers = await asyncio.gather(*(ask(health, "/readyz") for _ in range(20)))
        assert {status for status, _ in answers} == {503}
        assert answers[0][1]["parts"]["database"] == {"well": False, "words": "no answer within 2 s"}
        assert time.monotonic() - began < 15
        assert (await ask(health, "/healthz"))[0] == 200
    finally:
        server.resume()
    async with asyncio.timeout(30):
        while (await ask(health, "/readyz"))[0] != 200:  # noqa: ASYNC110 - nobody says when a thawed server answers
            await asyncio.sleep(0.1)


async def test_a_database_from_the_future_or_the_past_is_said_in_a_sentence(database: Database) -> None:
    async with database.transaction() as tx:
        newest = (await run_sql(tx, "select version_num from kit_migrations")).scalar_one()
    try:
        for version, words in (("0999", "which a newer release made"), ("0001", "run `motcua migrate kit`")):
            if version == newest:
                continue
            await stand_at(database, version)
            status, told = await ask(health_of(database), "/startupz")
            assert (status, told["state"]) == (503, "starting")
            assert words in told["parts"]["tables"]["words"]
            assert (await ask(health_of(database), "/readyz"))[0] == 503, "not ready before it has started"
    finally:
        await stand_at(database, newest)


async def test_a_database_without_tables_is_said_in_a_sentence(server: Postgres, tmp_path: Path) -> None:
    server.ensure_database("empty")
    database = Database(server.url("empty"), Objects(f"file://{tmp_path}/objects"))
    try:
        finding = await checks.tables(database, "kit")()
    finally:
        await database.close()
    assert "were never made" in finding.words


async def test_once_started_it_has_started(database: Database) -> None:
    health = health_of(database)
    assert (await ask(health, "/startupz"))[0] == 200
    health.starts["tables"] = never
    assert (await ask(health, "/startupz"))[0] == 200


async def never() -> Finding:
    return Finding(False, "never again")


async def test_an_event_that_nobody_sends_is_told(database: Database) -> None:
    check = checks.relay(database)
    assert await check() == Finding(True, "nothing waits")
    row = "insert into kit_outbox (topic, subject, event_id, type, headers, body, created_at) values "
    async with database.transaction() as tx:
        await run_sql(tx, f"{row} ('t', 's', gen_random_uuid(), 'e', '', '', now() - interval '5 minutes')")
    try:
        finding = await check()
        assert (finding.is_well, finding.words) == (False, "the oldest event waits for 300 s")
        async with database.transaction() as tx:  # a dossier whose event is refused waits for a person, not for a relay
            await run_sql(tx, "update kit_outbox set refused = 'too large'")
            await run_sql(tx, f"{row} ('t', 's', gen_random_uuid(), 'e', '', '', now() - interval '4 minutes')")
        assert await check() == Finding(True, "nothing waits")
    finally:
        async with database.transaction() as tx:
            await run_sql(tx, "delete from kit_outbox")


async def test_brokers_that_are_away_are_told_and_only_told_beside_an_api(database: Database) -> None:
    away = checks.broker(NOBODY)
    status, told = await ask(health_of(database, broker=away), "/readyz")
    assert (status, told["parts"]["broker"]["well"]) == (503, False)
    beside = Health("kit", "all", {}, {"database": checks.database(database)}, {"broker": away})
    status, told = await ask(beside, "/readyz")
    assert (status, told["parts"]["broker"]["well"]) == (200, False)
    finding = await checks.topics(NOBODY, ["a.events"])()
    assert (finding.is_well, finding.words[:17]) == (False, "no broker answers")


async def test_a_part_that_failed_of_late_is_told() -> None:
    signs = Signs()
    assert await checks.running(signs, "reader")() == Finding(True, "runs")
    signs.failed("reader", TimeoutError())
    assert await checks.running(signs, "reader")() == Finding(False, "failed 0 s ago and began again (TimeoutError)")
    assert (await checks.running(signs, "relay")()).is_well
