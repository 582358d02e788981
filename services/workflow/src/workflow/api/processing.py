"""JSON routes of a case in process: sent back, supplemented, others asked, apologised for, given on, corrected."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from kit.now import Now
from kit.tx import Tx
from workflow import handlers, reads
from workflow.api.routes import Caller, Version, answer, seen_version
from workflow.api.shapes import CaseOut, Seen, Shape, SupplementIn, Text
from workflow.domain.apology import Wanted
from workflow.domain.status import Outcome
from workflow.reads import LettersView

router = APIRouter(tags=["processing"])
StaffId = Annotated[str, Field(max_length=200)]


class NoteIn(Seen):
    note: Text = Field(description="what is to be looked at again; who gets it back reads exactly this")


class OpinionIn(Seen):
    agency_vi: Text = Field(description="who is asked, as the letter addresses them")
    question: Text = Field(description="printed in the letter")
    answer_by: date | None = Field(default=None, description="a working day to come; a must")


class AnswerIn(Seen):
    answered_on: date | None = Field(default=None, description="from the day it was asked to today; a must")
    answer: Text


class ApologyIn(Seen):
    """Without a new date the letter apologises and the due stays."""

    reason_vi: Text = Field(description="why the result is late; form 04 prints it")
    unit_at_fault: str = Field(max_length=100, description="a unit of the office")
    new_due_on: date | None = Field(
        default=None, description="a working day after the due date; once, and at the latest one day before it (R07)"
    )

    def wanted(self) -> Wanted:
        return Wanted(self.reason_vi, self.unit_at_fault, self.new_due_on)


class AssignmentIn(Seen):
    assignee_id: StaffId | None = Field(default=None, description="none: anyone of the unit and role")
    unit: str | None = Field(default=None, max_length=100, description="none: the unit it lies with")
    reason: Text


class AbsenceIn(Shape):
    """Everything that one person holds goes to another, or to anyone of its unit and role."""

    from_id: StaffId
    to_id: StaffId | None = None
    reason: Text


class ReassignedOut(Shape):
    """What became of one case."""

    id: UUID
    code: str
    is_moved: bool
    reason_vi: str = Field(description="why it stays where it is; empty where it moved")


class CorrectionIn(Seen):
    reason_vi: Text = Field(description="what was wrong with the result")
    conclusion: Text = Field(description="printed in the further result")
    conditions: list[Text] = Field(default_factory=list, max_length=50)


class SignCorrectionIn(Seen):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the further result you read and approve")


class OpinionOut(Shape):
    number: int
    agency_vi: str
    question: str
    asked_at: datetime
    answer_by: date
    is_overdue: bool = Field(description="not answered, and the date by which it should have been is past")
    answered_on: date | None
    answer: str


class ApologyOut(Shape):
    number: int
    reason_vi: str
    unit_at_fault: str
    previous_due_at: datetime
    new_due_at: datetime | None
    drafted_at: datetime
    approved_at: datetime | None = Field(description="none while it waits for the leader")
    is_proposal: bool = Field(description="begun by the system; goes on once the division says why it is late")


class IssuedOut(Shape):
    number: int
    code: str
    kind: Outcome
    reason_vi: str = Field(description="why the one before was wrong; empty of the first")
    sha256: str
    issued_at: datetime


class DraftedOut(Shape):
    """A further result that waits for its signature."""

    code: str
    reason_vi: str
    conclusion: str
    conditions: list[str]
    sha256: str


class LettersOut(Shape):
    """What went between the office and others about a case, and its results."""

    opinions: list[OpinionOut]
    apologies: list[ApologyOut]
    no_new_date_vi: str = Field(description="why no new date may be given; empty where one may")
    results: list[IssuedOut]
    correction: DraftedOut | None


def letters_out(view: LettersView) -> LettersOut:
    drawn = view.case.correction
    return LettersOut(
        opinions=[
            OpinionOut(
                number=one.number,
                agency_vi=one.agency_vi,
                question=one.question,
                asked_at=one.asked_at,
                answer_by=one.answer_by,
                is_overdue=one.is_overdue(view.today),
                answered_on=one.answered_on,
                answer=one.answer,
            )
            for one in view.opinions
        ],
        apologies=[ApologyOut.model_validate(one, from_attributes=True) for one in view.apologies],
        no_new_date_vi=view.no_new_date_vi,
        results=[
            IssuedOut(
                number=one.number,
                code=one.code,
                kind=Outcome(one.kind),
                reason_vi=one.reason_vi,
                sha256=one.file.sha256,
                issued_at=one.issued_at,
            )
            for one in view.results
        ],
        correction=DraftedOut(
            code=drawn.code,
            reason_vi=drawn.reason_vi,
            conclusion=drawn.conclusion,
            conditions=list(drawn.conditions),
            sha256=drawn.sha256,
        )
        if drawn
        else None,
    )


@router.post("/cases/{dossier_id}/send-back")
async def send_back(dossier_id: UUID, body: NoteIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Send the case back to the step the present one names; it is planned with what is left of its share (R12)."""
    await handlers.send_back(tx, dossier_id, body.note, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/later-supplement-requests")
async def request_later_supplement(
    dossier_id: UUID, body: SupplementIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Ask for a supplement from the appraisal (form 02): status 5, the clock stops. A further round is the leader's."""
    items, seen = [line.item() for line in body.items], seen_version(body, version)
    await handlers.request_later_supplement(tx, dossier_id, items, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.get("/cases/{dossier_id}/letters")
async def get_letters(dossier_id: UUID, tx: Tx, now: Now, staff: Caller) -> LettersOut:
    """Questions to other agencies, letters of apology, and every result of the case."""
    return letters_out(await reads.find_letters(tx, staff, dossier_id, now))


@router.post("/cases/{dossier_id}/opinions")
async def ask_opinion(dossier_id: UUID, body: OpinionIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Ask another agency by a letter; the limit goes on running."""
    asked, seen = (body.agency_vi, body.question, body.answer_by), seen_version(body, version)
    await handlers.ask_opinion(tx, dossier_id, *asked, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/opinions/{number}/answer")
async def record_opinion(
    dossier_id: UUID, number: int, body: AnswerIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Write down what the agency answered, once."""
    said, seen = (number, body.answered_on, body.answer), seen_version(body, version)
    await handlers.record_opinion(tx, dossier_id, *said, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/apology-draft")
async def draft_apology(
    dossier_id: UUID, body: ApologyIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Draft a letter of apology for the leader; it takes the place of one that waits."""
    seen = seen_version(body, version)
    await handlers.draft_apology(tx, dossier_id, body.wanted(), staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/apology")
async def apologise(dossier_id: UUID, body: Seen, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Approve the draft and send it (form 04). Once its new date moves the due; when it is too late the due stays."""
    await handlers.apologise(tx, dossier_id, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/assignment")
async def reassign(dossier_id: UUID, body: AssignmentIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Give the case to another person or unit; by the head of the unit it lies with, or a leader."""
    to, seen = (body.assignee_id, body.unit, body.reason), seen_version(body, version)
    await handlers.reassign(tx, dossier_id, *to, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/absences")
async def reassign_all(body: AbsenceIn, tx: Tx, now: Now, staff: Caller) -> list[ReassignedOut]:
    """Give everything that an absent person holds to somebody else, each case with its own outcome."""
    found = await handlers.reassign_all(tx, body.from_id, body.to_id, body.reason, staff=staff, now=now)
    return [
        ReassignedOut(id=one.dossier_id, code=one.code, is_moved=one.refused is None, reason_vi=one.reason_vi)
        for one in found
    ]


@router.post("/cases/{dossier_id}/correction")
async def draw_up_correction(
    dossier_id: UUID, body: CorrectionIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Draw up a further result for one found wrong (reading R16); its bytes stay as they are. The status stays too."""
    said, seen = (body.reason_vi, body.conclusion, body.conditions), seen_version(body, version)
    await handlers.draw_up_correction(tx, dossier_id, *said, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/correction/sign-off")
async def sign_correction(
    dossier_id: UUID, body: SignCorrectionIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Approve exactly the further result with this SHA-256: from now on it is the result."""
    seen = seen_version(body, version)
    await handlers.sign_correction(tx, dossier_id, body.sha256, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)
