"""The tables as the code sees them are the tables that the migrations make; what must never be is refused there."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from kit.testing.databases import check_tables
from kit.tx import Database, run_sql
from payments.store import metadata

pytestmark = pytest.mark.db


async def test_the_tables_of_the_code_are_those_of_the_migrations(database: Database) -> None:
    await check_tables(database, "payments", metadata)


async def refused(database: Database, statement: str, words: str, **values: Any) -> None:
    with pytest.raises(DBAPIError, match=words):
        async with database.transaction() as tx:
            await run_sql(tx, statement, **values)


@pytest.mark.parametrize(("table", "column"), [("entry", "account"), ("booking", "kind")])
async def test_the_ledger_is_only_added_to(database: Database, world: Any, table: str, column: str) -> None:
    await world.open_demand()
    await refused(database, f"delete from {table}", "only added to")
    await refused(database, f"update {table} set {column} = {column}", "only added to")


async def test_a_booking_that_does_not_balance_is_refused(database: Database, world: Any) -> None:
    _, demand_id = await world.open_demand()
    booking = (
        "insert into booking (id, demand_id, kind, amount_vnd, way, transaction_code, value_at, booked_at) "
        "values (:b, :d, 'paid', 5, 'cash', 'x', now(), now())"
    )
    await refused(database, booking, "does not balance", b=uuid4(), d=demand_id)


async def test_a_demand_is_booked_as_paid_once(database: Database, world: Any) -> None:
    _, demand_id = await world.open_demand()
    again = (
        "insert into booking (id, demand_id, kind, amount_vnd, value_at, booked_at) "
        "values (:b, :d, 'demanded', 5, now(), now())"
    )
    await refused(database, again, "booking_demand_id_kind_key", b=uuid4(), d=demand_id)


async def test_a_demand_has_one_live_attempt(database: Database, world: Any) -> None:
    _, demand_id = await world.open_demand()
    attempt = (
        "insert into attempt (id, demand_id, reference, sent_time, amount_vnd, started_at, ask_at, state, asked) "
        "values (:a, :d, :r, 't', 5, now(), now(), 'started', 0)"
    )
    async with database.transaction() as tx:
        await run_sql(tx, attempt, a=uuid4(), d=demand_id, r="one")
    await refused(database, attempt, "attempt_one_live", a=uuid4(), d=demand_id, r="two")
    await refused(database, attempt, "attempt_reference_key", a=uuid4(), d=demand_id, r="one")


async def test_a_dossier_has_one_open_demand(database: Database, world: Any) -> None:
    _, demand_id = await world.open_demand()
    columns = "dossier_id, arrival_number, procedure_id, procedure_version, office, contact, lines, factor, amount_vnd"
    again = (
        f"insert into demand (id, notice, {columns}, legal_basis, demanded_at, state) "
        f"select :new, 'another', {columns}, legal_basis, demanded_at, state from demand where id = :d"
    )
    await refused(database, again, "demand_one_open", new=uuid4(), d=demand_id)
