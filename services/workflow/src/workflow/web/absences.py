"""The page on which a head or a leader gives away everything that an absent person holds."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.access import scope_of
from workflow.domain.errors import NotYours, WorkflowError
from workflow.domain.moves import HEAD, LEADER
from workflow.domain.status import Action
from workflow.web.processing import Said, typed
from workflow.web.shown import Officer, refused, show

router = APIRouter()
FIELDS = ("from_id", "to_id", "reason")


@router.get("/absences")
async def choose(request: Request, tx: Tx, now: Now, staff: Officer) -> Response:
    """Who is away, and who takes over."""
    if not staff.roles & {HEAD, LEADER}:
        raise NotYours(Action.REASSIGN, "Việc này thuộc lãnh đạo phòng hoặc lãnh đạo Sở.")
    return await absences_page(request, tx, now, staff, {})


@router.post("/absences")
async def give_all(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked) -> Response:
    """Give everything away, each case by itself; shows what became of each."""
    said = typed(form, FIELDS)
    try:
        found = await handlers.reassign_all(
            tx, said["from_id"], said["to_id"] or None, said["reason"], staff=staff, now=now
        )
    except WorkflowError as error:
        return await absences_page(request, tx, now, staff, said, error)
    why = {one.dossier_id: one.reason_vi for one in found}
    rows = await reads.pick_cases(tx, staff, why, now)
    outcomes = [(row, why[row.case.dossier_id]) for row in rows]
    return await show(request, tx, staff, "reassigned.html", now=now, outcomes=outcomes)


async def absences_page(
    request: Request, tx: Tx, now: Now, staff: Officer, said: Said, error: WorkflowError | None = None
) -> Response:
    errors, status = refused(request, error, FIELDS) if error else ([], HTTPStatus.OK)
    people = await reads.holders(tx, staff, scope_of(staff).unit)
    facts = {"said": said, "errors": errors, "people": people}
    return await show(request, tx, staff, "absences.html", now=now, status_code=status, **facts)
