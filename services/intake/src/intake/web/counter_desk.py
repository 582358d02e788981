"""One person at the counter, or one parcel, on one screen: who, what, papers and scans, fee, return; then register."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from intake import reads
from intake.domain.errors import HeldByAnother, IntakeError, SubmissionInvalid, UploadBroken
from intake.domain.papers import MOST_BYTES
from intake.domain.quote import Quote, quote_of_forms
from intake.domain.registering import counted_kinds, wants_items, with_counts
from intake.domain.registration import DOORS, Clerk
from intake.domain.search import find_procedures
from intake.handlers import desk
from intake.handlers.registering import received
from intake.measures import OnPaper
from intake.reads import OnDesk
from intake.web import counter_input, words
from intake.web.calling import Office, go
from intake.web.counter_calling import DeskClerk, errors_of, id_of, show_desk
from kit.now import TIME_ZONE, Now
from kit.pages import FieldError
from kit.pages.forms import Checked, checked
from kit.tx import Tx
from rules import catalogue as law
from rules.records.procedure import Component, Procedure

router = APIRouter(prefix="/desk/registrations/{registration_id}")
MOST_OFFERED = 8


async def look(tx: Tx, clerk: Clerk, office: str, registration_id: UUID) -> OnDesk:
    """Everything of one registration, for a clerk who may see it. Raises NotFound."""
    found = await reads.on_desk(tx, office, registration_id)
    found.registration.must_be_open_to(clerk)
    return found


@router.get("")
async def page(
    request: Request, registration_id: UUID, clerk: DeskClerk, tx: Tx, now: Now, office: Office, q: str | None = None
) -> Response:
    found = await look(tx, clerk, office, registration_id)
    if found.registration.is_finished:
        return go(f"/desk/receipts/{registration_id}")
    return _page(request, clerk, found, now, counter_input.values_of(found.registration) | {"q": q or ""}, [])


def _page(
    request: Request,
    clerk: Clerk,
    found: OnDesk,
    now: datetime,
    values: Mapping[str, str],
    errors: Sequence[FieldError],
    *,
    status: HTTPStatus | None = None,
) -> Response:
    one, procedure = found.registration, found.procedure
    at = received(one, now)
    offered = _offered(values.get("q", ""), found, at)
    return show_desk(
        request,
        clerk,
        "counter_desk.html",
        status=status or (HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK),
        one=one,
        found=found,
        procedure=procedure,
        values=values,
        errors=errors,
        is_mine=one.holder.id == clerk.id,
        offered=offered[:MOST_OFFERED],
        more_offered=len(offered[MOST_OFFERED:]),
        papers=[_paper(component, found) for component in _components(found)],
        kinds=_kinds(found),
        quote=_quote(found, at),
        words=words,
    )


def _offered(q: str, found: OnDesk, at: datetime) -> list[Procedure]:
    """Procedures to choose from: those that match; all that are taken here while none is chosen."""
    if found.procedure is not None and not q:
        return []
    on, door = at.astimezone(TIME_ZONE).date(), DOORS[found.registration.door]
    open_ones = [one for one in law.load().in_force(on) if law.load().filing_open(one, door.channel, door.origin, on)]
    return find_procedures(open_ones, q)


def _components(found: OnDesk) -> Sequence[Component]:
    """All of the procedure, or only what was asked for."""
    if found.procedure is None:
        return ()
    asked = {item.component for item in found.asked.items} if found.asked else None
    return [one for one in found.procedure.components if asked is None or one.code in asked]


def _paper(component: Component, found: OnDesk) -> dict[str, Any]:
    """One component: its scans, the sheets typed in for it, the officer's sentence where it was asked for."""
    asked = found.asked.items if found.asked else ()
    typed = found.draft.forms.get(component.form_id or "", []) if found.draft else []
    return {
        "component": component,
        "scans": [upload for upload in found.uploads if upload.component == component.code],
        "typed": len([sheet for sheet in typed if sheet]),
        "reason": next((item.reason for item in asked if item.component == component.code), ""),
    }


def _kinds(found: OnDesk) -> dict[str, str]:
    """What the clerk counts, once the form that would say it is there as a scan."""
    if found.procedure is None or found.draft is None:
        return {}
    files = {upload.component: 1 for upload in found.uploads if upload.component}
    filing = desk.filing_of(found.registration, found.draft)
    return counted_kinds(found.procedure, law.load()) if wants_items(filing, found.procedure, files) else {}


def _quote(found: OnDesk, at: datetime) -> Quote | None:
    if found.procedure is None or found.draft is None or found.asked:
        return None
    forms = with_counts(desk.filing_of(found.registration, found.draft), found.procedure)
    channel = DOORS[found.registration.door].channel
    return quote_of_forms(
        found.procedure, found.registration.office, forms, at.astimezone(TIME_ZONE), law.load(), channel=channel
    )


@router.post("")
async def act(
    counted: OnPaper,
    request: Request,
    registration_id: UUID,
    form: Checked,
    clerk: DeskClerk,
    tx: Tx,
    now: Now,
    office: Office,
) -> Response:
    """Keep everything on the page, then do what the pressed button says; what is registered only shows its receipt."""
    found = await look(tx, clerk, office, registration_id)
    if found.registration.is_finished:
        return go(f"/desk/receipts/{registration_id}")
    sent = counter_input.typed(form)
    if sent.get("register") and not found.registration.answers:
        counted.channel = DOORS[found.registration.door].channel
    try:
        errors = await _keep(tx, clerk, office, found, form, sent, now)
        if not errors:
            return await _press(tx, clerk, office, registration_id, sent, now)
    except HeldByAnother as held:
        counted.refused()
        error = FieldError("holder", held.sentence_vi)
        return _page(request, clerk, found, now, sent, [error], status=HTTPStatus.CONFLICT)
    except SubmissionInvalid as invalid:
        found = await look(tx, clerk, office, registration_id)
        errors = errors_of(invalid.flaws, found.procedure)
    except IntakeError as refused:
        errors = [FieldError("dossier_code" if sent.get("answer") else "q", refused.sentence_vi or NOT_HERE)]
    counted.refused()
    return _page(request, clerk, await look(tx, clerk, office, registration_id), now, sent, errors)


NOT_HERE = "Không có hồ sơ nào mang mã này ở đây. Hãy xem lại từng ký tự."


async def _keep(
    tx: Tx, clerk: Clerk, office: str, found: OnDesk, form: FormData, sent: dict[str, str], now: datetime
) -> list[FieldError]:
    """Scans first, so that a mistyped number loses none of them."""
    one = found.registration
    one.must_be_held_by(clerk)
    errors = []
    for component in _components(found):
        errors += await _scan(tx, clerk, office, one.id, component.code, form, now)
    counted = sent | counter_input.as_listed(sent, _components(found)) if sent.get("fill") else sent
    what, wrong = counter_input.noted(counted, found.procedure, _kinds(found))
    if not wrong:
        await desk.note(tx, clerk, office, one.id, what, now=now)
    return [*errors, *wrong]


async def _scan(
    tx: Tx, clerk: Clerk, office: str, registration_id: UUID, code: str, form: FormData, now: datetime
) -> list[FieldError]:
    errors = []
    for file in form.getlist(f"scan-{code}"):
        if isinstance(file, UploadFile) and file.filename:
            try:
                data = await file.read(MOST_BYTES + 1)
                await desk.add_scan(tx, clerk, office, registration_id, code, file.filename, data, now=now)
            except UploadBroken as broken:
                errors.append(FieldError(f"scan-{code}", broken.sentence_vi))
    return errors


async def _press(
    tx: Tx, clerk: Clerk, office: str, registration_id: UUID, sent: Mapping[str, str], now: datetime
) -> Response:
    here = f"/desk/registrations/{registration_id}"
    if sent.get("procedure"):
        await desk.choose_procedure(tx, clerk, office, registration_id, sent["procedure"], now=now)
        return go(f"{here}#papers")
    if sent.get("answer"):
        await desk.choose_dossier(tx, clerk, office, registration_id, sent.get("dossier_code", ""), now=now)
        return go(f"{here}#papers")
    if sent.get("remove"):
        await desk.remove_scan(tx, clerk, office, registration_id, id_of(sent["remove"]))
        return go(f"{here}#papers")
    if sent.get("fill"):
        return go(f"{here}#papers")
    if sent.get("sheet"):
        return go(f"{here}/forms/{quote(sent['sheet'], safe='')}")
    if sent.get("register"):
        await desk.register(tx, clerk, office, registration_id, now=now)
        return go(f"/desk/receipts/{registration_id}")
    return go(f"{here}?q={quote(sent.get('q', ''))}#q") if sent.get("find") else go(here)


@router.post("/holder", dependencies=[Depends(checked)])
async def take_over(registration_id: UUID, clerk: DeskClerk, tx: Tx, now: Now, office: Office) -> Response:
    await desk.take_over(tx, clerk, office, registration_id, now=now)
    return go(f"/desk/registrations/{registration_id}")


@router.post("/removal", dependencies=[Depends(checked)])
async def discard(registration_id: UUID, clerk: DeskClerk, tx: Tx, office: Office) -> Response:
    found = await look(tx, clerk, office, registration_id)
    await desk.discard(tx, clerk, office, registration_id)
    return go("/desk/post" if found.registration.parcel else "/desk/counter")
