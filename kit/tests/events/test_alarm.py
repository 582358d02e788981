"""A sleep that the database can end."""

import asyncio
from datetime import datetime

import pytest

from kit.alarm import Alarm
from kit.now import CHANNEL, TIME_ZONE
from kit.testing.databases import set_clock
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db
LONG = 300.0


async def test_a_call_ends_the_sleep_and_one_while_awake_the_next(database: Database) -> None:
    alarm = Alarm(database.url, ["called"])
    await alarm.sleep(LONG)  # begins to listen
    sleeping = asyncio.create_task(alarm.sleep(LONG))
    async with database.transaction() as tx:
        await run_sql(tx, "notify called")
    await sleeping
    async with database.transaction() as tx:
        await run_sql(tx, "notify called")
    await alarm.sleep(LONG)
    await alarm.sleep(0.01)
    alarm.close()


async def test_moving_the_present_calls_who_waits_for_a_moment(database: Database) -> None:
    alarm = Alarm(database.url, [CHANNEL])
    await alarm.sleep(LONG)
    await set_clock(database, datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE))
    await alarm.sleep(LONG)
    alarm.close()


async def test_without_the_database_it_is_a_sleep_and_a_lost_connection_is_made_anew(database: Database) -> None:
    nowhere = Alarm("postgresql://nobody@127.0.0.1:1/nothing", ["called"])
    await nowhere.sleep(0.01)
    alarm = Alarm(database.url, ["called"])
    await alarm.sleep(LONG)
    alarm.close()
    await alarm.sleep(LONG)
    sleeping = asyncio.create_task(alarm.sleep(LONG))
    await asyncio.sleep(0)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
