"""The days of a span as the office's calendar has them, and which of them a limit counts. Pure; says no sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rules.calendar import Calendar
from rules.days import day_by_day
from rules.due import Due

DayKind = Literal["working", "weekend", "holiday", "swapped"]  # swapped: a Saturday that works
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CalendarDay:
    """One date as the calendar has it; `reason` says why it is off or works, with its source; none if ordinary."""

    on: date
    kind: DayKind
    reason: str = ""


def whole_months(calendar: Calendar, first: date, last: date, *, most: int) -> list[CalendarDay]:
    """Every day of the months from `first` to `last`; none where they are more than `most` or not all are known."""
    begins = first.replace(day=1)
    ends = next_month(last) - A_DAY
    many = (ends.year - begins.year) * 12 + ends.month - begins.month + 1
    if many > most or not (calendar.covers(begins) and calendar.covers(ends)):
        return []
    return [calendar_day(calendar, on) for on in dates(begins, ends)]


def next_month(on: date) -> date:
    """The first day of the month after."""
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def dates(first: date, last: date) -> Iterable[date]:
    """Both ends included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def calendar_day(calendar: Calendar, on: date) -> CalendarDay:
    """What kind of day it is."""
    works, special = calendar.is_working_day(on), calendar.special_day(on)
    if works and special is None:
        return CalendarDay(on, "working")
    kind: DayKind = "swapped" if works else "holiday" if special else "weekend"
    return CalendarDay(on, kind, calendar.reason(on))


def counted(found: Due, calendar: Calendar) -> dict[date, int]:
    """The days a limit in days counts, each with its number: the start's own is not counted (R03).

    A limit in hours or minutes counts no days; the days a calendar limit rolls over at its end have no number.
    """
    return {one.on: one.count for one in day_by_day(found, calendar) if one.count}
