"""Answering a supplement request on pages: exactly the items asked for, each with its own upload or its form."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from intake import reads
from intake.domain.dossier import Dossier
from intake.domain.errors import FormUnknown, NotAllowedNow, SubmissionInvalid
from intake.domain.flaws import form_flaws
from intake.handlers import drafts, supplements
from intake.web import sheets
from intake.web.calling import Applicant, go, show
from intake.web.desk import Sheet, names_of, sent_sheet, take_files
from intake.web.form_schema import schema_href
from intake.web.language import is_english
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked, checked
from kit.signin import Person
from kit.tx import Tx
from rules import catalogue as law

router = APIRouter(prefix="/dossiers/{dossier_id}/supplement")


async def _asked(tx: Tx, person: Person, dossier_id: UUID) -> tuple[Dossier, reads.AskedSupplement | None]:
    dossier = await reads.find_dossier(tx, person.id, dossier_id)
    return dossier, await reads.asked_supplement(tx, dossier, reads.procedure_of(dossier))


@router.get("")
async def page(request: Request, dossier_id: UUID, person: Applicant, tx: Tx) -> Response:
    return await _page(request, tx, person, dossier_id, [])


async def _page(request: Request, tx: Tx, person: Person, dossier_id: UUID, errors: list[FieldError]) -> Response:
    dossier, asked = await _asked(tx, person, dossier_id)
    if asked is None:
        return go(f"/dossiers/{dossier_id}")
    states = [_state(item, asked) for item in asked.items]
    return show(
        request,
        "supplement.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        dossier=dossier,
        asked=asked,
        items=states,
        ready=all(state["done"] for state in states),
        errors=errors,
    )


def _state(item: reads.Asked, asked: reads.AskedSupplement) -> dict[str, Any]:
    """One item: what was given for it so far."""
    files = [upload for upload in asked.uploads if upload.component == item.component]
    given = asked.forms.get(item.form_id or "", [])
    right = bool(given) and item.form_id is not None and not list(form_flaws(item.form_id, given, law.load()))
    return {"item": item, "files": files, "sheets": len(given), "done": right if item.form_id else bool(files)}


@router.post("/papers")
async def add_papers(
    request: Request, dossier_id: UUID, given: Checked, person: Applicant, tx: Tx, now: Now
) -> Response:
    errors = await take_files(tx, person, given, now=now, dossier_id=dossier_id)
    if errors:
        return await _page(request, tx, person, dossier_id, errors)
    return go(f"/dossiers/{dossier_id}/supplement#item-{given.get('component')}")


@router.post("/papers/{upload_id}/removal", dependencies=[Depends(checked)])
async def remove_paper(dossier_id: UUID, upload_id: UUID, person: Applicant, tx: Tx) -> Response:
    await drafts.remove_upload(tx, person.id, upload_id)
    return go(f"/dossiers/{dossier_id}/supplement")


@router.get("/forms/{form_id}")
async def form_page(
    request: Request,
    dossier_id: UUID,
    form_id: str,
    person: Applicant,
    tx: Tx,
    sheet: Sheet = 1,
    check: bool = False,
    grow: str = "",
) -> Response:
    """A form that is asked for again, beginning from what was filed."""
    dossier, asked = await _asked(tx, person, dossier_id)
    if asked is None:
        return go(f"/dossiers/{dossier_id}")
    if form_id not in [item.form_id for item in asked.items]:
        raise FormUnknown(form_id)
    form = law.load().form(form_id)
    given = asked.forms.get(form_id, [])
    filed = await reads.filed_sheets(tx, dossier_id, form_id)
    total = max(len(given), len(filed), 1)
    return show(
        request,
        "supplement_sheet.html",
        dossier=dossier,
        form=form,
        parts=sheets.layout(
            form, _values(given, filed, sheet - 1), grow=grow, english=is_english(request),
            files=names_of(asked.uploads),
        ),
        errors=_errors(form_id, given, sheet - 1, english=is_english(request)) if check else [],
        sheet=sheet,
        total=total,
        tabs=[{"number": n, "begun": n <= len(given), "right": n <= len(given)} for n in range(1, total + 1)]
        if total > 1
        else [],
        may_copy=False,
        may_remove=False,
        action=f"/dossiers/{dossier_id}/supplement/forms/{form_id}",
        schema_href=schema_href(form, request),
        papers_href="",
    )  # fmt: skip


def _values(given: list[dict[str, Any]], filed: list[dict[str, Any]], index: int) -> Mapping[str, Any]:
    for held in (given, filed):
        if index < len(held) and held[index]:
            return held[index]
    return {}


def _errors(form_id: str, given: list[dict[str, Any]], index: int, *, english: bool = False) -> list[FieldError]:
    flaws = [flaw for flaw in form_flaws(form_id, given, law.load()) if flaw.sheet == index]
    return sheets.errors_of(flaws, english=english)


@router.post("/forms/{form_id}")
async def save_form(
    dossier_id: UUID, form_id: str, given: Checked, person: Applicant, tx: Tx, sheet: Sheet = 1
) -> Response:
    """Keep what was typed; then the next sheet, or back to the list of items."""
    typed = sent_sheet(law.load().form(form_id), given)
    await supplements.save_supplement_sheet(tx, person.id, dossier_id, form_id, sheet - 1, typed)
    here = f"/dossiers/{dossier_id}/supplement/forms/{form_id}?sheet={sheet}"
    if grow := given.get("add_row"):
        return go(f"{here}&grow={grow}#{grow}")
    if removed := given.get("remove_row"):
        return go(f"{here}#{str(removed).rpartition('-')[0]}")
    _dossier, asked = await _asked(tx, person, dossier_id)
    if asked and _errors(form_id, asked.forms.get(form_id, []), sheet - 1):
        return go(f"{here}&check=1")
    if sheet < len(await reads.filed_sheets(tx, dossier_id, form_id)):
        return go(f"/dossiers/{dossier_id}/supplement/forms/{form_id}?sheet={sheet + 1}")
    return go(f"/dossiers/{dossier_id}/supplement")


@router.post("/answer", dependencies=[Depends(checked)])
async def answer(request: Request, dossier_id: UUID, person: Applicant, tx: Tx, now: Now) -> Response:
    """Send all of it; a second click finds it answered."""
    try:
        await supplements.send_prepared_answer(tx, person.id, dossier_id, now=now)
    except SubmissionInvalid as invalid:
        errors = [FieldError(f"item-{flaw.component}", flaw.message_vi) for flaw in invalid.flaws if flaw.component]
        return await _page(request, tx, person, dossier_id, errors)
    except NotAllowedNow:
        pass  # answered already: the road shows it
    return go(f"/dossiers/{dossier_id}")
