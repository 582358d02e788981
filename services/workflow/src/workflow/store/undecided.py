"""Events kept for a person to decide: found and decided on."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from workflow.store.tables import UndecidedRow


async def find_undecided(tx: AsyncSession, dossier_id: UUID, number: int) -> UndecidedRow | None:
    """An event that this case keeps, decided on or not."""
    row = await tx.get(UndecidedRow, number)
    return row if row and row.dossier_id == dossier_id else None


async def decide(tx: AsyncSession, number: int, decision_vi: str, staff_id: str, at: datetime) -> None:
    """Write the decision; the case's lock keeps two from deciding at once."""
    row = await tx.get_one(UndecidedRow, number)
    row.decision_vi, row.decided_by, row.decided_at = decision_vi, staff_id, at
    await tx.flush()
