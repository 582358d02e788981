"""Pages of the check: verdicts, the supplement request as it will be sent, the fee notice as it will be sent."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kit.download import Download
from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from rules.records.procedure import Procedure
from workflow import handlers, reads
from workflow.domain import checklist
from workflow.domain.checklist import CheckItem, as_map
from workflow.domain.errors import Incomplete, WorkflowError
from workflow.domain.fee import quote_of, waits_for_fee
from workflow.domain.status import Action, Verdict
from workflow.reads import CaseView
from workflow.web.case_page import case_page
from workflow.web.shown import Officer, attempt, done, refused, seen_version, show

router = APIRouter()


@router.post("/cases/{dossier_id:uuid}/check")
async def judge(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Save verdicts; `rest=good` also judges good whatever has no verdict yet."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    typed = read_items(form, view.procedure)
    items, version = list(typed.values()), seen_version(form)
    command = handlers.judge_components(tx, dossier_id, items, staff=staff, seen_version=version, now=now)
    if error := await attempt(tx, command):
        fields = [f"note-{one.code}" for one in view.procedure.components]
        errors, status = refused(request, with_note_fields(error), fields)
        return await case_page(request, tx, now, staff, view, judged=typed, errors=errors, status_code=status)
    return done(dossier_id, "#check")


@router.get("/cases/{dossier_id:uuid}/supplement")
async def confirm_supplement(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """What the request will say, before it is sent."""
    return await decision_page(request, tx, now, staff, dossier_id, Action.REQUEST_SUPPLEMENT)


@router.post("/cases/{dossier_id:uuid}/supplement")
async def supplement(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Send the request."""
    command = handlers.request_supplement(tx, dossier_id, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await decision_page(request, tx, now, staff, dossier_id, Action.REQUEST_SUPPLEMENT, error)
    return done(dossier_id)


@router.get("/cases/{dossier_id:uuid}/supplement/preview")
async def preview_supplement(tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    pdf = await handlers.preview_supplement(tx, dossier_id, staff=staff, now=now)
    found = Download(pdf, "xem-truoc-mau-02.pdf")
    return found.answer()


@router.get("/cases/{dossier_id:uuid}/validity")
async def confirm_validity(request: Request, tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """The fee that will be asked for, before the notice goes out."""
    return await decision_page(request, tx, now, staff, dossier_id, Action.FIND_VALID)


@router.post("/cases/{dossier_id:uuid}/validity")
async def validity(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Find the dossier valid."""
    command = handlers.find_valid(tx, dossier_id, staff=staff, seen_version=seen_version(form), now=now)
    if error := await attempt(tx, command):
        return await decision_page(request, tx, now, staff, dossier_id, Action.FIND_VALID, error)
    return done(dossier_id)


@router.get("/cases/{dossier_id:uuid}/validity/preview")
async def preview_fee_notice(tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    pdf = await handlers.preview_fee_notice(tx, dossier_id, staff=staff, now=now)
    found = Download(pdf, "xem-truoc-thong-bao-phi.pdf")
    return found.answer()


_TEMPLATES = {Action.REQUEST_SUPPLEMENT: "supplement.html", Action.FIND_VALID: "validity.html"}


async def decision_page(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    dossier_id: UUID,
    action: Action,
    error: WorkflowError | None = None,
) -> Response:
    """The page on which a decision of the check is confirmed; the case where it is not allowed."""
    view = await reads.find_case_view(tx, staff, dossier_id, now)
    is_allowed = any(one.action is action and one.is_allowed for one in view.offers)
    if not is_allowed and error is None:
        return done(dossier_id)
    errors, status = refused(request, error) if error else ([], HTTPStatus.OK)
    facts = {"view": view, "errors": errors, "is_allowed": is_allowed, **_FACTS[action](view)}
    return await show(request, tx, staff, _TEMPLATES[action], now=now, status_code=status, **facts)


def _supplement_facts(view: CaseView) -> dict[str, Any]:
    return {"lines": checklist.lacking(view.procedure, view.judged)}


def _fee_facts(view: CaseView) -> dict[str, Any]:
    quote = quote_of(view.procedure, view.case, view.dossier)
    is_charged = quote is not None and quote.total_vnd > 0
    return {"quote": quote, "with_fee": is_charged, "waits": waits_for_fee(view.procedure, quote)}


_FACTS = {Action.REQUEST_SUPPLEMENT: _supplement_facts, Action.FIND_VALID: _fee_facts}


def read_items(form: FormData, procedure: Procedure) -> dict[str, CheckItem]:
    """The verdicts that the form carries, by component."""
    rest_is_good = form.get("rest") == "good"
    found = [_item(form, one.code, rest_is_good) for one in procedure.components]
    return as_map(item for item in found if item)


def _item(form: FormData, code: str, rest_is_good: bool) -> CheckItem | None:
    said = str(form.get(f"verdict-{code}", "")) or (Verdict.GOOD.value if rest_is_good else "")
    if said not in set(Verdict):
        return None
    note = str(form.get(f"note-{code}", "")).strip()[:5000]
    return CheckItem(code, Verdict(said), note if said == Verdict.LACKING else "")


def with_note_fields(error: WorkflowError) -> WorkflowError:
    """A component's sentence stands beside the field of its note."""
    if isinstance(error, Incomplete):
        error.field_errors = [(f"note-{code}", sentence) for code, sentence in error.field_errors]
    return error
