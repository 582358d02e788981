"""A form that the clerk types in from the paper: one sheet a page, kept as typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from intake.domain.dossier import Draft
from intake.domain.errors import FormUnknown, NotFound
from intake.domain.flaws import form_flaws
from intake.handlers import desk
from intake.reads import OnDesk
from intake.web import sheets, steps
from intake.web.calling import Office, go
from intake.web.counter_calling import DeskClerk, show_desk
from intake.web.counter_desk import look
from intake.web.desk import Sheet, sent_sheet
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked, checked
from kit.tx import Tx
from rules import catalogue as law
from rules import filling
from rules.records.form import Form
from rules.records.procedure import Component, Procedure

router = APIRouter(prefix="/desk/registrations/{registration_id}/forms/{form_id}")


def _matter(found: OnDesk, form_id: str) -> tuple[Draft, Procedure, Component]:
    """The draft, and the component this form fills in. Raises NotFound, FormUnknown."""
    if found.draft is None or found.procedure is None or found.registration.is_finished:
        raise NotFound("draft")
    component = steps.component_of(found.procedure, form_id)
    if component is None:
        raise FormUnknown(form_id)
    return found.draft, found.procedure, component


@router.get("")
async def page(
    request: Request,
    registration_id: UUID,
    form_id: str,
    clerk: DeskClerk,
    tx: Tx,
    office: Office,
    sheet: Sheet = 1,
    check: bool = False,
    grow: str = "",
) -> Response:
    found = await look(tx, clerk, office, registration_id)
    draft, procedure, component = _matter(found, form_id)
    form, given = law.load().form(form_id), draft.forms.get(form_id, [])
    total = steps.sheet_total(procedure, component, draft.forms)
    here = f"/desk/registrations/{registration_id}"
    return show_desk(
        request,
        clerk,
        "counter_sheet.html",
        form=form,
        back=here,
        action=f"{here}/forms/{form_id}",
        parts=sheets.layout(form, _values(found, form, draft, sheet - 1, office), grow=grow),
        errors=_errors(form_id, given, sheet - 1) if check else [],
        sheet=sheet,
        total=max(total, sheet),
        tabs=_tabs(given, max(total, sheet)),
        may_add=component.one_per is not None,
        may_remove=sheet <= len(given),
    )


def _values(found: OnDesk, form: Form, draft: Draft, index: int, office: str) -> Mapping[str, Any]:
    """What was typed; for a sheet not begun yet what is known already."""
    given = draft.forms.get(form.id, [])
    if index < len(given) and given[index]:
        return given[index]
    contact = found.registration.contact or {}
    first = {form_id: kept[0] for form_id, kept in draft.forms.items() if kept}
    known = {key: str(contact[key]) for key in ("address", "phone", "email") if contact.get(key)}
    known |= {"name": str(contact.get("organisation") or contact.get("name") or "")}
    return filling.prefill(form, first, known | {"office": law.load().office(office).name_vi})


def _tabs(given: list[dict[str, Any]], total: int) -> list[dict[str, Any]]:
    if total < 2:
        return []
    return [{"number": n, "begun": n <= len(given), "right": n <= len(given)} for n in range(1, total + 1)]


def _errors(form_id: str, given: list[dict[str, Any]], index: int) -> list[FieldError]:
    return sheets.errors_of([flaw for flaw in form_flaws(form_id, given, law.load()) if flaw.sheet == index])


@router.post("")
async def save(
    registration_id: UUID,
    form_id: str,
    given: Checked,
    clerk: DeskClerk,
    tx: Tx,
    now: Now,
    office: Office,
    sheet: Sheet = 1,
) -> Response:
    """Keep what was typed; then the next sheet, or back to the desk."""
    _draft, procedure, component = _matter(await look(tx, clerk, office, registration_id), form_id)
    typed = sent_sheet(law.load().form(form_id), given)
    draft = await desk.save_sheet(tx, clerk, office, registration_id, form_id, sheet - 1, typed, now=now)
    here = f"/desk/registrations/{registration_id}/forms/{form_id}"
    if grow := given.get("add_row"):
        return go(f"{here}?sheet={sheet}&grow={grow}#{grow}")
    if removed := given.get("remove_row"):
        return go(f"{here}?sheet={sheet}#{str(removed).rpartition('-')[0]}")
    if _errors(form_id, draft.forms[form_id], sheet - 1):
        return go(f"{here}?sheet={sheet}&check=1")
    if given.get("further") or sheet < steps.sheet_total(procedure, component, draft.forms):
        return go(f"{here}?sheet={sheet + 1}")
    return go(f"/desk/registrations/{registration_id}#papers")


@router.post("/removal", dependencies=[Depends(checked)])
async def remove(
    registration_id: UUID, form_id: str, clerk: DeskClerk, tx: Tx, now: Now, office: Office, sheet: Sheet = 1
) -> Response:
    await desk.remove_sheet(tx, clerk, office, registration_id, form_id, sheet - 1, now=now)
    return go(f"/desk/registrations/{registration_id}#papers")
