"""Forms drawn from data: conditions, files and both languages; what is not asked for is not filed."""

from datetime import date
from typing import Any

import httpx
import pytest

from intake.domain.flaws import asked_for, clean, form_flaws
from intake.web import sheets
from intake.web.sheets import Field
from rules import catalogue as law
from rules import forms
from rules.records.form import Choice, Condition, Form, FormField, Section
from rules.testing import a_device_sheet

from .builders import a_dossier
from .test_pages import Reader, begin, khoi, reader_of, visitor

__all__ = ["khoi", "reader_of", "visitor"]
MOBILITY = FormField(
    key="mobility", label_vi="Kiểu máy", label_en="Kind", type="enum", required=True,
    values=(Choice(value="cố định", label_en="fixed"), Choice(value="di động", label_en="mobile")),
)  # fmt: skip


def a_field(key: str, condition: Condition | None = None, **more: Any) -> FormField:
    facts: dict[str, Any] = {"label_vi": f"Ô {key}", "label_en": f"Field {key}", "type": "string", "required": False}
    return FormField(key=key, condition=condition, **facts | more)


def a_form(*fields: FormField) -> Form:
    """A form of one section; only what drawing and judging need."""
    known = law.load().forms[0]
    section = Section(key="s", title_vi="Mục", title_en="Section", fields=(MOBILITY, *fields))
    return known.model_copy(update={"id": "T-01", "sections": (section,), "checks": ()})


def drawn(form: Form, values: dict[str, Any] | None = None, **more: Any) -> dict[str, Field]:
    (part,) = sheets.layout(form, values or {}, **more)
    return {field.name: field for field in part.fields}


@pytest.mark.parametrize(
    ("condition", "sentence", "english"),
    [
        (Condition(field="mobility", equals="cố định"), "khi “Kiểu máy” là “cố định”", "“Kind” is “fixed”"),
        (
            Condition.model_validate({"field": "mobility", "in": ["cố định", "di động"]}),
            "là “cố định” hoặc “di động”",
            "“fixed” or “mobile”",
        ),
        (Condition(field="mobility", filled=True), "khi đã điền “Kiểu máy”", "“Kind” is filled in"),
    ],
)
def test_a_condition_is_a_sentence_for_people_and_data_for_the_script(
    condition: Condition, sentence: str, english: str
) -> None:
    form = a_form(a_field("room", condition))
    assert sentence in drawn(form)["room"].hint
    assert english in drawn(form, english=True)["room"].hint
    assert '"field": "mobility"' in drawn(form)["room"].when
    assert drawn(form)["mobility"].when == ""


@pytest.mark.parametrize(
    ("condition", "mobility", "is_kept"),
    [
        (Condition(field="mobility", equals="cố định"), "cố định", True),
        (Condition(field="mobility", equals="cố định"), "di động", False),
        (Condition.model_validate({"field": "mobility", "in": ["cố định"]}), "di động", False),
        (Condition(field="mobility", filled=True), "di động", True),
        (Condition(field="mobility", filled=True), "", False),
    ],
)
def test_what_its_condition_does_not_ask_for_is_left_out(condition: Condition, mobility: str, is_kept: bool) -> None:
    form = a_form(a_field("room", condition))
    assert ("room" in asked_for(form, {"mobility": mobility, "room": "3"})) == is_kept


def test_a_device_that_moves_is_filed_without_a_room() -> None:
    typed = a_device_sheet(mobility="di động", install_location="x" * 9000)
    assert not [flaw for flaw in form_flaws("F142-III-07", [typed], law.load()) if flaw.path == ("install_location",)]
    assert "install_location" not in clean({"F142-III-07": [typed]})["F142-III-07"][0]
    assert "install_location" in clean({"F142-III-07": [a_device_sheet()]})["F142-III-07"][0]


def test_a_date_after_the_day_of_filing_is_told() -> None:
    form = next(one for one in law.load().forms if any(check.kind == "not_after_filing" for check in one.checks))
    check = next(check for check in form.checks if check.kind == "not_after_filing")
    flaws = form_flaws(form.id, [{check.field: "2030-01-01"}], law.load(), on=date(2025, 3, 3))
    assert (check.field,) in [flaw.path for flaw in flaws]


def test_a_file_that_stands_for_a_component_shows_what_was_uploaded() -> None:
    form = a_form(a_field("photo", type="file", component="photos"), a_field("plan", type="file"))
    found = drawn(form, {"plan": "cu.pdf"}, files={"photos": ["anh.jpg"], "other": ["ban-ve.pdf"]})
    assert (found["photo"].kind, found["photo"].value) == ("papers", ["anh.jpg"])
    assert found["plan"].kind == "select"
    assert [name for name, _ in found["plan"].options] == ["anh.jpg", "ban-ve.pdf", "cu.pdf"]


def test_answers_are_said_in_the_language_asked_for() -> None:
    form = law.load().form("F142-III-07")
    english = dict(pair for _, answers in sheets.answers(form, a_device_sheet(), english=True) for pair in answers)
    kind = form.field("device_type")
    assert kind is not None
    assert english[kind.label_en] == next(one.label_en for one in kind.values if one.value == "ct")


@pytest.mark.db
async def test_forms_and_errors_are_in_english_where_that_was_chosen(khoi: Reader) -> None:
    base = await begin(khoi)
    page = await khoi.open(f"{base}/forms/F142-III-07")
    page = await khoi.open(page.link("English"))
    form = law.load().form("F142-III-07")
    assert page.h1.startswith(form.title_en)
    serial = form.field("serial_no")
    assert serial is not None
    assert serial.label_en in page.text
    page = await khoi.press(page.form("sheet=1"), {"max_kv": "high"})
    assert page.errors["max_kv"].startswith("“")
    assert "must be" in page.errors["max_kv"]
    assert f"Fill in “{serial.label_en}”." in page.text
    page = await khoi.open(page.link("Tiếng Việt"))
    assert page.h1.startswith(form.title_vi)


@pytest.mark.db
@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_the_choice_of_language_leads_nowhere_else(visitor: Reader, then: str) -> None:
    answer = await visitor.client.get("/language", params={"to": "en", "then": then}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.db
async def test_the_schema_beside_a_form_is_the_servers_own(client: httpx.AsyncClient) -> None:
    form = law.load().form("F142-III-01")
    told = (await client.get("/form-schemas/F142-III-01")).json()
    assert told["schema"] == forms.schema(form)
    assert told["sentences"]["phone"]["format"].startswith("“")
    assert told["sentences"]["staff_rows.birth_year"]["type"]
    assert "dòng #:" in told["rows"]["staff_rows"]
    english = (await client.get("/form-schemas/F142-III-01?lang=en")).json()
    assert "row #:" in english["rows"]["staff_rows"]
    assert (await client.get("/form-schemas/none")).status_code == 404


@pytest.mark.db
async def test_a_state_is_said_in_english_where_that_was_chosen(khoi: Reader, client: httpx.AsyncClient) -> None:
    dossier_id = await a_dossier(client)
    await khoi.open(f"/language?to=en&then=/dossiers/{dossier_id}")
    assert khoi.path == f"/dossiers/{dossier_id}"
    assert "Filed" in khoi.page.text
    assert "Mới nộp" not in khoi.page.text
    assert "Filed" in (await khoi.open("/dossiers")).text
