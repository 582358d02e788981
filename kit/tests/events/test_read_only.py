"""A database that takes no changes: nothing is sent that could not be deleted afterwards, and it goes on by itself."""

import asyncpg
import pytest

from kit.bus import Bus
from kit.relay import Relay
from kit.testing.databases import administer
from kit.tx import Database

pytestmark = pytest.mark.db
NOBODY = "127.0.0.1:9"


async def test_nobody_leads_where_nothing_can_be_deleted(database: Database) -> None:
    server, _, name = database.url.rpartition("/")
    await administer(server, f'alter database "{name}" set default_transaction_read_only = on')
    try:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await Relay(database.url, Bus(NOBODY), "intake").lead()
    finally:
        await administer(server, f'alter database "{name}" reset default_transaction_read_only')
