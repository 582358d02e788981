"""Calls on record before they are made, leases that a stopped process loses, outcomes that nobody overwrites."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kit import outside
from kit.breaker import Breaker
from kit.errors import OutcomeUnknown, Refused, TryAgain, Unreachable
from kit.outside import Call, Outcome, Pauses, System
from kit.tx import Database, run_sql

pytestmark = pytest.mark.db


@pytest.fixture
def system(request: pytest.FixtureRequest) -> System:
    return System(request.node.name[:40], call_seconds=0.2, breaker=Breaker(failures=3, rest_seconds=60))


async def begun(database: Database, system: System, about: str = "work/1") -> Call:
    async with database.transaction() as tx:
        return await outside.begin(tx, system, about)


async def ended(database: Database, call: Call, outcome: Outcome, detail: str = "") -> bool:
    async with database.transaction() as tx:
        return await outside.end(tx, call, outcome, detail)


async def calls(database: Database) -> list[tuple[int, str | None, str | None]]:
    async with database.transaction() as tx:
        rows = await run_sql(tx, "select number, outcome, detail from kit_call order by id")
        return [tuple(row) for row in rows.all()]


def counted(system: System, outcome: str) -> float:
    labels = {"system": system.name, "outcome": outcome}
    return REGISTRY.get_sample_value("motcua_outside_calls_total", labels) or 0.0


async def answering() -> str:
    return "taken"


def failing(reason: Exception) -> Any:
    async def work() -> str:
        raise reason

    return work


async def test_a_call_is_on_record_before_it_is_made_and_its_outcome_afterwards(
    database: Database, system: System
) -> None:
    call = await begun(database, system)
    assert await calls(database) == [(1, None, None)]
    assert await outside.make(call, answering) == "taken"
    assert await ended(database, call, Outcome.DONE)
    assert await calls(database) == [(1, "done", "")]
    assert counted(system, "done") == 1


async def test_a_call_takes_no_longer_than_it_may_and_then_nobody_knows(database: Database, system: System) -> None:
    call = await begun(database, system)
    with pytest.raises(OutcomeUnknown):
        await outside.make(call, lambda: asyncio.sleep(60))


async def test_a_process_that_was_stopped_past_its_lease_makes_no_call(
    database: Database, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await begun(database, system)
    late = Call(call.id, system, call.begun - outside.MARGIN_SECONDS)
    made = []
    with pytest.raises(Unreachable, match="held up"):
        await outside.make(late, lambda: made.append(1) or answering())  # type: ignore[func-returns-value]
    assert made == []


async def test_an_outcome_that_comes_after_a_newer_call_began_is_kept_beside_and_is_known_as_old(
    database: Database, system: System
) -> None:
    first = await begun(database, system)
    second = await begun(database, system)
    assert not await ended(database, first, Outcome.DONE, "250")
    assert await ended(database, second, Outcome.TRY_AGAIN, "451")
    assert await calls(database) == [
        (1, "unknown", f"{outside.ENDED_SILENTLY}; late: done 250"),
        (2, "try_again", "451"),
    ]


async def test_calls_about_other_work_are_nobodys_business(database: Database, system: System) -> None:
    first = await begun(database, system, "work/1")
    await begun(database, system, "work/2")
    assert await ended(database, first, Outcome.DONE)


async def test_the_sweep_finds_what_never_came_back_and_leaves_what_is_on_its_way(
    database: Database, system: System
) -> None:
    lost = await begun(database, system, "work/1")
    await begun(database, system, "work/2")
    async with database.transaction() as tx:
        await run_sql(tx, "update kit_call set lease_until = clock_timestamp() where id = :id", id=lost.id)
    assert not await outside.give_up_lost(database)
    assert [outcome for _, outcome, _ in await calls(database)] == ["unknown", None]
    assert counted(system, "unknown") == 1


@pytest.mark.parametrize("silence", [Unreachable("refused"), OutcomeUnknown("cut")])
async def test_while_the_circuit_is_open_nothing_is_called(
    database: Database, system: System, silence: Exception
) -> None:
    for _ in range(3):
        with pytest.raises(TryAgain):
            await outside.make(await begun(database, system), failing(silence))
    assert not system.lets_through()
    made = []
    with pytest.raises(Unreachable, match="circuit"):
        await outside.make(await begun(database, system), lambda: made.append(1) or answering())  # type: ignore[func-returns-value]
    assert made == []


@pytest.mark.parametrize("answer", [TryAgain("451"), Refused("550")])
async def test_a_system_that_says_no_is_not_silent(database: Database, system: System, answer: Exception) -> None:
    for _ in range(5):
        with pytest.raises(type(answer)):
            await outside.make(await begun(database, system), failing(answer))
    assert system.lets_through()


async def test_the_state_of_a_circuit_is_a_metric() -> None:
    system = System("told", call_seconds=1)
    for is_open in (1, 0):
        for _ in range(5):
            system.breaker.was_silent() if is_open else system.breaker.answered()
        assert REGISTRY.get_sample_value("motcua_outside_circuits_open", {"system": "told"}) == is_open


def test_pauses_grow_and_are_capped_and_jittered() -> None:
    pauses = Pauses(timedelta(seconds=10), timedelta(hours=1))
    for tries in (0, 1, 5, 8, 30, 10**6):
        middle = min(3600.0, 10.0 * 2 ** min(tries, 20))
        found = {pauses.after(tries).total_seconds() for _ in range(50)}
        assert min(found) >= 0.8 * middle
        assert max(found) <= 1.2 * middle
        assert len(found) > 1
