"""Pages of events that nobody waited for: the list, and the form on which one of them is decided."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.deciding import may_decide
from workflow.domain.errors import WorkflowError
from workflow.web.shown import UNDECIDED, Officer, attempt, case_path, done, refused, seen_version, show

router = APIRouter()
EventNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]
FIELDS = ("decision_vi",)


@router.get("/undecided")
async def undecided(
    request: Request, tx: Tx, now: Now, staff: Officer, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """What waits for a decision in the cases this person may see."""
    found = await reads.find_all_undecided(tx, staff, page)
    cases = await reads.pick_cases(tx, staff, {one.case.dossier_id for one in found.rows}, now)
    left = {row.case.dossier_id: row for row in cases}
    return await show(request, tx, staff, "undecided.html", now=now, found=found, left=left, here=UNDECIDED)


@router.get("/cases/{dossier_id:uuid}/undecided/{number}")
async def confirm_decision(
    request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID, number: EventNumber
) -> Response:
    """The event, the applicant's words, and the field for the decision."""
    return await decision_page(request, tx, now, staff, dossier_id, number)


@router.post("/cases/{dossier_id:uuid}/undecided/{number}")
async def decide(
    request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID, number: EventNumber
) -> Response:
    """Write the decision down."""
    said, version = str(form.get("decision_vi", "")), seen_version(form)
    command = handlers.decide_undecided(tx, dossier_id, number, said, staff=staff, seen_version=version, now=now)
    if error := await attempt(tx, command):
        return await decision_page(request, tx, now, staff, dossier_id, number, said, error)
    return done(dossier_id)


async def decision_page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    number: int,
    said: str = "",
    error: WorkflowError | None = None,
) -> Response:
    """One event with its form, with what was typed; without the form where it is decided, or not theirs to decide."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    event, words = await reads.find_undecided(tx, staff, dossier_id, number)
    errors, status = refused(request, error, FIELDS) if error else ([], HTTPStatus.OK)
    facts = {
        "view": view,
        "event": event,
        "words": words,
        "said": said,
        "errors": errors,
        "is_allowed": event.decided_at is None and may_decide(staff),
        "back": case_path(dossier_id),
    }
    return await show(request, tx, staff, "decision.html", now=now, status_code=status, **facts)
