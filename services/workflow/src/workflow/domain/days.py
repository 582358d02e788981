"""A due time day by day: which dates counted, how many working minutes of each, and why the others did not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules import due as rule
from rules.calendar import HANOI, Calendar, to_minute
from workflow.domain.ledger import BEGINS, LedgerEntry

Span = tuple[datetime, datetime]
ROLLED_VI = "ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc kế tiếp"
PROMISED_VI = "Ngày thêm, theo ngày hẹn lại (R07)"
PAUSED_VI = "Không tính: đang chờ người nộp bổ sung (R08)"


@dataclass(frozen=True)
class Day:
    """One date: its number in the count if it has one, the working minutes of it that counted, and why if none did.

    `source` is the document that makes the date a day off, or a working one.
    """

    on: date
    count: int | None
    reason: str
    minutes: int = 0
    source: str = ""


def day_by_day(found: rule.Due, due_at: datetime, ledger: Sequence[LedgerEntry], calendar: Calendar) -> list[Day]:
    """Each date to the due date; of a limit in days from the one after the start, of one in hours from the start's.

    `found` is what the rule gives from the start, `due_at` what holds: later where the clock was paused or the date was
    promised anew. Days of a clock that was paused bear no number, since a pause may begin in the midst of one.
    """
    begins, pauses = found.start.astimezone(HANOI), _pauses(ledger)
    first = begins.date() + timedelta(days=1 if found.limit.is_in_days else 0)
    dates = [first + timedelta(days=n) for n in range((due_at.astimezone(HANOI).date() - first).days + 1)]
    count = 0
    days = []
    for on in dates:
        minutes = _worked(on, (begins, due_at), pauses, calendar)
        number = None if pauses else _number(on, count, found, calendar)
        count = number or count
        reason = _why(on, number, minutes, found, pauses, calendar)
        days.append(Day(on, number, reason, minutes, _source(on, calendar)))
    return days


def _pauses(ledger: Sequence[LedgerEntry]) -> list[tuple[datetime, datetime | None]]:
    """Of the present clock; the last one has no end while it lasts."""
    found: list[tuple[datetime, datetime | None]] = []
    for entry in ledger:
        if entry.kind in BEGINS:
            found = []
        elif entry.kind == "paused":
            found.append((to_minute(entry.at), None))
        elif entry.kind == "resumed" and found:
            found[-1] = (found[-1][0], to_minute(entry.at))
    return found


def _worked(on: date, span: Span, pauses: Sequence[tuple[datetime, datetime | None]], calendar: Calendar) -> int:
    """Working minutes of a date inside the span, without those that were paused."""
    day = (datetime.combine(on, time(), HANOI), datetime.combine(on, time(23, 59), HANOI))
    inside = _minutes(_common(day, span), calendar)
    return inside - sum(_minutes(_common(_common(day, span), (a, b or span[1])), calendar) for a, b in pauses)


def _common(one: Span, other: Span) -> Span:
    return max(one[0], other[0]), min(one[1], other[1])


def _minutes(span: Span, calendar: Calendar) -> int:
    return calendar.working_minutes_between(*span) if span[0] < span[1] else 0


def _number(on: date, before: int, found: rule.Due, calendar: Calendar) -> int | None:
    """The date's number in a limit in days; none where it does not count, or all have been counted."""
    if not found.limit.is_in_days or before >= rule.days_counted(found):
        return None
    works = calendar.is_working_day(on)
    return before + 1 if works or found.limit.unit != "working_days" else None


def _why(
    on: date, number: int | None, minutes: int, found: rule.Due, pauses: Sequence[object], calendar: Calendar
) -> str:
    """What is unusual about the date; nothing for a working day that counts."""
    reason = "" if calendar.is_working_day(on) and not calendar.special_day(on) else calendar.reason(on)
    if number and number == rule.days_counted(found) and not calendar.is_working_day(on):
        return f"{reason}; {ROLLED_VI}"
    if reason:
        return reason
    if pauses and minutes == 0:
        return PAUSED_VI
    return PROMISED_VI if on > found.at.astimezone(HANOI).date() and not pauses else ""


def _source(on: date, calendar: Calendar) -> str:
    special = calendar.special_day(on)
    if special:
        return str(special.source)
    return "" if calendar.is_working_day(on) else str(calendar.record.sources[0])
