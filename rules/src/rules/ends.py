"""When a limit ends, and nothing else: what everybody who counts calls, as fast as it can be said plainly. Pure.

`due.due` explains what is found here. A call costs the same however long the limit is.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from rules.calendar import HANOI, NAIVE, Calendar, Sessions
from rules.readings import DEFAULT, Readings
from rules.records.limit import Limit, Unit
from rules.terms import corresponding_day


def begin(limit: Limit, start: datetime, calendar: Calendar, readings: Readings) -> datetime:
    """A start as limits count it: to the minute, as form 01 prints it, in Vietnam's time; rolled where R03 says so.

    Raises OutsideCalendar, ValueError for a moment without its zone.
    """
    if start.tzinfo is None:
        raise ValueError(NAIVE)
    try:
        begins = start if start.tzinfo is HANOI else start.astimezone(HANOI)
    except OverflowError as beyond:
        raise calendar.outside(start) from beyond
    if begins.second or begins.microsecond:
        begins = begins.replace(second=0, microsecond=0)
    return begins if readings is DEFAULT else _rolled_start(limit, begins, calendar, readings)


def _rolled_start(limit: Limit, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    cutoff = readings.day_zero_cutoff
    if (
        cutoff is not None
        and limit.is_in_days
        and (begins.time() > cutoff or not calendar.is_working_day(begins.date()))
    ):
        day = calendar.next_working_day(begins.date())
        return datetime.combine(day, calendar.sessions(day)[0][0], HANOI)
    return calendar.opening_from(begins) if readings.main_limit_rolls else begins


def end(limit: Limit, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    """The moment a limit ends that begins then, as `begin` gives it. Raises OutsideCalendar."""
    return _ENDS[limit.unit](limit.value, begins, calendar, readings)


def _minutes(value: int, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    ends = calendar.add_working_minutes(begins, value)
    if readings is DEFAULT or readings.full_session_ends == "session":
        return ends
    return calendar.working_from(ends)


def _hours(value: int, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    return _minutes(value * 60, begins, calendar, readings)


def _working_days(value: int, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    if value == 0:
        return _same_day(begins, calendar)
    day = calendar.add_working_days(begins.date(), value)
    return _clock_on(day, calendar.sessions(day), begins, readings)


def _same_day(begins: datetime, calendar: Calendar) -> datetime:
    """At once, read as within the same working day; out of hours that is the next one. Unconfirmed (X03)."""
    day = calendar.opening_from(begins).date()
    return datetime.combine(day, calendar.sessions(day)[-1][1], HANOI)


def _calendar_days(value: int, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    try:
        last = begins.date() + timedelta(days=value)
    except OverflowError as beyond:
        raise calendar.outside(None) from beyond
    return _rolled(last, begins, calendar, readings)


def _months(value: int, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    return _rolled(_corresponding(value, begins.date(), calendar), begins, calendar, readings)


def _years(value: int, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    return _rolled(_corresponding(value * 12, begins.date(), calendar), begins, calendar, readings)


def _corresponding(months: int, begins: date, calendar: Calendar) -> date:
    """Months and years end on the corresponding day (Civil Code, art. 148). Raises OutsideCalendar."""
    try:
        return corresponding_day(begins, months)
    except (ValueError, OverflowError) as beyond:
        raise calendar.outside(None) from beyond


def _rolled(last: date, begins: datetime, calendar: Calendar, readings: Readings) -> datetime:
    """Days off count, but the last day may not be one: it rolls to the next working day (Civil Code, art. 148(5))."""
    sessions = calendar.sessions(last)
    if sessions:
        return _clock_on(last, sessions, begins, readings)
    day = calendar.next_working_day(last)
    sessions = calendar.sessions(day)
    if readings.rolled_day_clock == "carried":
        return _clock_on(day, sessions, begins, readings)
    return datetime.combine(day, sessions[-1][1], HANOI)


def _clock_on(day: date, sessions: Sessions, begins: datetime, readings: Readings) -> datetime:
    """R04: the start's time of day, moved back to the end of the last session begun, or up to the first session."""
    if readings is not DEFAULT and readings.day_limit_clock == "close_of_day":
        return datetime.combine(day, sessions[-1][1], HANOI)
    clock = begins.time()
    found = sessions[0][0]
    for opens, closes in sessions:
        if opens <= clock:
            found = clock if clock <= closes else closes
    return datetime.combine(day, found, HANOI)


_ENDS: Mapping[Unit, Callable[[int, datetime, Calendar, Readings], datetime]] = {
    "working_minutes": _minutes,
    "working_hours": _hours,
    "working_days": _working_days,
    "calendar_days": _calendar_days,
    "months": _months,
    "years": _years,
}
