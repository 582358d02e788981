"""Whether what was filed is a whole dossier of its procedure, and what it is charged for. Counts, reads no contents.

The contents of each sheet are judged by `rules.forms.validate`; callers ask both.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules import wording
from rules.catalogue import Catalogue, load
from rules.forms import without_blanks
from rules.records.procedure import Component, FieldRef, OnePer, Procedure, SectionRule

Sheets = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Problem:
    """What keeps the package from being whole.

    `code` is one of missing, too_few, wrong_count, single, wrong_form, unknown_component, not_an_upload,
    section_missing; `component` is the code of the component it is about, where it is about one.
    """

    code: str
    component: str | None
    form_id: str | None
    message_vi: str
    message_en: str


def check(
    procedure: Procedure,
    forms: Sheets,
    components: Mapping[str, int],
    *,
    channel: str = "online",
    catalogue: Catalogue | None = None,
) -> list[Problem]:
    """What is missing or too much: `forms` by form id, one mapping per sheet; `components` by code, number of files.

    Filed on paper (direct, postal), a form may also come as a scan of the paper under its component's code.
    """
    package = _Package(procedure, forms, components, channel != "online", catalogue or load())
    found = [*package.strangers()]
    for component in procedure.components:
        found += package.component(component)
    for rule in procedure.section_rules:
        found += package.section(rule)
    return found


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
    kinds = [sheet.get(counted.field) for sheet in forms.get(counted.form_id, ())]
    return dict(Counter(kind for kind in kinds if isinstance(kind, str) and kind))


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
    on_paper: bool
    catalogue: Catalogue

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
        needed = count(self.procedure, self.forms, one.one_per) if one.one_per else 1
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
        if self._is_asked_for(one):
            yield self._problem("missing", one, wording.missing(one))

    def _is_asked_for(self, one: Component) -> bool:
        if one.required_when is None:
            return one.required
        sheets = self._sheets(one.required_when.form_id)
        return any(one.required_when.field in without_blanks(sheet) for sheet in sheets)

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

    def _is_excused(self, rule: SectionRule) -> bool:
        if rule.unless_all is None:
            return False
        values = [sheet.get(rule.unless_all.field) for sheet in self._sheets(rule.unless_all.form_id)]
        return bool(values) and all(value in rule.unless_all.values for value in values)

    def _sheets(self, form_id: str | None) -> Sequence[Mapping[str, Any]]:
        return self.forms.get(form_id, ()) if form_id else ()

    def _problem(self, code: str, one: Component, sentences: wording.Both) -> Problem:
        return Problem(code, one.code, one.form_id, *sentences)
