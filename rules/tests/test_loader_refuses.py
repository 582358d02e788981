"""A catalogue that is wrong is refused with the file, the line and the reason. Each fault is planted in a real copy."""

import re
import shutil
from pathlib import Path

import pytest

from rules.catalogue import DATA, Catalogue
from rules.errors import BadData

PROCEDURE = "procedures/xray-licence-new-2021.yaml"
PROCESS = "processes/five-steps.yaml"
SHARED = "processes/committee-office.yaml"
CALENDAR = "calendars/demo-dost-2024-2026.yaml"
FEE = "fees/xray-appraisal.yaml"
NO_FEE = "fees/none.yaml"
TRANSFER = "fees/technology-transfer.yaml"
DEVICE = "forms/device-sheet.yaml"
STAFF = "forms/staff-sheet.yaml"
OFFICE = "offices/demo-dost.yaml"
CODE = "codes/dossier-code-2025.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def plant(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` in a file; answer the line it stands on."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> BadData:
    with pytest.raises(BadData) as caught:
        Catalogue.from_folder(folder)
    return caught.value


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        (PROCEDURE, "online_level: full", "online_levl: full", "online_levl: Extra inputs"),
        (PROCEDURE, "level: province", "level: planet", "level: Input should be 'province'"),
        (PROCEDURE, "limit: {value: 25, unit: calendar_days}", "limit: {value: 0, unit: calendar_days}", "limit.value"),
        (PROCEDURE, "limit: {value: 25, unit: calendar_days}", "limit: {value: 25, unit: moons}", "limit.unit"),
        (PROCEDURE, 'national_code: "2.002380"', "national_code: 2.002380", "national_code"),
        (PROCEDURE, "effective_from: 2021-02-01", "effective_from: soon", "effective_from"),
        (PROCEDURE, "form_id: F142-IV-01\n  - code", "form_id: F142-IV-99\n  - code", "unknown form F142-IV-99"),
        (PROCEDURE, "fee_id: FEE-RAD-XRAY", "fee_id: FEE-GONE", "unknown fee FEE-GONE"),
        (PROCESS, "role: clerk", "role: king", "steps.4.role"),
        (PROCESS, "sends_back_to: review", "sends_back_to: heaven", "no earlier step heaven"),
        (PROCEDURE, "{form_id: F142-III-07, field: device_type}", "{form_id: F142-III-07, field: x}", "no field x"),
        (PROCEDURE, "section: safety_officer", "section: chef", "no section chef"),
        (PROCEDURE, "unconfirmed_fields: [online_level", "unconfirmed_fields: [onlin", "no such field: onlin"),
        (PROCEDURE, "code_format: result-code", "code_format: nothing", "unknown code format nothing"),
        (CALENDAR, "day: 2026-02-16", "day: 2026-02-32", "day is out of range"),
        (CALENDAR, "day: 2026-11-24", "day: 2027-11-24", "outside the years"),
        (CALENDAR, "office_id: demo-dost", "office_id: nowhere", "unknown office nowhere"),
        (CALENDAR, '"07:30-11:30"', '"07:30-11:3"', "working.sessions.0"),
        (FEE, "amount_vnd: 2000000", "amount_vnd: -1", "items.0.amount_vnd"),
        (DEVICE, "type: decimal", "type: number", "type"),
        (DEVICE, "field: mobility", "field: colour", "no field colour"),
        (DEVICE, "copy_of: F142-IV-01.applicant_name", "copy_of: F142-IV-01.nobody", "has no field nobody"),
        (STAFF, "table: staff_rows", "table: nowhere", "no field nowhere"),
        (OFFICE, "code: H00.15", "code: Z99", "agency_codes.0.code"),
        (OFFICE, "- xray-licence-new-2021", "- other", "unknown procedure other"),
        (CODE, "effective_from: 2025-09-15", "effective_from: 2025-09-14", "overlaps dossier-code-2018"),
        (CODE, "{agency}-{date}-{number}", "{agency}-{date}", "lacks {number}"),
    ],
)
def test_a_fault_is_told_with_its_line_and_reason(folder: Path, name: str, old: str, new: str, reason: str) -> None:
    line = plant(folder, name, old, new)
    found = refusal(folder)
    assert str(found).startswith(f"{name}:{line}: ")
    assert reason in found.reason


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        (PROCESS, "share: 65", "share: 60", "shares sum to 95, not to 100"),
        (PROCEDURE, "code: establishment", "code: application", "component application stands twice"),
        (PROCEDURE, "effective_to: 2025-12-31", "effective_to: 2020-12-31", "is before effective_from"),
        (PROCEDURE, "    copies: 1\n    accepts: upload", "    copies: 0\n    accepts: upload", "asks for no paper"),
        (PROCEDURE, "    accepts: form", "    accepts: upload", "a form component names its form_id"),
        (PROCEDURE, "  staff_member: {", "  device: {", "device: written twice"),
        (PROCEDURE, "  counted_by: {form_id: F142-III-07, field: device_type}\n", "", "needs item or counted_by"),
        (CALENDAR, "kind: swapped_off", "kind: compensatory", "a swap has two days"),
        (CALENDAR, "  - day: 2024-01-01", "  - day: 2024-04-18", "day 2024-04-18 stands twice"),
        (CALENDAR, "  - day: 2024-02-13", "  - day: 2024-02-17", "a weekend day is off anyway"),
        (CALENDAR, '"13:30-17:30"', '"11:00-17:30"', "follow one another"),
        (FEE, 'factor: "0.75"', "factor: 0.75", "money knows no binary fractions"),
        (FEE, "effective_from: 2026-01-01", "effective_from: 2025-06-01", "overlaps online_2023"),
        (FEE, "key: mammography", "key: dental", "item dental stands twice"),
        (FEE, "effective_from: 2022-02-05\nsources", "effective_from: 2016-02-05\nsources", "overlaps FEE-RAD-XRAY"),
        (NO_FEE, "kind: none", "kind: phí", "only the kind none has no items"),
        (TRANSFER, "floor_vnd: 5000000", "floor_vnd: 50000000", "its floor is over its ceiling"),
        (TRANSFER, "amount_vnd: null", "amount_vnd: 5000000", "either an amount or a percentage"),
        (TRANSFER, 'percent: "0.1"', "percent: 0.1", "money knows no binary fractions"),
        (DEVICE, "key: model", "key: device_name", "field device_name stands twice"),
        (OFFICE, "id: one-stop", "id: radiation", "unit radiation stands twice"),
        (
            SHARED,
            "    shares_with: verify\n    sends",
            "    share: 1\n    shares_with: verify\n    sends",
            "sum to 101",
        ),
        (SHARED, "share: 20\n", "share: 20\n    shares_with: submit\n", "a share of its own shares no other's"),
        (SHARED, "    shares_with: verify\n    sends", "    shares_with: heaven\n    sends", "no earlier step heaven"),
        (SHARED, "    shares_with: verify\n    sends", "    shares_with: review\n    sends", "must follow one another"),
        (SHARED, "    share: 20\n", "    share: 20\n    unless_delegated: true\n", "step verify may have fallen away"),
    ],
)
def test_a_fault_between_values_is_told_in_its_file(folder: Path, name: str, old: str, new: str, reason: str) -> None:
    plant(folder, name, old, new)
    found = refusal(folder)
    assert found.file == name
    assert found.line > 0
    assert reason in found.reason


@pytest.mark.parametrize("name", [PROCEDURE, FEE, DEVICE, OFFICE, CODE])
def test_a_record_without_sources_is_refused(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    block = re.search(r"^sources:\n(?: .*\n)+", text, re.MULTILINE)
    assert block
    line = plant(folder, name, block[0], "sources: []\n")
    found = refusal(folder)
    assert (found.file, found.line) == (name, line)
    assert found.reason.startswith("sources")


def test_broken_yaml_is_told_with_its_line(folder: Path) -> None:
    line = plant(folder, OFFICE, "parent_vi: ", "parent_vi: [")
    found = refusal(folder)
    assert found.file == OFFICE
    assert found.line >= line


def test_a_file_that_is_not_a_record_is_refused(folder: Path) -> None:
    (folder / "fees" / "list.yaml").write_text("- one\n- two\n")
    assert str(refusal(folder)) == "fees/list.yaml:1: a file holds one record, written as a mapping"


def test_two_versions_of_a_procedure_may_not_hold_on_one_day(folder: Path) -> None:
    text = (folder / PROCEDURE).read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    second = folder / "procedures" / "xray-second.yaml"
    second.write_text(text, encoding="utf-8")
    assert "overlaps xray-licence-new-2021" in refusal(folder).reason
    plant(folder, PROCEDURE, "effective_to: 2025-12-31", "effective_to: 2024-12-31")
    second.write_text(text.replace("effective_from: 2021-02-01", "effective_from: 2025-01-01"), encoding="utf-8")
    found = Catalogue.from_folder(folder)
    assert found.procedure("xray-licence-new-2021").version == "2"
    assert found.procedure("xray-licence-new-2021", "1").version == "1"
