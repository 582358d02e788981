"""Pages of workflow: the queue and one case, with its files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import Now
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.access import Staff
from workflow.domain.errors import NoSuchFile
from workflow.reads import FILTERS, Question
from workflow.web import checking, ending, reporting, stepping, undecided
from workflow.web.case_page import case_page
from workflow.web.shown import BASE, Officer, queue_path, show

router = APIRouter(prefix=BASE, include_in_schema=False, default_response_class=HTMLResponse)


@router.get("")
async def my_queue(request: Request, tx: Tx, now: Now, staff: Officer) -> Response:
    """What waits for me, most urgent first."""
    return await queue_page(request, tx, now, staff, Question("mine"))


@router.get("/queue/{name}")
async def queue(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    name: str,
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The cases of one filter; found by words without diacritics."""
    if name not in FILTERS:
        raise NoSuchFile(f"queue {name}")
    return await queue_page(request, tx, now, staff, Question(name, q, None, page))


async def queue_page(request: Request, tx: AsyncSession, now: Now, staff: Staff, question: Question) -> Response:
    await handlers.note_staff(tx, staff)
    found = await reads.find_cases(tx, staff, question, now)
    return await show(
        request,
        tx,
        staff,
        "queue.html",
        now=now,
        question=question,
        found=found,
        title=FILTERS[question.filter],
        here=queue_path(question.filter),
        search_href=queue_path("all"),
    )


@router.get("/cases/{dossier_id:uuid}")
async def case(
    request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID, file: int | None = None
) -> Response:
    """One case: check list and actions, form and files, history and clock. `file` opens one beside the form."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    return await case_page(request, tx, now, staff, view, open_file=file)


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
router.include_router(stepping.router)
router.include_router(ending.router)
router.include_router(undecided.router)
router.include_router(reporting.router)
