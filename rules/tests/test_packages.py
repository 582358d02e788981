"""Whether a package is whole, and what it is charged for."""

import pytest

from rules import packages
from rules.packages import Problem
from rules.records.procedure import Procedure
from rules.testing import a_device_sheet, a_staff_row, a_staff_sheet, an_application, some_files, some_sheets

DEVICE_SHEETS = "F142-III-07"


def told(found: list[Problem]) -> list[tuple[str, str | None]]:
    return [(one.code, one.component) for one in found]


def test_a_whole_package_has_no_problems(xray: Procedure) -> None:
    assert packages.check(xray, some_sheets(), some_files()) == []


def test_an_empty_package_misses_every_component_that_is_always_asked_for(xray: Procedure) -> None:
    found = packages.check(xray, {}, {})
    wanted = [one.code for one in xray.components if one.required_when is None]
    assert told(found) == [("missing", code) for code in wanted]
    assert found[0].message_vi.startswith("Hồ sơ thiếu “Đơn đề nghị")
    assert found[0].message_en.startswith("The dossier lacks “Application")


@pytest.mark.parametrize("component", sorted(some_files()))
def test_each_uploaded_component_is_missed(xray: Procedure, component: str) -> None:
    found = packages.check(xray, some_sheets(), some_files() | {component: 0})
    assert told(found) == [("missing", component)]


def test_one_sheet_per_device_neither_more_nor_fewer(xray: Procedure) -> None:
    for kinds in (["ct", "general"], ["ct", "general", "general", "dental"]):
        sheets = some_sheets() | {DEVICE_SHEETS: [a_device_sheet(kind) for kind in kinds]}
        (found,) = packages.check(xray, sheets, some_files())
        assert (found.code, found.component, found.form_id) == ("wrong_count", "device-sheets", DEVICE_SHEETS)
        assert f"hồ sơ có {len(kinds)}" in found.message_vi


def test_one_inspection_certificate_per_device_at_least(xray: Procedure) -> None:
    found = packages.check(xray, some_sheets(), some_files() | {"inspection-certificates": 2})
    assert told(found) == [("too_few", "inspection-certificates")]
    assert packages.check(xray, some_sheets(), some_files() | {"inspection-certificates": 4}) == []


def test_one_training_certificate_per_member_of_the_staff(xray: Procedure) -> None:
    staff = a_staff_sheet(staff_total=3, staff_rows=[a_staff_row(), a_staff_row(), a_staff_row()])
    sheets = some_sheets() | {"F142-III-01": [staff]}
    assert told(packages.check(xray, sheets, some_files())) == [("too_few", "training-certificates")]
    assert packages.check(xray, sheets, some_files(staff=4)) == []


def test_a_form_of_another_procedure_and_an_unknown_component_are_refused(xray: Procedure) -> None:
    found = packages.check(xray, some_sheets() | {"F142-IV-06": [{}]}, some_files() | {"dowry": 1})
    assert told(found) == [("wrong_form", None), ("unknown_component", "dowry")]
    assert found[0].form_id == "F142-IV-06"


def test_the_application_is_filed_once(xray: Procedure) -> None:
    sheets = some_sheets() | {"F142-IV-01": [an_application(), an_application()]}
    assert told(packages.check(xray, sheets, some_files())) == [("single", "application")]


def test_the_officers_certificate_is_asked_for_when_the_sheet_names_one(xray: Procedure) -> None:
    files = some_files() | {"officer-certificate": 0}
    waiting = some_sheets() | {"F142-III-01": [a_staff_sheet(so_worker_cert_no="")]}
    assert told(packages.check(xray, some_sheets(), files)) == [("missing", "officer-certificate")]
    assert packages.check(xray, waiting, files) == []


def test_a_safety_officer_is_needed_unless_every_device_is_dental(xray: Procedure) -> None:
    nobody = {key: value for key, value in a_staff_sheet().items() if not key.startswith("so_")}
    files = some_files(devices=1, staff=1)
    hospital = some_sheets("ct") | {"F142-III-01": [nobody]}
    dentist = some_sheets("dental") | {"F142-III-01": [nobody]}
    assert told(packages.check(xray, hospital, files)) == [("section_missing", None)]
    assert packages.check(xray, dentist, files) == []


def test_forms_on_paper_may_be_scanned_at_the_counter_but_not_sent_online(xray: Procedure) -> None:
    files = some_files() | {"application": 1, "staff-sheet": 1, "device-sheets": 3}
    assert packages.check(xray, {}, files, channel="direct") == []
    online = packages.check(xray, some_sheets(), some_files() | {"application": 1})
    assert told(online) == [("not_an_upload", "application")]


def test_a_number_that_is_not_one_stops_no_other_check(xray: Procedure) -> None:
    sheets = some_sheets() | {"F142-IV-01": [an_application(device_total="ba")], "F142-III-01": [{"staff_rows": "x"}]}
    found = packages.check(xray, sheets, some_files() | {"emergency-plan": 0})
    assert ("missing", "emergency-plan") in told(found)


def test_the_fee_is_read_from_the_sheets(xray: Procedure) -> None:
    assert packages.fee_items(xray, some_sheets()) == {"ct": 1, "general": 2}
    assert packages.fee_items(xray, {DEVICE_SHEETS: [{}, {"device_type": 7}]}) == {}
    assert packages.fee_items(xray.model_copy(update={"fee": None}), some_sheets()) == {}
