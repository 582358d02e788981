"""Run inside a mount of a few megabytes by test_full_disk: what happens there while the disk is full, and afterwards.

Prints one line of JSON for each thing it saw.
"""

import asyncio
import json
import sys
from pathlib import Path

import httpx
from fastapi import APIRouter, FastAPI

from kit import signin
from kit.app import new_app
from kit.embedded import Postgres
from kit.objects import Objects
from kit.pages import Pages
from kit.settings import ServiceSettings
from kit.testing.people import client_of, settings_of
from kit.tx import Database, Tx, objects_of, run_sql

LETTERS = "x" * 6000
ROWS_MOST = 5000


def routes() -> APIRouter:
    router = APIRouter(dependencies=[signin.open_to_all])

    @router.post("/api/notes/v1/notes")
    async def write(tx: Tx) -> None:
        await run_sql(tx, "insert into note (words) values (:words)", words=LETTERS)

    @router.post("/api/notes/v1/packages/{number}")
    async def submit(tx: Tx, number: int) -> None:
        """As intake's submit: the package first, on disk, then the row that refers to it."""
        stored = await objects_of(tx).put(f"packages/{number}", b"%d" % number * 400_000)
        await run_sql(tx, "insert into note (words) values (:words)", words=stored.path)

    return router


def app_of(database: Database) -> FastAPI:
    settings: ServiceSettings = settings_of(ServiceSettings, database.url, "memory:///")
    pages = Pages(package="kit.pages", templates="templates", layout="citizen")
    app = new_app(service="notes", settings=settings, database=database, pages=pages, table={}, base="/")
    app.include_router(routes())
    return app


def fill(folder: Path, kept: int = 0) -> Path:
    """Take all the space there is, but for `kept` bytes."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(b"0" * 65536)
                file.flush()
        except OSError:
            pass
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - kept))
    return filler


def tell(what: str, **seen: object) -> None:
    print(json.dumps({"what": what, **seen}), flush=True)


async def postgres_is_full(client: httpx.AsyncClient, database: Database, folder: Path) -> None:
    filler, accepted, answer = fill(folder), 0, None
    for _ in range(ROWS_MOST):
        answer = await client.post("/api/notes/v1/notes")
        if answer.is_error:
            break
        accepted += 1
    assert answer is not None
    tell("full", status=answer.status_code, type=answer.json()["type"], retry=answer.headers.get("retry-after"))
    filler.unlink()
    answer = await client.post("/api/notes/v1/notes")
    tell("mended", status=answer.status_code, owed=accepted + 1 - await rows(database))


async def store_is_full(client: httpx.AsyncClient, database: Database, folder: Path) -> None:
    first = await client.post("/api/notes/v1/packages/1")
    filler = fill(folder, kept=100_000)
    full = await client.post("/api/notes/v1/packages/2")
    tell("full", status=full.status_code, type=full.json()["type"], rows=await rows(database), first=first.status_code)
    filler.unlink()
    mended = await client.post("/api/notes/v1/packages/2")
    whole = (await database.objects.read("packages/2")) == b"2" * 400_000
    tell("mended", status=mended.status_code, rows=await rows(database), whole=whole)


async def rows(database: Database) -> int:
    async with database.transaction() as tx:
        found: int = (await run_sql(tx, "select count(*) from note")).scalar_one()
    return found


async def main(which: str, small: Path, roomy: Path) -> None:
    server = Postgres(small if which == "postgres" else roomy)
    server.start()
    server.ensure_database("notes")
    # stored as it comes: compressed, the rows would take no room
    server.sql("create table note (words text); alter table note alter words set storage plain", "notes")
    store = roomy if which == "postgres" else small
    database = Database(server.url("notes"), Objects(f"file://{store}/objects"), pool_size=2)
    try:
        async with client_of(app_of(database)) as client:
            await {"postgres": postgres_is_full, "store": store_is_full}[which](client, database, small)
    finally:
        await database.close()
        server.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
