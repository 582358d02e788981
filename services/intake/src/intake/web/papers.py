"""The papers of a draft: each component with its state, its files and its own upload."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from intake.handlers import drafts
from intake.web.calling import Applicant, go, show
from intake.web.desk import Desk, desk_of, filed_already, is_taken_online, paper_state, take_files
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked, checked
from kit.tx import Tx

router = APIRouter()


@router.get("/filing/{draft_id}/papers")
async def papers_page(request: Request, draft_id: UUID, person: Applicant, tx: Tx, now: Now) -> Response:
    desk = await desk_of(tx, person, draft_id, now.date())
    return filed_already(desk) or _papers(request, desk, [], now.date())


def _papers(request: Request, desk: Desk, errors: list[FieldError], on: date) -> Response:
    components = [one for one in desk.procedure.components if one.accepts == "upload" and is_taken_online(one)]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return show(
        request,
        "filing_papers.html",
        status=status,
        papers=[paper_state(one, desk.uploads, desk.flaws, on=on) for one in components],
        errors=errors,
        next=desk.next("papers"),
        **desk.shell("papers"),
    )


@router.post("/filing/{draft_id}/papers")
async def add_papers(request: Request, draft_id: UUID, given: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    """Take the files of one component; those that cannot be taken are told, the others stay."""
    errors = await take_files(tx, person, given, now=now, draft_id=draft_id)
    if errors:
        return _papers(request, await desk_of(tx, person, draft_id, now.date()), errors, now.date())
    return go(f"/filing/{draft_id}/papers#paper-{given.get('component')}")


@router.post("/filing/{draft_id}/papers/{upload_id}/removal", dependencies=[Depends(checked)])
async def remove_paper(draft_id: UUID, upload_id: UUID, person: Applicant, tx: Tx) -> Response:
    await drafts.remove_upload(tx, person.id, upload_id)
    return go(f"/filing/{draft_id}/papers")
