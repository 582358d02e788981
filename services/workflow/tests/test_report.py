"""Report II.06 against a plain count over the event log: a thousand random dossiers, and some through the handlers."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.envelope import Event
from contracts.facts import Channel, Origin, StoredObject
from contracts.facts import Status as National
from contracts.workflow import (
    CaseEvent,
    CaseFacts,
    ClockRestarted,
    DossierAccepted,
    DossierFinished,
    DossierReappointed,
    DossierRefused,
    DossierStopped,
    DossierWithdrawn,
    SupplementItem,
    SupplementRequested,
)
from kit import outbox
from kit.now import TIME_ZONE
from kit.testing.databases import emitted
from rules import due as rule
from rules.catalogue import load
from workflow import handlers, reads, store
from workflow.domain.access import Scope
from workflow.domain.apology import Wanted
from workflow.domain.case import Case, StoredFile
from workflow.domain.checklist import CheckItem
from workflow.domain.period import Period, a_month, a_quarter, a_year, between
from workflow.domain.report import Counts
from workflow.domain.status import Outcome, Status, Verdict
from workflow.store.tables import DueRow, SupplementRow

pytestmark = pytest.mark.db

OFFICE = load().offices[0]
CALENDAR = load().calendar(OFFICE.id)
DIVISIONS = [unit.id for unit in OFFICE.units if "case_officer" in unit.roles] + ["another-division"]
FILE = StoredObject(path="results/x.pdf", sha256="0" * 64, size=1)
SEED = 20_250_601
PERIODS = [
    a_month(2025, 3),
    a_month(2025, 4),
    a_month(2025, 5),
    a_quarter(2025, 2),
    a_year(2025),
    between(date(2025, 4, 9), date(2025, 4, 9)),
    between(date(2025, 3, 17), date(2025, 5, 5)),
]
NOW = datetime(2025, 6, 20, 9, 30, tzinfo=TIME_ZONE)


# ---- the plain count: one loop over the events of each dossier


@dataclass
class Told:
    """What the log says of one dossier."""

    case: CaseFacts
    accepted_at: datetime | None = None
    dues: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)  # from when on: due, first due
    waits: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # asked, answered
    ended: tuple[datetime, str, str] | None = None  # when, judged by the present due, by the first


def read_log(events: Iterable[Event]) -> list[Told]:
    told: dict[UUID, Told] = {}
    for one in events:
        if not isinstance(one, CaseEvent):
            continue
        about = told.setdefault(one.dossier_id, Told(one.case))
        if isinstance(one, DossierAccepted):
            about.accepted_at = one.moved_at
        if isinstance(one, DossierAccepted | DossierReappointed | ClockRestarted):
            about.dues.append((one.moved_at, one.due_at, one.first_due_at))
        if isinstance(one, SupplementRequested) and about.accepted_at:
            about.waits.append((one.moved_at, None))
        if isinstance(one, ClockRestarted):
            about.waits[-1] = (about.waits[-1][0], one.moved_at)
        if isinstance(one, DossierFinished):
            about.ended = (one.finished_at, one.lateness, one.lateness_first)
        if isinstance(one, DossierWithdrawn | DossierStopped | DossierRefused):
            about.ended = (one.moved_at, "on_time", "on_time")
    return list(told.values())


def plain_count(
    told: list[Told], period: Period, by: str, now: datetime, *, first: bool = True
) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for one in told:
        if one.accepted_at is None or one.accepted_at >= period.end or (one.ended and one.ended[0] < period.start):
            continue
        procedure = load().procedure(one.case.procedure_id, one.case.procedure_version)
        key = {"field": procedure.field_id, "unit": one.case.resolving_unit, "procedure": procedure.id}[by]
        counts = found[key]
        counts[3] += 1
        counts[6 if one.accepted_at < period.start else 4 if one.case.channel == "online" else 5] += 1
        if one.ended and one.ended[0] < period.end:
            counts[7] += 1
            _, present, by_the_first = one.ended
            counts[{"early": 8, "on_time": 9, "late": 10}[by_the_first if first else present]] += 1
        else:
            counts[11] += 1
            counts[13 if is_overdue(one, period, now, procedure, first=first) else 12] += 1
    return found


def is_overdue(one: Told, period: Period, now: datetime, procedure: Any, *, first: bool) -> bool:
    if any(asked < period.end and (answered is None or answered >= period.end) for asked, answered in one.waits):
        return False
    _, due, first_due = [held for held in one.dues if held[0] < period.end][-1]
    wanted, moment = (first_due if first else due).astimezone(TIME_ZONE), min(now, period.end)
    if procedure.limit.is_in_days:
        return wanted.date() < moment.astimezone(TIME_ZONE).date()
    return wanted + timedelta(minutes=1) <= moment


# ---- a thousand lives by a seed, told twice: as the rows that workflow keeps and as the events it says


class Lives:
    def __init__(self, seed: int, procedures: list[Any]) -> None:
        self.random = random.Random(seed)
        self.procedures = procedures
        self.number = 0
        self.results = 0

    def a_moment(self, after: datetime, least: float, most: float) -> datetime:
        """Some days later, within office hours."""
        day = (after + timedelta(days=self.random.uniform(least, most))).astimezone(TIME_ZONE)
        at = day.replace(hour=self.random.randint(8, 16), minute=self.random.randint(0, 59), second=0, microsecond=0)
        return max(at, after + timedelta(minutes=1))

    def filed(self) -> Case:
        """A new dossier in the three months of spring."""
        self.number += 1
        received = self.a_moment(datetime(2025, 2, 20, 8, tzinfo=TIME_ZONE), 0, 95)
        procedure = self.random.choice(self.procedures)
        return Case(
            dossier_id=UUID(int=self.random.getrandbits(128), version=4),
            arrival_number=f"T-H00.15-{received:%y%m%d}-{self.number:04}",
            procedure_id=procedure.id,
            procedure_version=procedure.version,
            channel=self.random.choice(list(Channel)),
            origin=Origin.THIS_PORTAL,
            office=OFFICE.id,
            receiving_unit="one-stop",
            resolving_unit=self.random.choice(DIVISIONS),
            applicant_id="p",
            applicant_name="Phòng khám Mẫu",
            contact_path="contacts/x/1.json",
            received_at=received,
            last_piece_at=received,
            status=Status.SUBMITTED,
            since=received,
            unit="one-stop",
            units=("one-stop",),
        )


class Life:
    """One dossier: its case as it stands in the end, and what was said of it on the way."""

    def __init__(self, lives: Lives) -> None:
        self.lives, self.random = lives, lives.random
        self.case: Any = lives.filed()
        self.procedure: Any = load().procedure(self.case.procedure_id, self.case.procedure_version)
        self.events: list[tuple[datetime, Event]] = []
        self.dues: list[tuple[datetime, datetime, datetime]] = []
        self.supplement: tuple[datetime, datetime | None] | None = None
        self.live()

    def say(self, cls: type[Any], at: datetime, **more: Any) -> None:
        names = ("arrival_number", "procedure_id", "procedure_version", "channel", "origin", "office")
        facts = {name: getattr(self.case, name) for name in (*names, "receiving_unit", "resolving_unit")}
        common = {"status": National(self.case.status), "moved_at": at, "contact": self.case.contact_path}
        event = cls(dossier_id=self.case.dossier_id, case=CaseFacts(**facts), **common, **more)
        self.events.append((at, event))

    def move(self, status: Status, at: datetime, **changes: Any) -> None:
        self.case = self.case.changed(status=status, since=at, **changes)

    def live(self) -> None:
        at = self.lives.a_moment(self.case.received_at, 0, 4)
        before = self.random.random()
        if before < 0.08:
            self.move(Status.REFUSED_AT_RECEPTION, at)
            self.say(DossierRefused, at, slip=FILE, explanation=FILE)
        elif before < 0.13:
            self.move(Status.WITHDRAWN, at)
            self.say(DossierWithdrawn, at)
        elif before < 0.16:
            self.move(Status.STOPPED, at, ground="not_paid")
            self.say(DossierStopped, at, ground="not_paid")
        elif before > 0.19:  # the rest waits in the check
            self.accept(at)

    def due(self, start: datetime) -> datetime:
        return rule.due(self.procedure.limit, start, CALENDAR).at

    def accept(self, at: datetime) -> None:
        due = self.due(at)
        code = f"H00.15-{at:%y%m%d}-{self.lives.number:04}"
        times = {"started_at": at, "due_at": due, "first_due_at": due, "calendar_version": CALENDAR.version}
        self.move(Status.IN_PROCESS, at, code=code, accepted_at=at, **times)
        self.dues.append((at, due, due))
        self.say(DossierAccepted, at, code=code, readings=[], slip=FILE, **times)
        if self.random.random() < 0.25:
            at = self.ask(at)
        if self.case.status is Status.IN_PROCESS and self.random.random() < 0.25:
            at = self.reappoint(at)
        self.end(at)

    def ask(self, at: datetime) -> datetime:
        """A supplement after acceptance; some never answer."""
        asked = self.lives.a_moment(at, 0, 8)
        self.move(Status.WAITING_FOR_SUPPLEMENT, asked, round=1)
        self.say(SupplementRequested, asked, round=1, items=[SupplementItem(component="x")], slip=FILE, request=FILE)
        answered = self.lives.a_moment(asked, 1, 40) if self.random.random() < 0.7 else None
        self.supplement = (asked, answered)
        if answered is None:
            return asked
        due = self.due(answered)
        first = self.random.choice([due, self.case.first_due_at])
        self.move(Status.IN_PROCESS, answered, started_at=answered, due_at=due, first_due_at=first)
        self.dues.append((answered, due, first))
        facts = {"started_at": answered, "due_at": due, "first_due_at": first, "calendar_version": CALENDAR.version}
        self.say(ClockRestarted, answered, code=self.case.code, round=1, readings=[], **facts)
        return answered

    def reappoint(self, at: datetime) -> datetime:
        at = self.lives.a_moment(at, 1, 20)
        before, due = self.case.due_at, self.case.due_at + timedelta(days=self.random.randint(3, 15))
        self.move(Status.IN_PROCESS, at, due_at=due, reappointed_at=at)
        self.dues.append((at, due, self.case.first_due_at))
        dues = {"previous_due_at": before, "due_at": due, "first_due_at": self.case.first_due_at}
        self.say(DossierReappointed, at, code=self.case.code, calendar_version=CALENDAR.version, slip=FILE, **dues)
        return at

    def end(self, at: datetime) -> None:
        how = self.random.random()
        at = self.lives.a_moment(at, 0, 45)
        waits = self.case.status is Status.WAITING_FOR_SUPPLEMENT
        if how < 0.15:
            return
        if how < 0.25:
            self.say_withdrawn(at)
        elif how < 0.35 or waits:
            ground = "not_supplemented" if waits else "requested"
            self.move(Status.STOPPED, at, ground=ground)
            self.say(DossierStopped, at, code=self.case.code, ground=ground, due_at=self.case.due_at)
        else:
            self.finish(at)

    def say_withdrawn(self, at: datetime) -> None:
        self.move(Status.WITHDRAWN, at)
        self.say(DossierWithdrawn, at, code=self.case.code, due_at=self.case.due_at)

    def judged(self, due_at: Any, at: datetime) -> str:
        due = rule.Due(due_at, at, self.procedure.limit, CALENDAR.version)
        return rule.lateness(due, at, CALENDAR).kind

    def finish(self, at: datetime) -> None:
        late = self.judged(self.case.due_at, at)
        first = self.judged(self.case.first_due_at, at)
        facts = {"outcome": Outcome.GRANTED, "result": StoredFile("r", "0" * 64, 1), "margin_working_minutes": 0}
        judged = {"lateness": late, "lateness_first": first, "result_code": f"{self.case.code}-KQ", "finished_at": at}
        self.move(Status.FINISHED, at, **facts, **judged)
        dues = {"due_at": self.case.due_at, "first_due_at": self.case.first_due_at, "margin_working_minutes": 0}
        self.say(DossierFinished, at, code=self.case.code, result_kind="granted", result=FILE, **judged, **dues)
        if self.random.random() < 0.5:
            returned = at + timedelta(days=1)
            self.move(Status.RETURNED, returned, returned_at=returned)

    async def write(self, tx: Any) -> None:
        await store.add_case(tx, self.case)
        key = {"dossier_id": self.case.dossier_id}
        for number, (at, due, first) in enumerate(self.dues, 1):
            tx.add(DueRow(**key, number=number, at=at, due_at=due, first_due_at=first))
        if self.supplement:
            asked, answered = self.supplement
            tx.add(SupplementRow(**key, round=1, items=[], asked_at=asked, answered_at=answered))
        for at, event in self.events:
            await outbox.put(tx, event, time=at)


async def the_lives(database: Any, count: int, seed: int) -> None:
    procedures = [one for one in load().procedures if one.limit and one.steps]
    chosen = random.Random(seed).sample(procedures, min(8, len(procedures)))
    lives = Lives(seed, chosen)
    async with database.transaction() as tx:
        for _ in range(count):
            await Life(lives).write(tx)


async def report(world: Any, period: Period, by: str, now: datetime = NOW, unit: str | None = None) -> Any:
    return await world.ask(reads.count_report, Scope(OFFICE.id, unit), period, by, now)


def columns(counts: Counts) -> dict[int, int]:
    return {column: number for column, number in counts.columns.items() if number}


@pytest.mark.proves("G01", "G03", "R06")
async def test_a_thousand_random_dossiers_are_reported_as_a_plain_loop_over_the_log_counts_them(world: Any) -> None:
    await the_lives(world.database, 1000, SEED)
    told = read_log(await emitted(world.database))
    assert len(told) > 950  # only those still in the check said nothing yet
    seen: Counter[int] = Counter()
    for period in PERIODS:
        for by in ("field", "unit", "procedure"):
            found = await report(world, period, by)
            counted = plain_count(told, period, by, NOW)
            assert {line.key: columns(line.counts) for line in found.lines} == counted
            assert found.total.agrees
            seen.update(columns(found.total))
    assert set(seen) == set(range(3, 14))  # no column went untested


@pytest.mark.proves("G01")
async def test_the_dossiers_behind_each_number_are_as_many_as_it_says(world: Any) -> None:
    await the_lives(world.database, 150, SEED + 1)
    period, scope = a_month(2025, 4), Scope(OFFICE.id, None)
    for by in ("field", "unit", "procedure"):
        found = await report(world, period, by)
        for line in (*found.lines, None):
            counts, key = (line.counts, line.key) if line else (found.total, None)
            for column, number in counts.columns.items():
                behind = await world.ask(reads.dossiers_behind, scope, period, by, key, column, NOW)
                assert min(number, 101) == len(behind)


async def walked(world: Any) -> dict[str, UUID]:
    """Dossiers that came to different ends through the handlers themselves."""
    finished = await world.finished("2025-03-21 08:00")
    opened = await world.accepted()
    unpaid = await world.file("2025-03-03 09:00")
    await world.valid(unpaid)
    returned = await world.finished("2025-04-21 08:00")
    await world.collect(returned, "2025-04-22 20:00")
    asked = await world.file("2025-03-03 09:00")
    lacking = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phần ứng phó khi mất điện.")
    officer = world.staff("one_stop_officer")
    judged = {"items": world.verdicts(lacking), "staff": officer, "seen_version": None}
    await world.do(handlers.request_supplement, asked, **judged)
    return {"finished": finished, "opened": opened, "unpaid": unpaid, "returned": returned, "asked": asked}


async def test_what_the_handlers_did_is_reported_as_the_events_they_said(world: Any) -> None:
    await walked(world)
    told = read_log(await emitted(world.database))
    now = await world.at("2025-05-20 09:00")
    for period in (a_month(2025, 3), a_month(2025, 4), a_month(2025, 5), a_year(2025)):
        found = await report(world, period, "field", now)
        assert {line.key: columns(line.counts) for line in found.lines} == plain_count(told, period, "field", now)
    march = (await report(world, a_month(2025, 3), "field", now)).total
    assert march.columns == {3: 3, 4: 3, 5: 0, 6: 0, 7: 1, 8: 1, 9: 0, 10: 0, 11: 2, 12: 2, 13: 0}
    may = (await report(world, a_month(2025, 5), "field", now)).total
    assert (may.carried, may.overdue, may.finished) == (1, 1, 0)


async def reappointed(world: Any) -> UUID:
    """Given its one new date by a leader, four days before its due day, and finished between the two dates."""
    dossier: UUID = await world.to_sign()
    await world.at("2025-04-04 09:00")
    case = await world.case(dossier)
    wanted = Wanted("Chờ kết quả đo kiểm thiết bị.", case.unit, date(2025, 4, 18))
    officer, leader = world.staff("case_officer"), world.staff("department_leader")
    await world.do(handlers.draft_apology, dossier, wanted, staff=officer, seen_version=None)
    await world.do(handlers.apologise, dossier, staff=leader, seen_version=None)
    await world.at("2025-04-15 09:00")
    sha256 = (await world.case(dossier)).result.sha256
    await world.do(handlers.sign_off, dossier, sha256, staff=leader, seen_version=None)
    await world.do(handlers.issue, dossier, staff=world.staff("clerk"), seen_version=None)
    return dossier


@pytest.mark.proves("G01", "R06")
async def test_withdrawals_stops_and_a_new_date_are_reported_as_the_handlers_said_them(world: Any) -> None:
    withdrawn, stopped = await world.accepted(), await world.accepted()
    never_accepted = await world.file("2025-03-03 09:00")
    await world.withdraw(never_accepted, "2025-03-04 09:00")
    await world.withdraw(withdrawn, "2025-03-20 09:00")
    await world.ask_stop(stopped, "2025-04-01 09:00")
    await world.do(handlers.stop, stopped, staff=world.staff("one_stop_officer"), seen_version=None)
    assert (await world.case(await reappointed(world))).lateness_first == "late"
    await world.accepted("2025-04-16 09:00")
    told, now = read_log(await emitted(world.database)), await world.at("2025-05-20 09:00")
    for period in (a_month(2025, 3), a_month(2025, 4), a_month(2025, 5), a_year(2025)):
        found = await report(world, period, "unit", now)
        assert {line.key: columns(line.counts) for line in found.lines} == plain_count(told, period, "unit", now)
    march = (await report(world, a_month(2025, 3), "unit", now)).total
    assert (march.received, march.on_time, march.within) == (3, 1, 2)  # the one withdrawn after acceptance is finished
    april = (await report(world, a_month(2025, 4), "unit", now)).total
    assert (april.carried, april.on_time, april.late, april.within) == (2, 1, 1, 1)  # late by its first date (R06)


async def test_a_month_that_is_not_over_is_judged_as_of_now(world: Any) -> None:
    await world.accepted("2025-03-13 09:00")
    due_day = datetime(2025, 4, 8, 23, 59, tzinfo=TIME_ZONE)
    on_the_day = await report(world, a_month(2025, 4), "unit", due_day)
    the_next = await report(world, a_month(2025, 4), "unit", due_day + timedelta(minutes=1))
    assert (on_the_day.total.within, the_next.total.overdue) == (1, 1)
    assert not on_the_day.is_over


async def test_a_unit_counts_only_what_it_worked_on(world: Any) -> None:
    await world.accepted("2025-03-13 09:00")
    assert (await report(world, a_month(2025, 3), "unit", unit="one-stop")).total.received == 1
    assert (await report(world, a_month(2025, 3), "unit", unit="elsewhere")).total.received == 0
