"""The receipt of arrival: the number and what was handed in, to be printed on A5. Form 01 comes at acceptance."""

from urllib.parse import quote
from uuid import UUID

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from intake import reads
from intake.domain.errors import NotFound
from intake.reads import OnDesk
from intake.web.calling import Office, go
from intake.web.counter_calling import DeskClerk, show_desk
from intake.web.counter_desk import look
from kit.tx import Tx
from rules import catalogue as law

router = APIRouter()


@router.get("/desk/receipts/{registration_id}")
async def page(request: Request, registration_id: UUID, clerk: DeskClerk, tx: Tx, office: Office) -> Response:
    found = await look(tx, clerk, office, registration_id)
    one, dossier, procedure = found.registration, found.dossier, found.procedure
    if not one.is_finished:
        return go(f"/desk/registrations/{registration_id}")
    if dossier is None or procedure is None:
        raise NotFound("dossier")
    where = law.load().office(office)
    return show_desk(
        request,
        clerk,
        "counter_receipt.html",
        one=one,
        dossier=dossier,
        procedure=procedure,
        contact=await reads.receipt_contact(tx, dossier),
        papers=_papers(found),
        place=where,
        unit=where.unit(dossier.receiving_unit),
        qr=_qr(f"{request.app.state.public_url}/lookup?code={quote(dossier.arrival_number)}"),
        received_at=one.parcel.received_at if one.parcel else one.finished_at,
    )


def _qr(address: str) -> Markup:
    """The address as a QR code of no size of its own, for screen and half a sheet give it different ones."""
    drawn = segno.make_qr(address, error="m", mask=3)
    return Markup(drawn.svg_inline(border=4, svgclass="qr", lineclass="qr-line", omitsize=True))  # noqa: S704 - our own drawing


def _papers(found: OnDesk) -> list[tuple[str, int, int, bool]]:
    """Name, originals, copies, and whether it was only shown, in the procedure's order."""
    components = found.procedure.components if found.procedure else ()
    held = [(component, found.registration.papers.get(component.code)) for component in components]
    return [(one.name_vi, paper.originals, paper.copies, paper.shown_only) for one, paper in held if paper]
