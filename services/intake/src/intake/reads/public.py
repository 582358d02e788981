"""What anybody may see: how far a code is, last month's figures, which procedures there are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain import road
from intake.domain.errors import NotFound
from intake.domain.texts import storable
from intake.reads.following import _moments
from intake.reads.own import procedure_of
from intake.store.dossiers import dossier_of
from intake.store.tables import DossierRow
from rules import catalogue as law
from rules.calendar import HANOI
from rules.records.procedure import Procedure


@dataclass(frozen=True)
class MonthFigures:
    """How many dossiers had their result in the month that began on `first`, against the first date promised (R06)."""

    first: date
    early: int
    on_time: int
    late: int

    @property
    def total(self) -> int:
        return self.early + self.on_time + self.late


async def last_month(tx: AsyncSession, office: str, now: datetime) -> MonthFigures:
    """The month before this one, as it was promised: nothing is left out."""
    local = now.astimezone(HANOI)
    until = datetime(local.year, local.month, 1, tzinfo=HANOI)
    since = (until - timedelta(days=1)).replace(day=1)
    query = (
        select(DossierRow.lateness_first, func.count())
        .where(DossierRow.office == office, col(DossierRow.finished_at) >= since, col(DossierRow.finished_at) < until)
        .group_by(col(DossierRow.lateness_first))
    )
    counts: dict[str | None, int] = dict((await tx.exec(query)).all())
    return MonthFigures(since.date(), counts.get("early", 0), counts.get("on_time", 0), counts.get("late", 0))


async def lookup(tx: AsyncSession, code: str) -> tuple[str, int]:
    """The code and the degree of completion, nothing else (R17). Raises NotFound."""
    code = storable(code)
    query = select(DossierRow).where(or_(DossierRow.code == code, DossierRow.arrival_number == code))
    row = (await tx.exec(query)).one_or_none()
    if row is None:
        raise NotFound("dossier")
    dossier = dossier_of(row)
    stops = road.road(dossier, await _moments(tx, dossier.id), procedure_of(dossier), None)
    return code, road.completion_percent(stops)


def procedures_in_force(on: date) -> list[Procedure]:
    """What can be asked for on that date."""
    return law.load().in_force(on)
