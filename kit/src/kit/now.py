"""Time that decides: the service database's, plus an offset that only demo and tests may set."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import Tx, run_sql

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

CHANNEL = "kit_clock"  # notified when the present is moved


class ClockRefused(Exception):
    """The clock may not be moved here."""


async def read_now(tx: AsyncSession) -> datetime:
    """The transaction's now, in Vietnam's time: the same at every call inside one transaction."""
    at: datetime = (await run_sql(tx, "select kit_now()")).scalar_one()
    return at.astimezone(TIME_ZONE)


async def open_now(tx: Tx) -> datetime:
    """The request's now, read once from its transaction."""
    return await read_now(tx)


Now = Annotated[datetime, Depends(open_now, scope="function")]


async def move_clock(tx: AsyncSession, to: datetime, *, environment: str) -> timedelta:
    """Make `to` the present of this database. Raises ClockRefused under a production setting."""
    if environment == "production":
        raise ClockRefused("the clock of a production installation is never moved")
    at = (await run_sql(tx, "select clock_timestamp()")).scalar_one()
    seconds = (to - at).total_seconds()
    await run_sql(
        tx,
        "insert into kit_clock_offset (single, seconds) values (true, :seconds) "
        "on conflict (single) do update set seconds = excluded.seconds",
        seconds=seconds,
    )
    await run_sql(tx, f"notify {CHANNEL}")  # who waits for a moment looks again
    return timedelta(seconds=seconds)


async def refuse_moved_clock(tx: AsyncSession) -> None:
    """For the start under a production setting: raises ClockRefused where an offset is set."""
    if (await run_sql(tx, "select 1 from kit_clock_offset")).scalar_one_or_none():
        raise ClockRefused("this database has a moved clock (kit_clock_offset); a production start is refused")
