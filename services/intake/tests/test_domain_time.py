"""When the desk is open, and the months a limit runs through."""

from datetime import date

import pytest

from intake.domain.months import months
from intake.domain.opening import opening_at
from rules import catalogue as law
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


def test_a_holiday_is_named() -> None:
    opening = opening_at(CALENDAR, at("2025-04-07 09:00"))
    assert opening is not None
    assert "Giỗ Tổ" in opening.reason


def test_nothing_is_promised_outside_the_calendar() -> None:
    assert opening_at(CALENDAR, at("2030-01-01 09:00")) is None


def test_the_months_show_start_due_today_and_what_does_not_count() -> None:
    found = months(CALENDAR, at("2025-03-13 10:05"), at("2025-04-08 17:30"), at("2025-03-20 09:00"))
    assert [month.first for month in found] == [date(2025, 3, 1), date(2025, 4, 1)]
    days = {day.on: day for month in found for week in month.weeks for day in week if day.on}
    assert len(days) == 61
    assert [on for on, day in days.items() if day.is_start or day.is_due or day.is_today] == [
        date(2025, 3, 13), date(2025, 3, 20), date(2025, 4, 8),
    ]  # fmt: skip
    assert days[date(2025, 4, 7)].is_off
    assert "Giỗ Tổ" in days[date(2025, 4, 7)].reason
    assert all(len(week) == 7 for month in found for week in month.weeks)


@pytest.mark.parametrize("due", ["2025-12-31 17:30", "2027-01-05 17:30"])
def test_a_span_too_long_or_unknown_is_not_drawn(due: str) -> None:
    assert months(CALENDAR, at("2025-03-13 10:05"), at(due), at("2025-03-20 09:00")) == []
