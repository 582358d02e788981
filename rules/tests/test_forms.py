"""One schema per form, and errors that name the field and say how to mend it."""

from typing import Any

import jsonschema_rs
import pytest

from rules import filling, forms
from rules.catalogue import Catalogue
from rules.forms import FieldError
from rules.testing import a_device_sheet, a_staff_row, a_staff_sheet, an_application

APPLICATION, STAFF, DEVICE = "F142-IV-01", "F142-III-01", "F142-III-07"
SAFETY_OFFICER = [key for key in a_staff_sheet() if key.startswith("so_")]


def errors(law: Catalogue, form_id: str, data: dict[str, Any]) -> list[FieldError]:
    return forms.validate(law.form(form_id), data)


def told(found: list[FieldError]) -> list[tuple[tuple[str | int, ...], str]]:
    return [(one.path, one.code) for one in found]


def without(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}


@pytest.mark.parametrize(
    ("form_id", "data"), [(APPLICATION, an_application()), (STAFF, a_staff_sheet()), (DEVICE, a_device_sheet())]
)
def test_a_whole_sheet_has_no_errors(law: Catalogue, form_id: str, data: dict[str, Any]) -> None:
    assert errors(law, form_id, data) == []


@pytest.mark.parametrize("form_id", [APPLICATION, STAFF, DEVICE])
def test_each_schema_is_a_json_schema_that_names_its_form(law: Catalogue, form_id: str) -> None:
    found = forms.schema(law.form(form_id))
    assert found["$id"] == f"urn:motcua:form:{form_id}:1"
    jsonschema_rs.meta.validate(found)


@pytest.mark.parametrize("form_id", [APPLICATION, STAFF, DEVICE])
def test_an_empty_sheet_misses_exactly_what_is_always_required(law: Catalogue, form_id: str) -> None:
    form = law.form(form_id)
    wanted = [
        field.key
        for section in form.sections
        for field in section.fields
        if field.required and not field.condition and not section.optional
    ]
    assert told(errors(law, form_id, {})) == [((key,), "required") for key in wanted]


@pytest.mark.parametrize(
    ("form_id", "data", "path", "code"),
    [
        (APPLICATION, an_application(phone="12-34"), ("phone",), "format"),
        (APPLICATION, an_application(email="benh vien@mau"), ("email",), "format"),
        (APPLICATION, an_application(head_id_date="2025-02-30"), ("head_id_date",), "format"),
        (APPLICATION, an_application(head_id_date="1824-02-03"), ("head_id_date",), "format"),
        (APPLICATION, an_application(device_total="ba"), ("device_total",), "type"),
        (APPLICATION, an_application(device_total=2.5), ("device_total",), "type"),
        (APPLICATION, an_application(device_total=0), ("device_total",), "minimum"),
        (APPLICATION, an_application(device_total=501), ("device_total",), "maximum"),
        (APPLICATION, an_application(pledge=False), ("pledge",), "must_be_true"),
        (APPLICATION, an_application(attachments=[]), ("attachments",), "required"),
        (APPLICATION, an_application(attachments="hai"), ("attachments",), "type"),
        (APPLICATION, an_application(address="x" * 501), ("address",), "maxLength"),
        (APPLICATION, an_application(address="   "), ("address",), "required"),
        (APPLICATION, an_application(nickname="x"), ("nickname",), "unknown"),
        (STAFF, a_staff_sheet(so_sex="x"), ("so_sex",), "enum"),
        (STAFF, a_staff_sheet(staff_rows=[a_staff_row(birth_year="x")]), ("staff_rows", 0, "birth_year"), "type"),
        (STAFF, a_staff_sheet(staff_rows=[a_staff_row(duty="")]), ("staff_rows", 0, "duty"), "required"),
        (STAFF, a_staff_sheet(staff_total=2), ("staff_total",), "rows_equal"),
        (STAFF, without(a_staff_sheet(), "so_phone"), ("so_phone",), "required"),
        (DEVICE, a_device_sheet(max_kv="cao"), ("max_kv",), "type"),
        (DEVICE, a_device_sheet(device_type="linac"), ("device_type",), "enum"),
        (DEVICE, a_device_sheet(purpose="chụp răng"), ("device_type",), "goes_with"),
        (DEVICE, without(a_device_sheet(), "install_location"), ("install_location",), "required"),
        (DEVICE, a_device_sheet(console_model="X1"), ("console_manufacturer",), "required"),
    ],
)
def test_each_kind_of_mistake_is_told_of_its_own_field(
    law: Catalogue, form_id: str, data: dict[str, Any], path: tuple[str | int, ...], code: str
) -> None:
    found = errors(law, form_id, data)
    assert told(found)[0] == (path, code)
    assert all(one.message_vi.endswith(".") and one.message_en.endswith(".") for one in found)


def test_a_mobile_device_needs_no_place(law: Catalogue) -> None:
    sheet = without(a_device_sheet("mobile", mobility="di động"), "install_location")
    assert errors(law, DEVICE, sheet) == []


def test_a_control_panel_is_left_out_or_told_in_full(law: Catalogue) -> None:
    panel: dict[str, Any] = {
        "console_model": "X1",
        "console_manufacturer": "Hãng Mẫu",
        "console_year": 2022,
        "console_serial": "C-1",
    }
    assert errors(law, DEVICE, a_device_sheet(**panel)) == []
    assert {one.path[0] for one in errors(law, DEVICE, a_device_sheet(console_model="X1"))} == set(panel) - {
        "console_model"
    }


def test_the_form_itself_allows_a_facility_without_a_safety_officer(law: Catalogue) -> None:
    assert errors(law, STAFF, without(a_staff_sheet(), *SAFETY_OFFICER)) == []


def test_the_safety_officer_may_still_be_waiting_for_the_certificate(law: Catalogue) -> None:
    certificate = ("so_worker_cert_no", "so_worker_cert_date", "so_worker_cert_issuer")
    assert errors(law, STAFF, without(a_staff_sheet(), *certificate)) == []


def test_the_sentences_name_the_label_the_row_and_the_remedy(law: Catalogue) -> None:
    rows = [a_staff_row(), a_staff_row(birth_year="x")]
    (found,) = errors(law, STAFF, a_staff_sheet(staff_total=2, staff_rows=rows))
    assert found.path == ("staff_rows", 1, "birth_year")
    assert found.message_vi == "Danh sách, dòng 2: “Năm sinh” phải là một số nguyên, ví dụ 12."
    assert found.message_en == "List of staff, row 2: “Year of birth” must be a whole number, for example 12."


def test_errors_come_in_the_order_of_the_form(law: Catalogue) -> None:
    found = errors(law, APPLICATION, without(an_application(phone="x"), "addressee", "pledge"))
    assert told(found) == [(("addressee",), "required"), (("phone",), "format"), (("pledge",), "required")]


@pytest.mark.parametrize(
    "phone", ["0912345678", "0912 345 678", "+84 912 345 678", "(0200) 3.111.222", "1900 1234", "0200-3111222"]
)
def test_telephone_numbers_may_be_written_as_people_write_them(law: Catalogue, phone: str) -> None:
    assert errors(law, APPLICATION, an_application(phone=phone)) == []


def test_what_a_browser_sends_is_read_and_blank_rows_are_dropped(law: Catalogue) -> None:
    sent = {
        "staff_total": " 1 ",
        "so_birth_date": "14/02/1985",
        "phone": "",
        "staff_rows": [{"full_name": " Lê Văn Mẫu ", "birth_year": "1990"}, {"full_name": "", "birth_year": ""}],
    }
    assert filling.tidy(law.form(STAFF), sent) == {
        "staff_total": 1,
        "so_birth_date": "1985-02-14",
        "staff_rows": [{"full_name": "Lê Văn Mẫu", "birth_year": 1990}],
    }
    read = filling.tidy(law.form(DEVICE), {"max_kv": "125,5", "max_ma": "500"})
    assert read == {"max_kv": 125.5, "max_ma": 500.0}
    assert filling.tidy(law.form(APPLICATION), {"pledge": "on", "device_total": "ba"}) == {
        "pledge": True,
        "device_total": "ba",
    }


def test_an_impossible_date_is_kept_as_typed_and_refused(law: Catalogue) -> None:
    read = filling.tidy(law.form(APPLICATION), an_application(head_id_date="31/02/2025"))
    assert read["head_id_date"] == "31/02/2025"
    assert told(errors(law, APPLICATION, read)) == [(("head_id_date",), "format")]


def test_a_sheet_is_filled_in_beforehand_from_the_profile_and_the_application(law: Catalogue) -> None:
    profile = {"name": "Phòng khám A", "phone": "0912345678", "office": "Sở Mẫu"}
    assert filling.prefill(law.form(APPLICATION), profile=profile) == {
        "addressee": "Sở Mẫu",
        "applicant_name": "Phòng khám A",
        "phone": "0912345678",
    }
    found = filling.prefill(law.form(DEVICE), {APPLICATION: an_application()}, profile)
    assert found["applicant_name"] == an_application()["applicant_name"]
    assert found["contact_address"] == an_application()["address"]


def test_the_field_added_for_the_fee_is_marked_as_ours(law: Catalogue) -> None:
    field = law.form(DEVICE).field("device_type")
    assert field is not None
    assert field.invented
    assert {choice.value for choice in field.values} == {item.key for item in law.fee("FEE-RAD-XRAY").items}
