"""Erasures for those who carry them out and those who look after them: what may be erased, and the proofs."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.erasure import KEEPERS, Part, Proof, Standing
from intake.domain.errors import NotFound
from intake.store.erasures import erasure_of, standing_of
from intake.store.tables import DiscardedRow, ErasedDossierRow, ErasureReportRow, ErasureRow

MOST_PROOFS = 50


async def applicant_standing(tx: AsyncSession, applicant_id: str) -> Standing:
    """What is known of an applicant, as counts."""
    return await standing_of(tx, applicant_id)


async def list_proofs(tx: AsyncSession) -> list[Proof]:
    """The newest erasures."""
    query = select(ErasureRow).order_by(col(ErasureRow.erased_at).desc(), col(ErasureRow.id)).limit(MOST_PROOFS)
    return [await _proof(tx, row) for row in (await tx.exec(query)).all()]


async def find_proof(tx: AsyncSession, erasure_id: UUID) -> Proof:
    """Who removed what, and whether all have. Raises NotFound."""
    row = await tx.get(ErasureRow, erasure_id)
    if row is None:
        raise NotFound("erasure")
    return await _proof(tx, row)


async def _proof(tx: AsyncSession, row: ErasureRow) -> Proof:
    erasure = erasure_of(row)
    dossiers = await _count(tx, ErasedDossierRow, erasure.id)
    left = await _count(tx, DiscardedRow, erasure.id)
    query = select(ErasureReportRow).where(ErasureReportRow.erasure_id == erasure.id)
    reports = (await tx.exec(query)).all()
    own = Part("intake", dossiers, dossiers, erasure.removed, erasure.objects_gone_at or erasure.erased_at)
    parts = [_part(keeper, dossiers, [one for one in reports if one.service == keeper]) for keeper in KEEPERS]
    return Proof(erasure, dossiers, left, [own, *parts])


def _part(service: str, dossiers: int, reports: Sequence[ErasureReportRow]) -> Part:
    removed: Counter[str] = Counter()
    for report in reports:
        removed.update(report.removed)
    last_at = max((report.erased_at for report in reports), default=None)
    return Part(service, len(reports), dossiers, removed, last_at)


async def _count(tx: AsyncSession, table: Any, erasure_id: UUID) -> int:
    query = select(func.count()).select_from(table).where(table.erasure_id == erasure_id)
    return int((await tx.exec(query)).one())
