"""Whole dossiers of any procedure, and dossiers with one thing wrong, made from the data alone. Not for production."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from rules import packages
from rules.catalogue import Catalogue, load
from rules.records.form import Form
from rules.records.procedure import Component, Procedure
from rules.samples import FILED_ON, whole_sheet

Sheet = dict[str, Any]
MOST_SHEETS = 3
LICENCE_YEARS = 3


@dataclass(frozen=True)
class SampleDossier:
    """What an applicant files on a day: sheets by form id, numbers of files by component."""

    forms: Mapping[str, list[Sheet]]
    files: Mapping[str, int]
    channel: str
    on: date

    def with_sheet(self, form_id: str, index: int, sheet: Sheet) -> "SampleDossier":
        sheets = [sheet if n == index else one for n, one in enumerate(self.forms[form_id])]
        return replace(self, forms={**self.forms, form_id: sheets})


def day_of_filing(procedure: Procedure, catalogue: Catalogue | None = None) -> date:
    """A day on which the procedure can be filed: that of the examples, or two months after it and its fee had begun."""
    if procedure.is_in_force(FILED_ON):
        return FILED_ON
    fee = (catalogue or load()).fee(procedure.fee_id) if procedure.fee_id else None
    begun = max(procedure.effective_from, fee.effective_from if fee else procedure.effective_from)
    day = begun + timedelta(days=60)
    return min(day, procedure.effective_to or day)


def whole_dossier(
    procedure: Procedure,
    seed: int = 0,
    *,
    channel: str = "online",
    on: date | None = None,
    catalogue: Catalogue | None = None,
) -> SampleDossier:
    """A dossier with nothing wrong; its fee, if it has one, can be worked out. The same seed gives the same dossier."""
    maker = _Maker(procedure, Random(seed), channel, on or day_of_filing(procedure), catalogue or load())  # noqa: S311
    return maker.dossier()


@dataclass
class _Maker:
    procedure: Procedure
    rng: Random
    channel: str
    on: date
    catalogue: Catalogue
    forms: dict[str, list[Sheet]] = field(default_factory=dict)

    def dossier(self) -> SampleDossier:
        for one in self.procedure.components:
            sheets = self._sheets(one, self.catalogue.form(one.form_id)) if one.form_id and self._is_wanted(one) else []
            if one.form_id and sheets:
                self.forms[one.form_id] = sheets
        files = {one.code: self._number(one) for one in self.procedure.components if one.accepts == "upload"}
        files = {code: number for code, number in files.items() if number}
        if not self.forms and not files:  # where every paper is left to the case, one of them all the same
            files = {self.procedure.components[0].code: 1}
        return SampleDossier(self.forms, files, self.channel, self.on)

    def _is_wanted(self, one: Component) -> bool:
        """What the dossier must hold, and every other time what it may."""
        may = not (one.channels and self.channel not in one.channels) and self.rng.random() < 0.5
        return may or packages.is_asked_for(one, self.forms, self.channel, self.on)

    def _number(self, one: Component) -> int:
        if not self._is_wanted(one):
            return 0
        return (packages.count(self.procedure, self.forms, one.one_per) if one.one_per else 1) or 0

    def _sheets(self, one: Component, form: Form) -> list[Sheet]:
        number = self.rng.randint(1, MOST_SHEETS) if one.several else 1
        if one.one_per:
            number = packages.count(self.procedure, self.forms, one.one_per) or 0
        return [self._sheet(form) for _ in range(number)]

    def _sheet(self, form: Form) -> Sheet:
        given = self._counted(form) | self._in_time(form) | self._copied(form)
        choices = self._choices(form)
        return whole_sheet(form, seed=self.rng.randrange(10**6), on=self.on, choices=choices, given=given)

    def _counted(self, form: Form) -> Sheet:
        """A few devices, not hundreds; as many as asked for where a condition asks."""
        counts = [one for one in self.procedure.counts.values() if one.form_id == form.id]
        fields = [form.field(one.field) for one in counts]
        few = {one.key: self.rng.randint(1, MOST_SHEETS) for one in fields if one and one.type == "integer"}
        return {key: number for key, number in few.items() if not getattr(form.field(key), "condition", None)}

    def _in_time(self, form: Form) -> Sheet:
        """A licence that has not yet come too near to its end (X04)."""
        duty = self.procedure.applicant_deadline
        if duty is None or duty.date_field is None or duty.date_field.form_id != form.id:
            return {}
        after = duty.value + self.rng.randint(0, 90) if duty.direction == "before" else -self.rng.randint(0, duty.value)
        event_on = self.on + timedelta(days=after)
        given = {duty.date_field.field: event_on.isoformat()}
        if duty.granted_field:
            given[duty.granted_field.field] = (event_on - timedelta(days=365 * LICENCE_YEARS)).isoformat()
        return given

    def _copied(self, form: Form) -> Sheet:
        """What the form copies from sheets that are there already."""
        found: Sheet = {}
        for one in form.fields():
            form_id, _, key = (one.copy_of or "").partition(".")
            sheets: Sequence[Sheet] = self.forms.get(form_id, ())
            if sheets and key in sheets[0]:
                found[one.key] = sheets[0][key]
        return found

    def _choices(self, form: Form) -> dict[str, frozenset[str]]:
        """What this procedure takes of a shared form, without kinds that no table has an amount for."""
        taken = {one.field: frozenset(one.values) for one in self.procedure.field_rules if one.form_id == form.id}
        rule = self.procedure.fee
        counted = packages.counted_field(self.procedure, self.catalogue)
        if rule and rule.counted_by and rule.counted_by.form_id == form.id and counted:
            name = ".".join((rule.counted_by.field, *filter(None, [rule.counted_by.column])))
            offered = taken.get(name, frozenset(one.value for one in counted.values))
            taken[name] = offered - set(rule.unpriced)
        return taken
