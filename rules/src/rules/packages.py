"""Whether what was filed is a whole dossier of its procedure, and what it is charged for. Counts, reads no contents.

The contents of each sheet are judged by `rules.forms.validate`; callers ask both.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules import terms, wording
from rules.catalogue import Catalogue, load
from rules.forms import without_blanks
from rules.records.form import FormField
from rules.records.procedure import Component, CountedBy, FieldRef, FieldRule, OnePer, Procedure, SectionRule

Sheets = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Problem:
    """What keeps the package from being whole.

    `code` is one of missing, too_few, wrong_count, single, wrong_form, unknown_component, not_an_upload,
    section_missing, wrong_value, late_filing; `component` is the code of the component it is about, where it is about
    one, and `field` the field of the form, where it is about one.
    """

    code: str
    component: str | None
    form_id: str | None
    message_vi: str
    message_en: str
    field: str | None = None


def check(
    procedure: Procedure,
    forms: Sheets,
    components: Mapping[str, int],
    *,
    channel: str = "online",
    on: date | None = None,
    catalogue: Catalogue | None = None,
) -> list[Problem]:
    """What is missing or too much: `forms` by form id, one mapping per sheet; `components` by code, number of files.

    Filed on paper (direct, postal), a form may also come as a scan of the paper under its component's code. `on` is the
    day of filing: it says which papers a database replaces, and whether the dossier came too late (X04).
    """
    package = _Package(procedure, forms, components, channel, on, catalogue or load())
    found = [*package.strangers()]
    for component in procedure.components:
        found += package.component(component)
    for section in procedure.section_rules:
        found += package.section(section)
    for field in procedure.field_rules:
        found += package.field(field)
    return [*found, *package.lateness()]


def is_asked_for(one: Component, forms: Sheets, channel: str, on: date | None = None) -> bool:
    """Whether the dossier must hold a component: by its channel, by the databases of the day, by what the forms say."""
    if one.channels and channel not in one.channels:
        return False
    if on and one.replaced_by_database and one.replaced_by_database.is_in_force(on):
        return False
    if one.required_if:
        wanted = one.required_if
        return any(sheet.get(wanted.field) in wanted.values for sheet in forms.get(wanted.form_id, ()))
    if one.required_when:
        filled = (without_blanks(sheet) for sheet in forms.get(one.required_when.form_id, ()))
        return any(one.required_when.field in sheet for sheet in filled)
    return one.required


def fee_items(procedure: Procedure, forms: Sheets, catalogue: Catalogue | None = None) -> dict[str, int]:
    """How many items of each kind the fee is charged for, read from the sheets; a fee that counts nothing is for one.

    For a percentage it is the value in đồng instead. Empty where there is no fee, or the sheets do not say.
    """
    rule = procedure.fee
    if rule is None:
        return {}
    counted = rule.counted_by
    if counted is None:
        keys = [rule.item] if rule.item else [one.key for one in (catalogue or load()).fee(rule.fee_id).items[:1]]
        number = _value(rule.value_from, forms) if rule.value_from else 1
        return {} if number is None else dict.fromkeys(keys, number)
    kinds = [kind for sheet in forms.get(counted.form_id, ()) for kind in _kinds(counted, sheet)]
    return dict(Counter(kind for kind in kinds if isinstance(kind, str) and kind))


def _kinds(counted: CountedBy, sheet: Mapping[str, Any]) -> list[Any]:
    """The choices one sheet makes: one, or one per row of its table."""
    value = sheet.get(counted.field)
    if counted.column is None:
        return [value]
    return [row.get(counted.column) for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def counted_field(procedure: Procedure, catalogue: Catalogue | None = None) -> FormField | None:
    """The choice by which the fee is counted, or None where it counts nothing."""
    counted = procedure.fee.counted_by if procedure.fee else None
    field = (catalogue or load()).form(counted.form_id).field(counted.field) if counted else None
    if field is None or counted is None or counted.column is None:
        return field
    return next((column for column in field.columns if column.key == counted.column), None)


def counted_sheets(procedure: Procedure, items: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Sheets that say no more than how many items of each kind there are; `fee_items` reads the same numbers back."""
    counted = procedure.fee.counted_by if procedure.fee else None
    kinds = list(Counter(items).elements())
    if counted is None or not kinds:
        return {}
    if counted.column:
        return {counted.form_id: [{counted.field: [{counted.column: kind} for kind in kinds]}]}
    return {counted.form_id: [{counted.field: kind} for kind in kinds]}


def _value(ref: FieldRef, forms: Sheets) -> int | None:
    """The whole number in that field, if the sheets have one."""
    values = [sheet.get(ref.field) for sheet in forms.get(ref.form_id, ())]
    return next((one for one in values if isinstance(one, int) and not isinstance(one, bool) and one >= 0), None)


def count(procedure: Procedure, forms: Sheets, of: OnePer) -> int | None:
    """How many devices or staff members the sheets speak of; None if they do not say (or say it wrongly)."""
    rule = procedure.counts.get(of)
    sheets = forms.get(rule.form_id, ()) if rule else ()
    if rule is None or not sheets:
        return None
    sheet = without_blanks(sheets[0])
    value = sheet.get(rule.field)
    extra = 1 if rule.plus_one_if and rule.plus_one_if in sheet else 0
    if isinstance(value, list):
        return len(value) + extra
    return value + extra if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class _Package:
    procedure: Procedure
    forms: Sheets
    files: Mapping[str, int]
    channel: str
    on: date | None
    catalogue: Catalogue

    @property
    def on_paper(self) -> bool:
        return self.channel != "online"

    def strangers(self) -> Iterator[Problem]:
        """Forms and components that this procedure does not know."""
        for form_id in self.forms:
            if form_id not in self.procedure.form_ids:
                yield Problem("wrong_form", None, form_id, *wording.wrong_form(form_id))
        for code in self.files:
            if self.procedure.component(code) is None:
                yield Problem("unknown_component", code, None, *wording.unknown_component(code))

    def component(self, one: Component) -> Iterator[Problem]:
        if one.accepts == "upload":
            yield from self._upload(one)
        elif self.on_paper and self.files.get(one.code) and not self._sheets(one.form_id):
            return  # a scan of the paper form; the officer reads it
        else:
            yield from self._form(one)

    def _form(self, one: Component) -> Iterator[Problem]:
        held = len(self._sheets(one.form_id))
        needed = count(self.procedure, self.forms, one.one_per) if one.one_per else None if one.several else 1
        if self.files.get(one.code) and not self.on_paper:
            yield self._problem("not_an_upload", one, wording.not_an_upload(one))
        if held == 0:
            yield from self._missing(one)
        elif one.one_per is None and not one.several and held > 1:
            yield self._problem("single", one, wording.single(one, held))
        elif needed is not None and held != needed:
            yield self._problem("wrong_count", one, wording.too_few(one, needed, held))

    def _upload(self, one: Component) -> Iterator[Problem]:
        held = self.files.get(one.code, 0)
        needed = count(self.procedure, self.forms, one.one_per) if one.one_per else None
        if held == 0:
            yield from self._missing(one)
        elif needed is not None and held < needed:
            yield self._problem("too_few", one, wording.too_few(one, needed, held))

    def _missing(self, one: Component) -> Iterator[Problem]:
        if is_asked_for(one, self.forms, self.channel, self.on):
            yield self._problem("missing", one, wording.missing(one))

    def section(self, rule: SectionRule) -> Iterator[Problem]:
        """A section the form leaves open and the procedure wants, unless every sheet says it does not apply."""
        form = self.catalogue.form(rule.form_id)
        section = form.section(rule.section)
        keys = {field.key for field in section.fields} if section else set()
        if self._is_excused(rule):
            return
        for sheet in self._sheets(rule.form_id):
            if not keys & without_blanks(sheet).keys():
                yield Problem("section_missing", None, form.id, *wording.section_missing(form, rule.section))

    def field(self, rule: FieldRule) -> Iterator[Problem]:
        """A choice of a shared form that belongs to another procedure."""
        form = self.catalogue.form(rule.form_id)
        given = [value for sheet in self._sheets(rule.form_id) if (value := sheet.get(rule.field)) not in (None, "")]
        if any(value not in rule.values for value in given):
            sentences = wording.wrong_value(form, rule.field, rule.values)
            yield Problem("wrong_value", None, form.id, *sentences, field=rule.field)

    def lateness(self) -> Iterator[Problem]:
        """A dossier that came after its last day and needs another procedure now (X04)."""
        late = terms.late_filing(self.procedure, self.forms, self.on) if self.on else None
        deadline = self.procedure.applicant_deadline
        if late and late.is_refused and deadline and deadline.date_field:
            named = deadline.date_field
            yield Problem("late_filing", None, named.form_id, late.message_vi, late.message_en, field=named.field)

    def _is_excused(self, rule: SectionRule) -> bool:
        if rule.unless_all is None:
            return False
        values = [sheet.get(rule.unless_all.field) for sheet in self._sheets(rule.unless_all.form_id)]
        return bool(values) and all(value in rule.unless_all.values for value in values)

    def _sheets(self, form_id: str | None) -> Sequence[Mapping[str, Any]]:
        return self.forms.get(form_id, ()) if form_id else ()

    def _problem(self, code: str, one: Component, sentences: wording.Both) -> Problem:
        return Problem(code, one.code, one.form_id, *sentences)
