"""The tables as the code sees them are the tables that the migrations make; what must never be is refused there."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from kit.testing.databases import check_tables
from kit.tx import Database, run_sql
from notify.store import metadata

pytestmark = pytest.mark.db


async def test_the_tables_of_the_code_are_those_of_the_migrations(database: Database) -> None:
    await check_tables(database, "notify", metadata)


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
