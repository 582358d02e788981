"""Which dossiers a new calendar moves, against a second opinion; and that a kill moves none twice and leaves none."""

import asyncio
import os
import signal
import sys
from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from contracts.workflow import DeadlineMoved
from kit.now import TIME_ZONE
from kit.testing.deliveries import Crash
from kit.tx import Database, run_sql
from rules.records.calendar import SpecialDay
from rules.records.cited import Source
from workflow import handlers, store
from workflow.domain.calendars import Changes, Version
from workflow.domain.case import Case
from workflow.store.tables import CaseRow

from .calendar_roads import OFFICE, Road, SecondOpinion, roads, write

pytestmark = pytest.mark.db
SATURDAY = date(2025, 4, 12)
WORKS = SpecialDay(
    day=SATURDAY, kind="working_saturday", name_vi="Làm bù", name_en="Working", source=Source(act="Công văn thử nghiệm")
)
MAKE_IT_WORK, TAKE_IT_BACK = Changes((WORKS,)), Changes(removed=(SATURDAY,))
APPLYING = """
import asyncio, sys
from kit.objects import Objects
from kit.tx import Database
from workflow import handlers

async def main() -> None:
    database = Database(sys.argv[1], Objects("memory:///"), pool_size=1)
    database.begins_with = handlers.count_by_newest
    while await handlers.apply_next(database, most=5):
        pass

asyncio.run(main())
"""


async def approve(world: Any, changes: Changes) -> Version:
    facts = {"based_on": None, "staff": world.staff("calendar_admin")}
    draft = await world.do(handlers.draft_calendar, changes, "Theo công văn thử nghiệm.", **facts)
    leader = world.staff("department_leader")
    return await world.do(handlers.approve_calendar, draft.id, staff=leader)  # type: ignore[no-any-return]


async def apply(database: Database, most: int = 500) -> None:
    while await handlers.apply_next(database, most=most):
        pass


async def cases(database: Database) -> dict[UUID, Case]:
    """Every case, a part at a time: a transaction that idles while ten thousand are read is cut off."""
    found: dict[UUID, Case] = {}
    after = UUID(int=0)
    while True:
        query = select(CaseRow).where(col(CaseRow.dossier_id) > after).order_by(col(CaseRow.dossier_id)).limit(1000)
        async with database.transaction() as tx:
            rows = (await tx.exec(query)).all()
        if not rows:
            return found
        found |= {row.dossier_id: store.to_case(row) for row in rows}
        after = rows[-1].dossier_id


async def moves(database: Database) -> list[tuple[UUID, datetime, datetime]]:
    """What was said to have moved: whose, from when, to when; oldest first."""
    query = "select o.subject, o.body from kit_outbox o where o.type = 'workflow.deadline_moved.v1' order by o.id"
    async with database.transaction() as tx:
        rows = (await run_sql(tx, query)).all()
    said = [DeadlineMoved.model_validate_json(body) for _, body in rows]
    return [(one.dossier_id, one.previous_due_at, one.due_at) for one in said]


def expected(found: list[Road], opinion: SecondOpinion) -> dict[UUID, datetime | None]:
    return {road.case.dossier_id: opinion.deadline(road) for road in found}


@pytest.mark.proves("R01", "R06", "R07")
async def test_a_working_saturday_moves_exactly_whom_a_second_opinion_moves_and_back(
    world: Any, database: Database
) -> None:
    await world.at("2025-04-01 08:00")
    found = roads(10_000)
    await write(database, found)
    shipped = store.shipped_calendar(OFFICE.id).record
    before = expected(found, SecondOpinion(shipped))
    assert {road.case.dossier_id: road.case.deadline_at for road in found} == before
    version = await approve(world, MAKE_IT_WORK)
    await apply(database)
    after = expected(found, SecondOpinion(version.record))
    held = await cases(database)
    assert {id_: case.deadline_at for id_, case in held.items()} == after
    moving = {id_ for id_, due in after.items() if due != before[id_]}
    assert len(moving) > 500
    said = await moves(database)
    assert Counter(id_ for id_, _, _ in said) == Counter(moving)
    assert all((was, due) == (before[id_], after[id_]) for id_, was, due in said)
    check_untouched(found, held, moving)
    await check_timers(database)
    progress = (await world.ask(store.newest_calendar, OFFICE.id)).progress
    running = sum(road.case.deadline_at is not None for road in found)
    assert (progress.looked_at, progress.moved, progress.kept) == (running, len(moving), 0)
    await approve(world, TAKE_IT_BACK)
    await apply(database)
    held = await cases(database)
    assert {id_: case.deadline_at for id_, case in held.items()} == before
    assert {id_: case.late_from for id_, case in held.items()} == {r.case.dossier_id: r.case.late_from for r in found}
    assert Counter(id_ for id_, _, _ in (await moves(database))[len(said) :]) == Counter(moving)


def check_untouched(found: list[Road], held: dict[UUID, Case], moving: set[UUID]) -> None:
    """First dues stay; what did not move was not saved anew; what does not run was not looked at."""
    for road in found:
        case = held[road.case.dossier_id]
        assert case.first_due_at == road.case.first_due_at
        assert case.version == road.case.version + (case.dossier_id in moving)
        if road.kind in ("waiting", "ended"):
            assert case == road.case


async def test_a_killed_worker_leaves_no_case_behind_and_moves_none_twice(world: Any, database: Database) -> None:
    await world.at("2025-04-01 08:00")
    found = roads(600, seed=7)
    await write(database, found)
    version = await approve(world, MAKE_IT_WORK)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", APPLYING, database.url)
    try:
        while not (await world.ask(store.newest_calendar, OFFICE.id)).progress.looked_at:
            assert process.returncode is None, "it ended before it could be killed"
            await asyncio.sleep(0.02)
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    assert await moved_so_far(database) < len(found), "it was killed in the middle"
    await asyncio.gather(apply(database, most=20), apply(database, most=20))
    await check_each_once(database, found, version)


async def moved_so_far(database: Database) -> int:
    async with database.transaction() as tx:
        return int((await run_sql(tx, "select count(*) from cases where calendar_version = '2025.1'")).scalar_one())


async def check_each_once(database: Database, found: list[Road], version: Version) -> None:
    before = expected(found, SecondOpinion(store.shipped_calendar(OFFICE.id).record))
    after = expected(found, SecondOpinion(version.record))
    assert {id_: case.deadline_at for id_, case in (await cases(database)).items()} == after
    moving = {id_ for id_, due in after.items() if due != before[id_]}
    assert moving
    assert Counter(id_ for id_, _, _ in await moves(database)) == Counter(moving)
    async with database.transaction() as tx:
        gaps = "select count(*) from kit_stream s where last_sequence <> (select count(*) from kit_outbox o where "
        dense = (await run_sql(tx, gaps + "o.topic = s.topic and o.subject = s.subject)")).scalar_one()
    assert dense == 0
    await check_timers(database)


async def check_timers(database: Database) -> None:
    """Timers belong to the due times that hold now: of the check or the whole, and of the open step."""
    of_case = "case when code is null then 'check' else 'dossier' end"
    case = (
        "select count(*) from cases c where deadline_at is not null and not exists (select from deadline d where "
        f"d.dossier_id = c.dossier_id and d.about = {of_case} and d.due_at = c.deadline_at)"
    )
    step = (
        "select count(*) from step_run s join cases c using (dossier_id) where s.finished_at is null "
        "and c.deadline_at is not null and not exists (select from deadline d where d.dossier_id = s.dossier_id "
        "and d.about = 'step' and d.run = s.number and d.due_at = s.due_at)"
    )
    async with database.transaction() as tx:
        assert [(await run_sql(tx, query)).scalar_one() for query in (case, step)] == [0, 0]


async def test_a_crash_at_any_statement_changes_nothing_but_the_time_it_takes(world: Any, database: Database) -> None:
    await world.at("2025-04-01 08:00")
    found = roads(60, seed=11)
    await write(database, found)
    version = await approve(world, MAKE_IT_WORK)
    crashes = 0
    for statement in range(1, 400):
        if not await crashing_at(database, statement):
            break
        crashes += 1
    assert crashes > 10
    await apply(database, most=15)
    await check_each_once(database, found, version)


async def crashing_at(database: Database, statement: int) -> bool:
    """Apply one batch; the process ends before that statement. Whether it came so far."""
    left = [statement]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise Crash

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        await handlers.apply_next(database, most=15)
    except Crash:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return False


async def test_a_case_that_somebody_holds_is_moved_later(world: Any, database: Database) -> None:
    await world.at("2025-04-01 08:00")
    found = roads(40, seed=3)
    await write(database, found)
    version = await approve(world, MAKE_IT_WORK)
    held = next(road.case.dossier_id for road in found if road.case.deadline_at)
    async with database.transaction() as tx:
        await store.lock_case(tx, held)
        await apply(database)
        assert (await world.ask(store.newest_calendar, OFFICE.id)).progress.finished_at is None
    await apply(database)
    assert (await world.ask(store.newest_calendar, OFFICE.id)).progress.finished_at is not None
    await check_each_once(database, found, version)


async def test_what_is_left_to_do_is_found_by_its_index(world: Any, database: Database) -> None:
    await world.at("2025-04-01 08:00")
    await write(database, roads(2000, seed=9))
    await approve(world, MAKE_IT_WORK)
    await apply(database)
    query = (
        "explain select * from cases where office = 'demo-dost' and deadline_at is not null and "
        "coalesce(calendar_version, '') < '2025.1' order by coalesce(calendar_version, ''), dossier_id limit 200"
    )
    async with database.transaction() as tx:
        await run_sql(tx, "analyze cases")
        plan = "\n".join((await run_sql(tx, query)).scalars().all())
    assert "Index Scan using cases_calendar" in plan, plan


def test_the_second_opinion_knows_the_worked_example() -> None:
    opinion = SecondOpinion(store.shipped_calendar(OFFICE.id).record)
    at = datetime(2026, 1, 9, 16, tzinfo=TIME_ZONE)
    assert opinion.minutes(at, 480) == datetime(2026, 1, 10, 16, tzinfo=TIME_ZONE)
