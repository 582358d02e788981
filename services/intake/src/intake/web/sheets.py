"""A form's layout as fields to draw, what a browser sent as a sheet, and where an error of a sheet belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from intake.domain.flaws import Flaw
from kit.pages import FieldError
from kit.pages.forms import rows
from kit.pages.words import gettext as _
from rules.records.form import Form, FormField, Section

FEW_CHOICES = 3  # so many are shown as buttons to tick, more as a list to open
_KINDS = {
    "string": "text",
    "text": "textarea",
    "phone": "tel",
    "email": "email",
    "date": "date",
    "integer": "number",
    "decimal": "number",
    "enum": "select",
    "boolean": "checkbox",
    "table": "table",
}


@dataclass(frozen=True)
class Field:
    """One question as the template draws it."""

    name: str
    kind: str
    label: str
    value: Any
    hint: str
    unit: str
    options: list[tuple[str, str]]
    optional: bool
    invented: bool
    columns: list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A section of a form."""

    title: str
    condition: str
    fields: list[Field]


def layout(form: Form, sheet: Mapping[str, Any], *, grow: str = "") -> list[Part]:
    """The form with what is filled in; `grow` names the table that gets one more empty row."""
    return [_part(form, section, sheet, grow) for section in form.sections]


def _part(form: Form, section: Section, sheet: Mapping[str, Any], grow: str) -> Part:
    condition = section.condition_vi or (_("Bỏ trống cả mục nếu không có.") if section.optional else "")
    return Part(
        section.title_vi, condition, [_field(form, field, sheet.get(field.key), grow) for field in section.fields]
    )


def _field(form: Form, field: FormField, value: Any, grow: str) -> Field:
    kind = "radio" if field.type == "enum" and len(field.values) <= FEW_CHOICES else _KINDS[field.type]
    return Field(
        name=field.key,
        kind=kind,
        label=field.label_vi,
        value=_rows(value, field.key == grow) if field.type == "table" else typed(value),
        hint=_hint(form, field),
        unit=field.unit or "",
        options=[(choice.value, choice.label) for choice in field.values],
        optional=not field.required,
        invented=field.invented,
        columns=[_column(column) for column in field.columns],
    )


def _hint(form: Form, field: FormField) -> str:
    said = [field.hint_vi] if field.hint_vi else []
    if field.condition:
        other = form.field(field.condition.field)
        label = other.label_vi if other else field.condition.field
        said.append(_("Chỉ điền khi “%(label)s” là “%(value)s”.") % {"label": label, "value": field.condition.equals})
    return " ".join(said)


def _column(column: FormField) -> dict[str, Any]:
    return {
        "name": column.key,
        "label": column.label_vi if column.required else f"{column.label_vi} ({_('không bắt buộc')})",
        "kind": _KINDS[column.type],
        "options": [(choice.value, choice.label) for choice in column.values],
        "prompt": _("Chọn") if column.type == "enum" else None,
        "unit": column.unit or "",
    }


def _rows(value: Any, grow: bool) -> list[dict[str, Any]]:
    found = [{key: typed(cell) for key, cell in row.items()} for row in value or [] if isinstance(row, Mapping)]
    return [*found, {}] if grow or not found else found


def typed(value: Any) -> Any:
    """A value as it is typed into a field: decimals with a comma, ticks as they are."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return "" if value is None else str(value)


def read(form: Form, given: FormData) -> dict[str, Any]:
    """What was sent, field by field; what a field means is read by `rules.filling`."""
    return {field.key: _sent(field, given) for field in form.fields()}


def _sent(field: FormField, given: FormData) -> Any:
    if field.type == "table":
        return rows(given, field.key)
    value = given.get(field.key)
    return value if isinstance(value, str) else ""


def errors_of(flaws: Sequence[Flaw]) -> list[FieldError]:
    """Each flaw of a sheet beside its field; a row's field is called `table-0-column`."""
    return [FieldError("-".join(map(str, flaw.path)), flaw.message_vi) for flaw in flaws if flaw.path]


def answers(form: Form, sheet: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Each section's title with what was filled in, as people read it; tables as lists of rows."""
    found = []
    for section in form.sections:
        filled = [(field.label_vi, said(field, sheet[field.key])) for field in section.fields if field.key in sheet]
        if filled:
            found.append((section.title_vi, filled))
    return found


def said(field: FormField, value: Any) -> Any:
    """One answer in words; a table as (headings, rows)."""
    if field.type == "table":
        cells = [[said(column, row.get(column.key)) for column in field.columns] for row in value]
        return {"headings": [column.label_vi for column in field.columns], "rows": cells}
    if value is None:
        return ""
    if field.type == "boolean":
        return _("Có") if value is True else _("Không")
    if field.type == "enum":
        return next((choice.label for choice in field.values if choice.value == value), str(value))
    if field.type == "date":
        return _date(str(value))
    text = str(typed(value))
    return f"{text} {field.unit}" if field.unit else text


def _date(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
