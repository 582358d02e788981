"""JSON routes of the ends before a result, and of events kept for decision. They translate; handlers decide."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from kit.now import Now
from kit.tx import Tx
from workflow import handlers, reads
from workflow.api.routes import Caller, Version, answer, seen_version
from workflow.api.shapes import CaseOut, Seen, Shape, Text
from workflow.reads import UndecidedView

EventNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]
router = APIRouter(tags=["ends"])


class RefusalIn(Seen):
    reason: Text = Field(description="why the dossier is not taken; form 03 prints it")
    where_to_go: Text = Field(default="", description="who is competent, if known; form 03 prints it")


class ReasonIn(Seen):
    reason: Text = Field(description="the applicant reads exactly this")


class DecisionIn(Seen):
    decision_vi: Text = Field(description="what was decided and done, in Vietnamese; the history keeps it")


class UndecidedOut(Shape):
    """An event that came when its case did not wait for it."""

    number: int
    case_id: UUID
    case_code: str = Field(description="the dossier's code; before acceptance its arrival number")
    kind: str = Field(description="which event", examples=["fee_paid"])
    status: int = Field(description="the case's status when the event came")
    reason_vi: str
    at: datetime
    decided_at: datetime | None
    decided_by: str | None
    decision_vi: str


class UndecidedList(Shape):
    events: list[UndecidedOut]
    total: int
    page: int
    pages: int


def undecided_out(one: UndecidedView) -> UndecidedOut:
    return UndecidedOut(
        number=one.number,
        case_id=one.case.dossier_id,
        case_code=one.case.shown_code,
        kind=one.kind,
        status=one.status,
        reason_vi=one.reason_vi,
        at=one.at,
        decided_at=one.decided_at,
        decided_by=one.decided_by or None,
        decision_vi=one.decision_vi,
    )


@router.post("/cases/{dossier_id}/refusal")
async def refuse(dossier_id: UUID, body: RefusalIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Refuse at reception (form 03): status 3, an end."""
    seen = seen_version(body, version)
    await handlers.refuse(tx, dossier_id, body.reason, body.where_to_go, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/stop")
async def stop(dossier_id: UUID, body: Seen, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Stop as the applicant asked (form 05, reading R09): status 8, an end. Only before the result is signed."""
    await handlers.stop(tx, dossier_id, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/stop-refusal")
async def refuse_stop(dossier_id: UUID, body: ReasonIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Answer a request to stop that came when the result was signed already; the dossier goes on."""
    seen = seen_version(body, version)
    await handlers.refuse_stop(tx, dossier_id, body.reason, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/closing")
async def close_unanswered(dossier_id: UUID, body: Seen, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """Close a case whose applicant did not answer, or pay, within the limit (reading R09): status 8, no form 05."""
    await handlers.close_unanswered(tx, dossier_id, staff=staff, seen_version=seen_version(body, version), now=now)
    return await answer(tx, staff, dossier_id, now)


@router.get("/undecided")
async def list_undecided(tx: Tx, staff: Caller, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> UndecidedList:
    """Events that wait for a decision in the cases you may see, oldest first, 50 a page."""
    found = await reads.find_all_undecided(tx, staff, page)
    events = [undecided_out(one) for one in found.rows]
    return UndecidedList(events=events, total=found.total, page=found.page, pages=found.pages)


@router.get("/cases/{dossier_id}/undecided")
async def list_undecided_of_case(dossier_id: UUID, tx: Tx, staff: Caller) -> list[UndecidedOut]:
    """Every event that this case kept for decision, decided on or not."""
    return [undecided_out(one) for one in await reads.find_undecided_of(tx, staff, dossier_id)]


@router.post("/cases/{dossier_id}/undecided/{number}/decision")
async def decide_undecided(
    dossier_id: UUID, number: EventNumber, body: DecisionIn, tx: Tx, now: Now, staff: Caller, version: Version
) -> CaseOut:
    """Say what is done about an event that nobody waited for. The case itself does not move."""
    seen, said = seen_version(body, version), body.decision_vi
    await handlers.decide_undecided(tx, dossier_id, number, said, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)
