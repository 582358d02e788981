"""A limit day by day: which dates it counted, which it did not, and why. Pure; for explanations and month calendars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar import HANOI, Calendar
from rules.due import Due, days_counted

ROLLED_VI = "ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc kế tiếp"
ROLLED_EN = "the last day is a day off, so the limit ends on the next working day"


@dataclass(frozen=True)
class Day:
    """One date between start and due: its number in the count if it counts, whether people work, and why (not).

    An ordinary working day has no reason; a working Saturday has: why it counts.
    """

    on: date
    count: int | None
    works: bool
    reason: str
    reason_en: str


def day_by_day(found: Due, calendar: Calendar) -> list[Day]:
    """Each date from the one after the start to the due date, counted or with its reason; empty for hour limits."""
    return list(_counted(found, calendar)) if found.limit.is_in_days else []


def skipped_days(found: Due, calendar: Calendar) -> list[Day]:
    """The days that a limit in hours or minutes passed over, its first day included; none of them counts."""
    return [Day(day, None, False, why, calendar.reason(day, "en")) for day, why in found.skipped]


def explained(found: Due, calendar: Calendar) -> list[Day]:
    """Every day worth telling of a limit of any unit."""
    return day_by_day(found, calendar) or skipped_days(found, calendar)


def _counted(found: Due, calendar: Calendar) -> Iterator[Day]:
    first, last = found.start.astimezone(HANOI).date(), found.at.astimezone(HANOI).date()
    count, whole = 0, days_counted(found)
    for offset in range(1, (last - first).days + 1):
        day = first + timedelta(days=offset)
        works = calendar.is_working_day(day)
        counts = (works or found.limit.unit != "working_days") and count < whole
        count += counts
        rolls = counts and not works and count == whole
        yield Day(day, count if counts else None, works, *_reasons(day, calendar, works=works, rolls=rolls))


def _reasons(day: date, calendar: Calendar, *, works: bool, rolls: bool) -> tuple[str, str]:
    if works and calendar.special_day(day) is None:
        return "", ""
    vietnamese, english = calendar.reason(day), calendar.reason(day, "en")
    return (f"{vietnamese}; {ROLLED_VI}", f"{english}; {ROLLED_EN}") if rolls else (vietnamese, english)
