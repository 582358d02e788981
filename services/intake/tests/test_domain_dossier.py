"""What an applicant may do in each status, and where a dossier may be filed."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from intake.domain.dossier import Dossier, Draft, Ending, Stored, Supplement
from intake.domain.errors import (
    FilingClosed,
    NotAllowedNow,
    ProcedureNotInForce,
    ProcedureUnknown,
    SubmissionInvalid,
)
from intake.domain.filing import desk_of, must_be_open, procedure_in_force
from intake.domain.flaws import clean, find_flaws
from intake.domain.quote import quote_of, quote_of_forms
from intake.domain.search import find_procedures
from rules import catalogue as law
from rules.records.status import Status
from rules.testing import OFFICE_ID, PROCEDURE_ID, at, some_files, some_sheets

NOW = at("2025-03-13 10:00")
CATALOGUE = law.load()
PROCEDURE = CATALOGUE.procedure(PROCEDURE_ID)


def a_dossier(status: Status = Status.SUBMITTED, **changed: object) -> Dossier:
    dossier = Dossier(
        uuid4(),
        "p-khoi",
        "T-1",
        PROCEDURE_ID,
        "1",
        OFFICE_ID,
        "one-stop",
        "radiation",
        NOW,
        "contacts/x/1.json",
        status,
    )
    return replace(dossier, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", list(Status))
def test_a_supplement_is_answered_only_when_one_was_asked_for(status: Status) -> None:
    if status is Status.WAITING_FOR_SUPPLEMENT:
        after = a_dossier(status).answered()
        assert (after.status, after.packages) == (Status.SUBMITTED, 2)
    else:
        with pytest.raises(NotAllowedNow):
            a_dossier(status).answered()


@pytest.mark.parametrize("status", list(Status))
def test_a_dossier_is_rated_when_it_has_an_outcome(status: Status) -> None:
    if status in (Status.REFUSED_AT_RECEPTION, Status.WITHDRAWN, Status.STOPPED, Status.FINISHED, Status.RETURNED):
        a_dossier(status).must_be_rateable()
    else:
        with pytest.raises(NotAllowedNow):
            a_dossier(status).must_be_rateable()


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("code", [None, "H00.15-250313-0001"])
@pytest.mark.proves("R09")
def test_a_dossier_is_withdrawn_or_stopped_only_while_it_is_under_way(status: Status, code: str | None) -> None:
    dossier = a_dossier(status, code=code)
    under_way = status in (1, 2, 4, 5, 6)
    allowed = [Ending.WITHDRAW] if under_way else []
    allowed += [Ending.STOP] if code and status in (2, 4, 5) else []
    assert list(dossier.endings) == allowed
    for ending in Ending:
        if ending in allowed:
            dossier.must_allow(ending)
        else:
            with pytest.raises(NotAllowedNow):
                dossier.must_allow(ending)


def test_an_accepted_dossier_goes_on_after_its_supplement() -> None:
    after = a_dossier(Status.WAITING_FOR_SUPPLEMENT, code="H00.15-250313-0001").answered()
    assert (after.status, after.packages) == (Status.IN_PROCESS, 2)


def test_a_result_is_collected_once_and_not_before_it_is_there() -> None:
    with pytest.raises(NotAllowedNow):
        a_dossier(Status.IN_PROCESS).collected(NOW)
    first = a_dossier(Status.FINISHED, result_code="X-KQ1").collected(NOW)
    assert first.collected_at == NOW
    assert first.collected(at("2025-03-14 10:00")) is first


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (["a", "b"], []),
        (["a", "b", "b"], []),
        (["a"], ["missing"]),
        (["a", "b", "c"], ["not_asked"]),
        ([], ["missing", "missing"]),
        (["c"], ["missing", "missing", "not_asked"]),
    ],
)
def test_exactly_what_was_asked_for_answers_a_round(given: list[str], codes: list[str]) -> None:
    asked = Supplement(uuid4(), 1, ("a", "b"), Stored("x", "0" * 64, 1), NOW)
    if not codes:
        asked.must_match(given, {})
        return
    with pytest.raises(SubmissionInvalid) as refused:
        asked.must_match(given, {"a": "Giấy A"})
    assert [flaw.code for flaw in refused.value.flaws] == codes


def test_a_round_is_answered_once() -> None:
    asked = Supplement(uuid4(), 1, ("a",), Stored("x", "0" * 64, 1), NOW, answered_at=NOW)
    with pytest.raises(NotAllowedNow):
        asked.must_match(["a"], {})


def test_a_filed_draft_does_not_change() -> None:
    draft = Draft(uuid4(), "p", PROCEDURE_ID, "1", {}, None, NOW, NOW, dossier_id=uuid4())
    with pytest.raises(NotAllowedNow):
        draft.with_sheets("F142-IV-01", [], NOW)
    with pytest.raises(NotAllowedNow):
        draft.with_contact({}, NOW)


def test_the_version_in_force_on_the_day_is_used() -> None:
    assert procedure_in_force(CATALOGUE, PROCEDURE_ID, date(2025, 3, 3)) == PROCEDURE
    with pytest.raises(ProcedureNotInForce):
        procedure_in_force(CATALOGUE, PROCEDURE_ID, date(2020, 1, 1))
    with pytest.raises(ProcedureUnknown):
        procedure_in_force(CATALOGUE, "none", date(2025, 3, 3))


@pytest.mark.parametrize(("on", "is_open"), [(date(2025, 6, 30), True), (date(2025, 7, 1), False)])
def test_the_portal_closes_on_the_day_the_decree_says(on: date, is_open: bool) -> None:
    if is_open:
        must_be_open(CATALOGUE, PROCEDURE, on)
        return
    with pytest.raises(FilingClosed) as refused:
        must_be_open(CATALOGUE, PROCEDURE, on)
    assert refused.value.since == date(2025, 7, 1)


@pytest.mark.proves("R19")
def test_who_receives_and_who_decides_are_two_units() -> None:
    desk = desk_of(CATALOGUE.office(OFFICE_ID), PROCEDURE, date(2025, 3, 3))
    assert (desk.receiving_unit, desk.resolving_unit) == ("one-stop", "radiation")


def test_a_whole_dossier_has_no_flaw() -> None:
    assert find_flaws(PROCEDURE, some_sheets(), some_files(), CATALOGUE) == []


def test_a_flaw_points_at_its_place() -> None:
    sheets = some_sheets()
    sheets["F142-III-01"][0]["staff_rows"][0]["birth_year"] = "x"
    flaws = find_flaws(PROCEDURE, sheets, some_files(), CATALOGUE)
    assert [flaw.pointer for flaw in flaws] == ["/forms/F142-III-01/0/staff_rows/0/birth_year"]


def test_what_is_stored_has_no_blanks() -> None:
    assert clean({"F": [{"a": " ", "b": 1}]}) == {"F": [{"b": 1}]}


def test_the_quote_is_what_will_be_demanded_and_when_it_will_be_due() -> None:
    quote = quote_of_forms(PROCEDURE, OFFICE_ID, some_sheets(), NOW, CATALOGUE)
    assert quote.fee is not None
    assert quote.expected is not None
    assert quote.fee.total_vnd == 12_600_000
    assert quote.expected.at == at("2025-04-08 17:30")


def test_no_date_is_promised_beyond_the_approved_calendar() -> None:
    quote = quote_of(PROCEDURE, OFFICE_ID, {"ct": 1}, at("2026-12-20 10:00"), CATALOGUE)
    assert quote.expected is None


@pytest.mark.proves("E05")
@pytest.mark.parametrize("query", ["giấy phép x-quang", "x quang giay phep", "Xquang", "2.002380", "chuan doan y te"])
def test_procedures_are_found_as_people_type(query: str) -> None:
    assert find_procedures([PROCEDURE], query) == [PROCEDURE]


def test_what_is_not_there_is_not_found() -> None:
    assert find_procedures([PROCEDURE], "karaoke") == []
    assert find_procedures([PROCEDURE], "giấy phép karaoke") == []
