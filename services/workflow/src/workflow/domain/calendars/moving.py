"""What becomes of a running clock when another calendar version counts: the same functions, counted anew. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from rules.calendar import HANOI, Calendar
from rules.errors import NotPublished, OutsideCalendar
from workflow.domain import budgets, clock, ledger
from workflow.domain.case import Case
from workflow.domain.errors import LimitNotPublished
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.ledger import LedgerEntry
from workflow.domain.slips.numerals import day_vi

WHY_KEPT_VI: Mapping[type[Exception], str] = {
    OutsideCalendar: "lịch chưa đủ năm để tính lại",
    NotPublished: "thời hạn kiểm tra chưa được công bố nên không tính lại được",
    LimitNotPublished: "thời hạn giải quyết chưa được công bố nên không tính lại được",
}


@dataclass(frozen=True)
class Span:
    """A run that ended, as far as budgets look at it."""

    step: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class OpenRun:
    """The run a case is in: what it was given, and the runs before it, which used up some of the budgets."""

    step: str
    started_at: datetime
    due_at: datetime
    planned_minutes: int
    before: tuple[Span, ...] = ()
    number: int = 1


@dataclass(frozen=True)
class Trail:
    """What a case's clock went through. `promised` is the one new date it was given (R07)."""

    ledger: Sequence[LedgerEntry] = ()
    promised: datetime | None = None
    run: OpenRun | None = None


@dataclass(frozen=True)
class Recount:
    """A case before and after. `run` is the new end and minutes of the open run, where they change."""

    before: Case
    case: Case
    run: tuple[datetime, int] | None = None
    kept_vi: str = ""  # why it could not be counted by this version, so that the due stays as it was promised
    trail: Trail = field(default_factory=Trail)

    @property
    def is_kept(self) -> bool:
        return bool(self.kept_vi)

    @property
    def is_moved(self) -> bool:
        return self.before.deadline_at != self.case.deadline_at

    @property
    def of(self) -> Literal["check", "dossier"]:
        return "dossier" if self.case.is_accepted else "check"


def recount(case: Case, trail: Trail) -> Recount:
    """A running case, held against the version that counts now. The first due and a promised date stay (R06, R07)."""
    try:
        after = _accepted(case, trail) if case.is_accepted else _checked(case)
        return Recount(case, after, _planned(after, trail.run), trail=trail)
    except tuple(WHY_KEPT_VI) as refused:
        kept = case.changed(calendar_version=calendar_of(case).version)
        return Recount(case, kept, kept_vi=_why_kept_vi(refused), trail=trail)


def _why_kept_vi(refused: Exception) -> str:
    return next(said for cls, said in WHY_KEPT_VI.items() if isinstance(refused, cls))


def _accepted(case: Case, trail: Trail) -> Case:
    assert case.started_at is not None
    has_begun = any(entry.kind in ledger.BEGINS for entry in trail.ledger)
    due_at = ledger.recomputed(case, trail.ledger, trail.promised) if has_begun else None
    return clock.with_due(case, due_at or clock.main_due(case, case.started_at).at)


def _checked(case: Case) -> Case:
    return clock.with_check_due(case, clock.check_due(case, case.last_piece_at))


def _planned(case: Case, run: OpenRun | None) -> tuple[datetime, int] | None:
    """What the open run gets now; none where nothing runs, or nothing changes."""
    if run is None or run.step != case.step:
        return None
    granted = budgets.grant(case, procedure_of(case), run.step, run.before, run.started_at)
    if granted.due_at is None or (granted.due_at, granted.minutes) == (run.due_at, run.planned_minutes):
        return None
    return granted.due_at, granted.minutes


def changed_span(before: Calendar, after: Calendar) -> tuple[date, date] | None:
    """The first and the last day on which the two count differently; none where they never do.

    A clock that ends before the first or began after the last cannot move.
    """
    days = [day for day in _days(before, after) if _sessions(before, day) != _sessions(after, day)]
    return (days[0], days[-1]) if days else None


def _days(before: Calendar, after: Calendar) -> list[date]:
    first, last = min(before.first, after.first), max(before.last, after.last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _sessions(calendar: Calendar, day: date) -> object:
    return calendar.sessions(day) if calendar.covers(day) else None


def why_moved(found: Recount, before: Calendar, after: Calendar) -> list[tuple[date, str, str]]:
    """The days on the way that count differently: each with what it was and what it is."""
    started_at = found.before.started_at if found.case.is_accepted else found.before.last_piece_at
    ends = [at for at in (found.before.deadline_at, found.case.deadline_at) if at]
    if started_at is None or not ends:
        return []
    first, last = started_at.astimezone(HANOI).date(), max(ends).astimezone(HANOI).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    known = [day for day in days if before.covers(day) and after.covers(day)]
    return [
        (day, before.reason(day), after.reason(day)) for day in known if before.sessions(day) != after.sessions(day)
    ]


def summary_vi(days: Sequence[tuple[date, str, str]], label: str) -> str:
    """Why a due time moved, in a sentence for its history."""
    said = "; ".join(f"{day_vi(day)}: {after}" for day, _, after in days[:3])
    more = f" và {len(days) - 3} ngày khác" if len(days) > 3 else ""
    return f"Theo lịch làm việc {label}: {said}{more}" if said else f"Theo lịch làm việc {label}"
