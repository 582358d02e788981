"""Somebody's own dossiers, and the law each goes by."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Dossier, Draft
from intake.domain.errors import NotFound
from intake.domain.filing import any_version
from intake.store.dossiers import dossier_of
from intake.store.tables import DossierRow
from rules import catalogue as law
from rules.calendar import Calendar
from rules.errors import UnknownOffice
from rules.records.procedure import Procedure

MOST_LISTED = 50


def procedure_of(dossier: Dossier | Draft) -> Procedure:
    """The version by which it was begun (R01)."""
    return any_version(law.load(), dossier.procedure_id, dossier.procedure_version)


def calendar_of(office: str) -> Calendar | None:
    try:
        return law.load().calendar(office)
    except UnknownOffice:
        return None


async def own_dossiers(tx: AsyncSession, applicant_id: str, *, before: datetime | None = None) -> list[Dossier]:
    """The applicant's dossiers, newest first, 50 at a time; `before` is the last one's time of receipt."""
    query = select(DossierRow).where(DossierRow.applicant_id == applicant_id)
    if before is not None:
        query = query.where(DossierRow.received_at < before)
    query = query.order_by(col(DossierRow.received_at).desc(), col(DossierRow.id)).limit(MOST_LISTED)
    return [dossier_of(row) for row in (await tx.exec(query)).all()]


async def find_dossier(tx: AsyncSession, applicant_id: str, dossier_id: UUID) -> Dossier:
    """The applicant's own dossier. Raises NotFound."""
    row = await tx.get(DossierRow, dossier_id)
    if row is None or row.applicant_id != applicant_id:
        raise NotFound("dossier")
    return dossier_of(row)
