"""Pages of the ends before a result: refuse at reception, stop as asked, refuse to stop, close what nobody answered."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kit.download import Download
from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.errors import WorkflowError
from workflow.domain.slips import Refused
from workflow.domain.status import Action
from workflow.web.shown import Officer, attempt, case_path, done, refused, seen_version, show

router = APIRouter()
FIELDS = ("reason", "where_to_go")
TEMPLATES = {
    Action.REFUSE: "refusal.html",
    Action.STOP: "stop.html",
    Action.REFUSE_STOP: "stop_refusal.html",
    Action.CLOSE_UNANSWERED: "closing.html",
}


@router.get("/cases/{dossier_id:uuid}/refusal")
async def confirm_refusal(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """What form 03 will say."""
    return await end_page(request, tx, now, staff, dossier_id, Action.REFUSE)


@router.post("/cases/{dossier_id:uuid}/refusal")
async def refuse(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Refuse at reception."""
    said = typed(form)
    command = handlers.refuse(tx, dossier_id, **said, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await end_page(request, tx, now, staff, dossier_id, Action.REFUSE, said, error)
    return done(dossier_id)


@router.post("/cases/{dossier_id:uuid}/refusal/preview")
async def preview_refusal(tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Form 03 with what is typed so far; sent as a form, since a reason may not stand in an address."""
    pdf = await handlers.preview_refusal(tx, dossier_id, Refused(**typed(form), staff=staff), now=now)
    found = Download(pdf, "xem-truoc-phieu-tu-choi.pdf")
    return found.answer()


@router.get("/cases/{dossier_id:uuid}/stop")
async def confirm_stop(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """The applicant's words, and the slip as it will go out."""
    return await end_page(request, tx, now, staff, dossier_id, Action.STOP)


@router.post("/cases/{dossier_id:uuid}/stop")
async def stop(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Stop as the applicant asked."""
    command = handlers.stop(tx, dossier_id, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await end_page(request, tx, now, staff, dossier_id, Action.STOP, error=error)
    return done(dossier_id)


@router.get("/cases/{dossier_id:uuid}/stop/preview")
async def preview_stop_notice(tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    pdf = await handlers.preview_stop_notice(tx, dossier_id, staff=staff, now=now)
    found = Download(pdf, "xem-truoc-phieu-dung.pdf")
    return found.answer()


@router.get("/cases/{dossier_id:uuid}/stop-refusal")
async def confirm_stop_refusal(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """The applicant's words, and the field for the answer."""
    return await end_page(request, tx, now, staff, dossier_id, Action.REFUSE_STOP)


@router.post("/cases/{dossier_id:uuid}/stop-refusal")
async def refuse_stop(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Answer that it is too late to stop."""
    said, version = typed(form), seen_version(form)
    command = handlers.refuse_stop(tx, dossier_id, said["reason"], staff=staff, seen_version=version, now=now)
    if error := await attempt(tx, command):
        return await end_page(request, tx, now, staff, dossier_id, Action.REFUSE_STOP, said, error)
    return done(dossier_id)


@router.get("/cases/{dossier_id:uuid}/closing")
async def confirm_closing(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """What was waited for, and until when."""
    return await end_page(request, tx, now, staff, dossier_id, Action.CLOSE_UNANSWERED)


@router.post("/cases/{dossier_id:uuid}/closing")
async def close(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Close what nobody answered."""
    command = handlers.close_unanswered(tx, dossier_id, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await end_page(request, tx, now, staff, dossier_id, Action.CLOSE_UNANSWERED, error=error)
    return done(dossier_id)


def typed(form: FormData) -> dict[str, str]:
    """What was typed, to be taken or shown again."""
    return {name: str(form.get(name, "")) for name in FIELDS}


async def end_page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    action: Action,
    said: dict[str, str] | None = None,
    error: WorkflowError | None = None,
) -> Response:
    """The page on which an end is confirmed, with what was typed; the case where it is not allowed."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    is_allowed = any(one.action is action and one.is_allowed for one in view.offers)
    if not is_allowed and error is None:
        return done(dossier_id)
    errors, status = refused(request, error, FIELDS) if error else ([], HTTPStatus.OK)
    facts = {
        "view": view,
        "said": said or {},
        "errors": errors,
        "is_allowed": is_allowed,
        "back": case_path(dossier_id),
        "words": await reads.applicants_words(tx, view.case),
    }
    return await show(request, tx, staff, TEMPLATES[action], now=now, status_code=status, **facts)
