"""One JSON Schema per form, made from its layout, and errors that a person can act on. Keeps nothing, decides nothing.

`schema` is what an API publishes; `validate` is the same schema plus the form's own checks, with each error in words;
what a browser sends is made ready for it by `rules.filling`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import jsonschema_rs

from rules import form_checks, wording
from rules.formats import FORMATS
from rules.records.form import AnyCheck, Condition, Form, FormField

Data = Mapping[str, Any]
Path = tuple[str | int, ...]

MAX_ROWS = 500
MAX_LENGTH: Mapping[str, int] = {"string": 500, "text": 5000, "phone": 30, "email": 254}
_CODES = {"minLength": "required", "minItems": "required", "additionalProperties": "unknown", "const": "must_be_true"}


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field and how to mend it.

    `code` is one of required, type, format, enum, minimum, maximum, maxLength, maxItems, unknown, must_be_true,
    rows_equal, goes_with, date_order, after_filing, too_old, sum.
    """

    path: Path
    code: str
    message_vi: str
    message_en: str


def schema(form: Form) -> dict[str, Any]:
    """The form as a JSON Schema (draft 2020-12) of one sheet.

    What no JSON Schema can say stands in `x-checks`, as the form's record has it, so that a browser may check it too.
    """
    fields = list(form.fields())
    conditional = [_conditional(one, one.condition) for one in fields if one.condition and is_asked_for(one)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:motcua:form:{form.id}:{form.version}",
        "title": form.title_vi,
        **_object(fields, [one for section in form.sections if not section.optional for one in section.fields]),
        "dependentRequired": _whole_sections(form),
        **({"allOf": conditional} if conditional else {}),
        **({"x-checks": [one.model_dump(mode="json") for one in form.checks]} if form.checks else {}),
    }


def _object(fields: list[FormField], asked_for: list[FormField]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {one.key: _property(one) for one in fields},
        "required": [one.key for one in asked_for if is_asked_for(one) and not one.condition],
        "additionalProperties": False,
    }


def is_asked_for(field: FormField) -> bool:
    """Whether a sheet must have it; what the files of a component stand for is asked for there, not here."""
    return field.required and not field.component


def _property(field: FormField) -> dict[str, Any]:
    return {"title": field.label_vi, **_type(field)}


def _type(field: FormField) -> dict[str, Any]:
    if field.type == "table":
        columns = list(field.columns)
        return {
            "type": "array",
            "items": _object(columns, columns),
            "minItems": int(field.required),
            "maxItems": MAX_ROWS,
        }
    if field.type == "enum":
        return {"enum": [choice.value for choice in field.values]}
    if field.type == "boolean":
        return {"const": True} if field.must_be_true else {"type": "boolean"}
    if field.type in ("integer", "decimal"):
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        kind = "integer" if field.type == "integer" else "number"
        return {"type": kind, **{name: bound for name, bound in bounds.items() if bound is not None}}
    if field.type == "date":
        return {"type": "string", "format": "date"}
    if field.type == "file":
        return {"type": "string", "minLength": 1, "maxLength": 255, "x-component": field.component}
    length = {"minLength": 1, "maxLength": field.max_length or MAX_LENGTH[field.type]}
    return {"type": "string", **length, **({"format": field.type} if field.type in FORMATS else {})}


def _whole_sections(form: Form) -> dict[str, list[str]]:
    """Whoever fills in one field of an optional section fills in what that section needs."""
    return {
        one.key: [other.key for other in section.fields if is_asked_for(other) and not other.condition]
        for section in form.sections
        if section.optional
        for one in section.fields
    }


def _conditional(field: FormField, condition: Condition) -> dict[str, Any]:
    wanted = {"properties": {condition.field: {"enum": list(condition.values)}}} if condition.values else {}
    return {"if": {**wanted, "required": [condition.field]}, "then": {"required": [field.key]}}


def validate(form: Form, data: Data, *, on: date | None = None) -> list[FieldError]:
    """Everything wrong with one sheet, in the order of the form. Blank values count as absent.

    `on` is the day of filing; without it nothing is said of dates that must lie before that day.
    """
    filled = without_blanks(data)
    errors = [found for error in _validator(form).iter_errors(filled) for found in _explained(form, error)]
    errors += [found for check in form.checks if (found := _checked(form, check, filled, on))]
    unique = {(one.path, one.code): one for one in errors}
    order = {field.key: place for place, field in enumerate(form.fields())}
    return sorted(unique.values(), key=lambda one: _place(one.path, order))


def _place(path: Path, order: Mapping[str, int]) -> tuple[Any, ...]:
    row = path[1] if len(path) > 1 and isinstance(path[1], int) else -1
    return (order.get(str(path[0]), len(order)) if path else -1, row)


def without_blanks(data: Data) -> dict[str, Any]:
    """The same data without empty texts, nothings and rows in which nothing is filled in."""
    return {key: kept for key, value in data.items() if (kept := _kept(value)) is not None}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, list):
        rows = [without_blanks(row) if isinstance(row, Mapping) else row for row in value]
        return [row for row in rows if row != {}]
    return value


def _explained(form: Form, error: jsonschema_rs.ValidationError) -> Iterator[FieldError]:
    """One error per field: what the schema says of an object is told of the keys it is about."""
    kind = error.kind.as_dict()
    code = _CODES.get(error.kind.name, error.kind.name)
    path = tuple(error.instance_path)
    if error.kind.name == "required":
        yield _error(form, (*path, str(kind["property"])), "required")
    elif error.kind.name == "additionalProperties":
        for key in kind["unexpected"]:
            yield _error(form, (*path, str(key)), "unknown")
    else:
        yield _error(form, path, code)


def _error(form: Form, path: Path, code: str) -> FieldError:
    field = field_at(form, path)
    vietnamese, english = wording.field_error(code, field, wording.place(form, path))
    return FieldError(path, code, vietnamese, english)


def field_at(form: Form, path: Path) -> FormField | None:
    """The field a path points at: ("phone",), or ("staff_rows", 0, "birth_year") for a column of a table."""
    field = form.field(str(path[0])) if path else None
    if field and len(path) == 3:
        return next((column for column in field.columns if column.key == path[2]), None)
    return field


def _checked(form: Form, check: AnyCheck, data: Data, on: date | None) -> FieldError | None:
    found = form_checks.failed(form, check, data, on)
    return FieldError((check.field,), found[0], *found[1]) if found else None


def _validator(form: Form) -> jsonschema_rs.Draft202012Validator:
    return _compiled(json.dumps(schema(form), ensure_ascii=False))


@lru_cache(maxsize=256)
def _compiled(text: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True, formats=dict(FORMATS))
