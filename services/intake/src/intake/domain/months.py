"""The months from the start of the clock to the due day, day by day, as the office's calendar has them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.calendar import HANOI, Calendar

MOST_MONTHS = 6  # a longer span is not drawn: it would say less than the two dates


@dataclass(frozen=True)
class Day:
    """One day: whether it counts, why not, and what it is to this dossier. `on` is empty outside the month."""

    on: date | None = None
    is_off: bool = False
    reason: str = ""
    is_start: bool = False
    is_due: bool = False
    is_today: bool = False


@dataclass(frozen=True)
class Month:
    """A month as weeks from Monday to Sunday."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]


def months(calendar: Calendar, started_at: datetime, due_at: datetime, now: datetime) -> list[Month]:
    """Every month the span touches; none where the calendar does not know it all or the span is very long."""
    start, due, today = (at.astimezone(HANOI).date() for at in (started_at, due_at, now))
    firsts = _firsts(start, due)
    last_day = _next_month(firsts[-1]) - timedelta(days=1)
    if len(firsts) > MOST_MONTHS or not (calendar.covers(firsts[0]) and calendar.covers(last_day)):
        return []
    return [_month(calendar, first, start, due, today) for first in firsts]


def _firsts(start: date, due: date) -> list[date]:
    found = [start.replace(day=1)]
    while _next_month(found[-1]) <= due:
        found.append(_next_month(found[-1]))
    return found


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _month(calendar: Calendar, first: date, start: date, due: date, today: date) -> Month:
    length = (_next_month(first) - first).days
    days = [_day(calendar, first + timedelta(days=n), start, due, today) for n in range(length)]
    cells = [*(Day() for _ in range(first.weekday())), *days]
    cells += [Day() for _ in range(-len(cells) % 7)]
    return Month(first, tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7)))


def _day(calendar: Calendar, on: date, start: date, due: date, today: date) -> Day:
    is_off = not calendar.is_working_day(on)
    return Day(on, is_off, calendar.reason(on) if is_off else "", on == start, on == due, on == today)
