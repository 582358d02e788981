"""The numbers of results that have a series of their own: taken once, held by a dossier, or given up with a reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from workflow.domain.case import Case
from workflow.domain.period import Period
from workflow.store.tables import Moment, Row


class ResultNumberRow(Row, table=True):
    """A number of a year's series; one that was given up is never given again."""

    __tablename__ = "result_number"
    office: str = Field(primary_key=True, sa_type=Text)
    year: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    dossier_id: UUID = Field(foreign_key="cases.dossier_id")
    printed: str = Field(sa_type=Text)
    taken_at: datetime = Field(sa_type=Moment)
    voided_at: datetime | None = Field(default=None, sa_type=Moment)
    why_not_vi: str = Field(default="", sa_type=Text)


_HELD = col(ResultNumberRow.voided_at).is_(None)
Index("result_number_held", ResultNumberRow.dossier_id, unique=True, postgresql_where=_HELD)  # type: ignore[arg-type]


async def held_number(tx: AsyncSession, dossier_id: UUID) -> ResultNumberRow | None:
    """The number that was taken for a dossier and not given up."""
    query = select(ResultNumberRow).where(ResultNumberRow.dossier_id == dossier_id, _HELD)
    return (await tx.exec(query)).one_or_none()


async def hold_number(tx: AsyncSession, case: Case, number: int, printed: str, at: datetime) -> None:
    facts: dict[str, Any] = {"office": case.office, "dossier_id": case.dossier_id, "printed": printed}
    tx.add(ResultNumberRow(**facts, year=at.year, number=number, taken_at=at))
    await tx.flush()


async def void_number(tx: AsyncSession, held: ResultNumberRow, why_not_vi: str, at: datetime) -> None:
    held.voided_at, held.why_not_vi = at, why_not_vi
    await tx.flush()


async def voided_numbers(tx: AsyncSession, office: str, period: Period) -> list[tuple[str, str]]:
    """The numbers that were given up within a period, in their order: as printed, and why."""
    at = col(ResultNumberRow.voided_at)
    query = select(ResultNumberRow).where(ResultNumberRow.office == office, at >= period.start, at < period.end)
    ordered = query.order_by(col(ResultNumberRow.year), col(ResultNumberRow.number))
    return [(row.printed, row.why_not_vi) for row in (await tx.exec(ordered)).all()]
