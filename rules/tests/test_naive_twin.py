"""Thousands of generated cases against the naive clock: every unit, three years, five offices, pauses and restarts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules.calendar import HANOI, Calendar
from rules.catalogue import Catalogue, load
from rules.days import day_by_day
from rules.due import Due, Limit, Unit, apology, due, due_at, lateness, missed_at, plan, shares
from rules.errors import OutsideCalendar
from rules.limits import Where, warnings
from rules.readings import Readings
from rules.records.calendar import CalendarRecord
from rules.records.procedure import Step
from rules.road import Question, Round, resumed, road

from .naive import MINUTE, NaiveClock, corresponding

CASES = {
    "working_minutes": 2000,
    "working_hours": 2000,
    "working_days": 2500,
    "calendar_days": 2000,
    "months": 1200,
    "years": 500,
    "between": 1000,
    "back": 1500,
    "monotone": 1000,
    "pauses": 600,
    "split": 600,
    "restarts": 250,
    "steps": 500,
    "readings": 1500,
}
FIRST, MINUTES = datetime(2024, 1, 1, tzinfo=HANOI), 1096 * 24 * 60
EDGES = [0, 420, 449, 450, 451, 599, 690, 691, 720, 780, 809, 810, 990, 1020, 1049, 1050, 1051, 1439]
PROCEDURE = "2.002380"
Twins = tuple[Calendar, NaiveClock]


def a_calendar(**changed: Any) -> Calendar:
    """The demo office's, with other hours or days."""
    facts = load().calendar("demo-dost").record.model_dump(mode="json")
    return Calendar(CalendarRecord.model_validate(facts | changed))


def without_swaps() -> Calendar:
    """As if nobody had announced a swap, and with one long session a day that reaches midnight's neighbourhood."""
    days = [one for one in a_calendar().record.model_dump(mode="json")["special_days"] if one["paired_with"] is None]
    week = {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "sessions": ["00:01-23:59"]}
    return a_calendar(special_days=days, working=week)


def three_days_a_week() -> Calendar:
    """Odd hours on odd days, so that nothing rests on eight hours or two sessions."""
    working = {"weekdays": ["mon", "wed", "sun"], "sessions": ["06:17-07:03", "09:00-09:01", "19:30-22:11"]}
    return a_calendar(working=working, working_saturday_sessions=["10:00-10:30"])


CALENDARS: list[Callable[[], Calendar]] = [
    lambda: load().calendar("demo-dost"),
    lambda: load().calendar("sample-centre"),
    lambda: load().calendar("example-dost"),
    without_swaps,
    three_days_a_week,
]


@cache
def twins(number: int) -> Twins:
    calendar = CALENDARS[number]()
    return calendar, NaiveClock(calendar.record.model_dump(mode="json"))


def interesting_days() -> list[int]:
    """Days around every day that is not ordinary, and around the ends of the years."""
    calendar = load().calendar("example-dost")
    days = {special.day for special in calendar.record.special_days} | {date(2024, 2, 29), date(2026, 12, 31)}
    return sorted({(day - date(2024, 1, 1)).days + near for day in days for near in (-3, -1, 0, 1)} - {-3, -1})


offices = st.integers(0, len(CALENDARS) - 1).map(twins)
anywhere = st.integers(0, MINUTES - 1)
on_an_edge = st.builds(
    lambda day, minute: min(day * 1440 + minute, MINUTES - 1),
    st.sampled_from(interesting_days()) | st.integers(0, 1095),
    st.sampled_from(EDGES) | st.integers(0, 1439),
)
moments = (anywhere | on_an_edge).map(lambda minute: FIRST + minute * MINUTE)
small = st.integers(1, 40)


def cases(name: str) -> settings:
    return settings(max_examples=CASES[name], deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_there_are_more_than_ten_thousand_cases() -> None:
    assert sum(CASES.values()) >= 10_000


def found_or_outside(ask: Callable[[], datetime]) -> datetime | None:
    try:
        return ask()
    except OutsideCalendar:
        return None


def check_limit(pair: Twins, start: datetime, limit: Limit, wanted: datetime | None) -> Due | None:
    """The fast answer is the naive one, and the explained one; or all say that it lies outside the calendar."""
    calendar, _ = pair
    assert found_or_outside(lambda: due_at(limit, start, calendar)) == wanted
    if wanted is None:
        with pytest.raises(OutsideCalendar):
            due(limit, start, calendar)
        return None
    found = due(limit, start, calendar)
    assert (found.at, found.start) == (wanted, start)
    return found


def skipped(found: Due) -> list[date]:
    return [day for day, _ in found.skipped]


@pytest.mark.proves("R04")
@cases("working_minutes")
@given(offices, moments, st.integers(1, 4000))
def test_working_minutes_agree(pair: Twins, start: datetime, value: int) -> None:
    naive = pair[1]
    found = check_limit(pair, start, Limit(value, "working_minutes"), naive.add(start, value))
    if found:
        assert skipped(found) == naive.days_off(start.date() - timedelta(days=1), found.at.date())


@pytest.mark.proves("R04")
@cases("working_hours")
@given(offices, moments, st.integers(1, 60))
def test_working_hours_agree(pair: Twins, start: datetime, value: int) -> None:
    check_limit(pair, start, Limit(value, "working_hours"), pair[1].add(start, value * 60))


@pytest.mark.proves("R03", "R04")
@cases("working_days")
@given(offices, moments, small | st.integers(1, 800))
def test_working_days_agree(pair: Twins, start: datetime, value: int) -> None:
    calendar, naive = pair
    found = check_limit(pair, start, Limit(value, "working_days"), naive.working_days(start, value))
    if found:
        assert skipped(found) == naive.days_off(start.date(), found.at.date())
        assert [day.count for day in day_by_day(found, calendar) if day.count] == list(range(1, value + 1))


@pytest.mark.proves("R03", "R04")
@cases("calendar_days")
@given(offices, moments, small | st.integers(1, 1100))
def test_calendar_days_agree(pair: Twins, start: datetime, value: int) -> None:
    calendar, naive = pair
    found = check_limit(pair, start, Limit(value, "calendar_days"), naive.calendar_days(start, value))
    if found:
        last = start.date() + timedelta(days=value)
        assert skipped(found) == naive.days_off(last - timedelta(days=1), found.at.date())
        days = day_by_day(found, calendar)
        assert [day.count for day in days if day.count] == list(range(1, value + 1))
        assert all(day.count or day.on > last for day in days)


@cases("months")
@given(offices, moments, st.integers(1, 37))
def test_months_agree(pair: Twins, start: datetime, value: int) -> None:
    check_limit(pair, start, Limit(value, "months"), pair[1].months(start, value))


@cases("years")
@given(offices, moments, st.integers(1, 3))
def test_years_agree(pair: Twins, start: datetime, value: int) -> None:
    check_limit(pair, start, Limit(value, "years"), pair[1].months(start, value * 12))


@cases("between")
@given(offices, moments, moments)
def test_the_time_between_agrees(pair: Twins, one: datetime, other: datetime) -> None:
    calendar, naive = pair
    assert calendar.working_minutes_between(one, other) == naive.between(one, other)


@cases("back")
@given(offices, moments, st.integers(1, 4000))
def test_going_back_agrees_and_returns_to_the_start_moved_into_office_hours(
    pair: Twins, start: datetime, minutes: int
) -> None:
    calendar, naive = pair
    assert found_or_outside(lambda: calendar.add_working_minutes(start, -minutes)) == naive.add(start, -minutes)
    ends = naive.add(start, minutes)
    assume(ends is not None)
    assert ends
    assert calendar.add_working_minutes(calendar.add_working_minutes(start, minutes), -minutes) == naive.into_hours(
        start
    )


UNITS: list[Unit] = ["working_minutes", "working_hours", "working_days", "calendar_days", "months", "years"]


@cases("monotone")
@given(offices, st.sampled_from(UNITS), st.integers(1, 30), moments, moments)
def test_a_later_start_or_a_longer_limit_never_ends_earlier(
    pair: Twins, unit: Unit, value: int, one: datetime, other: datetime
) -> None:
    """By the minute in minutes and hours, by the date in days, which are judged by it (R05).

    Within the due date a day limit need not be monotone: one that rolled ends with the day, one that begins a day later
    and need not roll ends at its start's time of day (R04).
    """
    calendar, _ = pair
    limit, earlier, later = Limit(value, unit), min(one, other), max(one, other)
    first = found_or_outside(lambda: due_at(limit, earlier, calendar))
    second = found_or_outside(lambda: due_at(limit, later, calendar))
    longer = found_or_outside(lambda: due_at(Limit(value + 1, unit), earlier, calendar))
    for after in (second, longer):
        if first is None:
            assert after is None
        elif after is not None:
            assert first.date() <= after.date() if limit.is_in_days else first <= after


def a_run(pair: Twins, start: datetime, value: int) -> tuple[Due, int]:
    """A limit in working days that fits the calendar, and its whole in minutes."""
    calendar, naive = pair
    assume(naive.working_days(start, value + 30) is not None)
    found = due(Limit(value, "working_days"), start, calendar)
    whole = naive.between(start, found.at)
    assume(whole > 0)
    return found, whole


def pauses_in(pair: Twins, start: datetime, whole: int, cuts: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    """Pauses inside a run that has so many minutes: each begins after some of them, and lasts so many minutes."""
    naive, begins, used, found = pair[1], start, 0, []
    for share, lasts in cuts:
        left = whole - used
        asked = naive.add(begins, max(1, left * share // 100)) if left > 1 else None
        if asked is None or naive.between(begins, asked) >= left:
            break
        used += naive.between(begins, asked)
        begins = asked + lasts * MINUTE
        found.append((asked, begins))
    return found


cuts = st.lists(st.tuples(st.integers(1, 99), st.integers(1, 9000)), min_size=1, max_size=3)


@pytest.mark.proves("R08")
@cases("pauses")
@given(offices, moments, st.integers(1, 12), cuts)
def test_a_limit_that_is_paused_counts_every_minute_but_those(
    pair: Twins, start: datetime, value: int, cut: list[tuple[int, int]]
) -> None:
    calendar, naive = pair
    found, whole = a_run(pair, start, value)
    pauses = pauses_in(pair, start, whole, cut)
    wanted = naive.add_without(start, whole, pauses)
    assume(wanted is not None)
    for asked, answered in pauses:
        found = resumed(found, asked, answered, calendar)
    assert found.at == wanted


@pytest.mark.proves("R08")
@cases("split")
@given(offices, moments, st.integers(1, 12), st.integers(1, 99), st.integers(0, 9000), st.integers(0, 9000))
def test_splitting_a_pause_changes_nothing(
    pair: Twins, start: datetime, value: int, share: int, one: int, other: int
) -> None:
    calendar, _ = pair
    found, whole = a_run(pair, start, value)
    pauses = pauses_in(pair, start, whole, [(share, 1)])
    assume(pauses)
    asked, middle = pauses[0][0], pauses[0][0] + one * MINUTE
    answered = middle + other * MINUTE
    assume(answered.year < 2027)
    try:
        at_once = resumed(found, asked, answered, calendar)
    except OutsideCalendar:
        assume(False)
    assert resumed(resumed(found, asked, middle, calendar), middle, answered, calendar).at == at_once.at


@cache
def a_law(after_acceptance: str) -> Catalogue:
    """The shipped law with one procedure counted in working days, that starts anew or goes on after a supplement."""
    law = load()
    one = law.find(PROCEDURE, date(2025, 3, 3))
    supplement = one.supplement.model_copy(update={"after_acceptance": after_acceptance})
    facts = {"supplement": supplement, "effective_from": date(2024, 1, 1), "effective_to": date(2026, 12, 31)}
    changed = one.model_copy(update=facts | {"limit": Limit(10, "working_days")})
    return replace(law, procedures=(changed,))


@pytest.mark.proves("R08", "R06")
@cases("restarts")
@given(
    st.sampled_from([0, 1, 2]),
    st.sampled_from(["restarts", "resumes"]),
    moments,
    st.integers(0, 6000),
    st.lists(st.tuples(st.integers(1, 6000), st.integers(0, 9000)), max_size=3),
)
def test_a_whole_road_agrees_with_the_naive_clock_through_every_supplement(
    office: int, after_acceptance: str, filed: datetime, until_paid: int, steps: list[tuple[int, int]]
) -> None:
    calendar, naive = twins(office)
    assume(filed < datetime(2026, 8, 1, tzinfo=HANOI) and filed > datetime(2024, 1, 10, tzinfo=HANOI))
    paid = filed + until_paid * MINUTE
    rounds, moment = [], paid
    for until_asked, until_answered in steps:
        asked = moment + until_asked * MINUTE
        moment = asked + until_answered * MINUTE
        rounds.append(Round(asked, moment, "processing"))
    question = Question(PROCEDURE, "online", calendar.record.office_id, filed, paid, tuple(rounds))
    found = road(question, catalogue=a_law(after_acceptance), calendar=calendar)
    first = ends = naive.working_days(paid, 10)
    for one in rounds:
        assert one.answered_at
        assert ends
        left = naive.between(one.asked_at, ends)
        ends = naive.working_days(one.answered_at, 10) if after_acceptance == "restarts" else None
        ends = ends or (naive.add(one.answered_at, left) if after_acceptance == "resumes" else None)
    assert (found.first_due_at, found.due_at) == (first, ends)
    (missed,) = found.of("missed")
    assert ends
    assert missed.at == datetime.combine(ends.date() + timedelta(days=1), time(), HANOI)


weights = st.lists(st.none() | st.integers(1, 100), min_size=1, max_size=9)


def a_step(number: int, share: int | None) -> Step:
    name = f"step-{number}"
    return Step(id=name, kind="appraise", name_vi=name, name_en=name, role="case_officer", unit_vi="P", share=share)


@pytest.mark.proves("R12")
@cases("steps")
@given(offices, moments, st.integers(1, 40), weights)
def test_steps_sum_to_the_whole_and_each_ends_where_the_naive_clock_says(
    pair: Twins, start: datetime, value: int, cut: list[int | None]
) -> None:
    calendar, naive = pair
    found, whole = a_run(pair, start, value)
    steps = [a_step(number, share) for number, share in enumerate(cut)]
    planned = plan(steps, start, found.at, calendar)
    assert [one.working_minutes for one in planned] == shares(steps, whole)
    assert sum(one.working_minutes for one in planned) == (whole if any(cut) else 0)
    used = 0
    for one in planned:
        used += one.working_minutes
        assert one.due_at == naive.add(start, used)


@pytest.mark.proves("R05", "R07")
@settings(max_examples=300, deadline=None)
@given(offices, moments, st.integers(1, 20), st.integers(-20_000, 20_000))
def test_what_surrounds_a_due_moment_agrees(pair: Twins, start: datetime, value: int, away: int) -> None:
    calendar, naive = pair
    found, whole = a_run(pair, start, value)
    finished = found.at + away * MINUTE
    assume(FIRST <= finished < FIRST + MINUTES * MINUTE)
    judged = lateness(found, finished, calendar)
    assert judged.margin_working_minutes == naive.between(finished, found.at)
    assert (judged.kind == "late") == (finished >= missed_at(found)) == (finished.date() > found.at.date())
    assert (judged.kind == "early") == (finished.date() < found.at.date())
    for percent, told in zip((25, 10), warnings(start, found.at, Where(calendar, start.date())), strict=True):
        assert naive.between(told, found.at) == whole * percent // 100
    assume(value >= 3)
    span = apology(found, calendar)
    assert span.last_on == found.at.date() - timedelta(days=1)
    assert (
        len([day for day in naive.days if span.draft_at.date() <= day < found.at.date() and not naive.is_off(day)]) == 2
    )


chosen = st.builds(
    Readings,
    day_zero_cutoff=st.sampled_from([None, time(15, 0), time(16, 30)]),
    day_limit_clock=st.sampled_from(["carried", "close_of_day"]),
    rolled_day_clock=st.sampled_from(["close_of_day", "carried"]),
    full_session_ends=st.sampled_from(["session", "next_session"]),
    main_limit_rolls=st.booleans(),
)


@pytest.mark.proves("R03", "R04")
@cases("readings")
@given(offices, moments, st.sampled_from(UNITS), small, chosen)
def test_what_an_office_may_read_otherwise_agrees(
    pair: Twins, start: datetime, unit: Unit, value: int, readings: Readings
) -> None:
    calendar, naive = pair
    limit = Limit(value, unit)
    begins = naive_start(naive, limit, start, readings)
    wanted = naive_end(naive, limit, begins, readings) if begins else None
    assert found_or_outside(lambda: due_at(limit, start, calendar, readings=readings)) == wanted
    if wanted:
        found = due(limit, start, calendar, readings=readings)
        assert (found.start, found.at) == (begins, wanted)


def naive_start(naive: NaiveClock, limit: Limit, start: datetime, readings: Readings) -> datetime | None:
    cutoff = readings.day_zero_cutoff
    if cutoff and limit.is_in_days and (start.time() > cutoff or naive.is_off(start.date())):
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), HANOI)
        return naive.into_hours(midnight) if midnight.year < 2027 else None
    return next_opening(naive, start) if readings.main_limit_rolls else start


def naive_end(naive: NaiveClock, limit: Limit, begins: datetime, readings: Readings) -> datetime | None:
    if not limit.is_in_days:
        ends = naive.add(begins, limit.value * (60 if limit.unit == "working_hours" else 1))
        fills = ends is not None and readings.full_session_ends == "next_session"
        return naive.into_hours(ends) if fills and ends and ends.year < 2027 else None if fills else ends
    count = limit.value * (12 if limit.unit == "years" else 1)
    of = {"working_days": naive.working_days, "calendar_days": naive.calendar_days}.get(limit.unit, naive.months)
    ends = of(begins, count)
    if ends is None:
        return None
    rolled = limit.unit != "working_days" and ends.date() != naive_last(limit, begins)
    if rolled:
        closes = readings.rolled_day_clock == "close_of_day"
        carried = readings.day_limit_clock == "carried"
        return ends if closes or not carried else naive.on(ends.date(), begins)
    return naive.close_of(ends.date()) if readings.day_limit_clock == "close_of_day" else ends


def naive_last(limit: Limit, begins: datetime) -> date:
    """The date on which a limit in dates would end if nobody rested."""
    if limit.unit == "calendar_days":
        return begins.date() + timedelta(days=limit.value)
    return corresponding(begins.date(), limit.value * (12 if limit.unit == "years" else 1))


def next_opening(naive: NaiveClock, start: datetime) -> datetime | None:
    """The start itself between its day's first and last minute of work, both included; else the next first minute."""
    midnight = naive.minute(datetime.combine(start.date(), time(), HANOI))
    at = naive.minute(start)
    if any(naive.works[midnight : at + 1]) and any(naive.works[max(midnight, at - 1) : midnight + 1440]):
        return start
    return naive.into_hours(start)
