"""Pages of one case with its files; the other pages are taken in at the end."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kit import parked_pages
from kit.now import Now
from kit.signin import Person, allow
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.access import STAFF
from workflow.domain.calendars import READS
from workflow.web import (
    absences,
    calendars,
    checking,
    drafts,
    ending,
    leading,
    listing,
    processing,
    receiving,
    registers,
    reporting,
    returning,
    stepping,
    undecided,
    verifying,
)
from workflow.web.case_page import case_page
from workflow.web.listing import Asked, queue_page
from workflow.web.shown import BASE, CALENDAR, Officer, show

PARKED = f"{BASE}{parked_pages.PLACE}"
Insider = Annotated[Person, Depends(allow(*READS, "operator"))]

router = APIRouter(prefix=BASE, include_in_schema=False, default_response_class=HTMLResponse)


@router.get("")
async def my_queue(request: Request, tx: Tx, now: Now, person: Insider, question: Asked) -> Response:
    """What waits for me, most urgent first; who has no cases is taken to where they work."""
    if person.has(*STAFF):
        return await queue_page(request, tx, now, handlers.staff_of(person), question)
    return RedirectResponse(CALENDAR if person.has(*READS) else PARKED, HTTPStatus.SEE_OTHER)


@router.get("/cases/{dossier_id:uuid}")
async def case(
    request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID, file: int | None = None
) -> Response:
    """One case: check list and actions, form and files, history and clock. `file` opens one beside the form."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    seen = await handlers.note_look(tx, staff, view.case, now=now)
    return await case_page(request, tx, now, staff, view, open_file=file, seen_version=seen)


@router.get("/cases/{dossier_id:uuid}/clock")
async def clock(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """Why the due time is what it is, day by day."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    return await show(request, tx, staff, "clock.html", now=now, view=view)


@router.get("/cases/{dossier_id:uuid}/files/{number}")
async def file(tx: Tx, staff: Officer, dossier_id: UUID, number: int) -> Response:
    """A file as it was filed; each view is logged."""
    found = await reads.open_file(tx, staff, dossier_id, number)
    return found.answer()


@router.get("/cases/{dossier_id:uuid}/slips/{number}")
async def slip(tx: Tx, staff: Officer, dossier_id: UUID, number: int) -> Response:
    """A slip that went out."""
    found = await reads.open_slip(tx, staff, dossier_id, number)
    return found.answer()


@router.get("/cases/{dossier_id:uuid}/result")
async def result(tx: Tx, staff: Officer, dossier_id: UUID) -> Response:
    """The result's PDF, from the moment it was drawn up."""
    found = await reads.open_result(tx, staff, dossier_id)
    return found.answer()


router.include_router(checking.router)
router.include_router(receiving.router)
router.include_router(stepping.router)
router.include_router(processing.router)
router.include_router(drafts.router)
router.include_router(absences.router)
router.include_router(ending.router)
router.include_router(calendars.router)
router.include_router(undecided.router)
router.include_router(leading.router)
router.include_router(listing.router)
router.include_router(reporting.router)
router.include_router(returning.router)
router.include_router(registers.router)
router.include_router(verifying.router)
