"""A person settles what did not fit. Inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.payments import RefundDecided
from kit import outbox
from payments import store
from payments.domain.errors import DecisionMissing, DifferenceNotFound
from payments.domain.ledger import BookingKind, Way
from payments.domain.result import Verdict
from payments.handlers.endings import PAID_FOR_ENDED

# money we have and nobody owed: the accountant says whether it goes back
TO_DECIDE = frozenset({Verdict.PAID_TWICE.value, Verdict.PAID_TOO_LATE.value, PAID_FOR_ENDED})


async def settle_difference(
    tx: AsyncSession,
    difference_id: UUID,
    *,
    settled_by: str,
    settlement: str,
    decision: str | None = None,
    now: datetime,
) -> None:
    """Note who settled a difference and how; money nobody owed needs a decision, refund or keep.

    Emits RefundDecided with a decision. A refund of a demand that was booked as paid is booked; other money never was.
    Raises DifferenceNotFound, also for a repeat, and DecisionMissing.
    """
    row = await store.load_open_difference(tx, difference_id)
    if row is None:
        raise DifferenceNotFound
    if row.kind in TO_DECIDE and decision not in ("refund", "keep"):
        raise DecisionMissing
    row.settled_at, row.settled_by, row.settlement = now, settled_by, settlement
    if row.kind in TO_DECIDE:
        row.decision = decision
        await _say_decided(tx, row, now)
    tx.add(row)


async def _say_decided(tx: AsyncSession, row: store.DifferenceRow, now: datetime) -> None:
    assert row.demand_id is not None, "only money for a demand is decided on"
    demand = await store.load_demand(tx, row.demand_id)
    assert demand is not None, "a difference has its demand by foreign key"
    if row.kind == PAID_FOR_ENDED and row.decision == "refund":
        paid = await store.find_paid_way(tx, demand.id)
        assert paid.way is not None
        way, code = Way(paid.way), paid.transaction_code
        await store.book(tx, BookingKind.REFUNDED, demand, value_at=now, now=now, way=way, transaction_code=code)
    said = RefundDecided.model_validate(
        {
            "dossier_id": demand.dossier_id,
            "demand_id": demand.id,
            "amount_vnd": row.received_vnd or demand.amount_vnd,
            "decision": row.decision,
            "decided_at": now,
            "contact": demand.contact,
        }
    )
    await outbox.put(tx, said, time=now)
