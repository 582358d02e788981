"""Pages under /pay/desk: who takes money at the counter finds the demand, takes it and prints the receipt."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from kit.now import TIME_ZONE, Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.signin import NotAllowed, Person, allow
from kit.tx import Tx
from payments import reads
from payments.domain.demand import DemandState
from payments.domain.desk import Reception
from payments.domain.errors import NotPayable, ReceptionIncomplete
from payments.domain.ledger import Way
from payments.handlers import desk
from payments.web.routes import show
from payments.web.words import way_word

router = APIRouter(prefix="/desk", include_in_schema=False, default_response_class=HTMLResponse)
Cashier = Annotated[Person, Depends(allow("accountant", "one_stop_officer"))]


@router.get("")
async def search(request: Request, tx: Tx, person: Cashier, q: str = "") -> Response:
    """Open demands of this office, or those of a code."""
    found = await reads.search_at_desk(tx, q, office=person.office)
    return show(request, "desk.html", person, views=found, q=q.strip())


@router.get("/{demand_id:uuid}")
async def take(request: Request, tx: Tx, now: Now, person: Cashier, demand_id: UUID) -> Response:
    """One demand, ready to be taken; a paid one leads to its receipt."""
    return await take_page(request, tx, person, demand_id, typed={"received_at": local(now)})


@router.post("/{demand_id:uuid}")
async def taken(request: Request, tx: Tx, now: Now, person: Cashier, form: Checked, demand_id: UUID) -> Response:
    """Take the money; a second press leads to the same receipt."""
    typed = {name: str(form.get(name, "")).strip() for name in ("way", "amount_vnd", "received_at", "reference")}
    try:
        await desk.take_at_desk(tx, demand_id, read_reception(form, person, now), clerk=person, now=now)
    except NotPayable:
        return RedirectResponse(f"/pay/desk/{demand_id}", HTTPStatus.SEE_OTHER)
    except ReceptionIncomplete as wrong:
        errors = [FieldError(field, sentence) for field, sentence in wrong.field_errors]
        return await take_page(request, tx, person, demand_id, typed=typed, errors=errors)
    return RedirectResponse(f"/pay/desk/{demand_id}/receipt", HTTPStatus.SEE_OTHER)


@router.get("/{demand_id:uuid}/receipt")
async def receipt(request: Request, tx: Tx, person: Cashier, demand_id: UUID) -> Response:
    """The receipt, to be printed and signed. Raises DemandNotFound, ReceiptNotThere."""
    view = await reads.find_at_desk(tx, demand_id, office=person.office)
    row = await reads.find_desk_receipt(tx, demand_id)
    payer = await reads.payer_of(tx, view.demand)
    return show(request, "desk_receipt.html", person, view=view, row=row, payer=payer)


async def take_page(
    request: Request,
    tx: Tx,
    person: Person,
    demand_id: UUID,
    *,
    typed: dict[str, str],
    errors: Sequence[FieldError] = (),
) -> Response:
    """The form, with what was typed and what is wrong."""
    view = await reads.find_at_desk(tx, demand_id, office=person.office)
    if view.desk_code:
        return RedirectResponse(f"/pay/desk/{demand_id}/receipt", HTTPStatus.SEE_OTHER)
    return show(
        request,
        "desk_take.html",
        person,
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        view=view,
        payer=await reads.payer_of(tx, view.demand),
        is_open=view.demand.state is DemandState.OPEN,
        ways=[(way, way_word(way)) for way in ("cash", "transfer")] if person.has("accountant") else [],
        typed=typed,
        errors=list(errors),
    )


def read_reception(form: FormData, person: Person, now: datetime) -> Reception:
    """What the form says. Cash is received now; a transfer when the accountant says."""
    way = Way.TRANSFER if form.get("way") == "transfer" else Way.CASH
    if way is Way.TRANSFER and not person.has("accountant"):
        raise NotAllowed("a transfer is noted by the accountant")
    digits = "".join(each for each in str(form.get("amount_vnd", "")) if each.isdigit())
    received_at = read_moment(str(form.get("received_at", ""))) if way is Way.TRANSFER else now
    reference = str(form.get("reference", "")).strip() if way is Way.TRANSFER else ""
    return Reception(way, int(digits[:15]) if digits else None, received_at, reference)


def read_moment(text: str) -> datetime:
    """A date and time as the form sends it, on Vietnam's wall clock."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)
    except ValueError:
        field = ("received_at", "Ghi ngày và giờ tiền về tài khoản, ví dụ 12/03/2025 09:00.")
        raise ReceptionIncomplete([field]) from None


def local(moment: datetime) -> str:
    """A moment as a date-and-time field holds it."""
    return moment.astimezone(TIME_ZONE).strftime("%Y-%m-%dT%H:%M")
