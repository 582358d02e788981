"""Every day off and every working Saturday of 2024 to 2026, from the official announcements; seasons; Saturdays."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.errors import OutsideCalendar
from rules.records.calendar import CalendarRecord
from rules.testing import at

BREAKS = [  # first and last day off of the State's civil servants, and the Saturday that works for it
    ("2024-01-01", "2024-01-01", None),
    ("2024-02-08", "2024-02-14", None),
    ("2024-04-18", "2024-04-18", None),
    ("2024-04-27", "2024-05-01", "2024-05-04"),
    ("2024-08-31", "2024-09-03", None),
    ("2025-01-01", "2025-01-01", None),
    ("2025-01-25", "2025-02-02", None),
    ("2025-04-07", "2025-04-07", None),
    ("2025-04-30", "2025-05-04", "2025-04-26"),
    ("2025-08-30", "2025-09-02", None),
    ("2026-01-01", "2026-01-04", "2026-01-10"),
    ("2026-02-14", "2026-02-22", None),
    ("2026-04-26", "2026-04-27", None),
    ("2026-04-30", "2026-05-03", None),
    ("2026-08-29", "2026-09-02", "2026-08-22"),
    ("2026-11-24", "2026-11-24", None),
]
OFFICES = ["demo-dost", "sample-centre", "example-dost"]


def span(first: str, last: str) -> list[date]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]


OFF = {day for first, last, _ in BREAKS for day in span(first, last)}
SATURDAYS = {date.fromisoformat(saturday) for _, _, saturday in BREAKS if saturday}


@pytest.mark.proves("B12")
@pytest.mark.parametrize("office", OFFICES)
def test_exactly_the_announced_days_are_off_and_exactly_the_swapped_saturdays_work(law: Catalogue, office: str) -> None:
    calendar = law.calendar(office)
    counts_on_saturday = office == "example-dost"
    for day in span("2024-01-01", "2026-12-31"):
        ordinary = day.weekday() < 5 or (day.weekday() == 5 and counts_on_saturday)
        assert calendar.is_working_day(day) is (day in SATURDAYS or (ordinary and day not in OFF)), day


@pytest.mark.parametrize("office", OFFICES)
def test_every_special_day_names_the_act_that_makes_it_so(law: Catalogue, office: str) -> None:
    calendar = law.calendar(office)
    weekdays = {day for day in OFF if day.weekday() < 5}
    assert weekdays | SATURDAYS <= {special.day for special in calendar.record.special_days}
    for special in calendar.record.special_days:
        assert special.source.act
        assert special.source.act in calendar.reason(special.day)


def test_a_swap_names_its_other_day(law: Catalogue) -> None:
    days = {special.day: special for special in law.calendar("demo-dost").record.special_days}
    assert {day for day, special in days.items() if special.kind == "working_saturday"} == SATURDAYS
    for saturday in SATURDAYS:
        other = days[saturday].paired_with
        assert other
        assert (days[other].kind, days[other].paired_with) == ("swapped_off", saturday)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
@pytest.mark.parametrize("office", OFFICES)
def test_years_that_nobody_announced_are_refused_with_the_years_that_are_known(
    law: Catalogue, office: str, day: date
) -> None:
    with pytest.raises(OutsideCalendar, match="2024-01-01 to 2026-12-31"):
        law.calendar(office).is_working_day(day)


@pytest.mark.proves("R01")
def test_the_newest_approved_calendar_goes_before_the_older(law: Catalogue) -> None:
    held = law.calendar("demo-dost").record
    days = tuple(special for special in held.special_days if special.day != date(2026, 11, 24))
    newer = held.model_copy(update={"version": "2026.2", "approved_on": date(2026, 1, 5), "special_days": days})
    for calendars in ((held, newer), (newer, held)):
        found = replace(law, calendars=calendars).calendar("demo-dost")
        assert (found.version, found.is_working_day(date(2026, 11, 24))) == ("2026.2", True)


@pytest.mark.proves("R13")
def test_a_centre_receives_on_saturday_morning_and_counts_it_for_nothing(law: Catalogue) -> None:
    centre, ordinary, in_a_break = law.calendar("sample-centre"), date(2025, 3, 8), date(2025, 1, 25)
    assert [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in centre.reception_sessions(ordinary)] == ["07:30-11:30"]
    assert not centre.is_working_day(ordinary)
    assert centre.working_minutes_between(at("2025-03-07 17:30"), at("2025-03-10 07:30")) == 0
    assert not centre.reception_sessions(in_a_break)


@pytest.mark.proves("R13")
def test_where_saturday_counts_four_hours_of_it_do(law: Catalogue) -> None:
    office = law.calendar("example-dost")
    assert office.working_minutes_between(at("2025-03-07 16:30"), at("2025-03-10 07:30")) == 240
    assert office.add_working_days(date(2025, 3, 7), 1) == date(2025, 3, 8)


@pytest.mark.parametrize(
    ("day", "sessions"),
    [
        ("2025-04-15", "07:30-12:00 13:00-16:30"),
        ("2025-04-16", "07:00-11:30 13:30-17:00"),
        ("2025-10-15", "07:00-11:30 13:30-17:00"),
        ("2025-10-16", "07:30-12:00 13:00-16:30"),
        ("2025-04-19", "07:00-11:00"),
        ("2025-04-26", "07:00-11:30 13:30-17:00"),
        ("2025-04-30", ""),
        ("2026-01-10", "07:30-12:00 13:00-16:30"),
    ],
)
def test_summer_has_its_own_hours_from_a_date_to_a_date(law: Catalogue, day: str, sessions: str) -> None:
    found = law.calendar("example-dost").sessions(date.fromisoformat(day))
    assert " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in found) == sessions


def test_a_limit_counts_by_the_hours_of_each_season_it_crosses(law: Catalogue) -> None:
    office = law.calendar("example-dost")
    assert office.add_working_minutes(at("2025-04-15 16:00"), 60) == at("2025-04-16 07:30")


def changed(calendar: Calendar, **facts: Any) -> CalendarRecord:
    return CalendarRecord.model_validate(calendar.record.model_dump(mode="json") | facts)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"first": "2025-10-15", "last": "2025-04-16"}, "is before"),
        ({"first": "2023-12-31"}, "outside the years"),
        ({"first": "2025-10-01", "last": "2026-05-01"}, "same day"),
        ({"working_saturday_sessions": ["11:00-07:00"]}, "follow one another"),
        ({"working": {"weekdays": ["mon"], "sessions": ["07:00-11:00", "10:00-12:00"]}}, "follow one another"),
    ],
)
def test_a_season_that_cannot_be_is_refused(law: Catalogue, wrong: dict[str, Any], named: str) -> None:
    calendar = law.calendar("example-dost")
    first, *others = calendar.record.model_dump(mode="json")["seasons"]
    with pytest.raises(ValidationError, match=named):
        changed(calendar, seasons=[first | wrong, *others])


def test_a_calendar_with_seasons_survives_being_sent_as_json(law: Catalogue) -> None:
    record = law.calendar("example-dost").record
    assert CalendarRecord.model_validate_json(record.model_dump_json()) == record
    assert record.same_days_as is None
