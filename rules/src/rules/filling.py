"""Form values as people write and read them, and as the schema expects them; copies what is known. Judges nothing."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rules.forms import Data, without_blanks
from rules.records.form import Form, FormField

_TRUE = {"true", "on", "yes", "1", "có"}
_FALSE = {"false", "off", "no", "0", "không"}
_VIETNAMESE_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")


def tidy(form: Form, data: Data) -> dict[str, Any]:
    """Trimmed texts, numbers and dates out of their usual writing ("12", "125,5", "03/03/2025"), nothing blank.

    What cannot be read is left as it is, so that `validate` can say so and the page can show what was typed.
    """
    read = {key: _read(form.field(key), value) for key, value in data.items()}
    return without_blanks(read)


def _read(field: FormField | None, value: Any) -> Any:
    if field is None:
        return value
    if field.type == "table" and isinstance(value, list):
        return [_row(field, row) for row in value]
    if not isinstance(value, str):
        return value
    return _from_text(field, value.strip())


def _row(table: FormField, row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    columns = {column.key: column for column in table.columns}
    return {key: _read(columns.get(key), value) for key, value in row.items()}


def _from_text(field: FormField, text: str) -> Any:
    if field.type == "integer":
        return int(text) if re.fullmatch(r"[+-]?\d{1,15}", text) else text
    if field.type == "decimal":
        return float(text.replace(",", ".")) if re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,9})?", text) else text
    if field.type == "boolean":
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else text
    if field.type == "date" and _VIETNAMESE_DATE.fullmatch(text):
        return _iso(text)
    return text


def _iso(text: str) -> str:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007  a date has no zone
    except ValueError:
        return text


def prefill(
    form: Form, sheets: Mapping[str, Data] | None = None, profile: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What can be filled in beforehand: from the applicant's profile, then from other sheets of the same dossier.

    `sheets` holds one sheet per form id; `profile` may have what `FormField.profile` names.
    """
    known = {field.key: _known(field, sheets or {}, profile or {}) for field in form.fields()}
    return {key: value for key, value in known.items() if value is not None}


def _known(field: FormField, sheets: Mapping[str, Data], profile: Mapping[str, str]) -> Any:
    if field.copy_of:
        form_id, _, key = field.copy_of.partition(".")
        copied = _copied(sheets, form_id, key)
        if copied not in (None, ""):
            return copied
    return profile.get(field.profile) if field.profile else None


def _copied(sheets: Mapping[str, Data], form_id: str, key: str) -> Any:
    """From that form, or from whichever form of this dossier took its place and has the same field."""
    return next((sheet[key] for sheet in (sheets.get(form_id, {}), *sheets.values()) if sheet.get(key)), None)


def typed(field: FormField, value: Any) -> Any:
    """A value as it is typed: 14/02/1985, decimals with a comma; ticks as they are, what cannot be read unchanged."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if value is None:
        return ""
    return _vietnamese_date(str(value)) if field.type == "date" else str(value)


def said(field: FormField, value: Any) -> str:
    """One value that is no table as people read it: labels for choices, units behind numbers, nothing for nothing."""
    if value is None:
        return ""
    if field.type == "boolean":
        return "Có" if value is True else "Không"
    if field.type == "enum":
        return next((choice.label for choice in field.values if choice.value == value), str(value))
    text = str(typed(field, value))
    return f"{text} {field.unit}" if field.unit else text


def _vietnamese_date(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
