"""Dossiers with exactly one thing wrong, and where; made from whole ones. Not for production."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from rules import packages
from rules.catalogue import Catalogue, load
from rules.forms import Path, is_asked_for
from rules.records.form import AnyCheck, DateOrder, Form, FormField, GoesWith, NotAfterFiling, RowsEqual, Section, Sum
from rules.records.procedure import Procedure
from rules.testing.dossiers import SampleDossier, Sheet, whole_dossier

_WRONG_TYPE = {"integer": "ba", "decimal": "cao", "boolean": "x", "table": "hai", "enum": "không có trong danh sách"}
_WRONG_FORMAT = {"date": "2025-02-30", "phone": "12-34", "email": "benh vien@mau"}


@dataclass(frozen=True)
class BrokenDossier:
    """One thing is wrong with it: a field of a sheet (`form_id`, `path`), or the number of a component."""

    dossier: SampleDossier
    what: str
    form_id: str | None = None
    path: Path = ()
    component: str | None = None

    def is_named_by(self, form_id: str | None, path: Path, component: str | None) -> bool:
        """Whether a refusal speaks of the thing that is wrong."""
        if self.component:
            return component == self.component
        return form_id == self.form_id and path[: len(self.path)] == self.path


def broken_dossiers(
    procedure: Procedure, seed: int = 0, *, catalogue: Catalogue | None = None
) -> Iterator[BrokenDossier]:
    """Every way in which a whole dossier of this seed breaks: each field of each form, each rule, each component."""
    law = catalogue or load()
    whole = whole_dossier(procedure, seed, catalogue=law)
    for form_id, sheets in whole.forms.items():
        form = law.form(form_id)
        for what, path, sheet in _sheets(form, sheets[0], whole.on):
            yield BrokenDossier(whole.with_sheet(form_id, 0, sheet), what, form_id, path)
    yield from _rules(procedure, whole, law)
    yield from _components(procedure, whole)


def _sheets(form: Form, sheet: Sheet, on: date) -> Iterator[tuple[str, Path, Sheet]]:
    for section in form.sections:
        for field in section.fields:
            if field.key not in sheet:
                continue
            if _is_missed(field, section, sheet):
                yield "required", (field.key,), {key: value for key, value in sheet.items() if key != field.key}
            for what, value in _wrong_values(field):
                yield what, (field.key,), sheet | {field.key: value}
            yield from _cells(field, sheet)
    yield "unknown", ("no_such_field",), sheet | {"no_such_field": "x"}
    for check in form.checks:
        yield from _disagreeing(form, check, sheet, on)


def _is_missed(field: FormField, section: Section, sheet: Sheet) -> bool:
    """A field of an optional section is missed only beside another of that section."""
    others = any(one.key in sheet for one in section.fields if one is not field)
    return is_asked_for(field) and (others or not section.optional)


def _wrong_values(field: FormField) -> Iterator[tuple[str, Any]]:
    if field.type in _WRONG_TYPE:
        yield "type", _WRONG_TYPE[field.type]
    elif field.type in _WRONG_FORMAT:
        yield "format", _WRONG_FORMAT[field.type]
    else:
        yield "maxLength", "x" * ((field.max_length or 5000) + 1)
    if field.minimum is not None:
        yield "minimum", field.minimum - 1
    if field.maximum is not None:
        yield "maximum", field.maximum + 1
    if field.must_be_true:
        yield "must_be_true", False


def _cells(table: FormField, sheet: Sheet) -> Iterator[tuple[str, Path, Sheet]]:
    """The first row of a table with each of its columns wrong in turn."""
    rows = sheet[table.key] if table.type == "table" else []
    for column in table.columns if rows else ():
        path: Path = (table.key, 0, column.key)
        without = {key: value for key, value in rows[0].items() if key != column.key}
        if column.required and without:
            yield "required", path, sheet | {table.key: [without, *rows[1:]]}
        for what, value in _wrong_values(column):
            yield what, path, sheet | {table.key: [rows[0] | {column.key: value}, *rows[1:]]}


def _disagreeing(form: Form, check: AnyCheck, sheet: Sheet, on: date) -> Iterator[tuple[str, Path, Sheet]]:
    """The sheet with what a check compares at odds; nothing where the sheet does not have it."""
    value = sheet.get(check.field)
    if value is None:
        return
    if isinstance(check, RowsEqual | Sum):
        yield check.kind, (check.field,), sheet | {check.field: value + 1}
    elif isinstance(check, GoesWith):
        yield from _misfits(form, check, sheet)
    elif isinstance(check, DateOrder) and check.not_after in sheet:
        later = date.fromisoformat(sheet[check.not_after]) + timedelta(days=1)
        yield check.kind, (check.field,), sheet | {check.field: later.isoformat()}
    elif isinstance(check, NotAfterFiling):
        yield check.kind, (check.field,), sheet | {check.field: (on + timedelta(days=1)).isoformat()}


def _misfits(form: Form, check: GoesWith, sheet: Sheet) -> Iterator[tuple[str, Path, Sheet]]:
    field, allowed = form.field(check.field), check.allowed.get(str(sheet.get(check.by)))
    for choice in field.values if field and allowed is not None else ():
        if choice.value not in (allowed or ()):
            yield check.kind, (check.field,), sheet | {check.field: choice.value}
            return


def _rules(procedure: Procedure, whole: SampleDossier, law: Catalogue) -> Iterator[BrokenDossier]:
    """Choices of a shared form that are another procedure's, and a dossier that comes too late."""
    for rule in procedure.field_rules:
        field, sheets = law.form(rule.form_id).field(rule.field), whole.forms.get(rule.form_id)
        strange = [one.value for one in field.values if one.value not in rule.values] if field else []
        if sheets and strange:
            sheet = sheets[0] | {rule.field: strange[0]}
            yield BrokenDossier(whole.with_sheet(rule.form_id, 0, sheet), "wrong_value", rule.form_id, (rule.field,))
    duty = procedure.applicant_deadline
    if duty and duty.date_field and duty.late_filing == "refused" and duty.unit == "calendar_days":
        named, sign = duty.date_field, 1 if duty.direction == "before" else -1
        too_late = whole.on + sign * timedelta(days=duty.value - sign)
        sheet = whole.forms[named.form_id][0] | {named.field: too_late.isoformat()}
        yield BrokenDossier(whole.with_sheet(named.form_id, 0, sheet), "late_filing", named.form_id, (named.field,))


def _components(procedure: Procedure, whole: SampleDossier) -> Iterator[BrokenDossier]:
    for one in procedure.components:
        if one.form_id and packages.is_asked_for(one, whole.forms, whole.channel, whole.on):
            forms = {form_id: sheets for form_id, sheets in whole.forms.items() if form_id != one.form_id}
            if not _decides_itself(procedure, one.form_id):
                yield BrokenDossier(replace(whole, forms=forms), "missing", component=one.code)
        elif one.code in whole.files and packages.is_asked_for(one, whole.forms, whole.channel, whole.on):
            files = {code: number for code, number in whole.files.items() if code != one.code}
            yield BrokenDossier(replace(whole, files=files), "missing", component=one.code)
            if one.one_per and whole.files[one.code] > 1:
                fewer = {**whole.files, one.code: whole.files[one.code] - 1}
                yield BrokenDossier(replace(whole, files=fewer), "too_few", component=one.code)
    strange = {**whole.files, "no-such-component": 1}
    yield BrokenDossier(replace(whole, files=strange), "unknown_component", component="no-such-component")


def _decides_itself(procedure: Procedure, form_id: str) -> bool:
    """Whether a form is asked for by what stands in it, so that without it nothing asks."""
    asked = [one for one in procedure.components if one.form_id == form_id]
    return any(one.required_if and one.required_if.form_id == form_id for one in asked)
