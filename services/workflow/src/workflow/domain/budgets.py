"""What each step may use of the limit, used and has left, in working minutes whose sums are the whole (R12). Pure.

Runs through steps follow one another without a gap but for pauses, so what all of them used is what the clock counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol, TypeVar

from rules import due as rule
from rules import limits
from rules.calendar import Calendar, to_minute
from rules.errors import OutsideCalendar
from rules.records.procedure import Procedure, Step
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, procedure_of, rules_for
from workflow.domain.texts import working_time_vi

BEFORE_STEPS_VI = "Tiếp nhận, trước bước đầu tiên"


class Run(Protocol):
    """What is needed of a run through a step; nobody has finished the one that is open."""

    @property
    def step(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def finished_at(self) -> datetime | None: ...


AnyRun = TypeVar("AnyRun", bound=Run)


@dataclass(frozen=True)
class Line:
    """One budget: its steps by name, their ids, and working minutes planned, used, left (negative: by so much over).

    `planned` is 0 for steps without a time of their own, whose use all others bear.
    """

    steps_vi: tuple[str, ...]
    steps: tuple[str, ...]
    planned: int
    used: int
    has_budget: bool = True

    @property
    def left(self) -> int:
        return self.planned - self.used


@dataclass(frozen=True)
class Account:
    """The whole of the clock that runs, or ran last, cut into budgets; each column of the lines sums to its total."""

    lines: tuple[Line, ...]
    whole: int
    used: int

    @property
    def left(self) -> int:
        return self.whole - self.used


@dataclass(frozen=True)
class Grant:
    """What a run gets: working minutes and the moment they end; neither for a step without a time of its own."""

    minutes: int
    due_at: datetime | None


def used_by(run: Run, until: datetime, calendar: Calendar) -> int:
    """Working minutes of a run, to `until` if it is open. Read to the minute, so that runs sum to their span."""
    ends = run.finished_at or until
    return max(0, calendar.working_minutes_between(to_minute(run.started_at), to_minute(ends)))


def counting(case: Case, runs: Sequence[AnyRun]) -> list[AnyRun]:
    """The runs under the present clock; those before it was started anew are no part of it."""
    assert case.started_at is not None
    start = case.started_at
    return [
        run for run in runs
        if run.started_at >= start or run.finished_at is None or to_minute(run.finished_at) > start
    ]  # fmt: skip


def paused_minutes(runs: Sequence[Run], calendar: Calendar) -> int:
    """Working minutes between one run's end and the next one's start: only a pause lies there."""
    gaps = ((one.finished_at or two.started_at, two.started_at) for one, two in pairwise(runs))
    return sum(calendar.working_minutes_between(to_minute(ends), to_minute(begins)) for ends, begins in gaps)


def account(case: Case, procedure: Procedure, runs: Sequence[Run], now: datetime) -> Account:
    """The sums of an accepted case as they stand now, or stood when its last run ended."""
    assert case.started_at is not None
    assert case.due_at is not None
    calendar, mine = calendar_of(case), counting(case, runs)
    paused = paused_minutes(mine, calendar)
    whole = calendar.working_minutes_between(case.started_at, case.due_at) - paused
    planned = dict(zip([step.id for step in procedure.steps], rule.shares(procedure.steps, whole), strict=True))
    lines = [_line(steps, planned, mine, now, calendar) for steps in _by_budget(procedure.steps)]
    first = mine[0].started_at if mine else now
    before = calendar.working_minutes_between(case.started_at, to_minute(first))
    if before > 0:
        lines.insert(0, Line((BEFORE_STEPS_VI,), (), 0, before, has_budget=False))
    return Account(tuple(lines), whole, sum(line.used for line in lines))


def _by_budget(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps in their order, those that use up one share together."""
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.budget or step.id, []).append(step)
    return list(found.values())


def _line(
    steps: Sequence[Step], planned: dict[str, int], runs: Sequence[Run], now: datetime, calendar: Calendar
) -> Line:
    ids = tuple(step.id for step in steps)
    used = sum(used_by(run, now, calendar) for run in runs if run.step in ids)
    names, share = tuple(step.name_vi for step in steps), sum(planned[one] for one in ids)
    return Line(names, ids, share, used, has_budget=steps[0].budget is not None)


def grant(case: Case, procedure: Procedure, step_id: str, runs: Sequence[Run], at: datetime) -> Grant:
    """What a run through a step that begins then gets: what `runs`, those before it, left of its budget.

    Never less than nothing, and never more than is left of the whole limit while anything is.
    """
    assert case.due_at is not None
    calendar, begins = calendar_of(case), to_minute(at)
    line = next(one for one in account(case, procedure, runs, at).lines if step_id in one.steps)
    if not line.has_budget:
        return Grant(0, None)
    until_due = calendar.working_minutes_between(begins, case.due_at)
    minutes = max(0, min(line.left, until_due))
    return Grant(minutes, calendar.add_working_minutes(begins, minutes))


def judge(run_due_at: datetime | None, minutes: int, finished_at: datetime, calendar: Calendar) -> rule.Lateness | None:
    """A run is judged as a limit in minutes is (R05); one without a time of its own is neither early nor late."""
    if run_due_at is None:
        return None
    limit = rule.Limit(value=minutes, unit="working_minutes")
    return rule.lateness(rule.Due(run_due_at, run_due_at, limit, calendar.version), finished_at, calendar)


def hand_over_due(case: Case) -> datetime | None:
    """By when a dossier taken at the counter must be with its division (T05), from when everything needed was there.

    None for other channels, and where the calendar does not reach so far.
    """
    pieces = [case.last_piece_at, case.paid_at if procedure_of(case).clock_waits_for_fee else None]
    try:
        found = limits.hand_over(max(at for at in pieces if at), case.channel, rules_for(case))
    except OutsideCalendar:
        return None
    return found.at if found else None


class Judged(Protocol):
    """What is needed of a run that was judged."""

    @property
    def lateness(self) -> str | None: ...
    @property
    def margin_minutes(self) -> int | None: ...


def judged_vi(run: Judged) -> str:
    """`, sớm 2 giờ 5 phút làm việc` to put after what was done; nothing where nothing was judged."""
    if run.lateness is None or run.margin_minutes is None:
        return ""
    if run.lateness == "on_time":
        return ", đúng hạn"
    word = "sớm" if run.lateness == "early" else "muộn"
    return f", {word} {working_time_vi(abs(run.margin_minutes))}"
