"""The tables that code knows are the tables that the migrations make."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from intake.store.tables import metadata
from kit.testing.databases import emitted
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db


def differences(connection: Connection) -> list[object]:
    def is_ours(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        """Indexes and unique keys are the migrations' alone; tables of the kit are the kit's."""
        if kind == "table":
            return not (name or "").startswith(("kit_", "intake_migrations"))
        return kind == "column"

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
    return [one for one in compare_metadata(context, metadata) if "index" not in str(one) and "fk" not in str(one)]


async def test_rows_and_migrations_agree(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into rating values (gen_random_uuid(), 6, '', now())",
        "insert into arrival_series values ('H00.15', '2025-03-03', 0)",
        "insert into fee_demand (demand_id, dossier_id, amount_vnd) values (gen_random_uuid(), gen_random_uuid(), 0)",
    ],
)
async def test_what_must_never_happen_the_database_refuses(database: Database, statement: str) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await run_sql(tx, statement)
    assert await emitted(database) == []
