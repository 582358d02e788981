"""A new calendar while other things go on or go wrong: one case that fails, somebody at work, a second approval."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from kit.now import read_now
from kit.testing.pages import read_page
from kit.tx import Database
from rules.errors import NotPublished
from rules.records.calendar import SpecialDay
from rules.records.cited import Source
from workflow import handlers, reads, store
from workflow.domain import calendars, clock
from workflow.domain.calendars import Changes, Recount, Trail
from workflow.domain.case import Case
from workflow.domain.errors import LimitNotPublished
from workflow.domain.steps import Decision
from workflow.handlers.moving import move_batch

from .calendar_roads import OFFICE, SecondOpinion, roads, write
from .test_calendar_moves import MAKE_IT_WORK, TAKE_IT_BACK, apply, approve, cases, check_each_once, expected, moves

pytestmark = pytest.mark.db
OFF: dict[str, Any] = {
    "kind": "holiday",
    "name_vi": "Nghỉ",
    "name_en": "Off",
    "source": Source(act="Công văn thử nghiệm"),
}
FRIDAY, DUE_DAY = date(2025, 3, 14), date(2025, 4, 8)
TWO_DAYS_OFF = Changes(tuple(SpecialDay(day=on, **OFF) for on in (FRIDAY, DUE_DAY)))


async def approve_and_apply(world: Any, database: Database, changes: Changes) -> None:
    await approve(world, changes)
    await apply(database)


async def test_one_case_that_fails_harms_no_other_is_shown_and_is_tried_again(
    world: Any, database: Database, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.at("2025-04-01 08:00")
    found = roads(60, seed=13)
    await write(database, found)
    version = await approve(world, MAKE_IT_WORK)
    before = expected(found, SecondOpinion(store.shipped_calendar(OFFICE.id).record))
    after = expected(found, SecondOpinion(version.record))
    broken = next(id_ for id_ in sorted(after) if after[id_] != before[id_])
    whole = calendars.recount

    def fail(case: Case, trail: Trail) -> Recount:
        if case.dossier_id == broken:
            raise KeyError("something nobody thought of")
        return whole(case, trail)

    monkeypatch.setattr(calendars, "recount", fail)
    await apply(database, most=10)
    held = {id_: case.deadline_at for id_, case in (await cases(database)).items()}
    assert held == after | {broken: before[broken]}
    newest = await world.ask(store.newest_calendar, OFFICE.id)
    assert [await world.ask(count, newest) for count in (reads.count_left, reads.count_set_aside)] == [1, 1]
    assert newest.progress.finished_at is None
    page = await client.get("/officer/calendar", headers=world.browser("calendar_admin"))
    assert "1 hồ sơ chưa tính lại được do lỗi" in read_page(page.text).text
    monkeypatch.setattr(calendars, "recount", whole)
    await apply(database)
    assert (await world.case(broken)).deadline_at == before[broken]
    await world.at("2025-04-01 09:01")
    await apply(database)
    assert (await world.ask(store.newest_calendar, OFFICE.id)).progress.finished_at is not None
    await check_each_once(database, found, version)


async def test_an_office_that_fails_does_not_hold_up_the_next(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.at("2025-04-01 08:00")
    found = roads(40, seed=3)
    await write(database, found)
    version = await approve(world, MAKE_IT_WORK)
    offices = store.offices_with_calendars

    async def with_one_nobody_knows(tx: Any) -> list[str]:
        return ["an-office-nobody-knows", *await offices(tx)]

    monkeypatch.setattr(store, "offices_with_calendars", with_one_nobody_knows)
    await apply(database)
    await check_each_once(database, found, version)


async def test_who_began_by_the_older_calendar_goes_on_by_the_one_that_moved_the_case(
    world: Any, database: Database
) -> None:
    one, other = await world.accepted("2025-03-13 09:00"), await world.accepted("2025-03-13 09:00")
    said = {"staff": world.staff("division_head"), "seen_version": None}
    async with database.transaction() as tx:
        now = await read_now(tx)
        await asyncio.create_task(approve_and_apply(world, database, TWO_DAYS_OFF))
        await handlers.finish_step(tx, one, "assign", Decision(), now=now, **said)
    await world.do(handlers.finish_step, other, "assign", Decision(), **said)
    late, fresh = [(await world.ask(store.step_runs, id_))[-1] for id_ in (one, other)]
    assert late.step == fresh.step
    assert (late.due_at, late.planned_minutes) == (fresh.due_at, fresh.planned_minutes)
    assert {(await world.case(id_)).calendar_version for id_ in (one, other)} == {"2025.1"}
    assert len(await world.said("DeadlineMoved")) == 2


async def test_a_worker_behind_an_approval_moves_nothing_back(world: Any, database: Database) -> None:
    await world.at("2025-04-01 08:00")
    await write(database, roads(60, seed=13))
    older = await approve(world, MAKE_IT_WORK)
    async with database.transaction() as tx:
        now = await read_now(tx)
        await asyncio.create_task(approve_and_apply(world, database, TAKE_IT_BACK))
        assert await move_batch(tx, older, most=100, now=now)
    assert {case.calendar_version for case in (await cases(database)).values() if case.deadline_at} == {"2025.2"}
    assert await moves(database) == []
    assert not await handlers.apply_next(database)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (LimitNotPublished("a-procedure"), "thời hạn giải quyết chưa được công bố"),
        (NotPublished("a-procedure", "limit"), "thời hạn kiểm tra chưa được công bố"),
    ],
)
async def test_the_ledger_says_why_a_due_was_kept(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch, refused: Exception, said: str
) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    before = await world.case(dossier)
    await approve(world, TWO_DAYS_OFF)

    def refuse(*_: Any) -> None:
        raise refused

    monkeypatch.setattr(clock, "main_due", refuse)
    await apply(database)
    assert (await world.case(dossier)).due_at == before.due_at
    last = (await world.ask(store.ledger, dossier))[-1]
    assert last.kind == "calendar_kept"
    assert said in last.reason_vi
