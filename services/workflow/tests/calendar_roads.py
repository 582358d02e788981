"""Ten thousand roads written straight into the database, and a slow second opinion on when each must end."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from kit.now import TIME_ZONE
from kit.tx import Database
from rules import due as rule
from rules.catalogue import load
from rules.errors import NotPublished
from rules.records.calendar import WEEKDAYS, CalendarRecord
from rules.records.limit import Limit
from rules.records.procedure import Procedure
from workflow.domain import budgets, clock
from workflow.domain.case import Case
from workflow.domain.law import procedure_of
from workflow.domain.status import Status
from workflow.store.tables import ApologyRow, CaseRow, ClockRow, StepRow

OFFICE = load().offices[0]
FIRST = date(2025, 3, 10)
ENDED = {"ground": "requested"}


@dataclass(frozen=True)
class Road:
    """A case, and whether its due may move at all."""

    case: Case
    kind: str
    promised: datetime | None = None


class SecondOpinion:
    """The working time of a record by looking at every day and every minute; it shares nothing with the rules."""

    def __init__(self, record: CalendarRecord) -> None:
        self.record = record
        self.special = {day.day: day for day in record.special_days}
        self.minutes = lru_cache(maxsize=None)(self._minutes)

    def sessions(self, day: date) -> tuple[tuple[time, time], ...]:
        if day in self.special:
            is_off = self.special[day].kind != "working_saturday"
            return () if is_off else self.record.working_saturday_sessions
        return self.record.working.sessions if WEEKDAYS[day.weekday()] in self.record.working.weekdays else ()

    def works(self, at: datetime) -> bool:
        """Whether the minute that begins then is a working minute."""
        return any(begins <= at.time() < ends for begins, ends in self.sessions(at.date()))

    def _minutes(self, begins: datetime, minutes: int) -> datetime:
        at = begins
        while minutes:
            minutes -= self.works(at)
            at += timedelta(minutes=1)
        return at

    def opening(self, at: datetime) -> datetime:
        """Out of hours the next opening counts (T03); the midday pause belongs to the day."""
        sessions = self.sessions(at.date())
        if sessions and at.time() <= sessions[-1][1]:
            return (
                at
                if at.time() >= sessions[0][0]
                else at.replace(hour=sessions[0][0].hour, minute=sessions[0][0].minute)
            )
        day = self.next_working(at.date())
        return datetime.combine(day, self.sessions(day)[0][0], TIME_ZONE)

    def next_working(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.sessions(day):
            day += timedelta(days=1)
        return day

    def clock_time(self, at: datetime, day: date) -> datetime:
        ends = [end for begin, end in self.sessions(day) if begin <= at.time()]
        found = min(at.time(), ends[-1]) if ends else self.sessions(day)[0][0]
        return datetime.combine(day, found, TIME_ZONE)

    def due(self, limit: Limit, begins: datetime) -> datetime:
        begins = begins.replace(second=0, microsecond=0)
        if limit.unit == "working_days":
            day = begins.date()
            for _ in range(limit.value):
                day = self.next_working(day)
            return self.clock_time(begins, day)
        if limit.unit == "calendar_days":
            day = begins.date() + timedelta(days=limit.value)
            if self.sessions(day):
                return self.clock_time(begins, day)
            day = self.next_working(day)
            return datetime.combine(day, self.sessions(day)[-1][1], TIME_ZONE)
        return self.minutes(begins, limit.value * (60 if limit.unit == "working_hours" else 1))

    def deadline(self, road: Road) -> datetime | None:
        """When this road must end by this record; what does not run, or was promised, stays as it is."""
        case = road.case
        if road.kind == "checking":
            begins = self.opening(case.last_piece_at) if case.channel == "online" else case.last_piece_at
            return self.due(check_limit_of(case), begins)
        if road.kind in ("running", "late_step") and case.started_at:
            limit = procedure_of(case).limit
            assert limit
            return self.due(limit, case.started_at)
        return case.deadline_at


def check_limit_of(case: Case) -> Limit:
    procedure, on = procedure_of(case), case.received_at.date()
    found = rule.own_check_limit(procedure, case.channel) or load().general_check_limit(case.channel, on)
    assert found
    return found


def roads(count: int, seed: int = 5) -> list[Road]:
    """Roads of every procedure that can be accepted: most of them run, some wait, ended or were promised a new date."""
    chance = random.Random(seed)
    procedures = [one for one in load().procedures if _is_whole(one)]
    moments = [_moment(chance) for _ in range(300)]
    found: list[Road] = []
    while len(found) < count:
        road = _road(len(found) + 1, chance.choice(procedures), chance.choice(moments), chance)
        if road:
            found.append(road)
    return found


def _is_whole(procedure: Procedure) -> bool:
    limit = procedure.limit
    units = ("working_days", "calendar_days", "working_hours")
    return bool(limit and procedure.steps and limit.unit in units and not limit.is_at_once)


def _moment(chance: random.Random) -> datetime:
    on = FIRST + timedelta(days=chance.randrange(50))
    return datetime.combine(on, time(chance.randrange(24), chance.choice((0, 15, 30, 45))), TIME_ZONE)


def _road(number: int, procedure: Procedure, at: datetime, chance: random.Random) -> Road | None:
    kind = chance.choices(("checking", "running", "late_step", "waiting", "ended", "promised"), (40, 35, 10, 5, 5, 5))[
        0
    ]
    case = _new(number, procedure, at, chance)
    try:
        checked = clock.check_due(case, case.last_piece_at)
    except NotPublished:
        return None
    if checked.limit.is_at_once:
        return None
    if kind == "checking":
        return Road(_checking(case, checked), kind)
    return _accepted(case, kind, number)


def _new(number: int, procedure: Procedure, at: datetime, chance: random.Random) -> Case:
    unit = OFFICE.units[1].id
    return Case(
        dossier_id=UUID(int=(chance.getrandbits(100) << 20) + number),
        arrival_number=f"T-{number}",
        procedure_id=procedure.id,
        procedure_version=procedure.version,
        channel=chance.choice(("online", "direct", "postal")),
        origin="this_portal",
        office=OFFICE.id,
        receiving_unit=OFFICE.units[0].id,
        resolving_unit=unit,
        applicant_id="p",
        applicant_name="Phòng khám Mẫu",
        contact_path="contacts/x/1.json",
        received_at=at,
        last_piece_at=at,
        status=Status.SUBMITTED,
        since=at,
        unit=unit,
        units=(unit,),
        version=1,
    )


def _checking(case: Case, due: rule.Due) -> Case:
    times = {"check_started_at": due.start, "check_due_at": due.at, "deadline_at": due.at}
    return case.changed(**times, late_from=rule.missed_at(due), calendar_version=due.calendar_version)


def _accepted(case: Case, kind: str, number: int) -> Road:
    step = procedure_of(case).steps[0]
    started = case.received_at
    times = {"accepted_at": started, "started_at": started, "code": f"H-{number}", "step": step.id, "role": step.role}
    due = clock.main_due(case, started)
    case = clock.with_due(case.changed(status=Status.IN_PROCESS, **times), due.at).changed(first_due_at=due.at)
    if kind == "waiting":
        return Road(case.put_down().changed(status=Status.WAITING_FOR_SUPPLEMENT, round=1), kind)
    if kind == "ended":
        return Road(case.put_down().changed(status=Status.STOPPED, step=None, **ENDED), kind)
    if kind == "promised":
        promised = due.at + timedelta(days=7)
        return Road(clock.with_due(case, promised).changed(reappointed_at=started), kind, promised)
    return Road(case, kind)


async def write(database: Database, found: Iterable[Road]) -> None:
    """The rows of these roads, in sets."""
    all_ = list(found)
    async with database.transaction() as session:
        tx = await session.connection()
        for begin in range(0, len(all_), 1000):
            part = all_[begin : begin + 1000]
            await tx.execute(insert(CaseRow), [_row(road.case) for road in part])
            await tx.execute(insert(ClockRow), [entry for road in part for entry in _entries(road)])
            if runs := [_run(road.case) for road in part if road.case.step and road.case.deadline_at]:
                await tx.execute(insert(StepRow), runs)
            if letters := [_letter(road) for road in part if road.promised]:
                await tx.execute(insert(ApologyRow), letters)


def _row(case: Case) -> dict[str, Any]:
    found = {one.name: getattr(case, one.name) for one in fields(Case)}
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
    return {**found, "status": int(case.status), "applicant_key": "", "applicant_is_person": False}


def _entries(road: Road) -> list[dict[str, Any]]:
    case = road.case
    kinds = ["started"] if case.is_accepted else ["check_started"]
    kinds += ["re_appointed"] if road.promised else []
    whole = {"dossier_id": case.dossier_id, "at": case.last_piece_at, "reason_vi": "", "basis": ""}
    return [{**whole, "number": number, "kind": kind} for number, kind in enumerate(kinds, 1)]


def _run(case: Case) -> dict[str, Any]:
    assert case.step
    assert case.started_at
    granted = budgets.grant(case, procedure_of(case), case.step, [], case.started_at)
    place = {"dossier_id": case.dossier_id, "number": 1, "step": case.step, "unit": case.unit, "role": case.role}
    return {
        **place,
        "started_at": case.started_at,
        "due_at": granted.due_at,
        "planned_minutes": granted.minutes,
        "note": "",
    }


def _letter(road: Road) -> dict[str, Any]:
    case = road.case
    facts = {"number": 1, "reason_vi": "Lý do", "unit_at_fault": case.unit, "drafted_at": case.since, "drafted_by": "p"}
    dues = {"previous_due_at": case.first_due_at, "new_due_at": road.promised}
    return {**facts, **dues, "dossier_id": case.dossier_id, "approved_at": case.since, "approved_by": "q"}
