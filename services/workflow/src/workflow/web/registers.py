"""Pages of the register: choose a period, look at it, print and keep it; and the control slip of a case so far."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from kit.download import Download
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.signin import Person, allow
from kit.tx import Tx
from workflow import handlers
from workflow.domain.access import KEEPS_REGISTER, READS_REGISTER, Staff
from workflow.domain.errors import DecisionIncomplete
from workflow.domain.period import Period
from workflow.handlers import slips
from workflow.reads import registers as reads
from workflow.web.reporting import Asked, asked_period
from workflow.web.shown import REGISTER, Officer, attempt, refused, show

router = APIRouter()


async def _reader(person: Annotated[Person, Depends(allow(*READS_REGISTER))]) -> Staff:
    return handlers.staff_of(person)


async def _keeper(person: Annotated[Person, Depends(allow(*KEEPS_REGISTER))]) -> Staff:
    return handlers.staff_of(person)


Reader = Annotated[Staff, Depends(_reader)]
Keeper = Annotated[Staff, Depends(_keeper)]


@router.get("/register")
async def register(request: Request, tx: Tx, now: Now, staff: Reader, period: Asked) -> Response:
    """The registers printed so far, and a period to print."""
    return await register_page(request, tx, now, staff, period)


@router.get("/register/preview")
async def preview_register(request: Request, tx: Tx, now: Now, staff: Reader, period: Asked) -> Response:
    """The period's register, marked as a preview."""
    try:
        pdf = await slips.preview_register(tx, staff.office, period, now)
    except DecisionIncomplete as error:
        return await register_page(request, tx, now, staff, period, error)
    return Download(pdf, "xem-truoc-so-theo-doi.pdf").answer()


@router.post("/register")
async def print_register(request: Request, tx: Tx, now: Now, staff: Keeper, form: Checked) -> Response:
    """Number the period's register and keep it."""
    period = asked_period(now, first=str(form.get("from", "")), last=str(form.get("to", "")))
    if error := await attempt(tx, slips.register(tx, staff.office, period, now)):
        assert isinstance(error, DecisionIncomplete)
        return await register_page(request, tx, now, staff, period, error)
    return RedirectResponse(REGISTER, HTTPStatus.SEE_OTHER)


@router.get("/register/{token}")
async def kept_register(tx: Tx, staff: Reader, token: str) -> Response:
    """A register as it was printed; each view is logged."""
    found = await reads.open_register(tx, staff, token)
    return found.answer()


async def register_page(
    request: Request, tx: Tx, now: Now, staff: Staff, period: Period, error: DecisionIncomplete | None = None
) -> Response:
    errors, status = refused(request, error, ("from", "to")) if error else (list[FieldError](), HTTPStatus.OK)
    return await show(
        request,
        tx,
        staff,
        "register.html",
        now=now,
        status_code=status,
        period=period,
        printed=await reads.registers(tx, staff),
        may_print=bool(staff.roles & set(KEEPS_REGISTER)),
        errors=errors,
    )


@router.get("/cases/{dossier_id:uuid}/control-slip")
async def control_slip(tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """Who had the dossier so far, marked as a preview."""
    pdf = await handlers.preview_control_slip(tx, dossier_id, staff=staff, now=now)
    found = Download(pdf, "xem-truoc-phieu-kiem-soat.pdf")
    return found.answer()
