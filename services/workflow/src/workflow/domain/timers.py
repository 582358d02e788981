"""When something must be said or done about a case by itself: what runs, and the moments that count in it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules import due as rule
from rules.calendar import HANOI, Calendar
from rules.errors import OutsideCalendar
from workflow.domain import apology
from workflow.domain.answering import closes_from, notice_at
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, procedure_of, warn_at_percent_left
from workflow.domain.status import Status


class About(StrEnum):
    """Whose time runs: the check's, the whole dossier's, a run's through a step, or that of the applicant's answer."""

    CHECK = "check"
    DOSSIER = "dossier"
    STEP = "step"
    ANSWER = "answer"


class Kind(StrEnum):
    """What happens at a moment; in the order in which they come where two share one."""

    NEAR_1 = "near1"
    NEAR_2 = "near2"
    MISSED = "missed"
    APOLOGY_DRAFT = "apology_draft"
    APOLOGY_LAST_DAY = "apology_last_day"
    CLOSING_NOTICE = "closing_notice"
    CLOSE = "close"


OF_CASE = (About.CHECK, About.DOSSIER, About.ANSWER)
NEAR = (Kind.NEAR_1, Kind.NEAR_2)
STEP_LATE_AFTER = timedelta(minutes=1)
_ORDER = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Timer:
    """One moment of one due time. `run` numbers the run through a step, or the round of an answer; else 0."""

    about: About
    run: int
    kind: Kind
    due_at: datetime
    fire_at: datetime


@dataclass(frozen=True)
class Fired:
    """A timer whose moment came, as it was taken up; `due_version` counts the due times this one has had."""

    about: About
    run: int
    kind: Kind
    due_at: datetime
    due_version: int

    @property
    def whose(self) -> tuple[About, int]:
        """The time that it belongs to."""
        return self.about, self.run


@dataclass(frozen=True)
class StepTime:
    """A run through a step as far as time goes; minutes are working minutes."""

    number: int
    due_at: datetime
    planned_minutes: int


def timers_of(case: Case) -> tuple[Timer, ...]:
    """What is to happen while the case stays as it is, but for its step, by its own facts alone."""
    return (*_check(case), *_dossier(case), *_answer(case))


def is_near(case: Case, now: datetime) -> bool:
    """Whether the first warning of what runs, the check or the dossier, has come: the moment its timer is laid for."""
    return any(one.fire_at <= now for one in (*_check(case), *_due(case)) if one.kind in NEAR)


def _check(case: Case) -> Iterator[Timer]:
    if not _checks(case) or case.check_due_at is None or case.check_started_at is None:
        return
    yield from _near(case, About.CHECK, case.check_started_at, case.check_due_at)
    if case.late_from:
        yield Timer(About.CHECK, 0, Kind.MISSED, case.check_due_at, case.late_from)


def _checks(case: Case) -> bool:
    return case.status is Status.SUBMITTED and case.deadline_at is not None and not case.is_accepted


def _dossier(case: Case) -> Iterator[Timer]:
    yield from _due(case)
    is_at_work = case.status is Status.IN_PROCESS and _runs(case) and case.started_at is not None
    if is_at_work and case.due_at and case.reappointed_at is None:  # one new date only (R07)
        yield from _apology(case, case.due_at)


def _due(case: Case) -> Iterator[Timer]:
    if not _runs(case) or case.due_at is None or case.started_at is None:
        return
    yield from _near(case, About.DOSSIER, case.started_at, case.due_at)
    if case.late_from:
        yield Timer(About.DOSSIER, 0, Kind.MISSED, case.due_at, case.late_from)


def _runs(case: Case) -> bool:
    return case.is_accepted and case.deadline_at is not None


def _near(case: Case, about: About, begins: datetime, ends: datetime) -> list[Timer]:
    """Both warnings; none where the newest calendar does not reach so far any more."""
    try:
        whole = calendar_of(case).working_minutes_between(begins, ends)
        return _warnings(case, about, 0, ends, whole)
    except OutsideCalendar:
        return []


def _warnings(case: Case, about: About, run: int, due_at: datetime, whole: int) -> list[Timer]:
    """When only so much of the whole is left, as the office's settings say."""
    percents = warn_at_percent_left(case)
    if percents is None:
        return []
    calendar = calendar_of(case)
    left = [(kind, whole * percent // 100) for kind, percent in zip(NEAR, percents, strict=True)]
    return [
        Timer(about, run, kind, due_at, calendar.add_working_minutes(due_at, -minutes))
        for kind, minutes in left
        if minutes > 0
    ]


def _apology(case: Case, due_at: datetime) -> Iterator[Timer]:
    try:
        window = apology.window(case)
        remind_at = _reminder(window, calendar_of(case))
    except OutsideCalendar:
        return
    if case.apology_drafted_at is None and case.apology_proposed_at is None:
        yield Timer(About.DOSSIER, 0, Kind.APOLOGY_DRAFT, due_at, window.draft_at)
    if remind_at:
        yield Timer(About.DOSSIER, 0, Kind.APOLOGY_LAST_DAY, due_at, remind_at)


def _reminder(window: rule.Apology, calendar: Calendar) -> datetime | None:
    """The opening of the last working day on which a new date can still be given; none where there never was one."""
    day = window.last_on
    if not calendar.is_working_day(day):
        day = calendar.add_working_days(day, -1)
    if day < window.draft_at.date():
        return None
    return max(datetime.combine(day, calendar.sessions(day)[0][0], HANOI), window.draft_at)


def _answer(case: Case) -> Iterator[Timer]:
    """A supplement that nobody sends: a notice, then the end (R09, T07). A fee has no such limit in any act we hold."""
    if case.status is not Status.WAITING_FOR_SUPPLEMENT or case.answer_by is None:
        return
    procedure = procedure_of(case)
    yield Timer(About.ANSWER, case.round, Kind.CLOSING_NOTICE, case.answer_by, notice_at(case, case.answer_by))
    yield Timer(About.ANSWER, case.round, Kind.CLOSE, case.answer_by, closes_from(case, procedure, case.answer_by))


def step_timers(case: Case, run: StepTime) -> tuple[Timer, ...]:
    """The same of a run through the case's step; the caller knows that it has a time, its own or shared (R12)."""
    missed = Timer(About.STEP, run.number, Kind.MISSED, run.due_at, step_late_from(run.due_at))
    try:
        return (*_warnings(case, About.STEP, run.number, run.due_at, run.planned_minutes), missed)
    except OutsideCalendar:
        return (missed,)


def step_late_from(due_at: datetime) -> datetime:
    """A step's share is working minutes, so it is judged like a limit in hours: late a minute after (R05)."""
    return due_at + STEP_LATE_AFTER


def in_order(found: Iterable[Fired]) -> list[Fired]:
    """As they came: by whose time, then as one time's moments follow each other."""
    return sorted(found, key=lambda one: (_ORDER[one.kind], one.about, one.run))


def worth_saying(case: Case, found: Sequence[Fired], now: datetime) -> list[Fired]:
    """Of the moments taken up together those that still hold: after a long stop nothing pointless is said.

    A warning is pointless once the second one, or the first late moment, has come; what belongs to another due time,
    or to a step that is over, too. An apology's last day is over the day after; the rest decides itself when it acts.
    """
    kinds = {(one.whose, one.kind) for one in found}
    return [one for one in in_order(found) if _holds(case, one, now) and not _is_overtaken(one, kinds)]


def _is_overtaken(one: Fired, kinds: set[tuple[tuple[About, int], Kind]]) -> bool:
    if one.kind is Kind.NEAR_1:
        return (one.whose, Kind.NEAR_2) in kinds or (one.whose, Kind.MISSED) in kinds
    return one.kind is Kind.NEAR_2 and (one.whose, Kind.MISSED) in kinds


def _holds(case: Case, one: Fired, now: datetime) -> bool:
    late_from = _late_from(case, one)
    if late_from is None:
        return False
    if one.kind in NEAR:
        return now < late_from
    if one.kind is Kind.MISSED:
        return late_from <= now
    return one.kind is not Kind.APOLOGY_LAST_DAY or not apology.no_new_date_vi(case, now)


def _late_from(case: Case, one: Fired) -> datetime | None:
    """The first late moment of the time that is meant; none where it runs no more, or ends at another moment now."""
    running = {
        About.CHECK: (case.check_due_at, case.late_from) if _checks(case) else None,
        About.DOSSIER: (case.due_at, case.late_from) if _runs(case) else None,
        About.STEP: (one.due_at, step_late_from(one.due_at)) if case.step and _runs(case) else None,
        About.ANSWER: (case.answer_by, case.answer_by) if one.run == case.round else None,
    }[one.about]
    return running[1] if running and running[0] == one.due_at else None
