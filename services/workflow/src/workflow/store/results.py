"""The results of a case, by the n of their `-KQ(n)` (R16)."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from workflow.domain.case import Case
from workflow.store.tables import ResultRow


async def add_result(tx: AsyncSession, case: Case, at: datetime, *, staff_id: str, reason_vi: str = "") -> None:
    """Write the case's present result under its present number; `reason_vi` is why the one before was wrong."""
    assert case.result is not None
    assert case.result_code is not None
    assert case.outcome is not None
    tx.add(
        ResultRow(
            dossier_id=case.dossier_id,
            number=case.results,
            code=case.result_code,
            kind=case.outcome.value,
            object=asdict(case.result),
            reason_vi=reason_vi,
            issued_at=at,
            issued_by=staff_id,
        )
    )
    await tx.flush()


async def results(tx: AsyncSession, dossier_id: UUID) -> list[ResultRow]:
    """Every result that was issued, oldest first."""
    query = select(ResultRow).where(ResultRow.dossier_id == dossier_id).order_by(col(ResultRow.number))
    return list((await tx.exec(query)).all())
