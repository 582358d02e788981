"""Filling in the forms of a draft: one sheet a page, drawn from the catalogue's layout, kept as typed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from intake import reads
from intake.domain.dossier import Draft
from intake.domain.errors import FormUnknown
from intake.domain.flaws import form_flaws
from intake.handlers import drafts
from intake.web import sheets, steps
from intake.web.calling import Applicant, Office, go, show
from intake.web.desk import Desk, Sheet, desk_of, filed_already, names_of, saved_at, sent_sheet
from intake.web.form_schema import schema_href
from intake.web.language import is_english
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked, checked
from kit.signin import Person
from kit.tx import Tx
from rules import catalogue as law
from rules import filling
from rules.records.form import Form
from rules.records.procedure import Component, Procedure

router = APIRouter()


@router.get("/filing/{draft_id}/forms/{form_id}")
async def form_page(
    request: Request,
    draft_id: UUID,
    form_id: str,
    person: Applicant,
    tx: Tx,
    now: Now,
    office: Office,
    sheet: Sheet = 1,
    check: bool = False,
    grow: str = "",
    copy: bool = False,
) -> Response:
    """One sheet of one form; `copy` begins it from the sheet before."""
    desk = await desk_of(tx, person, draft_id, now.date())
    if gone := filed_already(desk):
        return gone
    component = component_or_404(desk.procedure, form_id)
    form = law.load().form(form_id)
    held = desk.draft.forms.get(form_id, [])
    values = _values(desk, form, office, sheet - 1, copy=copy)
    return show(
        request,
        "filing_sheet.html",
        form=form,
        parts=sheets.layout(form, values, grow=grow, english=is_english(request), files=names_of(desk.uploads)),
        errors=_errors_of(form_id, held, sheet - 1, now.date(), english=is_english(request)) if check else [],
        sheet=sheet,
        total=steps.sheet_total(desk.procedure, component, desk.draft.forms),
        tabs=_tabs(desk, component),
        may_copy=1 < sheet == len(held) + 1,
        may_remove=component.one_per is not None and len(held) > 1 and sheet <= len(held),
        action=f"/filing/{draft_id}/forms/{form_id}",
        schema_href=schema_href(form, request),
        papers_href=f"/filing/{draft_id}/papers",
        **desk.shell(form_id),
    )


def component_or_404(procedure: Procedure, form_id: str) -> Component:
    """Raises FormUnknown."""
    component = steps.component_of(procedure, form_id)
    if component is None:
        raise FormUnknown(form_id)
    return component


def _values(desk: Desk, form: Form, office: str, index: int, *, copy: bool) -> dict[str, Any]:
    """What was saved; for a sheet not begun yet what is known already."""
    held = desk.draft.forms.get(form.id, [])
    if index < len(held) and held[index]:
        return held[index]
    if copy and 0 < index <= len(held):
        return held[index - 1]
    first = {form_id: found[0] for form_id, found in desk.draft.forms.items() if found}
    return filling.prefill(form, first, profile_of(desk.draft.contact or {}, office))


def profile_of(contact: Mapping[str, Any], office: str) -> dict[str, str]:
    """What a form may take over of who files."""
    known = {key: contact.get(key) for key in ("address", "phone", "email")}
    known |= {"name": contact.get("organisation") or contact.get("name"), "office": law.load().office(office).name_vi}
    return {key: str(value) for key, value in known.items() if value}


def _errors_of(
    form_id: str, held: Sequence[Mapping[str, Any]], index: int, on: date, *, english: bool = False
) -> list[FieldError]:
    flaws = form_flaws(form_id, held, law.load(), on=on)
    return sheets.errors_of([flaw for flaw in flaws if flaw.sheet == index], english=english)


def _tabs(desk: Desk, component: Component) -> list[dict[str, Any]]:
    """One tab per sheet of a form that is filled in once per device or member of staff."""
    if component.one_per is None or component.form_id is None:
        return []
    held = desk.draft.forms.get(component.form_id, [])
    wrong = {flaw.sheet for flaw in desk.flaws if flaw.form_id == component.form_id}
    total = steps.sheet_total(desk.procedure, component, desk.draft.forms)
    return [
        {"number": n, "begun": n <= len(held), "right": n <= len(held) and n - 1 not in wrong}
        for n in range(1, total + 1)
    ]


@router.post("/filing/{draft_id}/forms/{form_id}")
async def save_form(
    draft_id: UUID, form_id: str, given: Checked, person: Applicant, tx: Tx, now: Now, sheet: Sheet = 1
) -> Response:
    """Keep what was typed, right or wrong; go on when nothing is wrong with it."""
    draft = await _save_sheet(tx, person, draft_id, form_id, sheet, given, now)
    here = f"/filing/{draft_id}/forms/{form_id}?sheet={sheet}"
    if grow := given.get("add_row"):
        return go(f"{here}&grow={grow}#{grow}")
    if removed := given.get("remove_row"):
        return go(f"{here}#{str(removed).rpartition('-')[0]}")
    if _errors_of(form_id, draft.forms[form_id], sheet - 1, now.date()):
        return go(f"{here}&check=1")
    procedure = reads.procedure_of(draft)
    if sheet < steps.sheet_total(procedure, component_or_404(procedure, form_id), draft.forms):
        return go(f"/filing/{draft_id}/forms/{form_id}?sheet={sheet + 1}")
    return go(steps.next_href(draft, procedure, form_id))


@router.post("/filing/{draft_id}/forms/{form_id}/saved")
async def autosave_form(
    draft_id: UUID, form_id: str, given: Checked, person: Applicant, tx: Tx, now: Now, sheet: Sheet = 1
) -> Response:
    await _save_sheet(tx, person, draft_id, form_id, sheet, given, now)
    return saved_at(now)


async def _save_sheet(
    tx: Tx, person: Person, draft_id: UUID, form_id: str, sheet: int, given: FormData, now: datetime
) -> Draft:
    draft, _files = await reads.find_draft(tx, person.id, draft_id)
    component_or_404(reads.procedure_of(draft), form_id)
    typed = sent_sheet(law.load().form(form_id), given)
    return await drafts.save_sheet(tx, person.id, draft_id, form_id, sheet - 1, typed, now=now)


@router.post("/filing/{draft_id}/forms/{form_id}/removal", dependencies=[Depends(checked)])
async def remove_sheet(draft_id: UUID, form_id: str, person: Applicant, tx: Tx, now: Now, sheet: Sheet = 1) -> Response:
    await drafts.remove_sheet(tx, person.id, draft_id, form_id, sheet - 1, now=now)
    return go(f"/filing/{draft_id}/forms/{form_id}?sheet={max(1, sheet - 1)}")
