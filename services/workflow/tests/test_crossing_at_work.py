"""The worker's loop over due times: it wakes for the next one, whatever its own clock says, and costs what is due."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql

from kit.alarm import Alarm
from kit.testing.databases import set_clock
from kit.tx import Database, run_sql
from kit.worker import Loop, repeat
from workflow import store
from workflow.handlers import crossing
from workflow.store.cases import CLAIM
from workflow.store.timers import TAKE

pytestmark = [pytest.mark.db, pytest.mark.timeout(120)]
MANY = 20_000


@asynccontextmanager
async def a_worker(database: Database) -> AsyncIterator[list[bool]]:
    """The service's own loop; the list grows by one with each look, true where something was due."""
    looks: list[bool] = []
    alarm = Alarm(database.url, crossing.CHANNELS)

    async def cross() -> bool:
        looks.append(await crossing.cross_due(database))
        return looks[-1]

    async def rest() -> None:
        await crossing.sleep_until_next(database, alarm)

    work = asyncio.create_task(repeat(Loop("crossing", cross, rest=rest)))
    try:
        yield looks
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        alarm.close()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    while not await is_so():  # noqa: ASYNC110 - nobody signals what the database holds
        await asyncio.sleep(0.02)


async def missed(world: Any) -> int:
    return len(await world.said("DeadlineMissed"))


async def test_it_sleeps_until_the_next_moment_and_then_says_it(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    late_from = (await world.case(dossier)).late_from
    await set_clock(world.database, late_from - timedelta(seconds=2))
    async with a_worker(world.database) as looks:

        async def is_said() -> bool:
            return await missed(world) == 1

        await until(is_said)
    assert len(looks) < 12, "it does not look again and again while nothing is due"


async def test_a_moved_present_wakes_it(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    late_from = (await world.case(dossier)).late_from
    async with a_worker(world.database) as looks:

        async def looked_twice() -> bool:
            return len(looks) >= 2  # and listens since the first

        async def is_said() -> bool:
            return await missed(world) == 1

        await until(looked_twice)
        assert await missed(world) == 0
        await set_clock(world.database, late_from)
        await until(is_said)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_worker_with_a_wrong_clock_says_nothing_early_and_loses_nothing(
    world: Any, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Only the database's time judges, though the worker's own is an hour off and it looks all the time."""
    dossier = await world.file("2025-03-03 08:30")
    late_from = (await world.case(dossier)).late_from
    await set_clock(world.database, late_from - timedelta(minutes=30))
    monkeypatch.setattr(crossing, "SWEEP_SECONDS", 0.02)
    monkeypatch.setattr(time, "time", lambda real=time.time: real() + hours * 3600)
    monkeypatch.setattr(time, "time_ns", lambda real=time.time_ns: real() + hours * 3600 * 10**9)
    async with a_worker(world.database) as looks:

        async def looked_often() -> bool:
            return len(looks) >= 5

        async def is_said() -> bool:
            return await missed(world) > 0

        await until(looked_often)
        assert await missed(world) == 0
        await set_clock(world.database, late_from)
        await until(is_said)
        looks.clear()
        await until(looked_often)
    assert await missed(world) == 1


async def many_timers(world: Any) -> Any:
    """As many open dossiers, most due in a far year, some now."""
    dossier = await world.file("2025-03-03 08:30")
    await world.at("2025-04-01 10:00")
    changed = "jsonb_build_object('dossier_id', md5('d' || n)::uuid, 'arrival_number', 'T-' || n)"
    async with world.database.transaction() as tx:
        await run_sql(
            tx,
            f"insert into cases select (jsonb_populate_record(c, {changed})).* from cases c, generate_series(1, :n) n",
            n=MANY,
        )
        await run_sql(
            tx,
            "insert into timer select md5('d' || n)::uuid, 'check', 0, 'missed', 1, kit_now() + "
            "make_interval(days => case when n <= 600 then -1 else 10 + n end) from generate_series(1, :n) n",
            n=MANY,
        )
        for table in ("cases", "timer"):
            await run_sql(tx, f"analyze {table}")
    return dossier


async def plan_of(tx: Any, statement: str, **values: Any) -> str:
    return "\n".join(row[0] for row in await run_sql(tx, f"explain {statement}", **values))


async def test_looking_goes_by_the_index_whatever_there_is(world: Any) -> None:
    await many_timers(world)
    async with world.database.transaction() as tx:
        now = (await run_sql(tx, "select kit_now()")).scalar_one()
        claim = str(CLAIM.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        claim = claim.replace("%(now)s", "kit_now()").replace("%(most)s", str(crossing.MOST))
        plan = await plan_of(tx, claim)
        assert "timer_fire_at" in plan, plan
        assert "Seq Scan" not in plan, plan
        ids = [case.dossier_id for case, _ in await store.claim_due(tx, now, crossing.MOST)]
        take = await plan_of(tx, TAKE, ids=ids, kinds=list(crossing.SAID), now=now)
        assert "Seq Scan on timer" not in take, take
        next_one = await plan_of(tx, "select min(fire_at) from timer")
        assert "timer_fire_at" in next_one, next_one
