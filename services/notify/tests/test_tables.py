"""The tables as the code sees them are the tables that the migrations make; what must never be is refused there."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kit.migrate import versions_folder
from kit.tx import Database, run_sql
from notify.store import metadata

pytestmark = pytest.mark.db


async def test_the_tables_of_the_code_are_those_of_the_migrations(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        def is_ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
            if kind == "index" and reflected:
                return False  # indexes are the database's matter; columns, types and keys are compared
            return kind != "table" or not (name or "").startswith(("kit_", "notify_migrations"))

        options = {"compare_type": True, "include_object": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_head_names_the_newest_migration() -> None:
    folder = versions_folder("notify")
    newest = sorted(file.stem for file in folder.glob("0*.py"))[-1]
    assert (folder / "HEAD").read_text().strip() == newest


async def refused(database: Database, statement: str, words: str, **values: Any) -> None:
    with pytest.raises(DBAPIError, match=words):
        async with database.transaction() as tx:
            await run_sql(tx, statement, **values)


async def test_an_occasion_has_one_message_per_channel(database: Database, world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    columns = "dossier_id, template, channel, about, facts, state, created_at, try_at, attempts"
    again = f"insert into message (id, {columns}) select gen_random_uuid(), {columns} from message"
    await refused(database, again, "message_dossier_id_template_channel_about_key")


@pytest.mark.parametrize("change", ["state = 'sent'", "state = 'failed'", "state = 'lost'", "channel = 'pigeon'"])
async def test_a_state_without_what_it_needs_is_refused(database: Database, world: Any, change: str) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    await refused(database, f"update message set {change}", "violates check constraint")
