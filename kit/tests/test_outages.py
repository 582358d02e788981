"""Database and object store away: a sentence each, and afterwards it goes on by itself. A server of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from kit import migrate, signin, tx
from kit.app import new_app
from kit.embedded import Postgres
from kit.objects import Objects, StoreAway
from kit.pages import Pages
from kit.settings import ServiceSettings
from kit.testing.pages import read_page
from kit.testing.people import client_of, settings_of
from kit.tx import Database, Tx, run_sql

pytestmark = pytest.mark.db
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    found = Postgres(tmp_path_factory.mktemp("outages"))
    found.start()
    try:
        found.ensure_database("notes")
        yield found
    finally:
        found.stop()


@pytest.fixture
async def database(server: Postgres, tmp_path: Path) -> AsyncIterator[Database]:
    server.start()
    await migrate.upgrade(server.url("notes"), "kit")
    server.sql("create table if not exists note (words text not null check (words <> ''))", "notes")
    found = Database(server.url("notes"), Objects(f"file://{tmp_path}/objects"), pool_size=3)
    yield found
    await found.close()


def routes() -> APIRouter:
    router = APIRouter(dependencies=[signin.open_to_all])

    @router.post("/notes")
    @router.post("/api/notes/v1/notes")
    async def write(tx: Tx, words: str) -> str:
        await run_sql(tx, "insert into note (words) values (:words)", words=words)
        return "kept"

    @router.get("/notes")
    async def count(tx: Tx) -> int:
        found: int = (await run_sql(tx, "select count(*) from note")).scalar_one()
        return found

    @router.get("/slow")
    async def slow(tx: Tx) -> None:
        await run_sql(tx, "set local statement_timeout = 50")
        await run_sql(tx, "select pg_sleep(5)")

    @router.get("/objects")
    async def read() -> None:
        raise StoreAway("the disk of the object store")

    return router


@pytest.fixture
def app(database: Database) -> FastAPI:
    settings: ServiceSettings = settings_of(ServiceSettings, database.url, "memory:///")
    pages = Pages(package="kit.pages", templates="templates", layout="citizen")
    found = new_app(service="notes", settings=settings, database=database, pages=pages, table={}, base="/")
    found.include_router(routes())
    return found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as found:
        yield found


def check(answer: httpx.Response, slug: str) -> None:
    """A 503 that says when to come again; as a page, a whole one."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    if answer.headers["content-type"].startswith("text/html"):
        assert "thử lại" in read_page(answer.text).text
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"urn:motcua:problem:{slug}"
        assert "insert" not in answer.text, "no statement leaves the house"


async def both(client: httpx.AsyncClient, slug: str, **more: Any) -> None:
    """The API's problem and the page's sentence."""
    check(await client.post("/api/notes/v1/notes", params={"words": "x"}, **more), slug)
    check(await client.post("/notes", params={"words": "x"}, headers=HTML, **more), slug)


async def written(client: httpx.AsyncClient) -> int:
    return int((await client.get("/notes")).raise_for_status().text)


async def test_a_database_that_is_away_is_said_and_found_again(client: httpx.AsyncClient, server: Postgres) -> None:
    before = await written(client)
    server.kill()
    await both(client, "database-away")
    server.start()
    assert (await client.post("/notes", params={"words": "x"})).status_code == 200
    assert await written(client) == before + 1


async def test_a_database_that_hangs_is_said_in_bounded_time(
    client: httpx.AsyncClient, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(client)
    monkeypatch.setattr(tx, "CONNECT_SECONDS", 0.3)
    server.pause()
    try:
        await both(client, "database-away")
    finally:
        server.resume()
    monkeypatch.undo()
    assert await written(client) >= 0


async def test_a_database_that_lets_nobody_in_is_away(client: httpx.AsyncClient, server: Postgres) -> None:
    server.sql("alter database notes allow_connections false")
    cut_off = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'notes'"
    server.sql(cut_off)
    try:
        await both(client, "database-away")
    finally:
        server.sql("alter database notes allow_connections true")
    assert await written(client) >= 0


async def test_a_read_only_database_is_read_and_not_written(
    app: FastAPI, client: httpx.AsyncClient, server: Postgres
) -> None:
    server.sql("alter database notes set default_transaction_read_only = on")
    await app.state.database.engine.dispose()
    try:
        await both(client, "database-read-only")
        assert await written(client) >= 0
    finally:
        server.sql("alter database notes reset default_transaction_read_only")
    await app.state.database.engine.dispose()
    assert (await client.post("/notes", params={"words": "x"})).status_code == 200


async def test_a_statement_that_takes_too_long_and_a_full_store_are_said(client: httpx.AsyncClient) -> None:
    check(await client.get("/slow"), "database-busy")
    check(await client.get("/slow", headers=HTML), "database-busy")
    check(await client.get("/objects"), "object-store-away")


async def test_what_is_our_own_mistake_stays_unexpected(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/notes/v1/notes", params={"words": ""})
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:motcua:problem:unexpected")
