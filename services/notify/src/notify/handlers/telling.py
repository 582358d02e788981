"""Which message each event makes. Inside the caller's transaction; a replayed event makes no second message."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierSubmitted, SupplementSubmitted
from contracts.payments import DemandCancelled, FeeDemanded, FeePaid, RefundDecided
from contracts.workflow import (
    ApologySent,
    CaseEvent,
    ClockRestarted,
    ClosingAnnounced,
    DeadlineMoved,
    DossierAccepted,
    DossierFinished,
    DossierReappointed,
    DossierRefused,
    DossierReturned,
    DossierStopped,
    DossierWithdrawn,
    ResultCorrected,
    ResultPosted,
    StepStarted,
    StopRefused,
    SupplementRequested,
)
from kit import tracing
from kit.outside import real_now
from notify import store
from notify.domain.message import CHANNELS, Message, Template, message_id


async def remember_dossier(tx: AsyncSession, event: DossierSubmitted, *, now: datetime) -> None:
    """Keep what every message about a dossier says, and where its applicant's contact lies."""
    await store.remember_dossier(
        tx,
        event.dossier_id,
        applicant_id=event.applicant_id,
        arrival_number=event.arrival_number,
        procedure_id=event.procedure_id,
        procedure_version=event.procedure_version,
        channel=event.channel,
        office=event.office,
        receiving_unit=event.receiving_unit,
        received_at=event.received_at,
        contact=event.contact,
        return_way=event.return_way,
    )


async def remember_acceptance(tx: AsyncSession, event: DossierAccepted, *, now: datetime) -> None:
    """Keep the dossier code and when the result is due."""
    await store.remember_dossier(tx, event.dossier_id, code=event.code, due_at=event.due_at)


async def remember_new_date(tx: AsyncSession, event: DossierReappointed | ClockRestarted, *, now: datetime) -> None:
    """Keep the new time by which the result is due."""
    await store.remember_dossier(tx, event.dossier_id, due_at=event.due_at)


async def remember_moved_date(tx: AsyncSession, event: DeadlineMoved, *, now: datetime) -> None:
    """Keep the time to which a newly approved calendar moved the appointment; a check's end was promised to nobody."""
    if event.of == "dossier":
        await store.remember_dossier(tx, event.dossier_id, due_at=event.due_at)


async def tell_received(tx: AsyncSession, event: DossierSubmitted, *, now: datetime) -> None:
    """We have your dossier."""
    await tell(tx, Template.RECEIVED, event.dossier_id, contact=event.contact, now=now)


async def tell_supplement_asked(tx: AsyncSession, event: SupplementRequested, *, now: datetime) -> None:
    """Something is missing. Names the papers asked for; why is shown after sign-in only."""
    facts = {"components": [item.component for item in event.items], "round": event.round}
    await tell_of(tx, Template.SUPPLEMENT_ASKED, event, about=f"round {event.round}", facts=facts, now=now)


async def tell_supplement_received(tx: AsyncSession, event: SupplementSubmitted, *, now: datetime) -> None:
    """We have what you added."""
    facts = {"supplemented_at": event.received_at.isoformat()}
    about = f"round {event.round}"
    await tell(tx, Template.SUPPLEMENT_RECEIVED, event.dossier_id, about=about, facts=facts, now=now)


async def tell_fee_due(tx: AsyncSession, event: FeeDemanded, *, now: datetime) -> None:
    """There is a fee to pay, and where."""
    facts = {"demand_id": str(event.demand_id), "amount_vnd": event.amount_vnd}
    about = str(event.demand_id)
    await tell(tx, Template.FEE_DUE, event.dossier_id, about=about, contact=event.contact, facts=facts, now=now)


async def tell_fee_paid(tx: AsyncSession, event: FeePaid, *, now: datetime) -> None:
    """We have your money."""
    facts = {
        "demand_id": str(event.demand_id),
        "amount_vnd": event.amount_vnd,
        "paid_at": event.paid_at.isoformat(),
        "transaction_code": event.transaction_code,
    }
    about = str(event.demand_id)
    await tell(tx, Template.FEE_PAID, event.dossier_id, about=about, contact=event.contact, facts=facts, now=now)


async def tell_accepted(tx: AsyncSession, event: DossierAccepted, *, now: datetime) -> None:
    """Your dossier has its code, and this is when the result is due."""
    facts = {"due_at": event.due_at.isoformat(), "started_at": event.started_at.isoformat()}
    await tell_of(tx, Template.ACCEPTED, event, facts=facts, now=now)


async def tell_in_process(tx: AsyncSession, event: StepStarted, *, now: datetime) -> None:
    """Somebody works on it: said at the first step only."""
    facts = {"unit": event.unit}
    await tell(tx, Template.IN_PROCESS, event.dossier_id, contact=event.contact, facts=facts, now=now)


async def tell_result_ready(tx: AsyncSession, event: DossierFinished, *, now: datetime) -> None:
    """The result is there."""
    facts = {
        "finished_at": event.finished_at.isoformat(),
        "due_at": event.due_at.isoformat(),
        "lateness": event.lateness,
        "result_kind": event.result_kind,
    }
    await tell_of(tx, Template.RESULT_READY, event, about=event.result_code, facts=facts, now=now)


async def tell_returned(tx: AsyncSession, event: DossierReturned, *, now: datetime) -> None:
    """You have the result; how did we do?"""
    facts = {"returned_at": event.returned_at.isoformat(), "way": event.way}
    await tell_of(tx, Template.RETURNED, event, about=event.result_code, facts=facts, now=now)


async def tell_refused(tx: AsyncSession, event: DossierRefused, *, now: datetime) -> None:
    """Not taken; why and where to go is shown after sign-in only."""
    await tell_of(tx, Template.REFUSED, event, now=now)


async def tell_withdrawn(tx: AsyncSession, event: DossierWithdrawn, *, now: datetime) -> None:
    """Taken back, as you wished."""
    await tell_of(tx, Template.WITHDRAWN, event, facts={"ended_at": event.moved_at.isoformat()}, now=now)


async def tell_stopped(tx: AsyncSession, event: DossierStopped, *, now: datetime) -> None:
    """Stopped, and why."""
    facts = {"ended_at": event.moved_at.isoformat(), "ground": event.ground, "has_slip": event.slip is not None}
    await tell_of(tx, Template.STOPPED, event, facts=facts, now=now)


async def tell_stop_refused(tx: AsyncSession, event: StopRefused, *, now: datetime) -> None:
    """It was too late to stop; each answer is told."""
    await tell_of(tx, Template.STOP_REFUSED, event, about=event.moved_at.isoformat(), now=now)


async def tell_reappointed(tx: AsyncSession, event: DossierReappointed, *, now: datetime) -> None:
    """Sorry; this is the new date."""
    facts = {"due_at": event.due_at.isoformat(), "first_due_at": event.first_due_at.isoformat()}
    await tell_of(tx, Template.REAPPOINTED, event, facts=facts, now=now)


async def tell_apology(tx: AsyncSession, event: ApologySent, *, now: datetime) -> None:
    """Sorry; no new date can be given any more."""
    facts = {"due_at": event.due_at.isoformat()}
    await tell_of(tx, Template.APOLOGY, event, about=event.slip.sha256, facts=facts, now=now)


async def tell_clock_restarted(tx: AsyncSession, event: ClockRestarted, *, now: datetime) -> None:
    """What you added is here, and the limit runs anew."""
    facts = {"due_at": event.due_at.isoformat(), "started_at": event.started_at.isoformat()}
    await tell_of(tx, Template.CLOCK_RESTARTED, event, about=f"round {event.round}", facts=facts, now=now)


async def tell_deadline_moved(tx: AsyncSession, event: DeadlineMoved, *, now: datetime) -> None:
    """The calendar changed, and with it the date of your appointment. A moved check is shown on the page only."""
    if event.of != "dossier":
        return
    facts = {"due_at": event.due_at.isoformat(), "previous_due_at": event.previous_due_at.isoformat()}
    facts |= {"calendar_version": event.calendar_version}
    about = f"{event.calendar_version} {event.due_at.isoformat()}"  # taken back, the date moves once more
    await tell_of(tx, Template.DEADLINE_MOVED, event, about=about, facts=facts, now=now)


async def tell_closing(tx: AsyncSession, event: ClosingAnnounced, *, now: datetime) -> None:
    """Answer by then, else the dossier is closed (T07)."""
    facts = {"answer_by": event.answer_by.isoformat()}
    await tell_of(tx, Template.CLOSING_ANNOUNCED, event, about=f"round {event.round}", facts=facts, now=now)


async def tell_result_corrected(tx: AsyncSession, event: ResultCorrected, *, now: datetime) -> None:
    """A further result holds in place of the one found wrong."""
    facts = {"corrected_at": event.corrected_at.isoformat(), "result_code": event.result_code}
    facts |= {"replaces": event.replaces, "result_kind": event.result_kind}
    await tell_of(tx, Template.RESULT_CORRECTED, event, about=event.result_code, facts=facts, now=now)


async def tell_result_posted(tx: AsyncSession, event: ResultPosted, *, now: datetime) -> None:
    """The result is on its way; said once for each order, with its barcode where there is one already."""
    facts = {"posted_at": event.posted_at.isoformat(), "order_number": event.order_number, "item": event.item}
    await tell_of(tx, Template.RESULT_POSTED, event, about=event.order_number, facts=facts, now=now)


async def tell_demand_cancelled(tx: AsyncSession, event: DemandCancelled, *, now: datetime) -> None:
    """That fee is not to be paid any more."""
    facts = {"amount_vnd": event.amount_vnd, "ground": event.ground}
    about = str(event.demand_id)
    await tell(tx, Template.DEMAND_CANCELLED, event.dossier_id, about=about, facts=facts, now=now)


async def tell_refund_decided(tx: AsyncSession, event: RefundDecided, *, now: datetime) -> None:
    """What becomes of money that came too late or twice."""
    facts = {"amount_vnd": event.amount_vnd, "decision": event.decision, "decided_at": event.decided_at.isoformat()}
    about = f"{event.demand_id} {event.decided_at.isoformat()}"
    await tell(tx, Template.REFUND_DECIDED, event.dossier_id, about=about, contact=event.contact, facts=facts, now=now)


async def tell_of(
    tx: AsyncSession,
    template: Template,
    event: CaseEvent,
    *,
    now: datetime,
    about: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    """A message about a move of the case: it names who acted, or the unit where the system did."""
    acted = {"unit": event.handler.unit, "staff_id": event.handler.staff_id} if event.handler else {}
    told = {"unit": event.case.resolving_unit} | acted | (facts or {})
    await tell(tx, template, event.dossier_id, about=about, contact=event.contact, facts=told, now=now)


async def tell(
    tx: AsyncSession,
    template: Template,
    dossier_id: UUID,
    *,
    now: datetime,
    about: str = "",
    contact: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """One message per channel of the template."""
    try_at = await real_now(tx)
    for channel in CHANNELS[template]:
        message = Message(
            id=message_id(dossier_id, template, channel, about),
            dossier_id=dossier_id,
            template=template,
            channel=channel,
            about=about,
            created_at=now,
            try_at=try_at,
            contact=contact,
            facts=facts or {},
            traceparent=tracing.traceparent(),
        )
        await store.add_message(tx, message)
