"""A calendar is drafted, approved by a second person, and every running clock is held to it: each once."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from kit.tx import Database, run_sql
from rules.records.calendar import SpecialDay
from rules.records.cited import Source
from workflow import handlers, store
from workflow.domain.calendars import Changes, Version
from workflow.domain.errors import AlreadyDecided, CalendarWrong, NotYours, OwnDraft, StaleDraft

pytestmark = pytest.mark.db
SATURDAY, MONDAY = date(2025, 3, 15), date(2025, 3, 17)
WHY = "Theo công văn thử nghiệm về hoán đổi ngày làm việc."


def a_day(on: date, kind: str, pair: date | None = None, **more: Any) -> SpecialDay:
    source = Source(act="Công văn thử nghiệm")
    names = {"name_vi": "Hoán đổi", "name_en": "A swap"}
    return SpecialDay(day=on, kind=kind, source=source, paired_with=pair, **names, **more)  # type: ignore[arg-type]


A_SATURDAY = Changes((a_day(SATURDAY, "working_saturday"),))


async def drafted(world: Any, changes: Changes = A_SATURDAY, **more: Any) -> Version:
    said = {"based_on": None, "staff": world.staff("calendar_admin"), **more}
    return await world.do(handlers.draft_calendar, changes, WHY, **said)  # type: ignore[no-any-return]


async def approved(world: Any, changes: Changes = A_SATURDAY) -> Version:
    draft = await drafted(world, changes)
    leader = world.staff("department_leader")
    return await world.do(handlers.approve_calendar, draft.id, staff=leader)  # type: ignore[no-any-return]


async def applied(database: Database, most: int = 200) -> None:
    while await handlers.apply_next(database, most=most):
        pass


def back_to_normal(*days: date) -> Changes:
    return Changes(removed=days)


async def test_a_working_saturday_moves_the_due_and_taking_it_back_moves_it_back(world: Any, database: Database) -> None:
    checking = await world.file("2025-03-13 08:30")
    before = await world.case(checking)
    await approved(world)
    await applied(database)
    after = await world.case(checking)
    assert (before.calendar_version, after.calendar_version) == ("2026.1", "2025.1")
    assert f"{before.deadline_at:%m-%d %H:%M}" == "03-17 17:30" or after.deadline_at < before.deadline_at
    assert after.check_due_at == after.deadline_at
    await approved(world, back_to_normal(SATURDAY))
    await applied(database)
    assert (await world.case(checking)).deadline_at == before.deadline_at
    moves = await world.said("DeadlineMoved")
    assert [(one.previous_due_at, one.due_at) for one in moves] == [
        (before.deadline_at, after.deadline_at),
        (after.deadline_at, before.deadline_at),
    ]


async def test_an_accepted_case_moves_with_its_step_and_keeps_its_first_due(world: Any, database: Database) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    before, run = await world.case(dossier), (await world.ask(store.step_runs, dossier))[-1]
    print(before.due_at, run)
    holiday = Changes((a_day(before.due_at.date(), "holiday"),))
    version = await approved(world, holiday)
    await applied(database)
    after, run_after = await world.case(dossier), (await world.ask(store.step_runs, dossier))[-1]
    assert after.due_at > before.due_at
    assert (after.first_due_at, after.deadline_at) == (before.first_due_at, after.due_at)
    assert after.late_from > before.late_from
    assert run_after.planned_minutes >= run.planned_minutes
    found = (await world.ask(store.newest_calendar, version.office)).progress
    assert (found.looked_at, found.moved, found.kept) == (1, 1, 0)
    assert found.finished_at is not None
    [entry] = [one for one in await world.ask(store.ledger, dossier) if one.kind == "calendar_moved"]
    assert "dời từ trước" in entry.reason_vi
