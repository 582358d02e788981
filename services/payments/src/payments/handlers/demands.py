"""What events of intake and workflow do to demands. Inside the caller's transaction."""

from datetime import datetime
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierSubmitted
from contracts.payments import DemandCancelled, FeeDemanded
from contracts.workflow import DossierAccepted, FeeRequested
from kit import outbox
from payments import store
from payments.domain.demand import Demand, DemandState, Line
from payments.domain.ledger import BookingKind


async def remember_applicant(tx: AsyncSession, event: DossierSubmitted, *, now: datetime) -> None:
    """Keep who filed the dossier: only they may pay and see its demands. Harmless when repeated."""
    await store.remember_dossier(
        tx, event.dossier_id, applicant_id=event.applicant_id, arrival_number=event.arrival_number
    )


async def remember_code(tx: AsyncSession, event: DossierAccepted, *, now: datetime) -> None:
    """Keep the dossier code beside the arrival number, so that both are found. Harmless when repeated."""
    await store.remember_dossier(tx, event.dossier_id, code=event.code)


async def open_demand(tx: AsyncSession, event: FeeRequested, *, now: datetime) -> None:
    """Open the demand of a fee notice; an open one of an earlier notice is replaced.

    Emits FeeDemanded. A notice that has its demand already changes nothing.
    """
    known = await store.find_demands(tx, event.dossier_id)
    if any(demand.notice == event.notice.path for demand in known):
        return
    for earlier in known:
        if earlier.state is DemandState.OPEN:
            await replace_demand(tx, earlier, now=now)
    demand = demand_for(event, now)
    await store.add_demand(tx, demand)
    await store.book(tx, BookingKind.DEMANDED, demand, value_at=now, now=now)
    said = FeeDemanded(
        dossier_id=event.dossier_id,
        demand_id=demand.id,
        amount_vnd=demand.amount_vnd,
        demanded_at=now,
        contact=event.contact,
    )
    await outbox.put(tx, said, time=now)


async def replace_demand(tx: AsyncSession, demand: Demand, *, now: datetime) -> None:
    """Close a demand whose notice no longer holds, and take its booking back. Emits DemandCancelled."""
    await store.save_demand(tx, demand.replaced())
    await store.book(tx, BookingKind.WITHDRAWN, demand, value_at=now, now=now)
    said = DemandCancelled(
        dossier_id=demand.dossier_id, demand_id=demand.id, amount_vnd=demand.amount_vnd, ground="replaced"
    )
    await outbox.put(tx, said, time=now)


def demand_for(event: FeeRequested, now: datetime) -> Demand:
    """The demand of a fee notice."""
    case = event.case
    return Demand(
        id=uuid4(),
        dossier_id=event.dossier_id,
        notice=event.notice.path,
        arrival_number=case.arrival_number,
        procedure_id=case.procedure_id,
        procedure_version=case.procedure_version,
        office=case.office,
        contact=event.contact,
        lines=tuple(Line(**line.model_dump()) for line in event.lines),
        factor=event.factor,
        amount_vnd=event.amount_vnd,
        legal_basis=tuple(event.legal_basis),
        demanded_at=now,
    )
