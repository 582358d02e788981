"""The tables as the code sees them are the tables that the migrations make."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from kit.testing.databases import check_tables
from kit.tx import Database, run_sql
from workflow.store import metadata

pytestmark = pytest.mark.db


async def test_the_tables_of_the_code_are_those_of_the_migrations(database: Database) -> None:
    await check_tables(database, "workflow", metadata)


@pytest.mark.proves("D20")
@pytest.mark.parametrize("table", ["clock_entry", "case_history"])
async def test_what_is_only_added_cannot_be_changed_or_taken_away(database: Database, world: Any, table: str) -> None:
    dossier = await world.file()
    async with database.transaction() as tx:
        await run_sql(
            tx,
            "insert into clock_entry (dossier_id, number, kind, at, reason_vi, basis) "
            "values (:d, 2, 'started', now(), '', '')",
            d=dossier,
        )
    for statement in (f"delete from {table}", f"update {table} set at = now()"):
        with pytest.raises(DBAPIError, match="only ever added"):
            async with database.transaction() as tx:
                await run_sql(tx, statement)


@pytest.mark.proves("D20")
@pytest.mark.parametrize("table", ["clock_entry", "case_history"])
async def test_what_is_only_added_cannot_be_emptied(database: Database, world: Any, table: str) -> None:
    await world.file()
    with pytest.raises(DBAPIError, match="only ever added"):
        async with database.transaction() as tx:
            await run_sql(tx, f"truncate {table}")


@pytest.mark.proves("D17", "R07")
@pytest.mark.parametrize("kind", ["started", "re_appointed", "taken_over"])
async def test_a_clock_starts_once_and_gets_one_new_date_whoever_writes_it(
    database: Database, world: Any, kind: str
) -> None:
    line = (
        "insert into clock_entry (dossier_id, number, kind, at, reason_vi, basis, due_at) "
        "values (:d, :n, :kind, now(), '', '', now())"
    )
    dossier, other = await world.file(), await world.file()
    async with database.transaction() as tx:
        await run_sql(tx, line, d=dossier, n=10, kind=kind)
        await run_sql(tx, line, d=other, n=10, kind=kind)
        await run_sql(tx, line, d=dossier, n=11, kind="restarted")
    with pytest.raises(DBAPIError, match=f"clock_{kind}_once"):
        async with database.transaction() as tx:
            await run_sql(tx, line, d=dossier, n=12, kind=kind)


@pytest.mark.proves("D02")
async def test_an_accepted_case_without_a_code_is_refused_by_the_database(database: Database, world: Any) -> None:
    dossier = await world.file()
    with pytest.raises(DBAPIError, match="accepted_has_code_and_clock"):
        async with database.transaction() as tx:
            await run_sql(tx, "update cases set status = 4 where dossier_id = :d", d=dossier)
