"""A dossier ended: what it still owed is not owed any more, what it paid for nothing is set before the accountant."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.payments import DemandCancelled
from contracts.workflow import DossierRefused, DossierStopped, DossierWithdrawn
from kit import outbox
from payments import store
from payments.domain.demand import Demand, DemandState
from payments.domain.ledger import BookingKind

PAID_FOR_ENDED = "paid_for_ended"
Ground = Literal["withdrawn", "stopped", "refused"]


async def end_withdrawn(tx: AsyncSession, event: DossierWithdrawn, *, now: datetime) -> None:
    """Emits DemandCancelled where a demand stood open. Harmless when repeated."""
    await end_demands(tx, event.dossier_id, "withdrawn", accepted=event.code is not None, now=now)


async def end_stopped(tx: AsyncSession, event: DossierStopped, *, now: datetime) -> None:
    """Emits DemandCancelled where a demand stood open. Harmless when repeated."""
    await end_demands(tx, event.dossier_id, "stopped", accepted=event.code is not None, now=now)


async def end_refused(tx: AsyncSession, event: DossierRefused, *, now: datetime) -> None:
    """Emits DemandCancelled where a demand stood open. Harmless when repeated."""
    await end_demands(tx, event.dossier_id, "refused", accepted=False, now=now)


async def end_demands(tx: AsyncSession, dossier_id: UUID, ground: Ground, *, accepted: bool, now: datetime) -> None:
    """Cancel what is open. What was paid by a dossier that was never accepted is a refund to decide."""
    for demand in await store.find_demands(tx, dossier_id):
        if demand.state is DemandState.OPEN:
            await _cancel(tx, demand, ground, now)
        elif demand.state is DemandState.PAID and not accepted:
            await _set_before_accountant(tx, demand, now)


async def _cancel(tx: AsyncSession, demand: Demand, ground: Ground, now: datetime) -> None:
    await store.save_demand(tx, demand.cancelled())
    await store.book(tx, BookingKind.WITHDRAWN, demand, value_at=now, now=now)
    said = DemandCancelled(
        dossier_id=demand.dossier_id, demand_id=demand.id, amount_vnd=demand.amount_vnd, ground=ground
    )
    await outbox.put(tx, said, time=now)


async def _set_before_accountant(tx: AsyncSession, demand: Demand, now: datetime) -> None:
    row = store.DifferenceRow(
        id=uuid4(),
        kind=PAID_FOR_ENDED,
        fingerprint=f"{PAID_FOR_ENDED}:{demand.id}",
        demand_id=demand.id,
        reference=demand.arrival_number,
        expected_vnd=0,
        received_vnd=demand.amount_vnd,
        noticed_at=now,
    )
    await store.note_difference(tx, row)
