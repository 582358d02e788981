"""A form's layout as fields to draw, what a browser sent as a sheet, and where an error of a sheet belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from intake.domain.flaws import Flaw
from intake.domain.texts import storable
from kit.pages import FieldError
from kit.pages.forms import rows
from kit.pages.words import gettext as _
from rules.filling import said, typed
from rules.records.form import Form, FormField, Section

FEW_CHOICES = 3  # so many are shown as buttons to tick, more as a list to open
_KINDS = {
    "string": "text",
    "text": "textarea",
    "phone": "tel",
    "email": "email",
    "date": "text",  # a browser's own picker writes dates the way of its own language, 02/14/1985
    "integer": "number",
    "decimal": "number",
    "enum": "select",
    "boolean": "checkbox",
    "table": "table",
}
_WIDTHS = {"integer": "short", "decimal": "short", "date": "short", "phone": "medium"}


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
    width: str


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
        value=_rows(field, value, field.key == grow) if field.type == "table" else typed(field, value),
        hint=_hint(form, field),
        unit=field.unit or "",
        options=[(choice.value, choice.label) for choice in field.values],
        optional=not field.required,
        invented=field.invented,
        columns=[_column(column) for column in field.columns],
        width=_WIDTHS.get(field.type, ""),
    )


def _hint(form: Form, field: FormField) -> str:
    remarks = [field.hint_vi] if field.hint_vi else []
    if field.type == "date":
        remarks.append(_("Ngày/tháng/năm, ví dụ 27/03/2024."))
    if field.condition:
        other = form.field(field.condition.field)
        label = other.label_vi if other else field.condition.field
        remarks.append(
            _("Chỉ điền khi “%(label)s” là “%(value)s”.") % {"label": label, "value": field.condition.equals}
        )
    return " ".join(remarks)


def _column(column: FormField) -> dict[str, Any]:
    remarks = [_("ngày/tháng/năm")] if column.type == "date" else []
    remarks += [] if column.required else [_("không bắt buộc")]
    return {
        "name": column.key,
        "label": f"{column.label_vi} ({', '.join(remarks)})" if remarks else column.label_vi,
        "kind": _KINDS[column.type],
        "options": [(choice.value, choice.label) for choice in column.values],
        "prompt": _("Chọn") if column.type == "enum" else None,
        "unit": column.unit or "",
    }


def _rows(table: FormField, value: Any, grow: bool) -> list[dict[str, Any]]:
    columns = {column.key: column for column in table.columns}
    held = [row for row in value or [] if isinstance(row, Mapping)]
    found = [{key: typed(columns[key], cell) for key, cell in row.items() if key in columns} for row in held]
    return [*found, {}] if grow or not found else found


def read(form: Form, given: FormData) -> dict[str, Any]:
    """What was sent, field by field; what a field means is read by `rules.filling`."""
    return {field.key: _sent(field, given) for field in form.fields()}


def _sent(field: FormField, given: FormData) -> Any:
    if field.type == "table":
        return [{key: storable(cell) for key, cell in row.items()} for row in rows(given, field.key)]
    value = given.get(field.key)
    return storable(value) if isinstance(value, str) else ""


def errors_of(flaws: Sequence[Flaw]) -> list[FieldError]:
    """Each flaw of a sheet beside its field; a row's field is called `table-0-column`."""
    return [FieldError("-".join(map(str, flaw.path)), flaw.message_vi) for flaw in flaws if flaw.path]


def answers(form: Form, sheet: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Each section's title with what was filled in, as people read it; tables as lists of rows."""
    found = []
    for section in form.sections:
        filled = [(field.label_vi, answer(field, sheet[field.key])) for field in section.fields if field.key in sheet]
        if filled:
            found.append((section.title_vi, filled))
    return found


def answer(field: FormField, value: Any) -> Any:
    """One answer in words; a table as headings and rows."""
    if field.type != "table":
        return said(field, value)
    cells = [[said(column, row.get(column.key)) for column in field.columns] for row in value]
    return {"headings": [column.label_vi for column in field.columns], "rows": cells}
