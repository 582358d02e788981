"""What intake remembers of others: how far a dossier is, what to pay, what was sent. Repeats are harmless."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.notify import MessageSent
from contracts.payments import FeeDemanded, FeePaid
from contracts.workflow import (
    CheckStarted,
    DossierAccepted,
    DossierFinished,
    DossierReturned,
    FeeRequested,
    StepFinished,
    StepStarted,
    SupplementRequested,
)
from intake.domain.dossier import Supplement
from intake.domain.road import Moment
from intake.handlers.hearing import as_stored, keep_document, move, note
from intake.store import dossiers
from rules.records.status import Status


async def note_check(tx: AsyncSession, event: CheckStarted, *, now: datetime) -> None:
    """It lies in the officers' queue, for the first time or again after a supplement."""
    await move(tx, event, unit=event.case.receiving_unit)
    due_at = event.due_at.isoformat() if event.due_at else None  # no act gives a limit (R14)
    detail = {"due_at": due_at, "round": event.round}
    await note(tx, event, "check_started", about=str(event.round), **detail)


async def note_supplement_request(tx: AsyncSession, event: SupplementRequested, *, now: datetime) -> None:
    """The officer asks for something: keep what, and where the sentences lie."""
    asked = tuple(item.component for item in event.items)
    request = Supplement(event.dossier_id, event.round, asked, as_stored(event.request), event.moved_at)
    await dossiers.load_dossier(tx, event.dossier_id)
    await dossiers.keep_supplement(tx, request)
    await move(tx, event)
    await keep_document(tx, event, f"phieu-yeu-cau-bo-sung-{event.round}", "supplement_request", event.slip)
    await note(tx, event, "supplement_requested", about=str(event.round), round=event.round)


async def note_fee_request(tx: AsyncSession, event: FeeRequested, *, now: datetime) -> None:
    """Found valid; the fee notice went out. The dossier waits for the fee, or goes on beside it (R23)."""
    await move(tx, event)
    await keep_document(tx, event, "thong-bao-phi", "fee_notice", event.notice)
    waits = Status(event.status) is Status.WAITING_FOR_FEE
    await note(tx, event, "fee_requested" if waits else "fee_asked_beside", amount_vnd=event.amount_vnd)


async def note_acceptance(tx: AsyncSession, event: DossierAccepted, *, now: datetime) -> None:
    """It has its code, and the clock runs."""
    await move(
        tx, event, code=event.code, started_at=event.started_at, due_at=event.due_at, first_due_at=event.first_due_at
    )
    await keep_document(tx, event, "giay-tiep-nhan", "acceptance", event.slip)
    await note(tx, event, "dossier_accepted", about=event.code)


async def note_step(tx: AsyncSession, event: StepStarted, *, now: datetime) -> None:
    """A step lies with a unit."""
    await move(tx, event, unit=event.unit)
    await note(tx, event, "step_started", about=event.step, name_vi=event.step_name_vi, unit=event.unit)


async def note_step_end(tx: AsyncSession, event: StepFinished, *, now: datetime) -> None:
    """A step is done."""
    await move(tx, event)
    await note(tx, event, "step_finished", about=event.step)


async def note_result(tx: AsyncSession, event: DossierFinished, *, now: datetime) -> None:
    """There is a result; the applicant may take it, and where this is replayed perhaps took it."""
    name = await keep_document(tx, event, f"ket-qua-{event.result_code}", "result", event.result)
    collected_at = await dossiers.last_noted(tx, event.dossier_id, "result_collected", event.result_code)
    await move(
        tx, event, unit=event.case.receiving_unit, finished_at=event.finished_at, due_at=event.due_at,
        first_due_at=event.first_due_at, lateness=event.lateness, lateness_first=event.lateness_first,
        result_code=event.result_code, result_kind=event.result_kind, result_name=name,
        result_sha256=event.result.sha256, collected_at=collected_at,
    )  # fmt: skip
    await note(tx, event, "dossier_finished", about=event.result_code, result_kind=event.result_kind, name=name)


async def note_return(tx: AsyncSession, event: DossierReturned, *, now: datetime) -> None:
    """The result reached the applicant."""
    await move(tx, event)
    await note(tx, event, "dossier_returned", about=event.result_code, way=event.way)


async def note_demand(tx: AsyncSession, event: FeeDemanded, *, now: datetime) -> None:
    """There is something to pay, and a page to pay it on."""
    values = {"amount_vnd": event.amount_vnd, "demanded_at": event.demanded_at}
    await dossiers.keep_fee(tx, event.dossier_id, event.demand_id, **values)


async def note_payment(tx: AsyncSession, event: FeePaid, *, now: datetime) -> None:
    """The whole amount was paid."""
    values = {"paid_at": event.paid_at, "way": event.way, "transaction_code": event.transaction_code}
    await dossiers.keep_fee(tx, event.dossier_id, event.demand_id, amount_vnd=event.amount_vnd, **values)
    moment = Moment("fee_paid", event.paid_at, str(event.demand_id), {"amount_vnd": event.amount_vnd})
    await dossiers.note(tx, event.dossier_id, moment)


async def note_message(tx: AsyncSession, event: MessageSent, *, now: datetime) -> None:
    """A message about the dossier went out."""
    detail = {"template": event.template, "channel": event.channel}
    await dossiers.note(tx, event.dossier_id, Moment("message_sent", event.sent_at, str(event.message_id), detail))
