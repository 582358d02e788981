"""Whatever happens to a case, its timers are those that a naive rule finds; and by whatever road, each is said once."""

import random
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit.now import TIME_ZONE
from kit.tx import run_sql
from rules.calendar import Calendar
from rules.catalogue import load
from workflow import handlers, store
from workflow.domain.apology import Wanted
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import WorkflowError
from workflow.domain.law import calendar_of
from workflow.domain.status import Outcome, Status, Verdict
from workflow.domain.steps import Decision
from workflow.handlers.crossing import cross_due

pytestmark = [pytest.mark.db, pytest.mark.timeout(600)]
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Bản kế hoạch chưa có chữ ký của người đứng đầu cơ sở.")
MINUTE = timedelta(minutes=1)
SAID = Decision(outcome=Outcome.GRANTED, conclusion="Sử dụng 03 thiết bị X-quang chẩn đoán.")
Found = dict[tuple[str, int, str], datetime]


def works(calendar: Calendar, minute: datetime) -> bool:
    """Whether this minute counts."""
    return any(begins <= minute.time() < ends for begins, ends in calendar.sessions(minute.date()))


def back(calendar: Calendar, ends: datetime, minutes: int) -> datetime:
    """So many working minutes before a moment, one by one."""
    at = ends
    while minutes:
        at -= MINUTE
        minutes -= works(calendar, at)
    return at


def count(calendar: Calendar, begins: datetime, ends: datetime) -> int:
    return sum(works(calendar, begins + n * MINUTE) for n in range(int((ends - begins) / MINUTE)))


def warnings(calendar: Calendar, about: str, run: int, ends: datetime, whole: int) -> Found:
    """A quarter and a tenth of the whole before the end."""
    left = {"near1": whole * 25 // 100, "near2": whole * 10 // 100}
    return {(about, run, kind): back(calendar, ends, minutes) for kind, minutes in left.items() if minutes}


def midnight_after(at: datetime) -> datetime:
    return datetime.combine(at.date() + timedelta(days=1), time(), TIME_ZONE)


def naive(case: Case, runs: list[Any]) -> Found:
    """What should be there: of the check, of the dossier, of the run that is open."""
    calendar = calendar_of(case)
    found: Found = {}
    if case.status is Status.SUBMITTED and case.check_due_at and case.check_started_at:
        whole = count(calendar, case.check_started_at, case.check_due_at)
        found |= warnings(calendar, "check", 0, case.check_due_at, whole)
        found["check", 0, "missed"] = midnight_after(case.check_due_at)
    if case.status is Status.IN_PROCESS and case.due_at and case.started_at:
        found |= warnings(calendar, "dossier", 0, case.due_at, count(calendar, case.started_at, case.due_at))
        found["dossier", 0, "missed"] = midnight_after(case.due_at)
        found |= naive_apology(case, calendar, case.due_at)
    for run in [run for run in runs if run.finished_at is None and run.due_at]:
        ends = run.due_at.astimezone(TIME_ZONE)
        found |= warnings(calendar, "step", run.number, ends, run.planned_minutes)
        found["step", run.number, "missed"] = ends + MINUTE
    return found


def naive_apology(case: Case, calendar: Calendar, due_at: datetime) -> Found:
    if case.reappointed_at:
        return {}
    found: Found = {}
    day, steps = due_at.date(), 2
    while steps:
        day -= timedelta(days=1)
        steps -= calendar.is_working_day(day)
    if not case.apology_drafted_at and not case.apology_proposed_at:
        found["dossier", 0, "apology_draft"] = datetime.combine(day, calendar.sessions(day)[0][0], TIME_ZONE)
    last = due_at.date() - timedelta(days=1)
    while not calendar.is_working_day(last):
        last -= timedelta(days=1)
    found["dossier", 0, "apology_last_day"] = datetime.combine(last, calendar.sessions(last)[0][0], TIME_ZONE)
    return found


async def kept(world: Any, dossier: UUID) -> tuple[Found, set[tuple[str, int, str]]]:
    """The timers that are there, and what was crossed at the present due times."""
    async with world.database.transaction() as tx:
        timers = await run_sql(tx, "select about, run, kind, fire_at from timer where dossier_id = :id", id=dossier)
        found = {(one.about, one.run, one.kind): one.fire_at.astimezone(TIME_ZONE) for one in timers}
        crossed = await run_sql(
            tx,
            "select about, run, kind from crossing join deadline using (dossier_id, about, run, due_version) "
            "where dossier_id = :id",
            id=dossier,
        )
        return found, {tuple(one) for one in crossed}


class Road:
    """One case on a road by a seed: whatever may happen to it next, and time passing in between."""

    def __init__(self, world: Any, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.now = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
        self.dossier = UUID(int=0)

    async def walk(self, steps: int) -> UUID:
        self.dossier = await self.world.file(f"{self.now:%Y-%m-%d %H:%M}")
        await self.check()
        for _ in range(steps):
            await self.pass_time()
            await self.happen()
            await self.check()
        return self.dossier

    async def pass_time(self) -> None:
        """Minutes to days, always into office hours; sometimes nobody looks at what came meanwhile."""
        self.now += self.chance.choice([timedelta(minutes=7), timedelta(hours=3), timedelta(days=1), timedelta(days=6)])
        calendar = load().calendar(self.world.office.id)
        while not works(calendar, self.now):
            self.now += timedelta(minutes=30)
        await self.world.at(f"{self.now:%Y-%m-%d %H:%M}")
        if self.chance.random() < 0.7:
            while await cross_due(self.world.database, most=3):
                pass

    async def happen(self) -> None:
        case = await self.world.case(self.dossier)
        try:
            await self.act(case)
        except WorkflowError:
            return  # not now: time goes on

    async def act(self, case: Case) -> None:
        do, who = self.world.do, self.who
        if case.status is Status.SUBMITTED and self.chance.random() < 0.4:
            await do(handlers.judge_components, self.dossier, self.world.verdicts(LACKING), **who("one_stop_officer"))
            sender = "one_stop_officer" if case.round == 0 else "department_leader"
            await do(handlers.request_supplement, self.dossier, **who(sender))
        elif case.status is Status.SUBMITTED:
            await self.world.valid(self.dossier, f"{self.now:%Y-%m-%d %H:%M}")
        elif case.status is Status.WAITING_FOR_SUPPLEMENT:
            files = {LACKING.component: 1}
            await self.world.supplement(self.dossier, f"{self.now:%Y-%m-%d %H:%M}", files, case.round)
        elif case.status is Status.WAITING_FOR_FEE:
            await self.world.pay(self.dossier, f"{self.now:%Y-%m-%d %H:%M}")
        elif case.status is Status.IN_PROCESS:
            await self.work(case)

    async def work(self, case: Case) -> None:
        what = self.chance.random()
        if what < 0.25 and case.step in ("appraise", "review"):
            await self.letter(case)
        elif what < 0.4 and case.step == "appraise":
            sender = "case_officer" if case.round == 0 else "department_leader"
            items = self.world.verdicts(LACKING)
            await self.world.do(handlers.request_later_supplement, self.dossier, items, **self.who(sender))
        elif what < 0.55 and case.step == "review":
            await self.world.do(
                handlers.send_back, self.dossier, "Xem lại phần đánh giá an toàn.", **self.who(case.role)
            )
        elif case.step in ("assign", "appraise", "review"):
            await self.world.do(handlers.finish_step, self.dossier, case.step, SAID, **self.who(case.role))

    async def letter(self, case: Case) -> None:
        assert case.due_at is not None
        on = calendar_of(case).add_working_days(case.due_at.date(), 2)
        wanted = Wanted("Hội đồng thẩm định phải họp lại.", "radiation", on)
        await self.world.do(handlers.draft_apology, self.dossier, wanted, **self.who("case_officer"))
        if self.chance.random() < 0.7:
            await self.world.do(handlers.apologise, self.dossier, **self.who("department_leader"))

    def who(self, role: str | None) -> dict[str, Any]:
        return {"staff": self.world.staff(role), "seen_version": None}

    async def check(self) -> None:
        found, crossed = await kept(self.world, self.dossier)
        case = await self.world.case(self.dossier)
        wanted = naive(case, await self.world.ask(store.step_runs, self.dossier))
        assert found == {key: at for key, at in wanted.items() if key not in crossed}


@pytest.mark.parametrize("seed", range(6))
async def test_on_any_road_the_timers_are_those_of_the_naive_rule_and_each_is_said_once(world: Any, seed: int) -> None:
    dossier = await Road(world, seed).walk(14)
    while await cross_due(world.database):
        pass
    assert await world.parked() == []
    said = [one for one in await world.said() if type(one).__name__ in ("DeadlineApproaching", "DeadlineMissed")]
    times = Counter(
        (type(one).__name__, one.deadline.of, one.deadline.run, one.deadline.due_version, getattr(one, "level", 0))
        for one in said
    )
    assert set(times.values()) <= {1}
    for one in said:
        moment = one.missed_at if type(one).__name__ == "DeadlineMissed" else one.moved_at
        assert moment <= one.moved_at, "nothing is said early"
    async with world.database.transaction() as tx:
        rows = await run_sql(tx, "select sequence from (select last_sequence as sequence, "
                             "(select count(*) from kit_outbox) as many from kit_stream where subject = :id) s "
                             "where sequence <> many", id=str(dossier))  # fmt: skip
        assert rows.all() == []
