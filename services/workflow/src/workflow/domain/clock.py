"""The case's clock as anyone can recompute it: ledger, rule and calendar in; due time and its explanation out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules import due as rule
from rules.calendar import HANOI, Calendar
from rules.readings import Readings
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import LimitNotPublished


@dataclass(frozen=True)
class LedgerEntry:
    """One thing that happened to the clock; entries are only ever added."""

    number: int
    kind: str
    at: datetime
    reason_vi: str
    basis: str


@dataclass(frozen=True)
class Day:
    """One date between start and due: its number in the count if it counts, and why if it does not."""

    on: date
    count: int | None
    reason: str


def main_due(procedure: Procedure, started_at: datetime, calendar: Calendar, readings: Readings) -> rule.Due:
    """When the whole limit ends. Raises LimitNotPublished (R14)."""
    if procedure.limit is None:
        raise LimitNotPublished(procedure.id)
    return rule.due(procedure.limit, started_at, calendar, readings=readings)


def due_again(procedure: Procedure, started_at: datetime, due_at: datetime, version: str) -> rule.Due:
    """A due moment that was decided earlier, in the shape the rules judge. Raises LimitNotPublished."""
    if procedure.limit is None:
        raise LimitNotPublished(procedure.id)
    return rule.Due(due_at, started_at, procedure.limit, version)


def whole_minutes(case: Case, calendar: Calendar) -> int:
    """The working minutes of what runs now, from its start to its deadline; 0 where nothing runs."""
    start = case.started_at if case.is_accepted else case.check_started_at
    if case.deadline_at is None or start is None:
        return 0
    return calendar.working_minutes_between(start, case.deadline_at)


def day_by_day(found: rule.Due, calendar: Calendar) -> list[Day]:
    """Each date from the one after the start to the due date, counted or with its reason; empty for hour limits."""
    if not found.limit.is_in_days:
        return []
    return list(_days(found, calendar))


def _days(found: rule.Due, calendar: Calendar) -> Iterator[Day]:
    first, last = found.start.astimezone(HANOI).date(), found.at.astimezone(HANOI).date()
    count = 0
    for offset in range(1, (last - first).days + 1):
        day = first + timedelta(days=offset)
        works = calendar.is_working_day(day)
        counts = (works or found.limit.unit == "calendar_days") and count < found.limit.value
        count += counts
        reason = "" if works else calendar.reason(day)
        if counts and not works and count == found.limit.value:
            reason = f"{reason}; ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc kế tiếp"
        yield Day(day, count if counts else None, reason)
