"""The ledger alone gives back every due, over random roads; steps, loops and pauses always sum to the whole. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import due as rule
from rules.calendar import HANOI, to_minute
from rules.catalogue import load
from rules.records.limit import Limit
from rules.records.procedure import Procedure
from workflow.domain import apology, budgets, ledger, slips, steps
from workflow.domain.case import Case
from workflow.domain.days import day_by_day
from workflow.domain.law import calendar_of
from workflow.domain.ledger import LedgerEntry
from workflow.domain.status import Status

BASE = load().procedure("xray-licence-new-2021")
PROCESSES = [one.steps for one in load().processes]
LIMITS = [
    Limit(value=25, unit="calendar_days"),
    Limit(value=10, unit="working_days"),
    Limit(value=40, unit="working_hours"),
    Limit(value=999, unit="working_minutes"),
    Limit(value=1, unit="months"),
]
START_RULES = ["dossier_received", "declaration_received", "valid_dossier", "valid_dossier_and_fee"]
FIRST = datetime(2024, 1, 3, tzinfo=HANOI)
ROADS = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def procedures() -> st.SearchStrategy[Procedure]:
    """One procedure in all the ways that matter to a clock."""

    def made(limit: Limit, start: str, after: str, process: int) -> Procedure:
        supplement = BASE.supplement.model_copy(update={"after_acceptance": after})
        own = BASE.process.model_copy(update={"steps": PROCESSES[process]})
        changed = {"limit": limit, "start_rule": start, "supplement": supplement, "process": own}
        return BASE.model_copy(update=changed)

    after, process = st.sampled_from(["restarts", "resumes"]), st.integers(0, len(PROCESSES) - 1)
    return st.builds(made, st.sampled_from(LIMITS), st.sampled_from(START_RULES), after, process)


@dataclass
class Run:
    """A run through a step as the table has it."""

    step: str
    started_at: datetime
    finished_at: datetime | None = None


@dataclass
class Road:
    """A dossier on its way, as the handlers drive the domain: each move adds to the ledger and to the runs."""

    procedure: Procedure
    now: datetime
    case: Case
    lines: list[LedgerEntry] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    grants: list[tuple[Run, budgets.Grant]] = field(default_factory=list)
    is_reappointed: bool = False

    @classmethod
    def begun(cls, procedure: Procedure, now: datetime, channel: str) -> Self:
        facts: dict[str, Any] = {"procedure_id": procedure.id, "procedure_version": procedure.version}
        case = Case(
            dossier_id=UUID(int=1), arrival_number="T-1", channel=channel, origin="this_portal", office="demo-dost",
            receiving_unit="one-stop", resolving_unit="radiation", applicant_id="a", applicant_name="A",
            contact_path="c", received_at=now, last_piece_at=now, status=Status.SUBMITTED, since=now,
            unit="one-stop", units=("one-stop",), fee_vnd=1, **facts,
        )  # fmt: skip
        road = cls(procedure, now, case)
        road.add(*ledger.check_begun(case, now, "check_started", ""))
        return road

    def add(self, case: Case, line: LedgerEntry | None) -> None:
        self.case = case
        if line:
            self.lines.append(line)

    def supplement_before(self, asked_at: datetime) -> None:
        self.case = self.case.put_down().changed(status=Status.WAITING_FOR_SUPPLEMENT)
        case = self.case.changed(status=Status.SUBMITTED, last_piece_at=self.now)
        self.add(*ledger.check_begun(case, self.now, "check_restarted", ""))

    def accept(self, paid_at: datetime) -> None:
        case, line = ledger.started(self.case, paid_at)
        self.add(case.changed(code="H1", status=Status.IN_PROCESS, accepted_at=self.now), line)
        self.case = self.case.changed(step=self.procedure.steps[0].id)
        self.begin_run(self.now)

    def begin_run(self, at: datetime) -> None:
        assert self.case.step
        granted = budgets.grant(self.case, self.procedure, self.case.step, self.runs, at)
        self.runs.append(Run(self.case.step, at))
        self.grants.append((self.runs[-1], granted))

    def end_run(self) -> None:
        self.runs[-1].finished_at = self.now

    def go_to(self, step: str) -> None:
        self.end_run()
        self.case = self.case.changed(step=step)
        self.begin_run(self.now)

    def forward(self) -> None:
        following = steps.step_after(self.procedure, self.case.step)
        if following:
            self.go_to(following.id)

    def back(self) -> None:
        target = steps.find_step(self.procedure, self.case.step).sends_back_to
        if target:
            self.go_to(target)

    def hand_over(self) -> None:
        assert self.case.step
        self.go_to(self.case.step)

    def consult(self) -> None:
        """Another agency is asked: nothing happens to the clock."""
        self.case = self.case.changed(open_opinions=self.case.open_opinions + 1)

    def ask_later(self, waits: timedelta) -> None:
        asked_at = self.now
        self.end_run()
        self.case = self.case.put_down().changed(round=self.case.round + 1, status=Status.WAITING_FOR_SUPPLEMENT)
        self.lines.append(ledger.paused(self.case, self.now))
        check(self)
        self.now += waits
        self.add(*ledger.answered(self.case.changed(status=Status.IN_PROCESS), asked_at, self.now))
        self.begin_run(self.now)

    def re_appoint(self, days: int) -> None:
        assert self.case.due_at
        if apology.no_new_date_vi(self.case, self.now):
            return
        on = calendar_of(self.case).add_working_days(self.case.due_at.date(), days)
        self.add(*ledger.re_appointed(self.case, apology.new_due_at(self.case, on), self.now))

    def withdraw(self) -> None:
        line = ledger.stopped(self.case, self.now, "người nộp rút hồ sơ")
        self.end_run()
        self.add(self.case.put_down().changed(status=Status.WITHDRAWN, step=None), line)


def check(road: Road) -> None:
    """What must be so at any moment of any road."""
    case, lines = road.case, road.lines
    assert ledger.agrees(case, ledger.recomputed(case, lines))
    assert [line.kind for line in lines].count("started") <= 1
    assert [line.kind for line in lines].count("re_appointed") <= 1
    if case.is_accepted:
        assert case.due_at == ledger.recomputed(case, lines)
        assert case.first_due_at == lines[[line.kind for line in lines].index("started")].due_at
        dues = [line for line in lines if line.due_at]
        assert (dues[-1].due_at, dues[-1].calendar_version) == (case.due_at, case.calendar_version)
        check_sums(road)
    elif case.status is Status.SUBMITTED:
        assert case.check_due_at == ledger.recomputed(case, lines)


def check_sums(road: Road) -> None:
    """R12: planned, used and left each sum to the whole, and what is left is what the clock says."""
    case, calendar = road.case, calendar_of(road.case)
    assert case.started_at
    assert case.due_at
    sums = budgets.account(case, road.procedure, road.runs, road.now)
    assert sum(line.planned for line in sums.lines) == sums.whole
    assert sum(line.used for line in sums.lines) == sums.used
    assert sum(line.left for line in sums.lines) == sums.left == sums.whole - sums.used
    stands = road.runs[-1].finished_at or road.now
    assert sums.left == calendar.working_minutes_between(to_minute(stands), case.due_at)
    check_slip(road, sums)
    if not case.reappointed_at and road.procedure.supplement.after_acceptance == "restarts":
        assert sums.whole == calendar.working_minutes_between(case.started_at, case.due_at)


def check_slip(road: Road, sums: budgets.Account) -> None:
    """The lines of the control slip use up what its sums say, to the minute."""
    case, calendar = road.case, calendar_of(road.case)
    counted = budgets.counting(case, road.runs)
    told = [
        slips.Run(
            run.step,
            case.unit,
            None,
            run.started_at,
            0,
            budgets.used_by(run, road.now, calendar),
            counts=run in counted,
        )
        for run in road.runs
    ]
    rows = slips.hand_overs(case, road.procedure, told, {})
    used = sum(row.used_minutes or 0 for row in rows if row.counts)
    before = sum(line.used for line in sums.lines if not line.steps)
    assert used + before == sums.used
    assert [row.at for row in rows] == [run.started_at for run in road.runs]


def check_grants(road: Road) -> None:
    """No run gets more than was left of its budget or of the whole, and its judgement is that of its minutes."""
    calendar = calendar_of(road.case)
    for run, granted in road.grants:
        has_budget = steps.find_step(road.procedure, run.step).budget is not None
        assert (granted.due_at is not None) is has_budget
        assert granted.minutes >= 0
        if run.finished_at is None:
            continue
        judged = budgets.judge(granted.due_at, granted.minutes, run.finished_at, calendar)
        if judged is None:
            assert not has_budget
        else:
            used = budgets.used_by(run, road.now, calendar)
            assert judged.margin_working_minutes == granted.minutes - used
            assert (judged.kind == "late") is (to_minute(run.finished_at) > granted.due_at)  # type: ignore[operator]
            assert (judged.kind == "late") >= (used > granted.minutes)


MOVES = st.sampled_from(["forward", "back", "hand_over", "consult", "ask", "re_appoint"])
WAITS = st.timedeltas(timedelta(seconds=1), timedelta(days=9))


@pytest.mark.proves("R01", "R02", "R06", "R07", "R08", "R12", "D08", "D17")
@ROADS
@given(st.data())
def test_over_any_road_the_ledger_gives_the_due_again_and_the_steps_sum_to_the_whole(data: st.DataObject) -> None:
    procedure = data.draw(procedures())
    start = FIRST + data.draw(st.timedeltas(timedelta(0), timedelta(days=500)))
    channel = data.draw(st.sampled_from(["online", "direct", "postal"]))
    with (
        patch.object(ledger, "procedure_of", return_value=procedure),
        patch("workflow.domain.clock.procedure_of", return_value=procedure),
    ):
        road = Road.begun(procedure, start, channel)
        check(road)
        for _ in range(data.draw(st.integers(0, 2))):
            asked_at = road.now
            road.now += data.draw(WAITS)
            road.supplement_before(asked_at)
            check(road)
        paid_at = road.now + data.draw(WAITS)
        road.now = paid_at + data.draw(st.timedeltas(timedelta(0), timedelta(hours=30)))
        road.accept(paid_at)
        check(road)
        for move in data.draw(st.lists(MOVES, max_size=9)):
            road.now += data.draw(WAITS)
            if move == "ask":
                road.ask_later(data.draw(WAITS))
            elif move == "re_appoint":
                road.re_appoint(data.draw(st.integers(1, 12)))
            else:
                getattr(road, move)()
            check(road)
        check_days(road)
        if data.draw(st.booleans()):
            road.withdraw()
            check(road)
        check_grants(road)


def check_days(road: Road) -> None:
    """Day by day: the minutes of all days are the clock's, each day off says why and by which document."""
    case, calendar = road.case, calendar_of(road.case)
    assert case.started_at
    assert case.due_at
    limit = road.procedure.limit
    assert limit
    found = rule.due(limit, case.started_at, calendar)
    days = day_by_day(found, case.due_at, road.lines, calendar)
    if not days:
        return
    assert days[-1].on == case.due_at.astimezone(HANOI).date()
    for day in days:
        assert calendar.is_working_day(day.on) or (day.reason and day.source)
    # a clock that was paused when it was late already ends in its own pause
    paused_late = any(line.kind == "paused" and to_minute(line.at) > due_before(road, line) for line in road.lines)
    if not limit.is_in_days and not paused_late:
        sums = budgets.account(case, road.procedure, road.runs, road.now)
        assert sum(day.minutes for day in days) == sums.whole
    numbers = [day.count for day in days if day.count]
    if case.due_at == found.at and not any(line.kind == "resumed" for line in road.lines):
        assert numbers == list(range(1, rule.days_counted(found) + 1)) if limit.is_in_days else numbers == []


def due_before(road: Road, line: LedgerEntry) -> datetime:
    """The due that held when this line was written."""
    dues = [one.due_at for one in road.lines[: road.lines.index(line)] if one.due_at]
    return dues[-1]


@pytest.mark.proves("B09")
@pytest.mark.parametrize(
    ("channel", "at", "due"),
    [
        ("direct", "2025-03-03 14:59", "2025-03-03 17:30"),
        ("direct", "2025-03-03 15:01", "2025-03-04 11:30"),
        ("direct", "2025-03-07 16:00", "2025-03-10 11:30"),
        ("online", "2025-03-03 09:00", None),
    ],
)
def test_a_counter_dossier_is_handed_over_the_same_day_or_after_three_the_next_morning(
    channel: str, at: str, due: str | None
) -> None:
    procedure = load().procedure("xray-licence-new-2021")
    now = datetime.fromisoformat(at).replace(tzinfo=HANOI)
    road = Road.begun(procedure, now, channel)
    found = budgets.hand_over_due(road.case)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == due
    # where the clock waits for the fee, the desk has everything once it is paid
    later = budgets.hand_over_due(road.case.changed(paid_at=now + timedelta(days=4)))
    assert (later is None) is (found is None)
    assert later is None or found is None or later > found
