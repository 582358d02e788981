"""A real PostgreSQL for tests: one server a session, a migrated template a service, a fresh database a test."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from contracts.catalogue import EVENTS
from contracts.envelope import Event
from kit import migrate
from kit.objects import Objects
from kit.tx import Database, run_sql


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server where tests may make databases: MOTCUA_TEST_POSTGRES, or an embedded one."""
    if given := os.environ.get("MOTCUA_TEST_POSTGRES"):
        yield given.rstrip("/")
        return
    from kit import embedded

    with tempfile.TemporaryDirectory(prefix="motcua-pg-") as folder:
        server = embedded.Postgres(Path(folder))
        server.start(say=lambda words: None)
        try:
            yield server.url("postgres").rsplit("/", 1)[0]
        finally:
            server.stop()


@asynccontextmanager
async def fresh_database(server: str, package: str, objects: Path) -> AsyncIterator[Database]:
    """A database of its own with the service's newest schema, dropped afterwards."""
    name = f"t_{uuid4().hex[:16]}"
    template = await ensure_template(server, package)
    await administer(server, f'create database "{name}" template "{template}"')
    database = Database(f"{server}/{name}", Objects(f"file://{objects}"), pool_size=5)
    try:
        yield database
    finally:
        await database.close()
        await administer(server, f'drop database if exists "{name}" with (force)')


@asynccontextmanager
async def copied_database(database: Database) -> AsyncIterator[Database]:
    """A copy of a database as it stands, dropped afterwards. Nobody may be connected to the one that is copied."""
    await database.engine.dispose()
    server, _, source = database.url.rpartition("/")
    name = f"t_{uuid4().hex[:16]}"
    await administer(server, f'create database "{name}" template "{source}"')
    copy = Database(f"{server}/{name}", database.objects, pool_size=5)
    copy.carries = dict(database.carries)
    try:
        yield copy
    finally:
        await copy.close()
        await administer(server, f'drop database if exists "{name}" with (force)')


async def ensure_template(server: str, package: str) -> str:
    """The migrated template of a service, made once per server by whichever test process comes first."""
    name = f"template_{package}"
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute("select pg_advisory_lock(hashtext($1))", name)
        if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
            await connection.execute(f'create database "{name}_new"')
            await migrate.upgrade(f"{server}/{name}_new", package)
            await connection.execute(f'alter database "{name}_new" rename to "{name}"')
    finally:
        await connection.close()
    return name


async def administer(server: str, statement: str) -> None:
    """One statement outside any transaction."""
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def emitted(database: Database) -> list[Event]:
    """What was said and waits in the outbox, oldest first, as events."""
    async with database.transaction() as tx:
        rows = (await run_sql(tx, "select type, body from kit_outbox where topic not like '%.dead' order by id")).all()
    return [EVENTS[type_].model_validate_json(body) for type_, body in rows]


async def set_clock(database: Database, to: object) -> None:
    """Make `to` (an aware datetime) the present of this database."""
    from datetime import datetime

    from kit.now import move_clock

    assert isinstance(to, datetime)
    async with database.transaction() as tx:
        await move_clock(tx, to, environment="test")


async def check_tables(database: Database, package: str, metadata: MetaData) -> None:
    """Columns, types and keys that the code knows are those that the migrations make, and HEAD names the newest.

    Indexes beyond those of the code are the database's own matter; tables of the kit are the kit's.
    """

    def is_ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if kind == "index" and reflected:
            return False
        return kind != "table" or not (name or "").startswith(("kit_", f"{package}_migrations"))

    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "include_object": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with database.engine.connect() as connection:
        found = await connection.run_sync(differences)
    assert found == [], found
    folder = migrate.versions_folder(package)
    assert (folder / "HEAD").read_text().strip() == max(file.stem for file in folder.glob("0*.py"))
