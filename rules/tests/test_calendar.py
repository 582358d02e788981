"""The calendar against a slow twin that walks minute by minute, and the edges that the twin does not reach."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import catalogue, testing
from rules.calendar import HANOI, Calendar
from rules.errors import OutsideCalendar
from rules.records.calendar import CalendarRecord
from rules.testing import at

CALENDAR = catalogue.load().calendar(testing.OFFICE_ID)
MINUTE = timedelta(minutes=1)
FIRST = datetime(2024, 12, 20, tzinfo=HANOI)
MOMENTS = st.integers(0, 436 * 24 * 60).map(lambda minutes: FIRST + minutes * MINUTE)
few = settings(max_examples=60, deadline=None)


def works(moment: datetime) -> bool:
    """Whether the minute that begins now is working time, looked up in the sessions of its day."""
    return any(begins <= moment.time() < ends for begins, ends in CALENDAR.sessions(moment.date()))


def slow_add(moment: datetime, minutes: int) -> datetime:
    while minutes > 0:
        minutes -= works(moment)
        moment += MINUTE
    while minutes < 0:
        moment -= MINUTE
        minutes += works(moment)
    return moment


def slow_between(begins: datetime, ends: datetime) -> int:
    if ends < begins:
        return -slow_between(ends, begins)
    span = int((ends - begins) / MINUTE)
    return sum(works(begins + n * MINUTE) for n in range(span))


@few
@given(MOMENTS, st.integers(-3000, 3000))
def test_adding_agrees_with_the_slow_twin(moment: datetime, minutes: int) -> None:
    assert CALENDAR.add_working_minutes(moment, minutes) == slow_add(moment, minutes)


@few
@given(MOMENTS, st.integers(-20_000, 20_000))
def test_the_time_between_agrees_with_the_slow_twin(moment: datetime, minutes: int) -> None:
    other = moment + minutes * MINUTE
    assert CALENDAR.working_minutes_between(moment, other) == slow_between(moment, other)


@few
@given(MOMENTS, st.integers(1, 30_000))
def test_what_was_added_is_what_lies_between(moment: datetime, minutes: int) -> None:
    ends = CALENDAR.add_working_minutes(moment, minutes)
    assert CALENDAR.working_minutes_between(moment, ends) == minutes
    assert CALENDAR.working_minutes_between(ends, moment) == -minutes


@few
@given(st.dates(date(2024, 6, 1), date(2026, 6, 1)), st.integers(-40, 40))
def test_working_days_agree_with_stepping_day_by_day(day: date, count: int) -> None:
    wanted, left = day, abs(count)
    while left:
        wanted += timedelta(days=1 if count > 0 else -1)
        left -= CALENDAR.is_working_day(wanted)
    assert CALENDAR.add_working_days(day, count) == wanted


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 250), (2026, 249)])
def test_each_year_has_the_working_days_its_weekdays_and_days_off_leave(
    calendar: Calendar, year: int, working_days: int
) -> None:
    # counted by hand: 262 - 12 + 1, 261 - 12 + 1, 261 - 14 + 2 (weekdays, less those off, plus working Saturdays)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    assert sum(calendar.is_working_day(day) for day in days if day.year == year) == working_days


def test_seconds_are_kept_when_adding(calendar: Calendar) -> None:
    assert calendar.add_working_minutes(at("2025-03-03 11:29:30"), 1) == at("2025-03-03 13:30:30")


@few
@given(MOMENTS, st.integers(0, 59_999_999), st.integers(-3000, 3000))
def test_a_part_of_a_minute_is_carried_or_falls_away_with_the_pause(
    moment: datetime, microseconds: int, minutes: int
) -> None:
    begins = moment + timedelta(microseconds=microseconds)
    found = CALENDAR.add_working_minutes(begins, minutes)
    whole = CALENDAR.add_working_minutes(moment, minutes)
    if minutes and works(moment):
        pause = found - whole - timedelta(microseconds=microseconds)
        assert pause >= timedelta(0)
        assert CALENDAR.working_minutes_between(begins, found) == minutes
    elif minutes:
        assert found == whole


def test_a_sum_that_fills_a_session_ends_with_it_and_going_back_ends_at_its_start(calendar: Calendar) -> None:
    assert calendar.add_working_minutes(at("2025-03-03 07:30"), 240) == at("2025-03-03 11:30")
    assert calendar.add_working_minutes(at("2025-03-03 17:30"), -240) == at("2025-03-03 13:30")


def test_a_moment_of_another_zone_is_the_same_moment(calendar: Calendar) -> None:
    found = calendar.add_working_minutes(datetime(2025, 3, 3, 1, 0, tzinfo=UTC), 60)
    assert found.isoformat() == "2025-03-03T09:00:00+07:00"


def test_a_moment_without_a_zone_is_refused(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar.add_working_minutes(datetime(2025, 3, 3, 8), 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.sessions(date(2023, 12, 31)),
        lambda c: c.add_working_minutes(at("2027-01-01 00:00"), 1),
        lambda c: c.add_working_minutes(at("2026-12-31 16:30"), 61),
        lambda c: c.add_working_minutes(at("2024-01-02 07:31"), -2),
        lambda c: c.add_working_days(date(2026, 12, 31), 1),
        lambda c: c.add_working_days(date(2024, 1, 2), -1),
    ],
)
def test_time_that_nobody_has_approved_is_refused(calendar: Calendar, ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OutsideCalendar):
        ask(calendar)


@pytest.mark.parametrize(
    ("day", "vietnamese", "english"),
    [
        (date(2025, 4, 7), "Nghỉ lễ: Giỗ Tổ Hùng Vương", "Public holiday: Hùng Kings"),
        (date(2026, 4, 27), "Nghỉ bù: Giỗ Tổ Hùng Vương", "Compensatory day off"),
        (date(2026, 1, 2), "Nghỉ hoán đổi", "Day off by swap"),
        (date(2026, 1, 10), "Làm bù thứ Bảy", "Working Saturday"),
        (date(2025, 3, 8), "Nghỉ hằng tuần", "Weekly rest"),
        (date(2025, 3, 10), "Ngày làm việc", "Working day"),
    ],
)
def test_every_day_can_say_why_it_is_off(calendar: Calendar, day: date, vietnamese: str, english: str) -> None:
    assert calendar.reason(day).startswith(vietnamese)
    assert calendar.reason(day, "en").startswith(english)


@pytest.mark.proves("B12")
def test_days_off_and_office_hours_are_data(calendar: Calendar) -> None:
    data = calendar.record.model_dump(mode="json")
    named = data["special_days"][0] | {"day": "2025-03-04", "kind": "holiday"}
    hours = data["working"] | {"sessions": ["08:00-12:00", "13:00-17:00"]}
    changed = data | {"special_days": [*data["special_days"], named], "working": hours}
    found = Calendar(CalendarRecord.model_validate(changed))
    assert calendar.add_working_days(date(2025, 3, 3), 1) == date(2025, 3, 4)
    assert found.add_working_days(date(2025, 3, 3), 1) == date(2025, 3, 5)
    assert calendar.add_working_minutes(at("2025-03-03 11:00"), 60) == at("2025-03-03 14:00")
    assert found.add_working_minutes(at("2025-03-03 11:00"), 60) == at("2025-03-03 12:00")


@pytest.mark.proves("R13")
def test_a_saturday_may_receive_without_counting_for_limits(calendar: Calendar) -> None:
    open_on_saturday = {"weekdays": ["sat"], "sessions": ["07:30-11:30"]}
    data = calendar.record.model_dump(mode="json") | {"reception": [open_on_saturday]}
    found = Calendar(CalendarRecord.model_validate(data))
    assert found.reception_sessions(date(2025, 3, 8))
    assert not found.is_working_day(date(2025, 3, 8))
    assert not found.reception_sessions(date(2025, 2, 1) + timedelta(days=1))


def test_an_approved_calendar_survives_being_sent_as_json(calendar: Calendar) -> None:
    again = CalendarRecord.model_validate_json(calendar.record.model_dump_json())
    assert again == calendar.record


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2025-03-03 06:00", "2025-03-03 07:30"),
        ("2025-03-03 12:00", "2025-03-03 12:00"),
        ("2025-03-03 17:30", "2025-03-03 17:30"),
        ("2025-03-03 17:31", "2025-03-04 07:30"),
        ("2025-03-08 10:00", "2025-03-10 07:30"),
    ],
)
def test_the_day_is_open_from_its_first_session_to_its_last(calendar: Calendar, moment: str, opening: str) -> None:
    assert calendar.opening_from(at(moment)) == at(opening)
