"""What intake remembers of the offices' calendars. Repeats are harmless."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import CalendarApproved
from intake.store import calendars
from intake.store.calendars import count_by_newest
from kit.tx import objects_of
from rules.records.calendar import CalendarRecord

__all__ = ["count_by_newest", "note_calendar"]


async def note_calendar(tx: AsyncSession, event: CalendarApproved, *, now: datetime) -> None:
    """From its commit on, every date that intake shows for this office is counted by the newest version (R01).

    Raises ObjectMissing, ObjectChanged, ValueError where what was approved is not what lies in the store.
    """
    record = CalendarRecord.model_validate_json(await objects_of(tx).get(event.calendar))
    if (record.office_id, record.version) != (event.office, event.version):
        raise ValueError(f"the calendar in the store is {record.office_id} {record.version}")
    await calendars.keep(tx, record, event.calendar.sha256, event.approved_at)
