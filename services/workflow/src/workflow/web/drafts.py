"""PDFs of what is not sent yet: questions, letters of apology, further results; as typed, or as drafted."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from kit.download import Download
from kit.now import Now
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain.apology import Apology, typed_letter
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, NoSuchFile
from workflow.domain.opinion import Opinion
from workflow.web.processing import APOLOGY_FIELDS, Said, date_said, lines_said, typed
from workflow.web.shown import Officer

router = APIRouter()


def _pdf(body: bytes, name: str) -> Response:
    return Download(body, f"{name}.pdf").answer()


@router.post("/cases/{dossier_id:uuid}/opinion/preview")
async def preview_opinion(tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """The letter to another agency with what is typed so far; a form, since a question may not stand in an address."""
    said = typed(form, ("agency_vi", "question", "answer_by"))
    answer_by = _date_or_none(said, "answer_by") or now.date()
    asked = Opinion(1, said["agency_vi"] or "…", said["question"] or "…", answer_by, now, staff.id)
    pdf = await handlers.preview_opinion_request(tx, dossier_id, asked, staff=staff, now=now)
    return _pdf(pdf, "xem-truoc-lay-y-kien")


@router.post("/cases/{dossier_id:uuid}/apology-draft/preview")
async def preview_typed_apology(tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """Form 04 with what is typed so far."""
    said = typed(form, APOLOGY_FIELDS)
    case = await reads.see_case(tx, staff, dossier_id)
    new_due_on = _date_or_none(said, "new_due_on") if said["gives_new_date"] == "yes" else None
    letter = typed_letter(case, said["reason_vi"] or "…", said["unit_at_fault"] or case.unit, new_due_on, staff.id, now)
    return await _apology(tx, now, staff, dossier_id, letter)


@router.get("/cases/{dossier_id:uuid}/apology/preview")
async def preview_apology(tx: Tx, now: Now, staff: Officer, dossier_id: UUID) -> Response:
    """Form 04 as it would go out now."""
    letters = await reads.find_letters(tx, staff, dossier_id, now)
    if letters.to_send is None:
        raise NoSuchFile("letter of apology")
    return await _apology(tx, now, staff, dossier_id, letters.to_send)


async def _apology(tx: Tx, now: Now, staff: Officer, dossier_id: UUID, letter: Apology) -> Response:
    pdf = await handlers.preview_apology(tx, dossier_id, letter, staff=staff, now=now)
    return _pdf(pdf, "xem-truoc-mau-04")


@router.post("/cases/{dossier_id:uuid}/correction/preview")
async def preview_correction(tx: Tx, now: Now, staff: Officer, form: Checked, dossier_id: UUID) -> Response:
    """The further result with what is typed so far."""
    said = typed(form, ("reason_vi", "conclusion", "conditions"))
    case = await reads.see_case(tx, staff, dossier_id)
    drawn: Case = case.changed(conclusion=said["conclusion"], conditions=tuple(lines_said(said, "conditions")))
    pdf = await handlers.preview_correction(tx, dossier_id, said["reason_vi"], drawn, staff=staff, now=now)
    return _pdf(pdf, "xem-truoc-ket-qua")


@router.get("/cases/{dossier_id:uuid}/correction/paper")
async def correction(tx: Tx, staff: Officer, dossier_id: UUID) -> Response:
    """The further result that waits for its signature: exactly its bytes."""
    found = await reads.open_correction(tx, staff, dossier_id)
    return found.answer()


@router.get("/cases/{dossier_id:uuid}/results/{number}")
async def issued(tx: Tx, staff: Officer, dossier_id: UUID, number: int) -> Response:
    """A result that was issued, also one that another replaced."""
    found = await reads.open_issued(tx, staff, dossier_id, number)
    return found.answer()


def _date_or_none(said: Said, field: str) -> date | None:
    try:
        return date_said(said, field)
    except DecisionIncomplete:
        return None
