"""When limits start and end, how late things are, and how a limit is shared."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import due, testing
from rules.calendar import Calendar
from rules.catalogue import Catalogue, load
from rules.due import Due, Limit
from rules.errors import NotPublished, OutsideCalendar
from rules.readings import Readings
from rules.records.office import ReadingsInForce
from rules.records.procedure import Procedure, Step
from rules.testing import at

THREE_DAYS = Limit(3, "working_days")


def a_step(name: str, share: int | None) -> Step:
    return Step(id=name, kind="appraise", name_vi=name, name_en=name, role="case_officer", unit_vi="Phòng", share=share)


@pytest.mark.proves("R02")
@pytest.mark.parametrize(
    ("rule", "valid", "paid", "wanted"),
    [
        ("dossier_received", None, None, "2025-03-03 08:00"),
        ("declaration_received", None, None, "2025-03-03 08:00"),
        ("valid_dossier", "2025-03-10 09:00", None, "2025-03-10 09:00"),
        ("valid_dossier", None, "2025-03-13 10:00", None),
        ("valid_dossier_and_fee", "2025-03-10 09:00", "2025-03-13 10:00", "2025-03-13 10:00"),
        ("valid_dossier_and_fee", "2025-03-14 09:00", "2025-03-13 10:00", "2025-03-14 09:00"),
        ("valid_dossier_and_fee", "2025-03-10 09:00", None, None),
        ("valid_dossier_and_fee", None, "2025-03-13 10:00", None),
    ],
)
def test_the_clock_starts_by_the_procedures_rule(rule, valid, paid, wanted) -> None:  # type: ignore[no-untyped-def]
    found = due.start(
        rule,
        received_at=at("2025-03-03 08:00"),
        valid_at=at(valid) if valid else None,
        paid_at=at(paid) if paid else None,
    )
    assert found == (at(wanted) if wanted else None)


@pytest.mark.proves("R04")
@pytest.mark.parametrize(
    ("started", "clock"),
    [
        ("06:00", "07:30"),
        ("07:30", "07:30"),
        ("10:15", "10:15"),
        ("11:30", "11:30"),
        ("12:10", "11:30"),
        ("13:30", "13:30"),
        ("16:59", "16:59"),
        ("19:00", "17:30"),
    ],
)
def test_a_day_limit_ends_at_the_time_of_day_of_its_start_moved_into_a_session(
    calendar: Calendar, started: str, clock: str
) -> None:
    found = due.due(THREE_DAYS, at(f"2025-03-03 {started}"), calendar)
    assert found.at == at(f"2025-03-06 {clock}")
    assert found.readings == ("R03", "R04")


@pytest.mark.proves("R04")
def test_a_start_on_a_day_off_keeps_its_time_of_day(calendar: Calendar) -> None:
    assert due.due(THREE_DAYS, at("2025-03-08 10:00"), calendar).at == at("2025-03-12 10:00")


@pytest.mark.proves("R04")
def test_a_calendar_day_limit_that_does_not_roll_keeps_the_time_of_day(calendar: Calendar) -> None:
    found = due.due(Limit(25, "calendar_days"), at("2025-03-14 10:00"), calendar)
    assert found.at == at("2025-04-08 10:00")
    assert found.skipped == ()


def test_the_start_is_read_to_the_minute(calendar: Calendar) -> None:
    found = due.due(Limit(90, "working_minutes"), at("2025-03-03 10:00:59"), calendar)
    assert (found.start, found.at) == (at("2025-03-03 10:00"), at("2025-03-03 11:30"))


def test_the_days_that_did_not_count_are_named(calendar: Calendar) -> None:
    found = due.due(THREE_DAYS, at("2025-12-31 09:00"), calendar)
    assert [day.isoformat() for day, _ in found.skipped] == ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]
    assert "12729/VPCP-KGVX" in {day.isoformat(): why for day, why in found.skipped}["2026-01-02"]


def test_an_office_may_read_day_limits_to_the_close_of_the_day(calendar: Calendar) -> None:
    found = due.due(THREE_DAYS, at("2025-03-03 10:00"), calendar, readings=Readings(day_limit_clock="close_of_day"))
    assert found.at == at("2025-03-06 17:30")


def test_an_office_may_roll_the_main_limit_too(calendar: Calendar) -> None:
    found = due.due(THREE_DAYS, at("2025-03-03 18:00"), calendar, readings=Readings(main_limit_rolls=True))
    assert (found.start, found.at) == (at("2025-03-04 07:30"), at("2025-03-07 07:30"))


def test_a_due_date_in_a_year_without_a_calendar_is_refused(calendar: Calendar) -> None:
    with pytest.raises(OutsideCalendar):
        due.due(Limit(25, "calendar_days"), at("2026-12-20 10:00"), calendar)


@pytest.mark.proves("R03")
@pytest.mark.parametrize(
    ("channel", "received", "due_at", "rolled"),
    [
        ("online", "2025-03-03 09:00", "2025-03-10 09:00", False),
        ("online", "2025-03-03 20:00", "2025-03-11 07:30", True),
        ("online", "2025-03-08 10:00", "2025-03-17 07:30", True),
        ("postal", "2025-03-03 20:00", "2025-03-10 17:30", False),
        ("direct", "2025-03-03 09:00", "2025-03-10 09:00", False),
    ],
)
def test_the_check_of_an_online_dossier_out_of_hours_counts_from_the_next_opening(  # type: ignore[no-untyped-def]
    calendar: Calendar, xray: Procedure, channel, received, due_at, rolled
) -> None:
    found = due.check_limit(xray, channel, at(received), calendar)
    assert found.at == at(due_at)
    assert ("T03" in found.readings) is rolled


def test_a_supplement_is_checked_by_the_readings_of_the_day_the_dossier_arrived(
    law: Catalogue, xray: Procedure
) -> None:
    later = ReadingsInForce(
        effective_from=date(2025, 3, 5), readings=Readings(online_check_rolls=False), sources=(xray.sources[0],)
    )
    office = law.office(testing.OFFICE_ID).model_copy(update={"readings": (later,)})
    changing = replace(law, offices=(office,))
    arrived_at, piece_at = at("2025-03-03 09:00"), at("2025-03-07 20:00")
    found = due.check_due(xray, "online", office.id, arrived_at=arrived_at, piece_at=piece_at, catalogue=changing)
    assert found.at == due.check_limit(xray, "online", piece_at, law.calendar(office.id)).at
    assert found.at != due.check_due(xray, "online", office.id, arrived_at=piece_at, catalogue=changing).at


@pytest.mark.proves("R14")
def test_a_check_limit_that_no_act_has_published_is_not_guessed(calendar: Calendar, xray: Procedure) -> None:
    unpublished = xray.model_copy(update={"check_limit": None})
    with pytest.raises(NotPublished):
        due.check_limit(unpublished, "direct", at("2025-03-03 09:00"), calendar)


@pytest.fixture
def in_days(calendar: Calendar) -> Due:
    return due.due(THREE_DAYS, at("2025-03-03 10:00"), calendar)  # due 2025-03-06 10:00


@pytest.mark.proves("R05")
@pytest.mark.parametrize(
    ("finished", "kind", "margin"),
    [
        ("2025-03-05 17:30", "early", 150),
        ("2025-03-05 23:59", "early", 150),
        ("2025-03-06 00:00", "on_time", 150),
        ("2025-03-06 10:00", "on_time", 0),
        ("2025-03-06 11:00", "on_time", -60),
        ("2025-03-06 23:59", "on_time", -330),
        ("2025-03-07 00:00", "late", -330),
        ("2025-03-07 07:31", "late", -331),
    ],
)
def test_a_day_limit_is_judged_by_the_date(
    calendar: Calendar, in_days: Due, finished: str, kind: str, margin: int
) -> None:
    found = due.lateness(in_days, at(finished), calendar)
    assert (found.kind, found.margin_working_minutes) == (kind, margin)


@pytest.mark.proves("R05")
@pytest.mark.parametrize(
    ("finished", "kind"),
    [("16:29:59", "early"), ("16:30:00", "on_time"), ("16:30:59", "on_time"), ("16:31:00", "late")],
)
def test_an_hour_limit_is_judged_by_the_minute(calendar: Calendar, finished: str, kind: str) -> None:
    in_hours = due.due(Limit(8, "working_hours"), at("2026-02-13 16:30"), calendar)
    assert due.lateness(in_hours, at(f"2026-02-23 {finished}"), calendar).kind == kind


@pytest.mark.proves("R05")
def test_a_limit_is_missed_at_midnight_or_a_minute_after_the_due_minute(calendar: Calendar, in_days: Due) -> None:
    assert due.missed_at(in_days) == at("2025-03-07 00:00")
    in_hours = due.due(Limit(2, "working_hours"), at("2025-03-03 08:00"), calendar)
    assert due.missed_at(in_hours) == at("2025-03-03 10:01")
    for each in (in_days, in_hours):
        assert due.lateness(each, due.missed_at(each), calendar).kind == "late"


def test_the_time_left_turns_negative(calendar: Calendar) -> None:
    ends = at("2025-03-06 10:00")
    assert due.time_left(ends, at("2025-03-05 10:00"), calendar) == 480
    assert due.time_left(ends, at("2025-03-06 10:30"), calendar) == -30


@pytest.mark.proves("R07")
def test_an_apology_is_drafted_two_working_days_ahead_and_sent_a_day_ahead(calendar: Calendar) -> None:
    licence = due.due(Limit(25, "calendar_days"), at("2025-03-13 10:00"), calendar)
    found = due.apology(licence, calendar)
    assert (found.draft_at, found.last_on.isoformat()) == (at("2025-04-03 07:30"), "2025-04-07")


@pytest.mark.proves("R07")
def test_a_limit_under_three_working_days_has_its_apology_drafted_at_the_start(calendar: Calendar) -> None:
    short = due.due(Limit(2, "working_days"), at("2025-03-03 10:00"), calendar)
    assert due.apology(short, calendar).draft_at == short.start
    three = due.due(THREE_DAYS, at("2025-03-03 10:00"), calendar)
    assert due.apology(three, calendar).draft_at == at("2025-03-04 07:30")


@pytest.mark.proves("R12")
@given(st.lists(st.integers(1, 100), min_size=1, max_size=12), st.integers(0, 100_000))
def test_shares_always_sum_to_the_whole(weights: list[int], minutes: int) -> None:
    cut = due.shares([a_step(f"s{n}", weight) for n, weight in enumerate(weights)], minutes)
    assert sum(cut) == minutes
    exact = [minutes * weight / sum(weights) for weight in weights]
    assert all(abs(one - wanted) < 1 for one, wanted in zip(cut, exact, strict=True))


@pytest.mark.proves("R12")
def test_the_largest_remainder_gets_the_odd_minute(xray: Procedure) -> None:
    assert due.shares(xray.steps, 7982) == [399, 5189, 798, 1197, 399]
    assert due.shares([a_step("a", 1), a_step("b", None), a_step("c", 1)], 5) == [3, 0, 2]
    assert due.shares([a_step("a", None)], 5) == [0]


@pytest.mark.proves("R12")
def test_the_planned_steps_end_when_the_limit_does(calendar: Calendar, xray: Procedure) -> None:
    begins, ends = at("2025-03-13 10:00"), at("2025-04-08 17:30")
    steps = due.plan(xray.steps, begins, ends, calendar)
    assert [step.step.id for step in steps] == ["assign", "appraise", "review", "approve", "issue"]
    assert steps[-1].due_at == ends
    assert sum(step.working_minutes for step in steps) == calendar.working_minutes_between(begins, ends)
    assert all(one.due_at < other.due_at for one, other in pairwise(steps))


def test_a_due_moment_can_be_moved_and_still_be_judged(calendar: Calendar, in_days: Due) -> None:
    moved = replace(in_days, at=at("2025-03-10 10:00"))
    assert due.lateness(moved, at("2025-03-07 10:00"), calendar).kind == "early"


@pytest.mark.proves("R12", "B10")
@pytest.mark.parametrize("minutes", [0, 1, 7, 480, 12_001])
def test_steps_that_share_a_budget_end_together_and_one_without_any_takes_none(minutes: int) -> None:
    steps = next(one for one in load().processes if one.id == "committee-office").steps
    calendar = load().calendar("demo-dost")
    start = at("2026-03-02T07:30")
    planned = due.plan(steps, start, calendar.add_working_minutes(start, minutes), calendar)
    by_id = {one.step.id: one for one in planned}
    assert sum(one.working_minutes for one in planned) == minutes
    assert (by_id["approve"].working_minutes, by_id["issue"].working_minutes) == (0, 0)
    assert by_id["verify"].due_at == by_id["approve"].due_at == by_id["issue"].due_at
    assert [step.budget for step in steps[-3:]] == ["verify", "verify", None]
