"""Barcodes, stamps, papers and people at the desk: the rules without anything around them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from intake.domain import finding, postal
from intake.domain.errors import HeldByAnother, NotAllowedNow, NotFound
from intake.domain.filing import COUNTER, POST_ROOM
from intake.domain.registering import (
    Filing,
    Paper,
    Return,
    answer_flaws,
    counted_kinds,
    filing_flaws,
    held,
    wants_items,
    with_counts,
)
from intake.domain.registration import Clerk, Registration, desk_for, new_applicant_id
from rules import catalogue as law
from rules.packages import fee_items
from rules.records.procedure import Procedure
from rules.testing import OFFICE_ID, PROCEDURE_ID, at, some_files, some_sheets

NOW = at("2025-03-03 09:12")
HA = Clerk("p-ha", "Hà", "one-stop")
TAM = Clerk("p-tam", "Tâm", "one-stop", at_counter=False)
LICENCE = law.load().procedure(PROCEDURE_ID)
FORMS = ("application", "staff-sheet", "device-sheets")
ALL = (*FORMS, *some_files())
FILES = dict.fromkeys(ALL, 1)
CONTACT = {"name": "Đinh Văn Tám", "phone": "0912 345 678"}


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("47312482", 9),  # the standard's own example
        ("00000000", 5),  # 11 becomes 5
        ("00004000", 0),  # 4 × 3 leaves 1, and 10 becomes 0
    ],
)
def test_the_check_digit_is_that_of_s10(digits: str, check: int) -> None:
    assert postal.check_digit(digits) == check


@pytest.mark.parametrize("wrong", [f"EE47312482{digit}VN" for digit in range(9)])
def test_every_other_check_digit_is_wrong(wrong: str) -> None:
    assert postal.read_item(wrong) == "wrong_check_digit"


@pytest.mark.parametrize(
    ("text", "item", "reading"),
    [
        ("EE473124829VN", "EE473124829VN", "s10"),
        (" ee 4731 2482 9 vn ", "EE473124829VN", "s10"),
        ("EE473124829V", "EE473124829V", "other"),
        ("BD-2025-000123", "BD-2025-000123", "other"),
        ("", "", "unreadable"),
        ("Mã", "MÃ", "unreadable"),
        ("A" * 41, "A" * 41, "unreadable"),
        ("EE47312482\u0669VN", "EE47312482\u0669VN", "unreadable"),
    ],
)
def test_a_barcode_is_read_as_it_was_typed(text: str, item: str, reading: str) -> None:
    assert (postal.tidy_item(text), postal.read_item(postal.tidy_item(text))) == (item, reading)


@pytest.mark.parametrize(
    ("item", "is_overridden", "codes"),
    [
        ("EE473124829VN", False, []),
        ("EE473124828VN", False, ["check_digit"]),
        ("EE473124828VN", True, []),
        ("?", True, ["format"]),
    ],
)
def test_a_wrong_check_digit_is_a_hint_that_a_clerk_may_override(
    item: str, is_overridden: bool, codes: list[str]
) -> None:
    assert [flaw.code for flaw in postal.item_flaws(item, is_overridden=is_overridden)] == codes


@pytest.mark.parametrize(
    ("moved", "codes"),
    [
        (timedelta(0), []),
        (timedelta(seconds=1), ["future"]),
        (timedelta(days=-30), []),
        (timedelta(days=-30, seconds=-1), ["too_old"]),
    ],
)
def test_a_stamp_lies_in_the_last_thirty_days(moved: timedelta, codes: list[str]) -> None:
    assert [flaw.code for flaw in postal.stamp_flaws(NOW + moved, NOW)] == codes


def test_a_parcel_without_a_stamp_is_told_so() -> None:
    assert [flaw.code for flaw in postal.stamp_flaws(None, NOW)] == ["required"]


@pytest.mark.parametrize(
    ("now", "since"), [("2025-03-03 09:12", "2024-03-03 09:12"), ("2028-02-29 10:00", "2027-02-28 10:00")]
)
def test_a_year_before_is_the_same_day(now: str, since: str) -> None:
    assert postal.a_year_before(at(now)) == at(since)


def a_filing(**changed: Any) -> Filing:
    values: dict[str, Any] = {
        "procedure_id": PROCEDURE_ID,
        "contact": CONTACT,
        "forms": {},
        "papers": dict.fromkeys(ALL, Paper(1, 2)),
        "items": {"ct": 1, "general": 2},
    }
    return Filing(**values | changed)


def codes_of(filing: Filing, files: dict[str, int]) -> list[tuple[str, str | None]]:
    return [(flaw.code, flaw.component) for flaw in filing_flaws(filing, LICENCE, files, COUNTER, law.load())]


def test_a_whole_dossier_on_paper_has_no_flaw() -> None:
    assert codes_of(a_filing(), FILES) == []
    assert filing_flaws(a_filing(), LICENCE, FILES, POST_ROOM, law.load()) == []


def test_one_scan_may_hold_several_papers() -> None:
    filing = a_filing(forms=some_sheets(), items={})
    assert codes_of(filing, dict.fromkeys(some_files(), 1)) == []
    assert held(filing, {"inspection-certificates": 1})["inspection-certificates"] == 3
    few = a_filing(forms=some_sheets(), items={}, papers=dict.fromkeys(ALL, Paper(1)))
    assert ("too_few", "inspection-certificates") in codes_of(few, dict.fromkeys(some_files(), 1))


def test_a_typed_form_needs_no_scan_of_its_paper() -> None:
    assert codes_of(a_filing(forms=some_sheets(), items={}), dict.fromkeys(some_files(), 1)) == []


def test_what_is_wrong_inside_a_typed_sheet_is_told() -> None:
    sheets = some_sheets()
    sheets["F142-IV-01"][0]["phone"] = "x"
    found = filing_flaws(a_filing(forms=sheets, items={}), LICENCE, FILES, COUNTER, law.load())
    assert [(flaw.form_id, flaw.sheet, flaw.path) for flaw in found] == [("F142-IV-01", 0, ("phone",))]


@pytest.mark.proves("H04")
@pytest.mark.parametrize(
    ("paper", "scans", "code"),
    [
        (Paper(0, 1, True), 0, None),
        (Paper(0, 1), 0, "not_scanned"),
        (Paper(0, 0, True), 0, "not_counted"),
        (Paper(0, 0), 1, "not_counted"),
        (Paper(0, 1, True), 1, "shown_and_scanned"),
    ],
)
def test_a_paper_is_scanned_unless_it_was_only_shown(paper: Paper, scans: int, code: str | None) -> None:
    papers = dict.fromkeys(ALL, Paper(1, 2)) | {"establishment": paper}
    found = [one for one, component in codes_of(a_filing(papers=papers), FILES | {"establishment": scans}) if component]
    assert (code is None and found == []) or code in found


def test_the_clerk_counts_only_where_the_form_is_a_scan() -> None:
    assert wants_items(a_filing(), LICENCE, FILES)
    assert not wants_items(a_filing(forms=some_sheets()), LICENCE, FILES)
    assert not wants_items(a_filing(), LICENCE, {"application": 1})
    assert {"ct", "general", "dental"} <= counted_kinds(LICENCE, law.load()).keys()


def test_what_was_counted_becomes_short_sheets_beside_the_typed_ones() -> None:
    application = {"F142-IV-01": some_sheets()["F142-IV-01"]}
    found = with_counts(a_filing(forms=application, items={"ct": 1, "dental": 2}), LICENCE)
    assert found["F142-III-07"] == [{"device_type": "ct"}, {"device_type": "dental"}, {"device_type": "dental"}]
    assert found["F142-IV-01"] == application["F142-IV-01"]


@pytest.mark.parametrize("items", [{}, {"ct": 0}, {"karaoke": 1}, {"ct": 501}, {"ct": -1}])
def test_a_count_that_cannot_be_charged_is_told(items: dict[str, int]) -> None:
    found = filing_flaws(a_filing(items=items), LICENCE, FILES, COUNTER, law.load())
    assert [flaw.pointer for flaw in found] == ["/items"]


def on_paper_alone(procedure: Procedure) -> tuple[Filing, dict[str, int]]:
    """Everything of a procedure handed in and scanned, nothing typed but what a percentage is taken of."""
    files = {one.code: 1 for one in procedure.components}
    filing = Filing(procedure.id, CONTACT, {}, {code: Paper(500) for code in files})
    wanted = wants_items(filing, procedure, files)
    kinds = list(counted_kinds(procedure, law.load())) if wanted else []
    return replace(filing, items=dict.fromkeys(kinds[:2], 2)), files


@pytest.mark.proves("D01")
@pytest.mark.parametrize("procedure", law.load().procedures, ids=lambda one: f"{one.id}-{one.version}")
def test_every_procedure_may_come_in_on_paper_and_be_charged(procedure: Procedure) -> None:
    filing, files = on_paper_alone(procedure)
    codes = {flaw.code for flaw in filing_flaws(filing, procedure, files, COUNTER, law.load())}
    assert codes == ({"must_be_typed"} if procedure.fee and procedure.fee.value_from else set())
    assert fee_items(procedure, with_counts(filing, procedure), law.load()).keys() >= filing.items.keys()


def test_an_answer_is_judged_by_its_papers_only() -> None:
    filing = a_filing(papers={"radiation-survey": Paper(1)}, items={}, contact={})
    assert answer_flaws(filing, LICENCE, {"radiation-survey": 1}, law.load()) == []
    assert [flaw.code for flaw in answer_flaws(filing, LICENCE, {}, law.load())] == ["not_scanned"]


@pytest.mark.parametrize(
    ("contact", "wanted", "pointers"),
    [
        ({}, Return(), ["/contact/name", "/contact/phone"]),
        ({"name": "A", "email": "a@b.example"}, Return("online"), []),
        ({"name": "A", "phone": "0912345678"}, Return("online"), ["/return_way"]),
        ({"name": "A", "phone": "0912345678"}, Return("postal", " "), ["/return_address"]),
        ({"name": "A", "phone": "0912345678"}, Return("postal", "Số 3"), []),
    ],
)
def test_a_person_can_be_reached_and_the_result_can_go_back(
    contact: dict[str, str], wanted: Return, pointers: list[str]
) -> None:
    found = filing_flaws(a_filing(contact=contact, wanted=wanted), LICENCE, FILES, COUNTER, law.load())
    assert [flaw.pointer for flaw in found] == pointers


def a_registration(**changed: Any) -> Registration:
    values: dict[str, Any] = {"door": "counter", "holder": HA} | changed
    return Registration(UUID(int=1), values["door"], OFFICE_ID, values["holder"], NOW, NOW, new_applicant_id())


def test_only_who_has_it_in_hand_changes_it() -> None:
    one = a_registration(door="post_room")
    one.must_be_held_by(HA)
    with pytest.raises(HeldByAnother, match="another clerk"):
        one.must_be_held_by(TAM)
    one.taken_over(TAM, NOW).must_be_held_by(TAM)


def test_the_counter_is_closed_to_the_post_room() -> None:
    with pytest.raises(NotFound):
        a_registration().taken_over(TAM, NOW)


def test_what_was_registered_changes_no_more() -> None:
    done = a_registration(door="post_room").finished(UUID(int=2), NOW)
    for attempt in (done.must_be_held_by, lambda clerk: done.taken_over(clerk, NOW)):
        with pytest.raises(NotAllowedNow):
            attempt(HA)
    assert done.contact is None


def test_the_receiving_unit_is_the_clerks_where_it_receives() -> None:
    office = law.load().office(OFFICE_ID)
    assert desk_for(office, LICENCE, "one-stop", date(2025, 3, 3)).receiving_unit == "one-stop"
    assert desk_for(office, LICENCE, "clerical", date(2025, 3, 3)).receiving_unit == "one-stop"
    assert desk_for(office, LICENCE, "nowhere", date(2025, 3, 3)).resolving_unit == "radiation"


@pytest.mark.parametrize(
    ("phone", "digits"), [("+84 912 345 678", "0912345678"), ("0912.345.678", "0912345678"), ("", "")]
)
def test_a_telephone_number_is_compared_by_its_digits(phone: str, digits: str) -> None:
    assert finding.digits_of(phone) == digits


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Lê Thị Bảo Ngọc", "Lê T. B. Ngọc"), ("Lê Ngọc", "L. Ngọc"), ("Ngọc", "Ngọc"), ("", "")],
)
def test_a_name_in_a_list_is_masked(name: str, masked: str) -> None:
    assert finding.masked_name(name) == masked


def test_an_address_in_a_list_is_masked() -> None:
    assert finding.masked_email("bao.ngoc@nhakhoa.example") == "b•••@nhakhoa.example"
    assert finding.masked_phone("0912 345 678") == "•••••• 678"
    assert (finding.masked_email(""), finding.masked_phone("")) == ("", "")
