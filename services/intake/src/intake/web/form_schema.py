"""A form's JSON Schema for the browser, with the sentence for each thing that may be wrong: the very one of the server.

The browser checks by it while one types; the server judges by the same schema when it is sent.
"""

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from intake.domain.errors import FormUnknown
from intake.web.language import ENGLISH, is_english
from kit.signin import open_to_all
from rules import catalogue as law
from rules import forms, wording
from rules.errors import RulesError
from rules.records.form import Form, FormField

router = APIRouter(dependencies=[open_to_all])
_OF_EVERY = ("required",)
_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "string": ("maxLength",),
    "text": ("maxLength",),
    "phone": ("format", "maxLength"),
    "email": ("format", "maxLength"),
    "date": ("format",),
    "enum": ("enum",),
    "integer": ("type", "minimum", "maximum"),
    "decimal": ("type", "minimum", "maximum"),
    "boolean": ("must_be_true",),
    "table": ("maxItems",),
}


def schema_href(form: Form, request: Request) -> str:
    """Where the form's schema is; the version in the address makes it one that never changes."""
    return f"/form-schemas/{form.id}?version={form.version}&lang={ENGLISH if is_english(request) else 'vi'}"


@router.get("/form-schemas/{form_id}")
async def form_schema(request: Request, form_id: str) -> Response:
    """The schema, and sentences by field (`phone`, or `staff_rows.birth_year` for a column) and code."""
    try:
        form = law.load().form(form_id)
    except RulesError as error:
        raise FormUnknown(form_id) from error
    language = 1 if is_english(request) else 0
    sentences = {name: _sentences(field, language) for name, field in _fields(form)}
    rows = {field.key: _row(form, field, language) for field in form.fields() if field.type == "table"}
    body = {"schema": forms.schema(form), "sentences": sentences, "rows": rows}
    return JSONResponse(body, headers={"Cache-Control": "private, max-age=3600"})


def _fields(form: Form) -> Iterator[tuple[str, FormField]]:
    for field in form.fields():
        yield field.key, field
        for column in field.columns:
            yield f"{field.key}.{column.key}", column


def _sentences(field: FormField, language: int) -> dict[str, str]:
    codes = (*_OF_EVERY, *_OF_TYPE.get(field.type, ()))
    return {code: wording.field_error(code, field, ("", ""))[language] for code in codes}


def _row(form: Form, table: FormField, language: int) -> str:
    """What stands before a sentence about a row, with `#` for its number."""
    before, _number, after = wording.place(form, (table.key, 0))[language].rpartition("1")
    return f"{before}#{after}"
