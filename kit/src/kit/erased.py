"""A keeper's own part of the proof that copies of somebody's data are gone: numbers, once per request to erase.

What is kept of others is emptied under KEEPS, so that a rebuilt service does it again; the rest, the counting and the
telling are REACTS, done once.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Removed
from kit.tables import ErasedCopyRow


async def note(tx: AsyncSession, erasure_id: UUID, subject: str, removed: Mapping[str, int], at: datetime) -> None:
    """Write down how many rows or objects of each kind held something; what a repeat finds is not counted."""
    counts = {kind: number for kind, number in removed.items() if number}
    row = insert(ErasedCopyRow).values(erasure_id=erasure_id, subject=subject, removed=counts, erased_at=at)
    await (await tx.connection()).execute(row.on_conflict_do_nothing())


async def find(tx: AsyncSession, erasure_id: UUID, subject: str) -> tuple[list[Removed], datetime]:
    """What `note` wrote, as the contracts write it, and when."""
    row = await tx.get_one(ErasedCopyRow, (erasure_id, subject))
    return [Removed(kind=kind, count=number) for kind, number in sorted(row.removed.items())], row.erased_at
