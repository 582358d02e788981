"""Every paper that carries a QR: what it was when it went out. Only ever added to."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain.case import Case, StoredFile
from workflow.domain.period import Period
from workflow.domain.slips import ACCEPTANCE_SLIP, REGISTER, Paper
from workflow.store.cases import to_case
from workflow.store.tables import CaseRow, DispatchRow, Moment, Row, SlipRow

MOST_REGISTERS = 100


class PaperRow(Row, table=True):
    """A paper by the token in its QR; `dossier_id` is none for a register."""

    __tablename__ = "paper"
    token: str = Field(primary_key=True, sa_type=Text)
    office: str = Field(sa_type=Text)
    form: str = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    name_vi: str = Field(sa_type=Text)
    dossier_id: UUID | None = Field(default=None, foreign_key="cases.dossier_id")
    code: str = Field(sa_type=Text)
    object: dict[str, Any] = Field(sa_type=JSONB)
    issued_at: datetime = Field(sa_type=Moment)


Index("paper_dossier", PaperRow.dossier_id)  # type: ignore[arg-type]


async def add_paper(tx: AsyncSession, token: str, paper: Paper) -> None:
    tx.add(PaperRow(**{**asdict(paper), "token": token}))
    await tx.flush()


async def find_paper(tx: AsyncSession, token: str) -> Paper | None:
    row = await tx.get(PaperRow, token)
    return _to_paper(row) if row else None


async def papers_of(tx: AsyncSession, dossier_id: UUID, form: str) -> list[Paper]:
    """The dossier's papers of one form, oldest first."""
    query = select(PaperRow).where(PaperRow.dossier_id == dossier_id, PaperRow.form == form)
    return [_to_paper(row) for row in (await tx.exec(query.order_by(col(PaperRow.issued_at)))).all()]


async def registers_of(tx: AsyncSession, office: str) -> list[tuple[str, Paper]]:
    """The registers that the office printed, newest first, by their tokens."""
    query = select(PaperRow).where(PaperRow.office == office, PaperRow.form == REGISTER)
    rows = (await tx.exec(query.order_by(col(PaperRow.issued_at).desc()).limit(MOST_REGISTERS))).all()
    return [(row.token, _to_paper(row)) for row in rows]


def _to_paper(row: PaperRow) -> Paper:
    return Paper(
        office=row.office,
        form=row.form,
        number=row.number,
        name_vi=row.name_vi,
        dossier_id=row.dossier_id,
        code=row.code,
        object=StoredFile(**row.object),
        issued_at=row.issued_at.astimezone(TIME_ZONE),
    )


@dataclass(frozen=True)
class Registered:
    """An accepted case with its place in the year's book, and the number of its posted item, if any."""

    sequence: int
    case: Case
    item: str


async def registered(tx: AsyncSession, office: str, period: Period) -> list[Registered]:
    """The cases accepted in a period of one year, in the order of the book."""
    accepted, since, until = col(CaseRow.accepted_at), period.start, period.end
    query = (
        select(SlipRow.number, CaseRow)
        .join(CaseRow, col(CaseRow.dossier_id) == SlipRow.dossier_id)
        .where(SlipRow.office == office, SlipRow.form == ACCEPTANCE_SLIP, accepted >= since, accepted < until)
        .order_by(col(SlipRow.number))
    )
    rows = (await tx.exec(query)).all()
    items = await _items(tx, [case.dossier_id for _, case in rows])
    return [Registered(number, to_case(case), items.get(case.dossier_id, "")) for number, case in rows]


async def _items(tx: AsyncSession, dossier_ids: list[UUID]) -> dict[UUID, str]:
    query = select(DispatchRow).where(col(DispatchRow.dossier_id).in_(dossier_ids))
    return {row.dossier_id: row.item or row.order_number for row in (await tx.exec(query)).all()}
