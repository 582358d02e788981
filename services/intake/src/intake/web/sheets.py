"""A form's layout as fields to draw, what a browser sent as a sheet, and where an error of a sheet belongs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from intake.domain.flaws import Flaw, asked_for
from intake.domain.texts import storable
from kit.pages import FieldError
from kit.pages.forms import rows
from kit.pages.words import gettext as _
from rules.filling import said, typed
from rules.records.form import Condition, Form, FormField, Section

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
    "file": "select",
}
_WIDTHS = {"integer": "short", "decimal": "short", "date": "short", "phone": "medium"}


Names = Mapping[str, Sequence[str]]  # names of uploaded files by component


@dataclass(frozen=True)
class Field:
    """One question as the template draws it.

    `when` is its condition as JSON, for the script that hides what is not asked for. `component` is set where files
    that were uploaded elsewhere stand for an answer; `value` is then their names.
    """

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
    when: str = ""
    component: str = ""


@dataclass(frozen=True)
class Part:
    """A section of a form."""

    title: str
    condition: str
    fields: list[Field]


def layout(
    form: Form, sheet: Mapping[str, Any], *, grow: str = "", english: bool = False, files: Names | None = None
) -> list[Part]:
    """The form with what is filled in; `grow` names the table that gets one more empty row."""
    drawer = _Drawer(form, sheet, grow, english, files or {})
    return [drawer.part(section) for section in form.sections]


@dataclass(frozen=True)
class _Drawer:
    form: Form
    sheet: Mapping[str, Any]
    grow: str
    english: bool
    files: Names

    def say(self, vietnamese: str, english: str) -> str:
        return english if self.english else vietnamese

    def part(self, section: Section) -> Part:
        condition = (section.condition_en if self.english else section.condition_vi) or ""
        if section.optional and not condition:
            condition = self.say(_("Bỏ trống cả mục nếu không có."), "Leave the whole section empty if there is none.")
        title = self.say(section.title_vi, section.title_en)
        return Part(title, condition, [self.field(field) for field in section.fields])

    def field(self, field: FormField) -> Field:
        value = self.sheet.get(field.key)
        kind = "radio" if field.type == "enum" and len(field.values) <= FEW_CHOICES else _KINDS[field.type]
        return Field(
            name=field.key,
            kind="papers" if field.component else kind,
            label=f"{field.label_en} (optional)" if self.english and not field.required else self.label(field),
            value=self.value(field, value),
            hint=self.hint(field),
            unit=field.unit or "",
            options=self.options(field, value),
            optional=not (field.required or self.english),  # the kit's own remark is in Vietnamese
            invented=field.invented,
            columns=[self.column(column) for column in field.columns],
            width=_WIDTHS.get(field.type, ""),
            when=_when(field.condition),
            component=field.component or "",
        )

    def label(self, field: FormField) -> str:
        return self.say(field.label_vi, field.label_en)

    def value(self, field: FormField, value: Any) -> Any:
        if field.component:
            return list(self.files.get(field.component, ()))
        return _rows(field, value, field.key == self.grow) if field.type == "table" else typed(field, value)

    def options(self, field: FormField, value: Any) -> list[tuple[str, str]]:
        """The choices of an enum; for a file the names that were uploaded, and the one chosen before."""
        if field.type == "file":
            names = [name for found in self.files.values() for name in found]
            return [(name, name) for name in dict.fromkeys([*names, *([str(value)] if value else [])])]
        return [(choice.value, self.say(choice.label, choice.label_en)) for choice in field.values]

    def hint(self, field: FormField) -> str:
        remarks = [found] if (found := field.hint_en if self.english else field.hint_vi) else []
        if field.type == "date":
            remarks.append(self.say(_("Ngày/tháng/năm, ví dụ 27/03/2024."), "Day/month/year, for example 27/03/2024."))
        if field.type == "file" and not field.component:
            remarks.append(self.say(_("Tải tệp lên ở bước Giấy tờ trước."), "Upload the file among the papers first."))
        if field.condition:
            remarks.append(self.condition(field.condition))
        return " ".join(remarks)

    def condition(self, condition: Condition) -> str:
        """When a field is to be filled in, in a sentence: pages without scripts show it all the time."""
        other = self.form.field(condition.field)
        label = self.label(other) if other else condition.field
        if condition.filled:
            return self.say(_("Chỉ điền khi đã điền “%s”.") % label, f"Only where “{label}” is filled in.")
        labels = {choice.value: self.say(choice.label, choice.label_en) for choice in other.values} if other else {}
        values = self.say(_("” hoặc “"), "” or “").join(labels.get(value, value) for value in condition.values)
        return self.say(
            _("Chỉ điền khi “%(label)s” là “%(value)s”.") % {"label": label, "value": values},
            f"Only where “{label}” is “{values}”.",
        )

    def column(self, column: FormField) -> dict[str, Any]:
        remarks = [self.say(_("ngày/tháng/năm"), "day/month/year")] if column.type == "date" else []
        remarks += [] if column.required else [self.say(_("không bắt buộc"), "optional")]
        label = self.label(column)
        return {
            "name": column.key,
            "label": f"{label} ({', '.join(remarks)})" if remarks else label,
            "kind": _KINDS[column.type],
            "options": self.options(column, None),
            "prompt": self.say(_("Chọn"), "Choose") if column.type in ("enum", "file") else None,
            "unit": column.unit or "",
        }


def _when(condition: Condition | None) -> str:
    if condition is None:
        return ""
    return json.dumps(
        {"field": condition.field, "values": list(condition.values), "filled": bool(condition.filled)},
        ensure_ascii=False,
    )


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


def errors_of(flaws: Sequence[Flaw], *, english: bool = False) -> list[FieldError]:
    """Each flaw of a sheet beside its field; a row's field is called `table-0-column`."""
    return [
        FieldError("-".join(map(str, flaw.path)), flaw.message_en if english else flaw.message_vi)
        for flaw in flaws
        if flaw.path
    ]


def answers(form: Form, sheet: Mapping[str, Any], *, english: bool = False) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Each section's title with what was filled in, as people read it; tables as lists of rows."""
    found = []
    sheet = asked_for(form, sheet)
    for section in form.sections:
        filled = [
            (field.label_en if english else field.label_vi, answer(field, sheet[field.key], english=english))
            for field in section.fields
            if field.key in sheet
        ]
        if filled:
            found.append((section.title_en if english else section.title_vi, filled))
    return found


def answer(field: FormField, value: Any, *, english: bool = False) -> Any:
    """One answer in words; a table as headings and rows."""
    if field.type != "table":
        return _said(field, value, english=english)
    cells = [
        [_said(column, row.get(column.key), english=english) for column in field.columns]
        for row in (value if isinstance(value, list) else [])
        if isinstance(row, Mapping)
    ]
    headings = [column.label_en if english else column.label_vi for column in field.columns]
    return {"headings": headings, "rows": cells}


def _said(field: FormField, value: Any, *, english: bool) -> str:
    if english and isinstance(value, bool):
        return "Yes" if value else "No"
    if english and field.type == "enum":
        return next((choice.label_en for choice in field.values if choice.value == value), str(value or ""))
    return said(field, value)
