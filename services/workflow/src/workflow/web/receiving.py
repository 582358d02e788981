"""The page on which a dossier from a desk of another area is received; its clock starts at that moment."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kit.now import TIME_ZONE, Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.errors import WorkflowError
from workflow.domain.law import unit_name
from workflow.domain.status import Action
from workflow.web.shown import Officer, attempt, done, refused, seen_version, show

router = APIRouter()
UNREAD_VI = "Hãy ghi ngày và giờ nhận hồ sơ, hoặc để trống nếu vừa nhận."


@router.get("/cases/{dossier_id:uuid}/reception")
async def confirm_reception(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """From which desk it comes, and when it arrived."""
    return await _page(request, tx, now, staff, dossier_id)


@router.post("/cases/{dossier_id:uuid}/reception")
async def reception(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Receive it; left empty, the moment is now."""
    typed = str(form.get("received_at", ""))
    at = _moment(typed)
    if typed and at is None:
        return await _page(request, tx, now, staff, dossier_id, typed=typed, is_unread=True)
    command = handlers.receive_here(tx, dossier_id, at, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await _page(request, tx, now, staff, dossier_id, error, typed=typed)
    return done(dossier_id)


def _moment(typed: str) -> datetime | None:
    """What a date-and-time field sends, by the clock of Vietnam; none where it cannot be read."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=TIME_ZONE)
    except ValueError:
        return None


async def _page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    error: WorkflowError | None = None,
    *,
    typed: str = "",
    is_unread: bool = False,
) -> Response:
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    if (
        error is None
        and not is_unread
        and not any(one.action is Action.RECEIVE_HERE and one.is_allowed for one in view.offers)
    ):
        return done(dossier_id)
    errors, status = refused(request, error, ("received_at",)) if error else ([], HTTPStatus.OK)
    if is_unread:
        errors, status = [FieldError("received_at", UNREAD_VI)], HTTPStatus.UNPROCESSABLE_ENTITY
    facts = {"view": view, "errors": errors, "typed": typed, "giver": unit_name(view.case, view.case.receiving_unit)}
    return await show(request, tx, staff, "reception.html", now=now, status_code=status, **facts)
