"""What intake remembers of the turns off the straight road: endings, new dates, opinions, corrections, the post, money.

Repeats are harmless.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StoredObject
from contracts.payments import DemandCancelled, RefundDecided
from contracts.workflow import (
    ApologySent,
    CaseReassigned,
    ClockRestarted,
    ClosingAnnounced,
    DeadlineMissed,
    DeadlineMoved,
    DossierReappointed,
    DossierRefused,
    DossierStopped,
    DossierWithdrawn,
    OpinionAsked,
    OpinionReceived,
    ResultCorrected,
    ResultPosted,
    StopRefused,
)
from intake.handlers.hearing import keep_document, move, note
from intake.store import dossiers


async def note_refusal(tx: AsyncSession, event: DossierRefused, *, now: datetime) -> None:
    """Refused at reception: form 03, and where the officer's words lie."""
    await move(tx, event)
    await keep_document(tx, event, "phieu-tu-choi-tiep-nhan", "refusal", event.slip)
    await note(tx, event, "dossier_refused", explanation=_place(event.explanation))


async def note_withdrawal(tx: AsyncSession, event: DossierWithdrawn, *, now: datetime) -> None:
    """The applicant took it back."""
    await move(tx, event)
    await note(tx, event, "dossier_withdrawn")


async def note_stop(tx: AsyncSession, event: DossierStopped, *, now: datetime) -> None:
    """Stopped; form 05 is there only where the applicant asked (R09)."""
    await move(tx, event)
    if event.slip is not None:
        await keep_document(tx, event, "thong-bao-dung-giai-quyet", "stop", event.slip)
    await note(tx, event, "dossier_stopped", ground=event.ground)


async def note_stop_refusal(tx: AsyncSession, event: StopRefused, *, now: datetime) -> None:
    """The request to stop came too late; the dossier goes on."""
    await move(tx, event)
    await note(tx, event, "stop_refused", explanation=_place(event.explanation))


async def note_new_date(tx: AsyncSession, event: DossierReappointed, *, now: datetime) -> None:
    """Apologised for, with a new date; the first one is kept beside it (R06)."""
    await move(tx, event, due_at=event.due_at, first_due_at=event.first_due_at)
    await keep_document(tx, event, "xin-loi-va-hen-lai", "reappointment", event.slip)
    detail = {"due_at": event.due_at.isoformat(), "previous_due_at": event.previous_due_at.isoformat()}
    await note(tx, event, "dossier_reappointed", **detail)


async def note_apology(tx: AsyncSession, event: ApologySent, *, now: datetime) -> None:
    """Apologised for without a new date (R07)."""
    await move(tx, event)
    await keep_document(tx, event, f"thu-xin-loi-{event.slip.sha256[:8]}", "apology", event.slip)
    await note(tx, event, "apology_sent")


async def note_restart(tx: AsyncSession, event: ClockRestarted, *, now: datetime) -> None:
    """A supplement after acceptance was answered: the limit runs anew (R08)."""
    await move(tx, event, started_at=event.started_at, due_at=event.due_at, first_due_at=event.first_due_at)
    await note(tx, event, "clock_restarted", about=str(event.round), due_at=event.due_at.isoformat())


async def note_moved_date(tx: AsyncSession, event: DeadlineMoved, *, now: datetime) -> None:
    """A newly approved calendar moves the due time, or the end of the check."""
    is_whole = event.of == "dossier"
    due = {"due_at": event.due_at, "first_due_at": event.first_due_at or event.due_at} if is_whole else {}
    await move(tx, event, **due)
    detail = {"due_at": event.due_at.isoformat(), "previous_due_at": event.previous_due_at.isoformat()}
    kind = "deadline_moved" if is_whole else "check_moved"
    await note(tx, event, kind, about=event.calendar_version, **detail)


async def note_missed(tx: AsyncSession, event: DeadlineMissed, *, now: datetime) -> None:
    """The date promised has passed without a result. A late check or step is the office's own matter: not shown."""
    await move(tx, event)
    if event.deadline.of == "dossier":
        detail = {"due_at": event.deadline.due_at.isoformat(), "missed_at": event.missed_at.isoformat()}
        await note(tx, event, "deadline_missed", about=str(event.deadline.due_version), **detail)


async def note_closing(tx: AsyncSession, event: ClosingAnnounced, *, now: datetime) -> None:
    """It will be closed by itself unless the applicant answers by then (T07)."""
    await move(tx, event)
    await note(tx, event, "closing_announced", about=str(event.round), answer_by=event.answer_by.isoformat())


async def note_reassignment(tx: AsyncSession, event: CaseReassigned, *, now: datetime) -> None:
    """It lies with somebody else now."""
    staff_id, unit = (event.assignee.staff_id, event.assignee.unit) if event.assignee else (None, None)
    await move(tx, event, unit=event.unit, handler_id=staff_id, handler_unit=unit)


async def note_opinion_asked(tx: AsyncSession, event: OpinionAsked, *, now: datetime) -> None:
    """Another agency is asked; the limit goes on."""
    await move(tx, event)
    await note(tx, event, "opinion_asked", about=str(event.number), answer_by=event.answer_by.isoformat())


async def note_opinion(tx: AsyncSession, event: OpinionReceived, *, now: datetime) -> None:
    """The other agency answered."""
    await move(tx, event)
    await note(tx, event, "opinion_received", about=str(event.number))


async def note_correction(tx: AsyncSession, event: ResultCorrected, *, now: datetime) -> None:
    """A further result replaces one found wrong (R16): it can be taken anew, the former stays to be read."""
    name = await keep_document(tx, event, f"ket-qua-{event.result_code}", "result", event.result)
    collected_at = await dossiers.last_noted(tx, event.dossier_id, "result_collected", event.result_code)
    await move(
        tx, event, result_code=event.result_code, result_kind=event.result_kind, result_name=name,
        result_sha256=event.result.sha256, collected_at=collected_at,
    )  # fmt: skip
    detail = {"result_kind": event.result_kind, "name": name, "replaces": event.replaces}
    await note(tx, event, "result_corrected", about=event.result_code, **detail)


async def note_posting(tx: AsyncSession, event: ResultPosted, *, now: datetime) -> None:
    """The result is with the postal service; said again once the item has its barcode."""
    await move(tx, event)
    await note(
        tx, event, "result_posted", about=event.order_number, item=event.item, posted_at=event.posted_at.isoformat()
    )


async def note_cancellation(tx: AsyncSession, event: DemandCancelled, *, now: datetime) -> None:
    """That demand is not to be paid any more."""
    values = {"amount_vnd": event.amount_vnd, "cancelled_ground": event.ground}
    await dossiers.keep_fee(tx, event.dossier_id, event.demand_id, **values)


async def note_refund(tx: AsyncSession, event: RefundDecided, *, now: datetime) -> None:
    """The accountant decided on money that came too late or twice."""
    values = {"refund": event.decision, "refund_vnd": event.amount_vnd, "refund_decided_at": event.decided_at}
    await dossiers.keep_fee(tx, event.dossier_id, event.demand_id, **values)


def _place(found: StoredObject) -> dict[str, str | int]:
    return found.model_dump()
