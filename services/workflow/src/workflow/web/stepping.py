"""Pages of the steps: assign, appraise, review; approve exactly these bytes; issue."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kit.download import Download
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.actions import action_of_step
from workflow.domain.errors import WorkflowError
from workflow.domain.status import Outcome
from workflow.domain.steps import Decision, find_step
from workflow.web.shown import BASE, Officer, attempt, done, refused, seen_version, show

router = APIRouter()
FIELDS = ("outcome", "conclusion", "conditions", "note", "assignee_id", "confirmed")
TEMPLATES = {"approve": "sign_off.html", "issue": "issue.html"}


@router.get("/cases/{dossier_id:uuid}/step")
async def step(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """The form that ends the present step; the case where it is somebody else's."""
    return await step_page(request, tx, now, staff, dossier_id, {})


@router.get("/cases/{dossier_id:uuid}/result/preview")
async def preview_result(tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """The result as it would be drawn up now."""
    pdf = await handlers.preview_result(tx, dossier_id, staff=staff, now=now)
    found = Download(pdf, "xem-truoc-ket-qua.pdf")
    return found.answer()


@router.post("/cases/{dossier_id:uuid}/step")
async def finish(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """End an assignment, an appraisal or a review."""
    step_id = str(form.get("step", ""))
    said, version = decision(form), seen_version(form)
    command = handlers.finish_step(tx, dossier_id, step_id, said, staff=staff, seen_version=version, now=now)
    if error := await attempt(tx, command):
        return await step_page(request, tx, now, staff, dossier_id, typed(form), error)
    return done(dossier_id)


@router.post("/cases/{dossier_id:uuid}/sign-off")
async def sign_off(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Approve the bytes whose SHA-256 the page showed."""
    if form.get("confirmed") != "yes":
        wrong = FieldError("confirmed", _("Hãy xác nhận đã đọc văn bản trước khi phê duyệt."))
        return await step_page(request, tx, now, staff, dossier_id, {}, wrong=wrong)
    sha256, version = str(form.get("sha256", "")), seen_version(form)
    command = handlers.sign_off(tx, dossier_id, sha256, staff=staff, seen_version=version, now=now)
    if error := await attempt(tx, command):
        return await step_page(request, tx, now, staff, dossier_id, {}, error)
    return done(dossier_id)


@router.post("/cases/{dossier_id:uuid}/issue")
async def issue(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Issue the approved result."""
    command = handlers.issue(tx, dossier_id, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await step_page(request, tx, now, staff, dossier_id, {}, error)
    return done(dossier_id)


async def step_page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    said: dict[str, str],
    error: WorkflowError | None = None,
    *,
    wrong: FieldError | None = None,
) -> Response:
    """The present step's form, with what was typed and what is wrong with it."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    action = action_of_step(view.procedure, view.case)
    offer = next((one for one in view.offers if one.action is action), None)
    if error is None and (offer is None or not offer.is_allowed):
        return done(dossier_id)
    errors, status = refused(request, error, FIELDS) if error else ([wrong] if wrong else [], HTTPStatus.OK)
    present = find_step(view.procedure, view.case.step) if view.case.step else None
    facts = {
        "view": view,
        "step": present,
        "said": said,
        "errors": errors,
        "is_allowed": offer is not None and offer.is_allowed,
        "back": f"{BASE}/cases/{dossier_id}",
    }
    template = TEMPLATES.get(present.kind if present else "", "step.html")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else status
    return await show(request, tx, staff, template, now=now, status_code=status, **facts)


def typed(form: FormData) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: str(form.get(name, "")) for name in FIELDS}


def decision(form: FormData) -> Decision:
    """What the form decides; conditions are its lines."""
    said = typed(form)
    outcome = Outcome(said["outcome"]) if said["outcome"] in set(Outcome) else None
    conditions = tuple(line.strip() for line in said["conditions"].splitlines() if line.strip())
    return Decision(said["note"].strip(), said["assignee_id"] or None, outcome, said["conclusion"].strip(), conditions)
