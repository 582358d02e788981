"""Everything wrong with what is filed, in one list: each form by the rules' schema, the package by its components."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rules import catalogue as law
from rules import forms, packages
from rules.catalogue import Catalogue
from rules.records.form import Condition, Form
from rules.records.procedure import Procedure

Sheet = Mapping[str, Any]
Forms = Mapping[str, Sequence[Sheet]]


@dataclass(frozen=True)
class Flaw:
    """One thing wrong, where it is and how to mend it. `sheet` counts from 0; `path` leads into that sheet."""

    code: str
    message_vi: str
    message_en: str
    form_id: str | None = None
    sheet: int | None = None
    path: tuple[str | int, ...] = ()
    component: str | None = None
    within: str = "/contact"  # where `path` begins, for what stands in no form

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self) | {"path": list(self.path), "pointer": self.pointer}
        del shown["within"]
        return shown

    @property
    def pointer(self) -> str:
        """Where it stands in a submission's body, as a JSON Pointer."""
        if self.form_id is not None and self.sheet is not None:
            return "/".join(("/forms", self.form_id, str(self.sheet), *map(str, self.path)))
        if self.form_id is not None:
            return f"/forms/{self.form_id}"
        return "/".join((self.within, *map(str, self.path))) if self.path else "/uploads"


def find_flaws(
    procedure: Procedure, filed: Forms, files: Mapping[str, int], catalogue: Catalogue, *, on: date | None = None
) -> list[Flaw]:
    """All flaws of a package filed online `on` that day: `filed` by form id, `files` as numbers by component code."""
    found = [
        flaw for form_id in procedure.form_ids for flaw in form_flaws(form_id, filed.get(form_id, ()), catalogue, on=on)
    ]
    found += package_flaws(procedure, filed, files, catalogue, channel="online", on=on)
    return found or _nothing_filed(filed, files)


def _nothing_filed(filed: Forms, files: Mapping[str, int]) -> list[Flaw]:
    """Where every paper is left to the case, a dossier holds at least one all the same."""
    if any(filed.values()) or any(files.values()):
        return []
    vietnamese = "Hồ sơ chưa có gì. Ông/bà nộp ít nhất một giấy tờ của thủ tục này."
    return [Flaw("nothing_filed", vietnamese, "The dossier holds nothing. File at least one of the papers.")]


def package_flaws(
    procedure: Procedure,
    filed: Forms,
    files: Mapping[str, int],
    catalogue: Catalogue,
    *,
    channel: str,
    on: date | None = None,
) -> list[Flaw]:
    """What keeps the package from being whole, as it came in."""
    whole = packages.check(procedure, filed, files, channel=channel, on=on, catalogue=catalogue)
    return [_of_package(problem) for problem in whole]


def _of_package(problem: packages.Problem) -> Flaw:
    """What a package lacks; a field that is named is looked for in the form's first sheet."""
    path, sheet = ((problem.field,), 0) if problem.field else ((), None)
    return Flaw(
        problem.code, problem.message_vi, problem.message_en, problem.form_id, sheet, path, component=problem.component
    )


def form_flaws(
    form_id: str, sheets: Sequence[Sheet], catalogue: Catalogue, *, on: date | None = None
) -> Iterator[Flaw]:
    """What is wrong inside each sheet of one form, filed on that day."""
    form = catalogue.form(form_id)
    for index, sheet in enumerate(sheets):
        for error in forms.validate(form, asked_for(form, sheet), on=on):
            yield Flaw(error.code, error.message_vi, error.message_en, form_id, index, error.path)


def asked_for(form: Form, sheet: Sheet) -> dict[str, Any]:
    """The sheet without what its own answers do not ask for: a condition that is not met, whatever was typed there."""
    conditions = {field.key: field.condition for field in form.fields() if field.condition}
    return {key: value for key, value in sheet.items() if key not in conditions or is_met(conditions[key], sheet)}


def is_met(condition: Condition, sheet: Sheet) -> bool:
    """Whether another field of the sheet asks for it."""
    value = sheet.get(condition.field)
    if condition.filled:
        return value not in (None, "", [], False)
    return as_text(value) in condition.values


def as_text(value: Any) -> str:
    """A value as conditions name it; a tick is `true` or `false`."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def clean(filed: Forms, catalogue: Catalogue | None = None) -> dict[str, list[dict[str, Any]]]:
    """The forms as they are stored: without blanks, and without what was not asked for."""
    known = {one.id: one for one in (catalogue or law.load()).forms}
    return {
        form_id: [forms.without_blanks(asked_for(known[form_id], one) if form_id in known else one) for one in sheets]
        for form_id, sheets in filed.items()
    }
