"""Fields that other fields ask for, files, dates that must follow one another, sums; for browser and server alike."""

from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from rules import filling, forms, wording
from rules.catalogue import Catalogue
from rules.records.form import Condition, Form
from rules.testing import an_application, whole_sheet

ON = date(2025, 3, 3)
NUMBER = {"type": "integer", "required": False}


def a_field(key: str, **facts: Any) -> dict[str, Any]:
    return {"key": key, "label_vi": f"Ô {key}", "label_en": f"Field {key}", "type": "string", "required": True, **facts}


def a_form(law: Catalogue, *fields: dict[str, Any], checks: tuple[dict[str, Any], ...] = ()) -> Form:
    known = law.form("F142-IV-01")
    section = {"key": "body", "title_vi": "Nội dung", "title_en": "Body", "fields": fields}
    facts = {"id": "X", "version": "1", "title_vi": "Mẫu", "title_en": "Form", "official_no": "0", "regime": "R2021"}
    dated = {"effective_from": ON, "sources": known.sources}
    return Form.model_validate({**facts, **dated, "sections": [section], "checks": checks})


def told(form: Form, sheet: dict[str, Any], on: date | None = ON) -> list[tuple[tuple[str | int, ...], str]]:
    return [(one.path, one.code) for one in forms.validate(form, sheet, on=on)]


@pytest.mark.parametrize(
    ("condition", "other", "is_missed"),
    [
        ({"equals": "a"}, "a", True),
        ({"equals": "a"}, "b", False),
        ({"in": ["a", "b"]}, "b", True),
        ({"in": ["a", "b"]}, "c", False),
        ({"filled": True}, "c", True),
        ({"filled": True}, None, False),
        ({"filled": True}, "  ", False),
    ],
)
def test_a_field_is_asked_for_when_another_says_so(  # type: ignore[no-untyped-def]
    law: Catalogue, condition, other, is_missed
) -> None:
    choices = [{"value": value, "label_en": value} for value in "abc"]
    by = a_field("by", type="string" if "filled" in condition else "enum", required=False)
    by |= {} if "filled" in condition else {"values": choices}
    form = a_form(law, by, a_field("more", condition={"field": "by", **condition}))
    jsonschema_rs.meta.validate(forms.schema(form))
    sheet = {"by": other} if other else {}
    assert told(form, sheet) == ([(("more",), "required")] if is_missed else [])
    assert told(form, sheet | {"more": "x"}) == []


def test_a_condition_is_said_with_the_labels_of_its_field(law: Catalogue) -> None:
    form = law.form("F142-IV-07")
    field = form.field("devices_added")
    assert field is not None
    assert field.condition is not None
    assert wording.condition(form, field.condition)[0] == "Chỉ điền khi “Lý do” là “bổ sung thiết bị”."
    two = Condition.model_validate({"field": "reason", "in": ["giảm thiết bị", "hợp nhất giấy phép"]})
    assert wording.condition(form, two)[1] == "Only if “Reason” is “fewer devices” or “merging licences”."
    filled = Condition.model_validate({"field": "fax", "filled": True})
    assert wording.condition(form, filled)[0] == "Chỉ điền khi đã điền “Fax”."


def test_devices_added_are_counted_only_where_devices_are_added(law: Catalogue) -> None:
    changes = [{"old": "một", "new": "hai"}]
    sheet = an_application(old_licence_no="1/GP", changes=changes, reason="bổ sung thiết bị")
    assert told(law.form("F142-IV-07"), sheet) == [(("devices_added",), "required")]
    assert told(law.form("F142-IV-07"), sheet | {"reason": "bổ sung công việc"}) == []


def test_a_file_that_a_component_brings_is_not_asked_for_in_the_sheet(law: Catalogue) -> None:
    form = law.form("F142-IV-05")
    sheet = whole_sheet(form)
    assert "photo" not in sheet
    assert told(form, sheet) == []
    assert told(form, sheet | {"photo": "anh-3x4.jpg"}) == []
    assert told(form, sheet | {"photo": 3}) == [(("photo",), "type")]
    assert forms.schema(form)["properties"]["photo"]["x-component"] == "photos"


def test_a_file_of_its_own_is_asked_for(law: Catalogue) -> None:
    form = a_form(law, a_field("drawing", type="file"))
    (found,) = forms.validate(form, {})
    assert (found.path, found.code, found.message_vi) == (("drawing",), "required", "Hãy đính kèm “Ô drawing”.")
    assert filling.tidy(form, {"drawing": " ban-ve.pdf "}) == {"drawing": "ban-ve.pdf"}


@pytest.mark.parametrize(
    ("issued", "expires", "code"),
    [
        ("2022-03-01", "2025-05-01", None),
        ("2025-02-28", "2025-02-28", None),
        ("2025-02-28", "2025-02-27", "date_order"),
        ("2025-03-04", "2026-03-01", "after_filing"),
        ("2025-02-30", "2026-03-01", "format"),
    ],
)
def test_dates_of_a_licence_follow_one_another(  # type: ignore[no-untyped-def]
    law: Catalogue, issued, expires, code
) -> None:
    rows = [{"device_type": "ct"}]
    sheet = an_application(device_total=1, devices=rows, old_licence_no="1/GP")
    sheet |= {"old_licence_date": issued, "old_licence_expiry": expires}
    wanted = [(("old_licence_date",), code)] if code else []
    assert told(law.form("F142-IV-06"), sheet) == wanted


def test_without_a_day_of_filing_no_date_is_called_too_late(law: Catalogue) -> None:
    form = law.form("F142-IV-05")
    sheet = whole_sheet(form) | {"birth_date": "2025-03-04"}
    assert told(form, sheet) == [(("birth_date",), "after_filing")]
    assert told(form, sheet, None) == []


@pytest.mark.parametrize(
    ("day", "code"), [("2024-09-03", None), ("2024-09-02", "too_old"), ("2025-03-04", "after_filing")]
)
def test_a_paper_may_not_be_older_than_so_many_months(  # type: ignore[no-untyped-def]
    law: Catalogue, day, code
) -> None:
    check = {"kind": "not_after_filing", "field": "checked_on", "within_months": 6}
    form = a_form(law, a_field("checked_on", type="date"), checks=(check,))
    found = forms.validate(form, {"checked_on": day}, on=ON)
    assert [one.code for one in found] == ([code] if code else [])
    assert all(one.message_vi.endswith("ngày nộp hồ sơ.") for one in found)


def test_a_sum_is_that_of_its_parts(law: Catalogue) -> None:
    fields = [a_field("total", **NUMBER), a_field("men", **NUMBER), a_field("women", **NUMBER)]
    form = a_form(law, *fields, checks=({"kind": "sum", "field": "total", "of": ["men", "women"]},))
    assert told(form, {"total": 5, "men": 2, "women": 3}) == []
    (found,) = forms.validate(form, {"total": 5, "men": 2, "women": 2})
    assert (found.path, found.code) == (("total",), "sum")
    assert "tức là 4" in found.message_vi
    assert told(form, {"total": "năm", "men": 2}) == [(("total",), "type")]


def test_a_sum_may_be_that_of_a_column(law: Catalogue) -> None:
    table = a_field("rows", type="table", columns=[a_field("number", type="integer")])
    check = {"kind": "sum", "field": "total", "table": "rows", "column": "number"}
    form = a_form(law, a_field("total", **NUMBER), table, checks=(check,))
    rows = [{"number": 2}, {"number": 4}]
    assert told(form, {"total": 6, "rows": rows}) == []
    assert told(form, {"total": 7, "rows": rows}) == [(("total",), "sum")]


def test_a_table_left_out_has_no_rows(law: Catalogue) -> None:
    form = law.form("F142-III-01")
    sheet = {key: value for key, value in whole_sheet(form).items() if key != "staff_rows"}
    assert told(form, sheet | {"staff_total": 2}) == [(("staff_total",), "rows_equal")]
    assert told(form, sheet | {"staff_total": 0}) == []


def test_what_no_json_schema_can_say_stands_beside_it_for_the_browser(law: Catalogue) -> None:
    checks = forms.schema(law.form("F142-IV-06"))["x-checks"]
    assert {"kind": "rows_equal", "field": "device_total", "table": "devices"} in checks
    assert {one["kind"] for one in checks} == {"rows_equal", "date_order", "not_after_filing"}


def test_a_form_that_extends_another_has_its_fields_in_their_place(law: Catalogue) -> None:
    keys = [field.key for field in law.form("F142-IV-08").fields()]
    parent = [field.key for field in law.form("F142-IV-01").fields()]
    assert [key for key in keys if key in parent] == parent
    assert keys[keys.index("device_total") + 1 :][:2] == ["old_licence_no", "reason"]
    wider = law.form("RAD-DEVICE-2025").field("device_type")
    assert wider is not None
    assert {"spect_ct", "xray_emitter"} <= {choice.value for choice in wider.values}


@pytest.mark.proves("B05")
def test_a_sheet_copies_from_the_form_that_took_the_other_ones_place(law: Catalogue) -> None:
    sheets = {"F142-IV-07": whole_sheet(law.form("F142-IV-07"))}
    found = filling.prefill(law.form("F142-III-07"), sheets)
    assert found["applicant_name"] == sheets["F142-IV-07"]["applicant_name"]
    assert found["contact_address"] == sheets["F142-IV-07"]["address"]
