"""The general limits and our settings beside them, as dated data: what they are, and what they mean for a dossier."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from rules import due, limits
from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.errors import NotPublished
from rules.limits import Where
from rules.records.limit import GeneralLimit, Limit
from rules.records.procedure import Procedure
from rules.testing import at

ON = date(2025, 3, 3)
ACT = {"sources": [{"act": "Nghị định 61/2018/NĐ-CP"}], "effective_from": "2021-02-01", "id": "one"}


@pytest.fixture
def where(calendar: Calendar) -> Where:
    return Where(calendar, ON)


@pytest.mark.parametrize("on", [date(2024, 1, 2), date(2025, 6, 30), date(2025, 7, 1), date(2026, 12, 31)])
def test_every_time_rule_of_the_table_is_data_on_every_day(law: Catalogue, on: date) -> None:
    held = {one.number for one in law.limits if one.is_in_force(on)}
    wanted = {"T01", "T04", "T05", "T06", "T07", "T08"} | ({"T02"} if on.year == 2026 else set())
    assert wanted <= held


def test_what_is_ours_is_marked_and_what_was_not_read_is_unconfirmed(law: Catalogue) -> None:
    for one in law.limits:
        assert one.invented or one.number, one.id
    assert {one.id for one in law.limits if one.invented} == {
        "alert-online",
        "apology-draft",
        "apology-short",
        "closing-notice",
        "warning",
    }
    assert {"apology-2025", "supplement-notice-2025"} <= {one.id for one in law.limits if one.unconfirmed}


@pytest.mark.parametrize(
    ("received", "by"),
    [
        ("2025-03-03 09:00", "2025-03-03 17:30"),
        ("2025-03-03 15:00", "2025-03-03 17:30"),
        ("2025-03-03 15:01", "2025-03-04 11:30"),
        ("2025-03-07 16:00", "2025-03-10 11:30"),
        ("2025-03-08 10:00", "2025-03-10 11:30"),
    ],
)
def test_a_counter_dossier_is_handed_over_the_same_day_or_the_next_morning(
    where: Where, received: str, by: str
) -> None:
    found = limits.hand_over(at(received), "direct", where)
    assert found
    assert found.at == at(by)


def test_nothing_is_handed_over_of_an_online_dossier(where: Where) -> None:
    assert limits.hand_over(at("2025-03-03 09:00"), "online", where) is None


def test_a_new_online_dossier_is_looked_at_within_two_hours_of_the_opening(where: Where) -> None:
    found = limits.alert(at("2025-03-03 20:00"), "online", where)
    assert found
    assert found.at == at("2025-03-04 09:30")
    assert limits.alert(at("2025-03-03 20:00"), "direct", where) is None


def test_what_lacks_is_asked_for_within_three_working_days_unless_the_sector_says_otherwise(
    where: Where, xray: Procedure
) -> None:
    accepted = at("2025-03-13 10:00")
    found = limits.supplement_notice(xray, accepted, where)
    assert found
    assert found.at == at("2025-03-18 10:00")
    own = xray.supplement.model_copy(update={"notice_within": Limit(5, "working_days")})
    found = limits.supplement_notice(xray.model_copy(update={"supplement": own}), accepted, where)
    assert found
    assert found.at == at("2025-03-20 10:00")


@pytest.mark.proves("R09", "R14")
def test_a_request_is_closed_by_itself_only_where_an_act_limits_the_answer(where: Where, xray: Procedure) -> None:
    asked = at("2025-03-13 10:00")
    assert limits.closing(xray, asked, where) is None
    own = xray.supplement.model_copy(update={"answer_within": Limit(15, "working_days")})
    found = limits.closing(xray.model_copy(update={"supplement": own}), asked, where)
    assert found
    assert found.answer.at == at("2025-04-03 10:00")
    assert (found.notice_at, found.closes_at) == (at("2025-03-31 07:30"), at("2025-04-04 00:00"))


def test_the_notice_of_a_closing_never_goes_before_the_request(where: Where, xray: Procedure) -> None:
    own = xray.supplement.model_copy(update={"answer_within": Limit(2, "working_days")})
    found = limits.closing(xray.model_copy(update={"supplement": own}), at("2025-03-13 10:00"), where)
    assert found
    assert found.notice_at == at("2025-03-13 10:00")


def test_officers_are_warned_when_a_quarter_and_when_a_tenth_of_the_whole_is_left(where: Where) -> None:
    found = limits.warnings(at("2025-03-03 07:30"), at("2025-03-07 17:30"), where)  # 2400 minutes
    assert found == (at("2025-03-06 15:30"), at("2025-03-07 13:30"))
    assert limits.warnings(at("2025-03-08 07:30"), at("2025-03-09 07:30"), where) == ()


def test_an_office_may_have_a_setting_of_its_own(law: Catalogue, calendar: Calendar) -> None:
    shared = next(one for one in law.limits if one.kind == "warning")
    own = shared.model_copy(update={"id": "own", "office_id": "demo-dost", "percent_left": (50, 20)})
    changed = replace(law, limits=(own, *law.limits))
    for office, wanted in (("demo-dost", (50, 20)), ("another", (25, 10)), (None, (25, 10))):
        held = Where(calendar, ON, office_id=office, catalogue=changed).general("warning")
        assert held
        assert held.percent_left == wanted


@pytest.mark.proves("R07")
def test_an_office_may_draft_its_apologies_earlier(law: Catalogue, calendar: Calendar) -> None:
    shared = next(one for one in law.limits if one.kind == "apology_draft")
    own = shared.model_copy(update={"id": "own", "office_id": "demo-dost", "limit": Limit(5, "working_days")})
    changed = replace(law, limits=(own, *law.limits))
    licence = due.due(Limit(25, "calendar_days"), at("2025-03-13 10:00"), calendar)
    for office, draft in (("demo-dost", "2025-03-31 07:30"), ("another", "2025-04-03 07:30")):
        assert due.apology(licence, calendar, office_id=office, catalogue=changed).draft_at == at(draft)


def test_a_setting_that_is_not_there_is_not_guessed(law: Catalogue, calendar: Calendar) -> None:
    with pytest.raises(NotPublished):
        limits.needed("closing_notice", Where(calendar, ON, catalogue=replace(law, limits=())))
    assert limits.warnings(at("2025-03-03 07:30"), at("2025-03-07 17:30"), Where(calendar, date(2020, 1, 1))) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "check"},
        {"kind": "hand_over", "limit": {"value": 0, "unit": "working_days"}},
        {"kind": "check", "limit": {"value": 1, "unit": "working_days"}, "cutoff": "15:00"},
        {"kind": "warning"},
        {"kind": "warning", "percent_left": [10, 25]},
        {"kind": "warning", "percent_left": [25]},
        {"kind": "warning", "percent_left": [25, 10, 5]},
        {"kind": "check", "limit": {"value": 1, "unit": "working_days"}, "percent_left": [25, 10]},
    ],
)
def test_a_limit_without_what_its_kind_needs_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        GeneralLimit.model_validate(ACT | wrong)
