"""What the versions of an office's calendar say of each other."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.calendar_change import ChangedDay, changed_days
from intake.store.tables import ApprovedCalendarRow
from rules import catalogue as law
from rules.calendar import Calendar
from rules.errors import UnknownOffice
from rules.records.calendar import CalendarRecord


async def days_changed_by(
    tx: AsyncSession, office: str, version: str, first: date, last: date
) -> tuple[ChangedDay, ...]:
    """The days that a version changed against the one before it; none where intake has not heard of that version."""
    after = await tx.get(ApprovedCalendarRow, (office, version))
    if after is None:
        return ()
    query = (
        select(ApprovedCalendarRow)
        .where(ApprovedCalendarRow.office == office, col(ApprovedCalendarRow.approved_at) < after.approved_at)
        .order_by(col(ApprovedCalendarRow.approved_at).desc(), col(ApprovedCalendarRow.version).desc())
        .limit(1)
    )
    former = (await tx.exec(query)).first()
    before = _laid_out(former) if former else _shipped(office)
    return changed_days(before, _laid_out(after), first, last) if before else ()


def _laid_out(row: ApprovedCalendarRow) -> Calendar:
    return Calendar(CalendarRecord.model_validate(row.record))


def _shipped(office: str) -> Calendar | None:
    try:
        return law.load().shipped_calendar(office)
    except UnknownOffice:
        return None
