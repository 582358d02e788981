"""What goes between the office and others about a case: letters of apology, questions to other agencies."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain.apology import Apology
from workflow.domain.opinion import Opinion
from workflow.store.tables import ApologyRow, OpinionRow


async def apologies(tx: AsyncSession, dossier_id: UUID) -> list[ApologyRow]:
    """Every letter of the case, drafted or approved, oldest first."""
    query = select(ApologyRow).where(ApologyRow.dossier_id == dossier_id).order_by(col(ApologyRow.number))
    return list((await tx.exec(query)).all())


async def drafted_apology(tx: AsyncSession, dossier_id: UUID) -> Apology | None:
    """The letter that waits for the leader."""
    waiting = [row for row in await apologies(tx, dossier_id) if row.approved_at is None]
    return to_apology(waiting[-1]) if waiting else None


async def put_apology(tx: AsyncSession, dossier_id: UUID, letter: Apology) -> None:
    """Write a draft; one of the same number is written over."""
    values = {name: getattr(letter, name) for name in Apology.__dataclass_fields__}
    await tx.merge(ApologyRow(dossier_id=dossier_id, **values))
    await tx.flush()


async def approve_apology(tx: AsyncSession, dossier_id: UUID, number: int, staff_id: str, at: datetime) -> None:
    """Raises IntegrityError where the case's one new date was given already (R07)."""
    row = await tx.get_one(ApologyRow, (dossier_id, number))
    row.approved_at, row.approved_by = at, staff_id
    await tx.flush()


def to_apology(row: ApologyRow) -> Apology:
    return Apology(
        number=row.number,
        reason_vi=row.reason_vi,
        unit_at_fault=row.unit_at_fault,
        previous_due_at=row.previous_due_at.astimezone(TIME_ZONE),
        new_due_at=row.new_due_at.astimezone(TIME_ZONE) if row.new_due_at else None,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at.astimezone(TIME_ZONE),
    )


async def opinions(tx: AsyncSession, dossier_id: UUID) -> list[Opinion]:
    """Every question of the case, oldest first."""
    query = select(OpinionRow).where(OpinionRow.dossier_id == dossier_id).order_by(col(OpinionRow.number))
    return [_to_opinion(row) for row in (await tx.exec(query)).all()]


def _to_opinion(row: OpinionRow) -> Opinion:
    values = {name: getattr(row, name) for name in Opinion.__dataclass_fields__}
    return Opinion(**{**values, "asked_at": row.asked_at.astimezone(TIME_ZONE)})


async def add_opinion(tx: AsyncSession, dossier_id: UUID, opinion: Opinion) -> None:
    values = {name: getattr(opinion, name) for name in Opinion.__dataclass_fields__}
    tx.add(OpinionRow(dossier_id=dossier_id, **values))
    await tx.flush()


async def answer_opinion(
    tx: AsyncSession, dossier_id: UUID, number: int, answered_on: date, answer: str, *, staff_id: str, at: datetime
) -> None:
    row = await tx.get_one(OpinionRow, (dossier_id, number))
    row.answered_on, row.answer, row.recorded_at, row.recorded_by = answered_on, answer, at, staff_id
    await tx.flush()
