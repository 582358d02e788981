"""A span of days as the month calendar shows it: the office's days, what the limit counts, what happens when."""

from collections.abc import Mapping, Sequence
from datetime import date

from intake.domain import months
from kit.pages.formats import day
from kit.pages.months import Day, Mark
from kit.pages.words import gettext as _
from rules.calendar import Calendar

MOST_MONTHS = 6  # a longer span is not drawn: it would say less than its dates


def days(
    calendar: Calendar,
    happens: Mapping[date, Sequence[Mark]],
    counts: Mapping[date, int],
    *,
    today: date,
    most: int = MOST_MONTHS,
) -> list[Day]:
    """The months from the first to the last thing that happens, told day by day between these two.

    None where that is too long, or the calendar does not know it all. `counts` is each counted day's number.
    """
    first, last = min(happens), max(happens)
    found = months.whole_months(calendar, first, last, most=most)
    marks = {on: tuple(marks) for on, marks in happens.items()}
    marks[today] = (*marks.get(today, ()), Mark("today", _("hôm nay")))
    return [
        Day(
            one.on,
            one.kind,
            _reason(one, is_skipped=bool(counts) and one.on not in counts and min(counts) <= one.on <= max(counts)),
            counts.get(one.on),
            marks.get(one.on, ()),
            is_told=first <= one.on <= last,
        )
        for one in found
    ]


def _reason(one: months.CalendarDay, *, is_skipped: bool) -> str:
    if one.reason and is_skipped:
        return _("%(reason)s – không tính") % {"reason": one.reason}
    return one.reason


def span(first: date, last: date) -> str:
    """From when to when a drawing goes."""
    return _("Từ %(first)s đến %(last)s") % {"first": day(first), "last": day(last)}
