"""The examples worked out from the official days off, each with the answer that a careless reader would not get."""

import pytest

from rules.calendar import Calendar
from rules.due import Limit, due
from rules.testing import at


@pytest.mark.proves("R03")
@pytest.mark.parametrize(
    ("received", "limit", "due_on"),
    [
        ("2025-12-31 09:00", Limit(3, "working_days"), "2026-01-07"),
        ("2026-01-06 09:00", Limit(5, "working_days"), "2026-01-12"),
        ("2026-02-13 09:00", Limit(5, "working_days"), "2026-02-27"),
        ("2026-01-24 09:00", Limit(25, "calendar_days"), "2026-02-23"),
        ("2026-04-24 09:00", Limit(3, "working_days"), "2026-05-04"),
    ],
)
def test_day_limits_end_on_the_day_worked_out_by_hand(
    calendar: Calendar, received: str, limit: Limit, due_on: str
) -> None:
    assert due(limit, at(received), calendar).at.date().isoformat() == due_on


@pytest.mark.proves("R04")
@pytest.mark.parametrize(
    ("received", "due_at"),
    [
        ("2026-01-09 16:00", "2026-01-10 16:00"),
        ("2026-01-10 20:00", "2026-01-12 17:30"),
        ("2026-02-13 16:30", "2026-02-23 16:30"),
        ("2026-11-23 15:30", "2026-11-25 15:30"),
    ],
)
def test_eight_working_hours_end_at_the_minute_worked_out_by_hand(
    calendar: Calendar, received: str, due_at: str
) -> None:
    assert due(Limit(8, "working_hours"), at(received), calendar).at == at(due_at)


def test_the_licence_of_the_demonstration_rolls_over_the_hung_kings_day(calendar: Calendar) -> None:
    found = due(Limit(25, "calendar_days"), at("2025-03-13 10:00"), calendar)
    assert found.at.isoformat() == "2025-04-08T17:30:00+07:00"
    assert [day.isoformat() for day, _ in found.skipped] == ["2025-04-07"]
    assert "Giỗ Tổ Hùng Vương" in found.skipped[0][1]
    assert found.calendar_version == calendar.version
