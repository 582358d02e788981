"""What the desk's page holds as fields, and what a browser sent back. Reads, judges nothing but numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

from intake.domain.registering import Paper, Return
from intake.domain.registration import Registration
from intake.domain.texts import storable
from intake.handlers.desk import Noted
from kit.pages import FieldError
from kit.pages.words import gettext as _
from rules.records.procedure import Component, Procedure

CONTACT = ("name", "organisation", "phone", "email", "address")
MOST_PAPERS = 1000
MOST_ITEMS = 500


def values_of(one: Registration) -> dict[str, str]:
    """What was kept, as the fields show it."""
    contact = one.contact or {}
    found = {key: str(contact.get(key) or "") for key in CONTACT}
    found |= {"return_way": one.wanted.way, "return_address": one.wanted.address or ""}
    for code, paper in one.papers.items():
        found[f"originals-{code}"] = str(paper.originals or "")
        found[f"copies-{code}"] = str(paper.copies or "")
        found[f"shown-{code}"] = "yes" if paper.shown_only else ""
    return found | {f"items-{kind}": str(number or "") for kind, number in one.items.items()}


def typed(form: FormData) -> dict[str, str]:
    """What was sent, as the fields show it again."""
    return {key: storable(value)[:500] for key, value in form.multi_items() if isinstance(value, str)}


def noted(
    sent: Mapping[str, str], procedure: Procedure | None, kinds: Mapping[str, str]
) -> tuple[Noted, list[FieldError]]:
    """What was sent as the desk keeps it, and each number that is none."""
    errors: list[FieldError] = []
    papers = {}
    for component in procedure.components if procedure else ():
        originals = _number(sent, f"originals-{component.code}", MOST_PAPERS, errors)
        copies = _number(sent, f"copies-{component.code}", MOST_PAPERS, errors)
        paper = Paper(originals, copies, bool(sent.get(f"shown-{component.code}")))
        if paper != Paper():
            papers[component.code] = paper
    items = {kind: _number(sent, f"items-{kind}", MOST_ITEMS, errors) for kind in kinds}
    way = sent.get("return_way", "counter")
    wanted = Return(way if way in ("online", "counter", "postal") else "counter", sent.get("return_address") or None)
    contact: dict[str, Any] = {key: sent.get(key, "") for key in CONTACT}
    return Noted(contact, papers, {kind: number for kind, number in items.items() if number}, wanted), errors


def _number(sent: Mapping[str, str], name: str, most: int, errors: list[FieldError]) -> int:
    text = sent.get(name, "").strip()
    if not text:
        return 0
    if text.isascii() and text.isdecimal() and int(text[:9]) <= most and len(text) < 9:
        return int(text)
    errors.append(FieldError(name, _("Ghi một số từ 0 đến %s.") % most))
    return 0


def as_listed(sent: Mapping[str, str], components: Sequence[Component]) -> dict[str, str]:
    """The counts that the procedure lists, for each paper that must be there and was not counted yet."""
    found: dict[str, str] = {}
    for one in components:
        names = f"originals-{one.code}", f"copies-{one.code}"
        if one.required and one.required_when is None and not any(sent.get(name, "").strip() for name in names):
            found |= dict(zip(names, (str(one.originals), str(one.copies)), strict=True))
    return found
