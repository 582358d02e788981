"""Questions to other agencies, letters of apology and results of one case; and who may be given it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.apology import BY_SYSTEM, Apology, as_sent, last_day_for_new_date, no_new_date_vi
from workflow.domain.case import Case, StoredFile
from workflow.domain.law import office_of
from workflow.domain.opinion import Opinion
from workflow.domain.status import ENDED, Status
from workflow.reads.case import see_case
from workflow.store.tables import CaseRow, StaffRow


@dataclass(frozen=True)
class LetterView:
    """A letter of apology, drafted or sent."""

    number: int
    reason_vi: str
    unit_at_fault: str
    previous_due_at: datetime
    new_due_at: datetime | None
    drafted_at: datetime
    approved_at: datetime | None
    is_proposal: bool  # begun by the system; the division has not said why yet


@dataclass(frozen=True)
class ResultView:
    """A result that was issued; `reason_vi` says why the one before was wrong."""

    number: int
    code: str
    kind: str
    reason_vi: str
    issued_at: datetime
    file: StoredFile


@dataclass(frozen=True)
class LettersView:
    """`to_send` is the letter that waits, as it would go out now: without a new date where none may be given."""

    case: Case
    today: date
    opinions: list[Opinion]
    apologies: list[LetterView]
    to_send: Apology | None
    no_new_date_vi: str
    last_on: date | None  # the last day on which a new date may be given (R07)
    results: list[ResultView]

    @property
    def open_opinions(self) -> list[Opinion]:
        return [one for one in self.opinions if one.answered_on is None]


async def find_letters(tx: AsyncSession, staff: Staff, dossier_id: UUID, now: datetime) -> LettersView:
    """Raises NoSuchCase."""
    case = await see_case(tx, staff, dossier_id)
    drafted = await store.drafted_apology(tx, dossier_id)
    return LettersView(
        case=case,
        today=now.astimezone(TIME_ZONE).date(),
        opinions=await store.opinions(tx, dossier_id),
        apologies=await _apologies(tx, dossier_id),
        to_send=as_sent(case, drafted, now) if drafted else None,
        no_new_date_vi=no_new_date_vi(case, now) if case.due_at else "",
        last_on=last_day_for_new_date(case) if case.due_at else None,
        results=await _results(tx, dossier_id),
    )


async def _apologies(tx: AsyncSession, dossier_id: UUID) -> list[LetterView]:
    return [
        LetterView(
            number=row.number,
            reason_vi=row.reason_vi,
            unit_at_fault=row.unit_at_fault,
            previous_due_at=row.previous_due_at.astimezone(TIME_ZONE),
            new_due_at=row.new_due_at.astimezone(TIME_ZONE) if row.new_due_at else None,
            drafted_at=row.drafted_at.astimezone(TIME_ZONE),
            approved_at=row.approved_at.astimezone(TIME_ZONE) if row.approved_at else None,
            is_proposal=row.drafted_by == BY_SYSTEM,
        )
        for row in await store.apologies(tx, dossier_id)
    ]


async def _results(tx: AsyncSession, dossier_id: UUID) -> list[ResultView]:
    return [
        ResultView(
            number=row.number,
            code=row.code,
            kind=row.kind,
            reason_vi=row.reason_vi,
            issued_at=row.issued_at.astimezone(TIME_ZONE),
            file=StoredFile(**row.object),
        )
        for row in await store.results(tx, dossier_id)
    ]


async def people_for(tx: AsyncSession, case: Case) -> list[Staff]:
    """Staff who have worked here and whose role the case lies with, in whichever unit, by name."""
    if case.role is None:
        return []
    units = [unit.id for unit in office_of(case).units if case.role in unit.roles]
    here = (StaffRow.office == case.office, col(StaffRow.unit).in_(units), col(StaffRow.roles).contains([case.role]))
    rows = (await tx.exec(select(StaffRow).where(*here).order_by(StaffRow.name))).all()
    return [store.to_staff(row) for row in rows]


async def holders(tx: AsyncSession, staff: Staff, unit: str | None) -> list[tuple[Staff, int]]:
    """Who of the office, or of one unit of it, holds how many cases that go on; those with none too, by name."""
    held = await _held(tx, staff.office)
    here = [StaffRow.office == staff.office] + ([StaffRow.unit == unit] if unit else [])
    rows = (await tx.exec(select(StaffRow).where(*here).order_by(StaffRow.name))).all()
    return [(store.to_staff(row), held.get(row.id, 0)) for row in rows]


async def _held(tx: AsyncSession, office: str) -> dict[str, int]:
    is_open = col(CaseRow.status).not_in((*ENDED, Status.FINISHED))
    query = select(CaseRow.holder_id).where(CaseRow.office == office, is_open, col(CaseRow.holder_id).is_not(None))
    counts: dict[str, int] = {}
    for holder in (await tx.exec(query)).all():
        counts[str(holder)] = counts.get(str(holder), 0) + 1
    return counts
