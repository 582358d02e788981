"""The steps of filing: where each lies, what comes next, what is done. Knows no form by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.domain.dossier import Draft
from intake.domain.flaws import Flaw
from kit.pages import Step
from kit.pages.parts import State
from kit.pages.words import gettext as _
from rules import packages
from rules.records.procedure import Component, Procedure


@dataclass(frozen=True)
class Place:
    """One step: what it is about and where it is."""

    key: str
    word: str
    href: str


def places(draft: Draft, procedure: Procedure) -> list[Place]:
    """Who, each form, papers, check."""
    at = f"/filing/{draft.id}"
    forms = [Place(one.form_id, short(one), f"{at}/forms/{one.form_id}") for one in procedure.components if one.form_id]
    papers = [Place("papers", _("Giấy tờ"), f"{at}/papers")]
    return [
        Place("who", _("Người nộp"), f"{at}/who"),
        *forms,
        *papers,
        Place("check", _("Kiểm tra và gửi"), f"{at}/check"),
    ]


def short(component: Component) -> str:
    """A component's name cut after its first words, for the line of steps."""
    words = component.name_vi.split()
    return " ".join(words[:5]) + ("…" if len(words) > 5 else "")


def line(draft: Draft, procedure: Procedure, current: str, flaws: Sequence[Flaw]) -> list[Step]:
    """The line of steps: done where something was given and nothing is wrong with it."""
    wrong = {key_of(flaw) for flaw in flaws}
    begun = {key for key, sheets in draft.forms.items() if sheets} | ({"who"} if draft.contact else set())
    begun |= {"papers"} if "papers" not in wrong else set()
    return [Step(place.word, _state(place, current, begun - wrong), place.href) for place in places(draft, procedure)]


def _state(place: Place, current: str, done: set[str]) -> State:
    if place.key == current:
        return "current"
    return "done" if place.key in done else "ahead"


def key_of(flaw: Flaw) -> str:
    """The step in which a flaw is mended."""
    if flaw.form_id:
        return flaw.form_id
    return "who" if flaw.path else "papers"


def next_href(draft: Draft, procedure: Procedure, current: str) -> str:
    """Where the step after `current` is."""
    found = places(draft, procedure)
    index = next(place for place, one in enumerate(found) if one.key == current)
    return found[min(index + 1, len(found) - 1)].href


def sheet_total(procedure: Procedure, component: Component, forms: packages.Sheets) -> int:
    """How many sheets of a form to show: as many as the dossier speaks of, or as are there."""
    held = len(forms.get(component.form_id or "", ()))
    needed = packages.count(procedure, forms, component.one_per) if component.one_per else 1
    return max(needed or 1, held, 1)


def component_of(procedure: Procedure, form_id: str) -> Component | None:
    """The component that is filled in by this form."""
    return next((one for one in procedure.components if one.form_id == form_id), None)
