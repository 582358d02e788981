"""Faults between procedures, processes, forms, offices and overlays, each planted in a real copy of the data."""

import shutil
from pathlib import Path

import pytest

from rules.catalogue import DATA, Catalogue
from rules.errors import BadData

AMENDMENT = "procedures/xray-licence-amend-2021.yaml"
EXTENSION = "procedures/xray-licence-extend-2021.yaml"
PLAN = "procedures/emergency-plan-2021.yaml"
CERTIFICATE = "procedures/safety-officer-certificate-2021.yaml"
NEW_2026 = "procedures/radiation-licence-new-2026.yaml"
CHANGE, RENEWAL = "forms/licence-change.yaml", "forms/licence-extension.yaml"
PROCESS, COMMITTEE = "processes/five-steps.yaml", "processes/committee.yaml"
OFFICE, OVERLAY, LIMIT = "offices/demo-dost.yaml", "overlays/demo-dost-amendment.yaml", "limits/check-paper-2026.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def plant(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(folder: Path) -> BadData:
    with pytest.raises(BadData) as caught:
        Catalogue.from_folder(folder)
    return caught.value


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        # processes
        (PROCESS, "kind: issue", "kind: review", "must end with the one step that issues"),
        (PROCESS, "kind: approve", "kind: review", "needs one step that approves"),
        (PROCESS, "kind: appraise", "kind: assign", "after one that appraises"),
        (PROCESS, "sends_back_to: appraise", "sends_back_to: issue", "no earlier step issue"),
        (PROCESS, "share: 65", "share: 66", "shares sum to 101, not to 100"),
        (PROCESS, "id: assign", "id: review", "step review stands twice"),
        (
            COMMITTEE,
            "    share: 15\n    sends_back_to: review",
            "    share: 15\n    sends_back_to: submit",
            "fallen away",
        ),
        (COMMITTEE, "    share: 15\n", "    share: 15\n    unless_delegated: true\n", "may not fall away"),
        # procedures
        (AMENDMENT, "process_id: five-steps", "process_id: no-steps", "process_id: unknown process no-steps"),
        (AMENDMENT, "field_id: radiation", "field_id: cooking", "field_id: unknown field cooking"),
        (AMENDMENT, "values: [hiệu chỉnh thông tin]", "values: [hiệu đính]", "field reason has no value hiệu đính"),
        (AMENDMENT, "field: reason, values: [đổi", "field: motive, values: [đổi", "has no field motive"),
        (
            AMENDMENT,
            "{form_id: F142-IV-07, field: reason, ",
            "{form_id: F142-IV-08, field: reason, ",
            "is no part of this",
        ),
        (AMENDMENT, "field: reason\n", "field: motive\n", "has no field motive"),
        (AMENDMENT, "channels: [online, direct, postal]", "channels: [online]\nwhim: 1", "whim: Extra inputs"),
        (AMENDMENT, "limit: {value: 10, unit: working_days}", "limit: null", "unconfirmed_fields must name it"),
        (AMENDMENT, "check_limit: {value: 5", "check_limit: {value: 0", "0 is for a check in one channel only"),
        (AMENDMENT, "validity_rule: as_old_licence", "validity_rule: from_issue", "what counts so has a term"),
        (PLAN, "originals_by_channel: {online: 1", "originals_by_channel: {pigeon: 1", "originals_by_channel.pigeon"),
        (PLAN, "channels: [online, direct, postal]", "channels: [online, direct]", "no channel postal"),
        (
            CERTIFICATE,
            "code: photos",
            "code: pictures",
            "field photo of form F142-IV-05 stands for no component photos",
        ),
        (EXTENSION, "field: old_licence_expiry}", "field: old_licence_no}", "field old_licence_no is no date"),
        (EXTENSION, "instead: xray-licence-new-2021", "instead: nothing", "unknown procedure nothing"),
        (EXTENSION, "  date_field: {form_id: F142-IV-06, field: old_licence_expiry}\n", "", "needs the date_field"),
        (EXTENSION, "column: device_type}", "column: colour}", "table devices has no column colour"),
        (NEW_2026, "unpriced: [spect_ct, xray_emitter]", "unpriced: [spect_ct]", "must name xray_emitter"),
        (
            NEW_2026,
            "replaces: [xray-licence-new-2021, ",
            "replaces: [xray-licence-old, ",
            "unknown procedure xray-licence-old",
        ),
        (NEW_2026, "effective_from: 2026-01-01\nunconf", "effective_from: 2025-12-31\nunconf", "is still in force"),
        (
            NEW_2026,
            "direct: {value: 0, unit: working_days}",
            "direct: {value: 0, unit: working_hours}",
            "0 working_days",
        ),
        (NEW_2026, "direct: {value: 0", "pigeon: {value: 0", "check_limit_by_channel.pigeon"),
        # forms
        (CHANGE, "form_id: F142-IV-01", "form_id: F142-IV-99", "no form F142-IV-99 with sections"),
        (CHANGE, "after: device_total", "after: nothing", "has no field nothing"),
        (CHANGE, "{field: reason, equals: bổ sung thiết bị}", "{field: reason, equals: thêm}", "has no value thêm"),
        (
            CHANGE,
            "equals: bổ sung thiết bị}",
            "equals: bổ sung thiết bị, filled: true}",
            "says one of equals, in, filled",
        ),
        (CHANGE, "equals: bổ sung thiết bị}", "in: [bổ sung thiết bị, bớt]}", "has no value bớt"),
        (RENEWAL, "not_after: old_licence_expiry", "not_after: nothing", "no field nothing"),
        (RENEWAL, "    field: device_total\n", "    field: old_licence_no\n", "no whole sheet"),
        # offices, overlays, general limits
        (OFFICE, "unit_id: metrology", "unit_id: geology", "no unit geology"),
        (OFFICE, "field_ids: [standards-metrology-quality]", "field_ids: [cooking]", "unknown field cooking"),
        (OFFICE, "roles: [department_leader]", "roles: []", "has nobody in the role department_leader"),
        (OVERLAY, "office_id: demo-dost", "office_id: nowhere", "unknown office nowhere"),
        (OVERLAY, "procedure_id: xray-licence-amend-2021", "procedure_id: nothing", "unknown procedure nothing"),
        (OVERLAY, "effective_from: 2024-01-01", "effective_from: 2026-01-01", "is not in force while this holds"),
        (OVERLAY, "invented: true", "invented: true\nversions: ['9']", "has no version 9"),
        (OVERLAY, "invented: true", "invented: true\nprocess_id: none", "unknown process none"),
        (LIMIT, "channels: [direct, postal]", "channels: [direct, online]", "overlaps check-online-2026"),
    ],
)
def test_each_fault_is_told_with_its_file_and_reason(folder: Path, name: str, old: str, new: str, reason: str) -> None:
    plant(folder, name, old, new)
    found = refusal(folder)
    assert reason in found.reason
    assert found.line > 0


def test_two_promises_for_one_procedure_may_not_hold_on_one_day(folder: Path) -> None:
    text = (folder / OVERLAY).read_text(encoding="utf-8").replace("id: demo-dost-amendment", "id: another")
    (folder / "overlays" / "another.yaml").write_text(text, encoding="utf-8")
    assert "overlaps" in refusal(folder).reason


def test_a_paper_that_the_province_adds_may_not_be_one_the_nation_asks_for(folder: Path) -> None:
    added = """extra_components:
  - {code: application, name_vi: Đơn, name_en: Application, originals: 1, copies: 0, accepts: upload}
"""
    path = folder / OVERLAY
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    assert "has a component application already" in refusal(folder).reason


def test_a_confirmed_form_must_be_in_force_with_its_procedure(folder: Path) -> None:
    plant(folder, CHANGE, "effective_from: 2021-02-01\neffective_to: 2025-12-31", "effective_from: 2026-01-01")
    found = refusal(folder)
    assert "form F142-IV-07 is not in force while the procedure is" in found.reason


def test_a_form_that_extends_another_has_no_sections_of_its_own(folder: Path) -> None:
    field = "{key: a, label_vi: a, label_en: a, type: string, required: true}"
    section = f"{{key: a, title_vi: a, title_en: a, fields: [{field}]}}"
    plant(folder, CHANGE, "extends:\n", f"sections: [{section}]\nextends:\n")
    assert "has no sections of its own" in refusal(folder).reason
