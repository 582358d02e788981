"""The whole road of a dossier that might be filed, and what is refused. The dates are worked out by hand."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from rules import due
from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.errors import NoSuchChannel, NotInForce, NotPublished, OutsideCalendar, UnknownProcedure, WrongOrder
from rules.milestones import LABELS
from rules.road import Milestone, Question, Road, Round, road
from rules.testing import OFFICE_ID, at


def a_question(**changed: Any) -> Question:
    """An X-ray licence filed online on a Monday evening."""
    asked: dict[str, Any] = {"procedure": "2.002380", "channel": "online", "office_id": OFFICE_ID}
    return Question(**asked | {"filed_at": at("2025-03-03 20:00")} | changed)


def told(found: Road, *kinds: str) -> list[str]:
    return [f"{one.at:%m-%d %H:%M}" for one in found.milestones if one.kind in kinds]


def only(found: Road, kind: Any) -> Milestone:
    (one,) = [one for one in found.of(kind) if one.holds]
    return one


def resuming(law: Catalogue) -> Catalogue:
    """The same law, had it let the limit go on after a supplement."""
    changed = [
        one.model_copy(update={"supplement": one.supplement.model_copy(update={"after_acceptance": "resumes"})})
        for one in law.procedures
    ]
    return replace(law, procedures=tuple(changed))


def test_a_straight_road_from_filing_to_the_first_late_moment() -> None:
    found = road(a_question(paid_at=at("2025-03-13 10:00")))
    assert [one.kind for one in found.milestones] == [
        "filed",
        "alert",
        "check_due",
        "paid",
        "clock_started",
        "ask_by",
        "warning",
        "apology_draft",
        "warning",
        "apology_last",
        "due",
        "missed",
    ]
    assert (found.starts_at, found.due_at) == (at("2025-03-13 10:00"), at("2025-04-08 17:30"))
    assert told(found, "check_due", "apology_draft", "apology_last", "missed") == [
        "03-11 07:30",
        "04-03 07:30",
        "04-07 23:59",
        "04-09 00:00",
    ]
    assert found.waits_for is None
    assert found.first_due_at == found.due_at


def test_each_moment_says_by_which_act_and_which_reading_and_why_a_day_was_passed_over() -> None:
    found = road(a_question(paid_at=at("2025-03-13 10:00")))
    main = only(found, "due")
    assert any("142/2020" in act for act in main.basis)
    assert main.basis[-1].startswith("Bộ luật Dân sự 2015")
    assert main.readings == ("R03", "R04")
    days = {day.on.isoformat(): day for day in main.days}
    assert (days["2025-04-07"].count, days["2025-04-08"].count) == (25, None)
    assert "Giỗ Tổ Hùng Vương" in days["2025-04-07"].reason
    assert "Hùng Kings" in days["2025-04-07"].reason_en
    assert "chuyển sang ngày làm việc kế tiếp" in days["2025-04-07"].reason
    assert all(one.basis for one in found.milestones)
    assert {"R01", "R02", "R03", "R04", "R05", "R07", "T03"} <= {*found.readings}


@pytest.mark.proves("R02", "R11")
def test_until_the_fee_is_paid_nothing_more_can_be_told() -> None:
    found = road(a_question())
    assert [one.kind for one in found.milestones] == ["filed", "alert", "check_due"]
    assert (found.waits_for, found.due_at, found.starts_at) == ("fee", None, None)


@pytest.mark.proves("R08")
def test_a_supplement_before_acceptance_begins_the_check_anew() -> None:
    rounds = (Round(at("2025-03-05 10:00"), at("2025-03-10 09:00")),)
    found = road(a_question(paid_at=at("2025-03-13 10:00"), rounds=rounds))
    assert told(found, "supplement_asked", "check_restarted") == ["03-05 10:00", "03-10 09:00"]
    assert [(one.number, one.holds) for one in found.of("check_due")] == [(1, False), (2, True)]
    assert told(found, "check_due") == ["03-11 07:30", "03-17 09:00"]
    assert found.starts_at == at("2025-03-13 10:00")


@pytest.mark.proves("R02")
def test_the_clock_waits_for_the_last_piece_where_the_fee_came_first() -> None:
    rounds = (Round(at("2025-03-05 10:00"), at("2025-03-17 09:00"), "check"),)
    assert road(a_question(paid_at=at("2025-03-04 10:00"), rounds=rounds)).starts_at == at("2025-03-17 09:00")


@pytest.mark.proves("R08", "R06")
def test_a_later_supplement_begins_the_whole_limit_anew_and_the_first_due_is_kept(calendar: Calendar) -> None:
    rounds = (Round(at("2025-03-20 09:00"), at("2025-03-24 14:00")),)
    found = road(a_question(paid_at=at("2025-03-13 10:00"), rounds=rounds))
    assert told(found, "clock_paused", "clock_restarted") == ["03-20 09:00", "03-24 14:00"]
    assert [(one.at, one.number, one.holds) for one in found.of("due")] == [
        (at("2025-04-08 17:30"), 1, False),
        (at("2025-04-18 14:00"), 2, True),
    ]
    assert (found.first_due_at, found.due_at) == (at("2025-04-08 17:30"), at("2025-04-18 14:00"))
    assert found.starts_at == at("2025-03-24 14:00")
    limit = only(found, "due").limit
    assert limit
    assert due.due(limit, at("2025-03-24 14:00"), calendar).at == found.due_at


@pytest.mark.proves("R08")
def test_where_a_procedure_resumes_the_limit_goes_on_with_what_was_left(law: Catalogue, calendar: Calendar) -> None:
    asked, answered = at("2025-03-20 09:00"), at("2025-03-24 14:00")
    question = a_question(paid_at=at("2025-03-13 10:00"), rounds=(Round(asked, answered),))
    found = road(question, catalogue=resuming(law))
    assert told(found, "clock_resumed") == ["03-24 14:00"]
    assert found.due_at
    assert found.first_due_at
    left = calendar.working_minutes_between(asked, found.first_due_at)
    assert calendar.working_minutes_between(answered, found.due_at) == left
    assert all(day.count is None for day in only(found, "due").days)


@pytest.mark.proves("R08")
def test_splitting_a_pause_in_two_changes_nothing(law: Catalogue) -> None:
    paid = at("2025-03-13 10:00")
    one = (Round(at("2025-03-20 09:00"), at("2025-03-24 14:00")),)
    two = (Round(at("2025-03-20 09:00"), at("2025-03-21 10:00")), Round(at("2025-03-21 10:00"), at("2025-03-24 14:00")))
    found = [road(a_question(paid_at=paid, rounds=rounds), catalogue=resuming(law)).due_at for rounds in (one, two)]
    assert found[0] == found[1]


@pytest.mark.proves("R09")
def test_a_request_nobody_answers_is_closed_after_a_notice_where_an_act_limits_the_answer(law: Catalogue) -> None:
    limited = next(one for one in law.procedures if one.supplement.answer_within and one.check_limit and one.limit)
    question = Question(
        limited.id, "direct", OFFICE_ID, at("2025-03-03 08:00"), rounds=(Round(at("2025-03-04 09:00")),)
    )
    found = road(question)
    assert found.waits_for == "supplement"
    assert limited.supplement.answer_within
    answer, notice, closes = only(found, "answer_due"), only(found, "closing_notice"), only(found, "closes")
    assert answer.limit == limited.supplement.answer_within
    assert notice.at < answer.at < closes.at


@pytest.mark.proves("R14")
def test_a_request_without_a_limit_is_never_closed_by_itself() -> None:
    found = road(a_question(rounds=(Round(at("2025-03-05 10:00")),)))
    assert found.waits_for == "supplement"
    assert not found.of("closes")
    assert not found.of("answer_due")


@pytest.mark.proves("R14")
def test_a_check_limit_that_no_act_gives_is_named_and_not_guessed() -> None:
    question = Question("xray-declaration-2021", "direct", OFFICE_ID, at("2025-03-03 08:00"))
    found = road(question)
    assert found.unpublished == ("check limit",)
    assert not found.of("check_due")


def test_a_newer_calendar_moves_the_road(calendar: Calendar) -> None:
    days = tuple(one for one in calendar.record.special_days if one.day.isoformat() != "2025-04-07")
    changed = Calendar(calendar.record.model_copy(update={"special_days": days, "version": "other"}))
    found = road(a_question(paid_at=at("2025-03-13 10:00")), calendar=changed)
    assert (found.due_at, found.calendar_version) == (at("2025-04-07 10:00"), "other")


def test_a_road_can_be_sent_as_json() -> None:
    found = road(a_question(paid_at=at("2025-03-13 10:00"))).as_json()
    assert json.loads(json.dumps(found)) == found
    assert found["due_at"] == "2025-04-08T17:30:00+07:00"
    assert found["milestones"][0]["kind"] == "filed"


def test_every_kind_of_moment_has_its_words() -> None:
    assert {one.kind for one in road(a_question(paid_at=at("2025-03-13 10:00"))).milestones} <= {*LABELS}
    assert all(vietnamese and english for vietnamese, english in LABELS.values())


def test_only_the_office_needs_to_know_of_warnings_and_drafts() -> None:
    found = road(a_question(paid_at=at("2025-03-13 10:00")))
    assert {one.kind for one in found.milestones if one.is_inside} == {"alert", "ask_by", "warning", "apology_draft"}


def test_a_dossier_of_the_counter_is_handed_over_and_no_online_one() -> None:
    filed, paid = at("2025-03-03 09:00"), at("2025-03-13 15:30")
    found = road(a_question(channel="direct", filed_at=filed, paid_at=paid))
    assert told(found, "alert", "hand_over_due", "ask_by") == ["03-14 11:30", "03-18 15:30"]
    assert only(found, "hand_over_due").readings == ("T05",)


AFTER = at("2025-03-20 09:00")


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"procedure": "9.999999"}, UnknownProcedure),
        ({"filed_at": at("2026-03-03 08:00")}, NotInForce),
        ({"channel": "fax"}, NoSuchChannel),
        ({"procedure": "radiation-licence-new-2026", "filed_at": at("2026-03-03 08:00")}, NotPublished),
        ({"paid_at": at("2025-03-03 19:59")}, WrongOrder),
        ({"rounds": (Round(at("2025-03-02 09:00")),)}, WrongOrder),
        ({"rounds": (Round(AFTER, at("2025-03-19 09:00")),)}, WrongOrder),
        ({"rounds": (Round(AFTER), Round(AFTER))}, WrongOrder),
        ({"rounds": (Round(AFTER, AFTER, "processing"),)}, WrongOrder),
        ({"paid_at": at("2025-03-25 09:00"), "rounds": (Round(AFTER, AFTER, "processing"),)}, WrongOrder),
        ({"filed_at": at("2023-03-03 08:00")}, OutsideCalendar),
        ({"paid_at": at("2026-12-20 10:00")}, OutsideCalendar),
        ({"filed_at": datetime(2025, 3, 3, 8)}, ValueError),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], refused: type[Exception]) -> None:
    with pytest.raises(refused):
        road(a_question(**changed))
