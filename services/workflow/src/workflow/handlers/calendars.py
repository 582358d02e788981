"""A calendar is drafted by one person and approved by another; then every running clock is held to it, in batches."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StoredObject
from contracts.workflow import CalendarApproved
from kit import outbox
from kit.faults import is_passing
from kit.now import read_now
from kit.tx import Database, objects_of
from rules.records.calendar import CalendarRecord
from workflow import store
from workflow.domain import calendars
from workflow.domain.access import Staff
from workflow.domain.calendars import Changes, Version
from workflow.domain.errors import AlreadyDecided, CalendarWrong, NotYours, OwnDraft, StaleDraft
from workflow.domain.texts import said_text
from workflow.handlers.access import note_staff
from workflow.handlers.moving import move_batch

DRAFT, APPROVE = "draft_calendar", "approve_calendar"
BATCH = 200

log = logging.getLogger(__name__)


async def draft_calendar(
    tx: AsyncSession, changes: Changes, why_vi: str, *, based_on: str | None, staff: Staff, now: datetime
) -> Version:
    """Write a draft out of the newest version; nothing counts by it yet. Silent.

    `based_on` is the version the person looked at. Raises NotYours, StaleDraft, CalendarWrong, DecisionIncomplete.
    """
    base = await _base(tx, staff, based_on)
    on = now.date()
    record = calendars.drafted(base.record, changes, label=await _label(tx, base, on), on=on)
    return await _written(tx, base, record, why_vi, staff, now)


async def draft_whole_calendar(
    tx: AsyncSession, facts: Mapping[str, Any], why_vi: str, *, based_on: str | None, staff: Staff, now: datetime
) -> Version:
    """A draft given as a whole record. Silent. Raises what `draft_calendar` does."""
    base = await _base(tx, staff, based_on)
    if facts.get("office_id", base.office) != base.office:
        raise CalendarWrong(
            [("office_id", f"Bản ghi là lịch của cơ quan {facts['office_id']}, không phải {base.office}.")]
        )
    on = now.date()
    record = calendars.whole(base.record, facts, label=await _label(tx, base, on), on=on)
    return await _written(tx, base, record, why_vi, staff, now)


async def _base(tx: AsyncSession, staff: Staff, based_on: str | None) -> Version:
    if not staff.roles & {*calendars.DRAFTS}:
        raise NotYours(DRAFT, "Việc này thuộc người quản trị lịch làm việc.")
    base = await store.newest_calendar(tx, staff.office)
    if based_on not in (None, base.label):
        raise StaleDraft(str(based_on), base.label)
    return base


async def _label(tx: AsyncSession, base: Version, on: date) -> str:
    return calendars.next_label([one.label for one in await store.calendar_versions(tx, base.office)], on)


async def _written(
    tx: AsyncSession, base: Version, record: CalendarRecord, why_vi: str, staff: Staff, now: datetime
) -> Version:
    calendars.check_record(record, base.record)
    why = said_text("why_vi", why_vi, "Hãy ghi vì sao đổi lịch, theo văn bản nào.")
    await note_staff(tx, staff)
    return await store.add_draft(tx, Version(None, base.office, record, base.label, why, staff.id, now))


async def approve_calendar(tx: AsyncSession, draft_id: int, *, staff: Staff, now: datetime) -> Version:
    """Approve somebody else's draft: from this transaction's end it counts, for every dossier that runs (R01).

    The worker then counts the running ones anew. Emits CalendarApproved. Raises NotYours, OwnDraft, NoSuchCalendar,
    AlreadyDecided, StaleDraft, CalendarWrong.
    """
    if not staff.roles & {*calendars.APPROVES}:
        raise NotYours(APPROVE, "Việc này thuộc người quản trị lịch làm việc hoặc lãnh đạo Sở.")
    await store.lock_approvals(tx, staff.office)
    draft = await _open_draft(tx, staff, draft_id)
    if draft.drafted_by == staff.id:
        raise OwnDraft
    newest = await store.newest_calendar(tx, staff.office)
    if draft.based_on != newest.label:
        raise StaleDraft(draft.based_on, newest.label)
    calendars.check_record(draft.record, newest.record)
    await note_staff(tx, staff)
    return await _approved(tx, draft, staff, now)


async def _open_draft(tx: AsyncSession, staff: Staff, draft_id: int) -> Version:
    draft = await store.find_calendar(tx, staff.office, draft_id, locked=True)
    if draft.approved_at:
        raise AlreadyDecided(f"lịch {draft.label} đã được duyệt lúc {draft.approved_at:%H:%M ngày %d/%m/%Y}.")
    if draft.dropped_at:
        raise AlreadyDecided(f"bản thảo {draft.label} đã bỏ lúc {draft.dropped_at:%H:%M ngày %d/%m/%Y}.")
    return draft


async def _approved(tx: AsyncSession, draft: Version, staff: Staff, now: datetime) -> Version:
    record = draft.record.model_copy(update={"approved_on": now.date()})
    stored = await _publish(tx, record)
    version = await store.approve_draft(tx, draft, record, store.to_file(stored), staff.id, now)
    facts = {"office": version.office, "version": version.label, "approved_at": now, "calendar": stored}
    await outbox.put(tx, CalendarApproved.model_validate(facts), time=now)
    return version


async def _publish(tx: AsyncSession, record: CalendarRecord) -> StoredObject:
    """The record for the other services; its digest in the path lets an approval that failed be repeated any day."""
    body = record.model_dump_json().encode()
    digest = hashlib.sha256(body).hexdigest()
    return await objects_of(tx).put(f"calendars/{record.office_id}/{record.version}-{digest[:16]}.json", body)


async def drop_calendar_draft(tx: AsyncSession, draft_id: int, *, staff: Staff, now: datetime) -> Version:
    """Lay a draft aside, one's own or another's. Silent. Raises NotYours, NoSuchCalendar, AlreadyDecided."""
    if not staff.roles & {*calendars.APPROVES}:
        raise NotYours(DRAFT, "Việc này thuộc người quản trị lịch làm việc.")
    draft = await _open_draft(tx, staff, draft_id)
    await note_staff(tx, staff)
    return await store.drop_draft(tx, draft, staff.id, now)


async def apply_next(database: Database, *, most: int = BATCH) -> bool:
    """Hold the next running cases to the newest version of their office, in one transaction; whether there were any.

    The worker's. Which cases are left stands in the cases themselves, so it goes on where it was, after a kill too;
    any number of workers may do it. One case or office that fails harms no other. Emits DeadlineMoved for each case
    that moves.
    """
    async with database.transaction() as tx:
        offices = await store.offices_with_calendars(tx)
    for office in offices:
        if await _apply_to(database, office, most):
            return True
    return False


async def _apply_to(database: Database, office: str, most: int) -> bool:
    taken: list[UUID] = []
    try:
        async with database.transaction() as tx:
            version = await store.newest_calendar(tx, office)
            return await move_batch(tx, version, most=most, taken=taken, now=await read_now(tx))
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("%s cases of %s are counted anew one by one", len(taken), office)
    for dossier_id in taken:
        await _apply_alone(database, office, dossier_id)
    return bool(taken)


async def _apply_alone(database: Database, office: str, dossier_id: UUID) -> None:
    """One case in a transaction of its own; set aside for an hour where it cannot be counted anew."""
    try:
        async with database.transaction() as tx:
            version = await store.newest_calendar(tx, office)
            await move_batch(tx, version, most=1, only=dossier_id, now=await read_now(tx))
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("a case is counted anew later", extra={"dossier_id": str(dossier_id)})
        async with database.transaction() as tx:
            await store.set_recount_aside(tx, dossier_id)
