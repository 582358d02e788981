"""When the desk is open, and the days a limit runs through."""

from datetime import date, time

import pytest

from intake.domain.months import counted, whole_months
from intake.domain.opening import opening_at
from rules import catalogue as law
from rules.calendar import Calendar
from rules.due import Limit, Unit, due
from rules.records.calendar import Schedule
from rules.testing import OFFICE_ID, at

CALENDAR = law.load().calendar(OFFICE_ID)


@pytest.mark.parametrize(
    ("now", "state", "next_at"),
    [
        ("2025-03-03 07:29", "closed", "2025-03-03 07:30"),
        ("2025-03-03 07:30", "open", "2025-03-03 11:30"),
        ("2025-03-03 11:30", "pause", "2025-03-03 13:30"),
        ("2025-03-03 13:30", "open", "2025-03-03 17:30"),
        ("2025-03-03 17:30", "closed", "2025-03-04 07:30"),
        ("2025-03-08 09:00", "closed", "2025-03-10 07:30"),
        ("2025-04-30 09:00", "closed", "2025-05-05 07:30"),
    ],
)
def test_the_desk_is_open_in_its_sessions(now: str, state: str, next_at: str) -> None:
    opening = opening_at(CALENDAR, at(now))
    assert opening is not None
    assert opening.state == state
    assert (opening.until or opening.opens_at) == at(next_at)


def with_saturday_mornings() -> Calendar:
    """The same office, whose desk also receives on Saturday morning."""
    record = CALENDAR.record
    desk = (record.working, Schedule(weekdays=("sat",), sessions=((time(7, 30), time(11, 30)),)))
    return Calendar(record.model_copy(update={"reception": desk}))


@pytest.mark.parametrize(
    ("now", "off", "reason"),
    [
        ("2025-04-07 09:00", "holiday", "Giỗ Tổ Hùng Vương"),
        ("2025-05-02 09:00", "swapped_off", "Nghỉ hoán đổi"),
        ("2026-04-27 09:00", "compensatory", "Giỗ Tổ Hùng Vương"),
        ("2025-03-08 09:00", "weekend", ""),
        ("2025-04-26 09:00", "", "Làm"),
    ],
)
def test_a_day_that_is_not_ordinary_is_named(now: str, off: str, reason: str) -> None:
    opening = opening_at(CALENDAR, at(now))
    assert opening is not None
    assert opening.off == off
    assert bool(opening.today) == (not off)
    assert bool(opening.reason) == bool(reason)


@pytest.mark.proves("R13")
def test_a_desk_open_on_saturday_morning_receives_without_the_day_counting() -> None:
    opening = opening_at(with_saturday_mornings(), at("2025-03-08 09:00"))
    assert opening is not None
    assert (opening.state, opening.until, opening.counts) == ("open", at("2025-03-08 11:30"), False)
    assert opening.opens_at == at("2025-03-10 07:30")


def test_nothing_is_promised_outside_the_calendar() -> None:
    assert opening_at(CALENDAR, at("2030-01-01 09:00")) is None


def test_whole_months_tell_every_kind_of_day() -> None:
    found = {day.on: day for day in whole_months(CALENDAR, date(2025, 4, 3), date(2025, 5, 9), most=6)}
    assert len(found) == 61
    assert {day.kind for day in found.values()} == {"working", "weekend", "holiday", "swapped"}
    assert found[date(2025, 4, 26)].kind == "swapped"
    assert "Giỗ Tổ" in found[date(2025, 4, 7)].reason
    assert not found[date(2025, 4, 8)].reason


@pytest.mark.parametrize("last", [date(2025, 12, 31), date(2027, 1, 5)])
def test_a_span_too_long_or_unknown_is_not_drawn(last: date) -> None:
    assert whole_months(CALENDAR, date(2025, 3, 13), last, most=6) == []


@pytest.mark.parametrize(
    ("start", "value", "unit", "last", "skipped"),
    [
        ("2026-01-06 09:00", 5, "working_days", date(2026, 1, 12), date(2026, 1, 11)),
        ("2026-01-24 09:00", 25, "calendar_days", date(2026, 2, 18), date(2026, 2, 19)),
    ],
)
def test_days_that_count_are_numbered_to_the_limit(
    start: str, value: int, unit: Unit, last: date, skipped: date
) -> None:
    numbers = counted(due(Limit(value=value, unit=unit), at(start), CALENDAR), CALENDAR)
    assert list(numbers.values()) == list(range(1, value + 1))
    assert max(numbers) == last
    assert skipped not in numbers


def test_a_limit_in_hours_numbers_no_day() -> None:
    assert counted(due(Limit(value=8, unit="working_hours"), at("2026-01-09 16:00"), CALENDAR), CALENDAR) == {}
