"""Calendar versions of the offices: which one counts, drafts, approvals. An approved one is never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import run_sql
from rules import approved
from rules.calendar import Calendar
from rules.catalogue import load
from rules.records.calendar import CalendarRecord
from workflow.domain.calendars import Progress, Version
from workflow.domain.case import StoredFile
from workflow.domain.errors import NoSuchCalendar
from workflow.store.tables import CalendarRow

SHIPPED = 1  # the number of the version that the package of the rules brings
_NEWEST = (
    "select distinct on (office) office, id, object ->> 'sha256' from calendar_version "
    "where number is not null order by office, number desc"
)
_MOST_KEPT = 100
_laid_out: dict[str, Calendar] = {}  # by the digest of the record: versions never change, so none grows stale


async def count_by_newest(tx: AsyncSession) -> None:
    """From here on this transaction counts by the newest approved versions. One small question, whatever follows."""
    newest = (await run_sql(tx, _NEWEST)).all()
    approved.count_by({office: await _calendar(tx, id_, digest) for office, id_, digest in newest})


async def _calendar(tx: AsyncSession, id_: int, digest: str) -> Calendar:
    if digest not in _laid_out:
        if len(_laid_out) >= _MOST_KEPT:
            _laid_out.clear()
        row = await tx.get_one(CalendarRow, id_)
        _laid_out[digest] = Calendar(CalendarRecord.model_validate(row.record))
    return _laid_out[digest]


async def versions(tx: AsyncSession, office: str) -> list[Version]:
    """Every approved version, the newest first; the last one is the one that ships. Raises UnknownOffice."""
    query = select(CalendarRow).where(CalendarRow.office == office, col(CalendarRow.number).is_not(None))
    rows = (await tx.exec(query.order_by(col(CalendarRow.number).desc()))).all()
    return [*map(to_version, rows), shipped(office)]


async def newest(tx: AsyncSession, office: str) -> Version:
    """The version that counts. Raises UnknownOffice."""
    query = select(CalendarRow).where(CalendarRow.office == office, col(CalendarRow.number).is_not(None))
    row = (await tx.exec(query.order_by(col(CalendarRow.number).desc()).limit(1))).one_or_none()
    return to_version(row) if row else shipped(office)


async def drafts(tx: AsyncSession, office: str) -> list[Version]:
    """What waits for its second person, oldest first."""
    is_open = (col(CalendarRow.number).is_(None), col(CalendarRow.dropped_at).is_(None))
    query = select(CalendarRow).where(CalendarRow.office == office, *is_open).order_by(col(CalendarRow.id))
    return [to_version(row) for row in (await tx.exec(query)).all()]


async def add_draft(tx: AsyncSession, draft: Version) -> Version:
    """Write a draft; it comes back with its id."""
    said: dict[str, Any] = {"why_vi": draft.why_vi, "drafted_by": draft.drafted_by, "drafted_at": draft.drafted_at}
    record = draft.record.model_dump(mode="json")
    row = CalendarRow(office=draft.office, version=draft.label, based_on=draft.based_on, record=record, **said)
    tx.add(row)
    await tx.flush()
    return to_version(row)


async def find_calendar(tx: AsyncSession, office: str, id_: int, *, locked: bool = False) -> Version:
    """A draft or version of an office; locked until the transaction ends where asked. Raises NoSuchCalendar."""
    return to_version(await _row(tx, office, id_, locked=locked))


async def _row(tx: AsyncSession, office: str, id_: int, *, locked: bool) -> CalendarRow:
    query = select(CalendarRow).where(CalendarRow.office == office, CalendarRow.id == id_)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await tx.exec(query)).one_or_none()
    if row is None:
        raise NoSuchCalendar(id_)
    return row


async def lock_approvals(tx: AsyncSession, office: str) -> None:
    """One approval of an office at a time: until this transaction ends, no other becomes its newest."""
    await run_sql(tx, "select pg_advisory_xact_lock(hashtext('calendar of ' || :office))", office=office)


async def approve_draft(
    tx: AsyncSession, draft: Version, record: CalendarRecord, stored: StoredFile, staff_id: str, at: datetime
) -> Version:
    """Give a draft its number. The caller holds `lock_approvals`."""
    row = await _row(tx, draft.office, draft.id or 0, locked=True)
    row.record = record.model_dump(mode="json")
    row.number = await _next_number(tx, draft.office)
    row.object = {"path": stored.path, "sha256": stored.sha256, "size": stored.size}
    row.approved_by, row.approved_at = staff_id, at
    await tx.flush()
    return to_version(row)


async def _next_number(tx: AsyncSession, office: str) -> int:
    query = select(func.max(CalendarRow.number)).where(CalendarRow.office == office)
    return ((await tx.exec(query)).one() or SHIPPED) + 1


async def drop_draft(tx: AsyncSession, draft: Version, staff_id: str, at: datetime) -> Version:
    """Lay a draft aside; it stays to be read."""
    row = await _row(tx, draft.office, draft.id or 0, locked=True)
    row.dropped_by, row.dropped_at = staff_id, at
    await tx.flush()
    return to_version(row)


async def note_progress(tx: AsyncSession, version: Version, *, looked_at: int, moved: int, kept: int) -> None:
    """So many more dossiers were counted by this version."""
    query = (
        "update calendar_version set looked_at = looked_at + :looked_at, moved = moved + :moved, kept = kept + :kept "
        "where id = :id"
    )
    await run_sql(tx, query, id=version.id, looked_at=looked_at, moved=moved, kept=kept)


async def note_finished(tx: AsyncSession, version: Version, at: datetime) -> bool:
    """Every dossier that runs was counted by this version; whether that is new."""
    query = "update calendar_version set finished_at = :at where id = :id and finished_at is null"
    return (await run_sql(tx, query, id=version.id, at=at)).rowcount > 0


async def offices_with_calendars(tx: AsyncSession) -> list[str]:
    """The offices whose calendar was changed since it shipped."""
    query = select(CalendarRow.office).where(col(CalendarRow.number).is_not(None)).distinct()
    return sorted((await tx.exec(query)).all())


def shipped(office: str) -> Version:
    """Version one. Raises UnknownOffice."""
    record = load().shipped_calendar(office).record
    return Version(None, office, record, "", "", "", None, number=SHIPPED)


def to_version(row: CalendarRow) -> Version:
    """The domain's version of a row."""
    return Version(
        id=row.id,
        office=row.office,
        record=CalendarRecord.model_validate(row.record),
        based_on=row.based_on,
        why_vi=row.why_vi,
        drafted_by=row.drafted_by,
        drafted_at=_local(row.drafted_at),
        number=row.number,
        approved_by=row.approved_by,
        approved_at=_local(row.approved_at),
        dropped_by=row.dropped_by,
        dropped_at=_local(row.dropped_at),
        progress=Progress(row.looked_at, row.moved, row.kept, _local(row.finished_at)),
    )


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(TIME_ZONE) if at else None


def calendars_by_label(found: Sequence[Version]) -> dict[str, Calendar]:
    """Each version laid out, by its name."""
    return {version.label: version.calendar for version in found}
