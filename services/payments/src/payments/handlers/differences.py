"""A person settles what did not fit. Inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from payments import store
from payments.domain.errors import DifferenceNotFound


async def settle_difference(
    tx: AsyncSession, difference_id: UUID, *, settled_by: str, settlement: str, now: datetime
) -> None:
    """Note who settled a difference and how; nothing is booked by it. Raises DifferenceNotFound, also for a repeat."""
    row = await store.load_open_difference(tx, difference_id)
    if row is None:
        raise DifferenceNotFound
    row.settled_at, row.settled_by, row.settlement = now, settled_by, settlement
    tx.add(row)
