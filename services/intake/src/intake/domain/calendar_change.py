"""Which days differ between two versions of an office's calendar: why a due time moved. Pure; says no sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from intake.domain.months import calendar_day, dates
from rules.calendar import Calendar


@dataclass(frozen=True)
class ChangedDay:
    """A day that works now and did not, or the other way, or in other sessions.

    `reason` is the newer version's; an ordinary working day has none.
    """

    on: date
    works: bool
    reason: str


def changed_days(before: Calendar, after: Calendar, first: date, last: date) -> tuple[ChangedDay, ...]:
    """The days between two dates, both included, whose working sessions differ; none outside the years of either."""
    return tuple(_changed(before, after, first, last))


def _changed(before: Calendar, after: Calendar, first: date, last: date) -> Iterator[ChangedDay]:
    for on in dates(first, last):
        both = before.covers(on) and after.covers(on)
        if both and before.sessions(on) != after.sessions(on):
            yield ChangedDay(on, after.is_working_day(on), calendar_day(after, on).reason)
