"""Money taken at the desk is booked and told like any other. Inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.payments import FeePaid
from kit import outbox
from kit.now import TIME_ZONE
from kit.signin import Person
from payments import store
from payments.domain.demand import Demand
from payments.domain.desk import Reception, check_reception, receipt_code
from payments.domain.errors import DemandNotFound
from payments.domain.ledger import BookingKind


async def take_at_desk(tx: AsyncSession, demand_id: UUID, reception: Reception, *, clerk: Person, now: datetime) -> str:
    """Take the whole amount of a demand of the clerk's own office; the number of its receipt.

    Emits FeePaid, with the receipt's time as the payment's (R02). Raises DemandNotFound, NotPayable (a second press
    included), ReceptionIncomplete.
    """
    demand = await store.load_demand(tx, demand_id)
    if demand is None or demand.office != clerk.office:
        raise DemandNotFound
    demand.check_payable()
    check_reception(reception, demand, now)
    code = await _write_receipt(tx, demand, reception, clerk, now)
    await store.save_demand(tx, demand.pay(paid_at=reception.received_at))
    at, way = reception.received_at, reception.way
    await store.book(
        tx, BookingKind.PAID, demand, value_at=at, now=now, way=way, transaction_code=reception.reference or code
    )
    said = FeePaid(
        dossier_id=demand.dossier_id,
        demand_id=demand.id,
        amount_vnd=demand.amount_vnd,
        paid_at=reception.received_at,
        way=reception.way.value,
        transaction_code=reception.reference or code,
        contact=demand.contact,
    )
    await outbox.put(tx, said, time=now)
    return code


async def _write_receipt(tx: AsyncSession, demand: Demand, reception: Reception, clerk: Person, now: datetime) -> str:
    row = store.DeskReceiptRow(
        demand_id=demand.id,
        office=demand.office,
        year=now.astimezone(TIME_ZONE).year,
        number=0,
        way=reception.way,
        reference=reception.reference,
        received_at=reception.received_at,
        received_by=clerk.id,
        received_by_name=clerk.name,
    )
    await store.add_desk_receipt(tx, row)
    return receipt_code(row.number, row.year)
