"""Deadline arithmetic beside the libraries people take for it: the same question, the same answer, moments in and out.

No library knows all of it: one counts hours but has no working Saturdays, two count days but know no hours. So the span
holds no working Saturday and whole days, each library is set up as its documents say, with our days off, and a figure
counts only where its answer is ours.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import businesstimedelta
import holidays
import pytz
import workalendar.core

from bench.frame import Line, Run, Say, calling, ratio, rounds
from rules.catalogue import load
from rules.due import Limit, Unit, due_at
from rules.records.calendar import CalendarRecord
from rules.testing import OFFICE_ID, at

MICRO = 1e6
MUST_US, MUST_TIMES, FLAT = 2.0, 25.0, 1.5
CALENDAR = load().calendar(OFFICE_ID)
RECORD: CalendarRecord = CALENDAR.record
DAYS_OFF = {special.day: special.name_en for special in RECORD.special_days if special.is_off}
WORKING = {special.day for special in RECORD.special_days if not special.is_off}
SHORT, LONG = 480, 480 * 490  # working minutes: a day; two years
START, LONG_START = (
    at("2025-05-05 09:17"),
    at("2024-01-02 09:17"),
)  # no working Saturday for eight months from the first
QUESTIONS = (
    (1, 300, ""),
    (20, 60, "must"),
    (160, 6, "must"),
)  # working days; a single day is too little work to compare
Ask = Callable[[], datetime]


class OurDays(workalendar.core.Calendar):  # type: ignore[misc]  # untyped
    """Our days off in workalendar's own shape; it keeps a year's list itself."""

    WEEKEND_DAYS = (workalendar.core.SAT, workalendar.core.SUN)

    def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
        return [(day, name) for day, name in DAYS_OFF.items() if day.year == year]


def vietnam_of_holidays() -> Any:
    """The package's Vietnam with what it lacks put right: our days off, the Saturdays that work."""
    found = holidays.country_holidays("VN", years=[2024, 2025, 2026])
    for day in [one for one in found if one not in DAYS_OFF and one.weekday() < 5]:
        del found[day]
    found.update(DAYS_OFF)
    found.weekend_workdays = set(WORKING)
    return found


def hours_of_businesstimedelta() -> Any:
    """Two sessions as a day and a lunch, and our days off as its holidays."""
    zone, week = pytz.timezone("Asia/Ho_Chi_Minh"), [0, 1, 2, 3, 4]
    (opens, noon), (again, closes) = RECORD.working.sessions
    day = businesstimedelta.WorkDayRule(start_time=opens, end_time=closes, working_days=week, tz=zone)
    lunch = businesstimedelta.LunchTimeRule(start_time=noon, end_time=again, working_days=week, tz=zone)
    off = businesstimedelta.HolidayRule(DAYS_OFF, tz=zone)
    return businesstimedelta.Rules([day, lunch, off])


def measure(say: Say) -> list[Line]:
    """`add` and every unit of limits; each beside the libraries that can answer it."""
    return [*_adding(say), *_beside(say), *_units(say)]


def _adding(say: Say) -> list[Line]:
    """Adding working minutes over a day and over two years: how long, and whether the span shows."""
    say("  add, a day and two years")
    in_utc = START.astimezone(UTC)
    taken = rounds(
        {
            "from UTC": calling(lambda: CALENDAR.add_working_minutes(in_utc, SHORT), 20_000),
            "a day": calling(lambda: CALENDAR.add_working_minutes(START, SHORT), 20_000),
            "two years": calling(lambda: CALENDAR.add_working_minutes(LONG_START, LONG), 20_000),
        },
        15,
    )
    lines = [_ours(f"add working minutes, {span}", min(taken[span])) for span in taken]
    flat = ratio(taken, "two years", "a day")
    must = f"two years ≤ {FLAT} × a day"
    return [
        *lines,
        Line(
            "add, flat in the span",
            min(taken["two years"]) * MICRO,
            "µs a call",
            "a day",
            min(taken["a day"]) * MICRO,
            flat,
            must,
            flat <= FLAT,
        ),
    ]


def _ours(name: str, seconds: float) -> Line:
    return Line(name, seconds * MICRO, "µs a call", must=f"≤ {MUST_US:g} µs", passes=seconds * MICRO <= MUST_US)


def _beside(say: Say) -> list[Line]:
    hours, days, vietnam = hours_of_businesstimedelta(), OurDays(), vietnam_of_holidays()

    def by_workalendar(count: int) -> datetime:
        found: datetime = days.add_working_days(START, count, extra_working_days=WORKING, keep_datetime=True)
        return found

    def by_holidays(count: int) -> datetime:
        return datetime.combine(vietnam.get_nth_working_day(START.date(), count), START.time(), START.tzinfo)

    def by_businesstimedelta(count: int) -> datetime:
        found: datetime = START + businesstimedelta.BusinessTimeDelta(hours, hours=8 * count)
        return found

    theirs = {"workalendar": by_workalendar, "holidays": by_holidays, "businesstimedelta": by_businesstimedelta}
    lines = []
    for count, calls, must in QUESTIONS:
        say(f"  {count} working days beside {', '.join(theirs)}")
        lines += _race(count, calls, {name: partial(ask, count) for name, ask in theirs.items()}, has_must=bool(must))
    return lines


def _race(count: int, calls: int, theirs: dict[str, Ask], *, has_must: bool) -> list[Line]:
    """Ours, in days and as the same working minutes, against each of them."""
    limit = Limit(count, "working_days")
    ours: dict[str, Ask] = {
        "due_at": partial(due_at, limit, START, CALENDAR),
        "add": partial(CALENDAR.add_working_minutes, START, count * 480),
    }
    wanted = ours["due_at"]()
    wrong = [name for name, ask in (ours | theirs).items() if ask() != wanted]
    runs = {name: calling(ask, 5_000) for name, ask in ours.items()}
    taken = rounds(runs | {name: calling(ask, calls) for name, ask in theirs.items()}, 9)
    pairs = [(mine, other) for mine in ours for other in theirs]
    return [_pair(f"{mine}, {count} working days", taken, mine, other, wrong, has_must) for mine, other in pairs]


def _pair(name: str, taken: dict[str, list[float]], mine: str, other: str, wrong: list[str], has_must: bool) -> Line:
    share = ratio(taken, mine, other)
    return Line(
        name,
        min(taken[mine]) * MICRO,
        "µs a call",
        other,
        min(taken[other]) * MICRO,
        share,
        f"≤ 1/{MUST_TIMES:g}" if has_must else "",
        share <= 1 / MUST_TIMES or not has_must,
        "; ".join(f"{one} answers otherwise" for one in wrong if one in (mine, other)),
    )


def _units(say: Say) -> list[Line]:
    """Each unit of limits, through the function that everybody calls, short and long."""
    limits: list[tuple[int, Unit]] = [
        (SHORT, "working_minutes"),
        (100_000, "working_minutes"),
        (8, "working_hours"),
        (3_900, "working_hours"),
        (5, "working_days"),
        (490, "working_days"),
        (25, "calendar_days"),
        (715, "calendar_days"),
        (1, "months"),
        (24, "months"),
        (2, "years"),
    ]
    say("  every unit of limits")
    asks: dict[str, Run] = {}
    for value, unit in limits:
        ask = partial(due_at, Limit(value, unit), LONG_START, CALENDAR)
        asks[f"{value} {unit}".replace("_", " ")] = calling(ask, 5_000)
    taken = rounds(asks, 11)
    return [_ours(f"due of {name}", min(seconds)) for name, seconds in taken.items()]
