"""What must be true of forms: fields that exist, and a schema that a whole sheet satisfies."""

from collections.abc import Iterator

import jsonschema_rs

from rules import forms, samples
from rules.records.cited import Record
from rules.records.component import FieldRef
from rules.records.form import AnyCheck, Condition, DateOrder, Form, FormField, GoesWith, RowsEqual, Sum
from rules.soundness.known import Fault, Known, only_values, reference
from rules.source_yaml import Location

SEEDS = 5  # so many sheets are tried: conditions and optional fields differ among them


def form_fields(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Form)
    if not record.sections:
        yield ("sections",), "a form has sections, or extends another form"
    keys = [field.key for field in record.fields()]
    for location, field in _placed(record):
        if keys.count(field.key) > 1:
            yield location, f"field {field.key} stands twice"
        if field.condition:
            yield from _condition(field.condition, (*location, "condition"), record)
        if field.copy_of:
            form_id, _, key = field.copy_of.partition(".")
            yield from reference(FieldRef(form_id=form_id, field=key), (*location, "copy_of"), known)
        yield from _shape(field, location)


def _placed(form: Form) -> Iterator[tuple[Location, FormField]]:
    for s, section in enumerate(form.sections):
        for f, field in enumerate(section.fields):
            yield ("sections", s, "fields", f), field


def _condition(condition: Condition, at: Location, form: Form) -> Iterator[Fault]:
    said = [condition.equals is not None, bool(condition.one_of), condition.filled is not None]
    if said.count(True) != 1:
        yield at, "says one of equals, in, filled"
    other = form.field(condition.field)
    if other is None:
        yield (*at, "field"), f"no field {condition.field}"
    yield from only_values(other, condition.values, at)


def _shape(field: FormField, at: Location) -> Iterator[Fault]:
    if (field.type == "enum") != bool(field.values):
        yield (*at, "type"), "an enum, and nothing else, has values"
    if (field.type == "table") != bool(field.columns):
        yield (*at, "type"), "a table, and nothing else, has columns"
    for index, column in enumerate(field.columns):
        if column.type == "table":
            yield (*at, "columns", index), "a table inside a table"
        yield from _shape(column, (*at, "columns", index))


def form_checks(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Form)
    for index, one in enumerate(record.checks):
        for key, name in _named(one):
            if record.field(name) is None:
                yield ("checks", index, key), f"no field {name}"


def _named(check: AnyCheck) -> Iterator[tuple[str, str]]:
    """The fields a check speaks of, each with the key that names it."""
    yield "field", check.field
    if isinstance(check, RowsEqual):
        yield "table", check.table
    elif isinstance(check, GoesWith):
        yield "by", check.by
    elif isinstance(check, DateOrder):
        yield "not_after", check.not_after
    elif isinstance(check, Sum):
        yield from (("of", name) for name in (*check.of, *((check.table,) if check.table else ())))


def can_be_filled_in(record: Record, known: Known) -> Iterator[Fault]:
    """The form renders to a JSON Schema, and a sheet made from its layout is valid."""
    assert isinstance(record, Form)
    schema = forms.schema(record)
    try:
        jsonschema_rs.meta.validate(schema)
    except jsonschema_rs.ValidationError as refused:
        yield ("sections",), f"its schema is none: {refused.message}"
        return
    for seed in range(SEEDS):
        sheet = samples.whole_sheet(record, seed=seed)
        for error in forms.validate(record, sheet, on=samples.FILED_ON)[:1]:
            where = ".".join(map(str, error.path))
            yield ("sections",), f"no whole sheet: {where}: {error.message_en}"
            return
