"""Whether the desk is open now, until when, and when it opens next, by the office's reception hours (R13). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rules.calendar import HANOI, Calendar, Sessions
from rules.errors import OutsideCalendar
from rules.records.calendar import SpecialDay

DAYS_LOOKED_AHEAD = 30


@dataclass(frozen=True)
class Opening:
    """`until` while it is open, and `opens_at` when it opens next, where that is known.

    `today` are the hours in which the desk receives today. `off` says what kind of day off it is, none on a day it
    opens; `reason` names a day that is not as its weekday says. `counts` is whether the day counts for limits (R13).
    """

    state: Literal["open", "pause", "closed"]
    until: datetime | None = None
    opens_at: datetime | None = None
    today: Sessions = ()
    off: Literal["", "weekend", "holiday", "compensatory", "swapped_off"] = ""
    reason: str = ""
    counts: bool = True


def opening_at(calendar: Calendar, now: datetime) -> Opening | None:
    """None outside the years the calendar knows: nothing is promised then."""
    local = now.astimezone(HANOI)
    day = local.date()
    try:
        today, counts = calendar.reception_sessions(day), calendar.is_working_day(day)
        opens_at = _next_opening(calendar, local)
    except OutsideCalendar:
        return None
    until = next((datetime.combine(day, ends, HANOI) for begins, ends in today if begins <= local.time() < ends), None)
    special = calendar.special_day(day)
    return Opening(
        state="open" if until else "pause" if _is_between(today, local) else "closed",
        until=until,
        opens_at=opens_at,
        today=today,
        off="" if today else _kind_of_rest(special),
        reason=special.name_vi if special else "",
        counts=counts,
    )


def _is_between(today: Sessions, local: datetime) -> bool:
    return bool(today) and today[0][1] <= local.time() < today[-1][0]


def _kind_of_rest(special: SpecialDay | None) -> Literal["weekend", "holiday", "compensatory", "swapped_off"]:
    return "weekend" if special is None or special.kind == "working_saturday" else special.kind


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
