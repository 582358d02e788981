"""Check limits where a sector sets none, check limits by channel, and limits in months and years."""

from dataclasses import replace

import pytest

from rules import due
from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.due import Limit
from rules.errors import NotPublished
from rules.records.procedure import Procedure
from rules.testing import OFFICE_ID, at

AT_ONCE = Limit(0, "working_days")


@pytest.fixture
def declaration(law: Catalogue) -> Procedure:
    """The decree gives the declaration of 2021 no check limit of its own."""
    return law.procedure("xray-declaration-2021")


@pytest.mark.proves("R03")
def test_an_online_dossier_is_checked_in_eight_working_hours_where_the_sector_is_silent(
    calendar: Calendar, declaration: Procedure
) -> None:
    found = due.check_limit(declaration, "online", at("2026-01-09 16:00"), calendar)
    assert (found.at, found.limit) == (at("2026-01-10 16:00"), Limit(8, "working_hours"))
    out_of_hours = due.check_limit(declaration, "online", at("2026-01-10 20:00"), calendar)
    assert out_of_hours.at == at("2026-01-12 17:30")
    assert "T03" in out_of_hours.readings


def test_a_dossier_on_paper_is_checked_in_one_working_day_from_2026_on(
    calendar: Calendar, declaration: Procedure
) -> None:
    for channel in ("direct", "postal"):
        found = due.check_limit(declaration, channel, at("2026-01-09 16:00"), calendar)
        assert (found.at, found.limit) == (at("2026-01-10 16:00"), Limit(1, "working_days"))


@pytest.mark.proves("R14")
def test_no_general_limit_for_paper_is_guessed_before_2026(calendar: Calendar, declaration: Procedure) -> None:
    for channel in ("direct", "postal"):
        with pytest.raises(NotPublished):
            due.check_limit(declaration, channel, at("2025-12-31 09:00"), calendar)


@pytest.mark.proves("R01")
def test_the_general_limit_is_that_of_the_day_the_dossier_arrived(law: Catalogue, declaration: Procedure) -> None:
    arrived_at, piece_at = at("2025-12-30 09:00"), at("2026-01-05 09:00")
    with pytest.raises(NotPublished):
        due.check_due(declaration, "postal", OFFICE_ID, arrived_at=arrived_at, piece_at=piece_at)
    found = due.check_due(declaration, "postal", OFFICE_ID, arrived_at=piece_at, piece_at=piece_at)
    assert found.at == at("2026-01-06 09:00")
    without = replace(law, limits=())
    with pytest.raises(NotPublished):
        due.check_due(declaration, "postal", OFFICE_ID, arrived_at=piece_at, catalogue=without)


def test_the_sectors_own_limit_goes_before_the_general_one(calendar: Calendar, law: Catalogue) -> None:
    amendment = law.procedure("radiation-licence-amend-2026")
    assert amendment.check_limit is None
    for channel in ("online", "postal"):
        found = due.check_limit(amendment, channel, at("2025-12-31 09:00"), calendar)
        assert (found.at, found.limit) == (at("2026-01-07 09:00"), Limit(3, "working_days"))


@pytest.mark.parametrize(
    ("received", "started", "due_at"),
    [
        ("2026-03-03 09:10", "2026-03-03 09:10", "2026-03-03 17:30"),
        ("2026-03-03 12:00", "2026-03-03 12:00", "2026-03-03 17:30"),
        ("2026-03-06 19:00", "2026-03-09 07:30", "2026-03-09 17:30"),
    ],
)
def test_at_once_is_read_as_the_same_working_day(  # type: ignore[no-untyped-def]
    calendar: Calendar, law: Catalogue, received, started, due_at
) -> None:
    found = due.check_limit(law.procedure("radiation-licence-amend-2026"), "direct", at(received), calendar)
    assert (found.start, found.at, found.limit) == (at(started), at(due_at), AT_ONCE)
    assert found.readings == ("X03",)


@pytest.mark.parametrize(
    ("started", "limit", "due_at"),
    [
        ("2025-01-15 09:00", Limit(1, "months"), "2025-02-17 17:30"),  # the 15th is a Saturday
        ("2025-01-31 09:00", Limit(1, "months"), "2025-02-28 09:00"),  # February has no 31st
        ("2024-02-29 09:00", Limit(1, "years"), "2025-02-28 09:00"),
        ("2024-01-31 09:00", Limit(1, "months"), "2024-02-29 09:00"),
        ("2024-12-10 14:00", Limit(3, "months"), "2025-03-10 14:00"),
        ("2025-11-24 10:00", Limit(1, "months"), "2025-12-24 10:00"),
        ("2025-11-30 10:00", Limit(3, "months"), "2026-03-02 17:30"),  # 28 February is a Saturday
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_working_day_after_it(  # type: ignore[no-untyped-def]
    calendar: Calendar, started, limit, due_at
) -> None:
    assert due.due(limit, at(started), calendar).at == at(due_at)


@pytest.mark.parametrize(
    ("limit", "days"),
    [
        (Limit(1, "months"), 28),
        (Limit(1, "years"), 365),
        (Limit(25, "calendar_days"), 25),
        (Limit(5, "working_days"), 5),
    ],
)
def test_a_limit_counts_so_many_days(calendar: Calendar, limit: Limit, days: int) -> None:
    assert due.days_counted(due.due(limit, at("2025-01-31 09:00"), calendar)) == days


@pytest.mark.proves("R05")
def test_a_limit_in_months_is_judged_by_the_date(calendar: Calendar) -> None:
    found = due.due(Limit(1, "months"), at("2025-01-31 09:00"), calendar)
    assert due.lateness(found, at("2025-02-28 23:59"), calendar).kind == "on_time"
    assert due.missed_at(found) == at("2025-03-01 00:00")


@pytest.mark.proves("R02")
def test_a_clock_does_not_wait_for_a_fee_that_is_not_due() -> None:
    valid_at = at("2025-03-10 09:00")
    found = due.start("valid_dossier_and_fee", received_at=at("2025-03-03 09:00"), valid_at=valid_at, fee_due=False)
    assert found == valid_at
