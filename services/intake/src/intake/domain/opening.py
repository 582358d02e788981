"""Whether the desk is open now, until when, and when it opens next, by the office's reception hours (R13). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from rules.calendar import HANOI, Calendar
from rules.errors import OutsideCalendar

DAYS_LOOKED_AHEAD = 30


@dataclass(frozen=True)
class Opening:
    """`until` while it is open, else `opens_at` where it is known; `reason` says why the whole day is off."""

    state: Literal["open", "pause", "closed"]
    until: datetime | None = None
    opens_at: datetime | None = None
    reason: str = ""


def opening_at(calendar: Calendar, now: datetime) -> Opening | None:
    """None outside the years the calendar knows: nothing is promised then."""
    local = now.astimezone(HANOI)
    try:
        sessions = calendar.reception_sessions(local.date())
        opens_at = _next_opening(calendar, local)
    except OutsideCalendar:
        return None
    for begins, ends in sessions:
        if begins <= local.time() < ends:
            return Opening("open", until=datetime.combine(local.date(), ends, HANOI))
    has_begun = any(ends <= local.time() for _, ends in sessions)
    is_pause = has_begun and opens_at is not None and opens_at.date() == local.date()
    reason = "" if sessions else _reason(calendar, local.date())
    return Opening("pause" if is_pause else "closed", opens_at=opens_at, reason=reason)


def _next_opening(calendar: Calendar, local: datetime) -> datetime | None:
    for offset in range(DAYS_LOOKED_AHEAD):
        day = local.date() + timedelta(days=offset)
        if not calendar.covers(day):
            return None
        for begins, _ in calendar.reception_sessions(day):
            at = datetime.combine(day, begins, HANOI)
            if at > local:
                return at
    return None


def _reason(calendar: Calendar, day: date) -> str:
    special = calendar.special_day(day)
    return special.name_vi if special else ""
