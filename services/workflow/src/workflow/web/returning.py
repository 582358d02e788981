"""Pages by which a result goes out: over the counter, or by post."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.errors import WorkflowError
from workflow.domain.posting import HandOver, Receiver
from workflow.domain.status import Action
from workflow.web.shown import Officer, attempt, case_path, done, refused, seen_version, show

router = APIRouter()
TEMPLATES = {Action.HAND_OVER: "hand_over.html", Action.POST_RESULT: "posting.html"}
FIELDS = {Action.HAND_OVER: ("receiver", "shown"), Action.POST_RESULT: ("name", "address", "phone")}


@router.get("/cases/{dossier_id:uuid}/hand-over")
async def confirm_hand_over(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """Who takes the result, and what was looked at."""
    return await page(request, tx, now, staff, dossier_id, Action.HAND_OVER, {})


@router.post("/cases/{dossier_id:uuid}/hand-over")
async def hand_over(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """The result is handed over."""
    typed = read(form, Action.HAND_OVER)
    said = HandOver(**typed, is_authorised=form.get("is_authorised") == "yes")
    command = handlers.hand_over(tx, dossier_id, said, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await page(request, tx, now, staff, dossier_id, Action.HAND_OVER, typed, error)
    return done(dossier_id)


@router.get("/cases/{dossier_id:uuid}/posting")
async def confirm_posting(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """To whom the result goes, as the dossier's contact says."""
    typed = vars(await reads.receiver_of(tx, staff, dossier_id))
    return await page(request, tx, now, staff, dossier_id, Action.POST_RESULT, typed)


@router.post("/cases/{dossier_id:uuid}/posting")
async def post_result(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """The postal service is asked to carry it."""
    typed = read(form, Action.POST_RESULT)
    receiver = Receiver(**typed)
    command = handlers.post_result(tx, dossier_id, receiver, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await page(request, tx, now, staff, dossier_id, Action.POST_RESULT, typed, error)
    return done(dossier_id)


def read(form: FormData, action: Action) -> dict[str, str]:
    """What was typed, to be taken or shown again."""
    return {name: str(form.get(name, "")).strip() for name in FIELDS[action]}


async def page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    action: Action,
    typed: dict[str, str],
    error: WorkflowError | None = None,
) -> Response:
    """The form of an action, with what was typed; the case where it is not allowed."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    is_allowed = any(one.action is action and one.is_allowed for one in view.offers)
    if not is_allowed and error is None:
        return done(dossier_id)
    errors, status = refused(request, error, FIELDS[action]) if error else ([], HTTPStatus.OK)
    return await show(
        request,
        tx,
        staff,
        TEMPLATES[action],
        now=now,
        status_code=status,
        view=view,
        typed=typed,
        errors=errors,
        is_allowed=is_allowed,
        back=case_path(dossier_id),
        parcels=await reads.parcels_of(tx, staff, dossier_id),
    )
