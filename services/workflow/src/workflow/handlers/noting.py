"""What workflow remembers of others, and of who looked. Safe to repeat: the same fact is kept once. Says nothing."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.notify import MessageSent
from contracts.payments import DemandCancelled, FeeDemanded, FeePaid, RefundDecided
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case


async def note_message(tx: AsyncSession, event: MessageSent, *, now: datetime) -> None:
    """A message about the dossier went out; it may come before the case is open."""
    facts = event.model_dump(include={"message_id", "dossier_id", "template", "channel", "sent_at"})
    await store.add_message(tx, **facts)


async def note_demand(tx: AsyncSession, event: FeeDemanded, *, now: datetime) -> None:
    """The fee is demanded."""
    await _note(tx, f"demanded/{event.demand_id}", "demanded", event, event.demanded_at)


async def note_paid(tx: AsyncSession, event: FeePaid, *, now: datetime) -> None:
    """The fee is paid, when and how."""
    facts = {"way": event.way, "transaction_code": event.transaction_code}
    await _note(tx, f"paid/{event.demand_id}", "paid", event, event.paid_at, **facts)


async def note_cancelled(tx: AsyncSession, event: DemandCancelled, *, now: datetime) -> None:
    """The demand is not to be paid any more; the event names no moment, so it is the one at which we heard."""
    await _note(tx, f"cancelled/{event.demand_id}", "cancelled", event, now, ground=event.ground)


async def note_refund(tx: AsyncSession, event: RefundDecided, *, now: datetime) -> None:
    """The accountant decided on money that came too late or twice; that may happen more than once."""
    id = f"refund/{event.demand_id}/{event.decided_at.isoformat()}"
    await _note(tx, id, "refund", event, event.decided_at, decision=event.decision)


async def _note(
    tx: AsyncSession,
    id: str,
    kind: str,
    event: FeeDemanded | FeePaid | DemandCancelled | RefundDecided,
    at: datetime,
    **how: Any,
) -> None:
    whose: dict[str, Any] = event.model_dump(include={"dossier_id", "demand_id", "amount_vnd"})
    await store.add_payment(tx, id, kind, at=at, **whose, **how)


async def note_look(tx: AsyncSession, staff: Staff, case: Case, *, now: datetime) -> int | None:
    """This person sees the case as it is now; returns the version they saw before, so that the new can be marked."""
    return await store.add_look(tx, staff.id, case, now)
