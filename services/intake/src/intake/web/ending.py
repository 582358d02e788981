"""Taking a dossier back, or asking to stop: what it means first, then one press. Works without scripts."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake import reads
from intake.domain.dossier import Ending
from intake.domain.errors import NotAllowedNow
from intake.domain.texts import storable
from intake.handlers import endings
from intake.web import words
from intake.web.calling import Applicant, go, show
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.signin import Person
from kit.tx import Tx

router = APIRouter(prefix="/dossiers/{dossier_id}")
MOST_WORDS = 2000


@router.get("/withdrawal")
async def withdrawal_page(request: Request, dossier_id: UUID, person: Applicant, tx: Tx) -> Response:
    """What taking it back means, before it is done."""
    return await _page(request, tx, person, dossier_id, Ending.WITHDRAW)


@router.get("/stop")
async def stop_page(request: Request, dossier_id: UUID, person: Applicant, tx: Tx) -> Response:
    """What a stop means, before it is asked for."""
    return await _page(request, tx, person, dossier_id, Ending.STOP)


async def _page(
    request: Request, tx: Tx, person: Person, dossier_id: UUID, ending: Ending, refused: NotAllowedNow | None = None
) -> Response:
    """Where it cannot be asked for, the sentence why stands instead of the form."""
    track = await reads.track(tx, person.id, dossier_id)
    return show(
        request,
        "ending.html",
        status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
        dossier=track.dossier,
        ending=ending.value,
        may_ask=ending in track.endings_open,
        asked_at=track.endings_asked.get(ending),
        other=next((one.value for one in track.endings_open if one is not ending), None),
        is_paid=any(fee.paid_at for fee in track.fees),
        procedure_name=track.procedure_name_vi,
        most=MOST_WORDS,
        errors=[FieldError("reason", refused.sentence_vi)] if refused else [],
        words=words,
    )


@router.post("/withdrawal")
async def withdraw(request: Request, dossier_id: UUID, given: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    """Take it back; a second press changes nothing."""
    reason = storable(str(given.get("reason", "")))[:MOST_WORDS]
    try:
        await endings.request_withdrawal(tx, dossier_id, reason, applicant_id=person.id, now=now)
    except NotAllowedNow as refused:
        return await _page(request, tx, person, dossier_id, Ending.WITHDRAW, refused)
    return go(f"/dossiers/{dossier_id}")


@router.post("/stop")
async def stop(request: Request, dossier_id: UUID, given: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    """Ask to stop; a second press changes nothing."""
    reason = storable(str(given.get("reason", "")))[:MOST_WORDS]
    try:
        await endings.request_stop(tx, dossier_id, reason, applicant_id=person.id, now=now)
    except NotAllowedNow as refused:
        return await _page(request, tx, person, dossier_id, Ending.STOP, refused)
    return go(f"/dossiers/{dossier_id}")
