"""One batch of running cases, held to a calendar that was approved: each once, with its event, ledger and history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import DeadlineMoved
from kit import outbox
from rules import approved
from rules.calendar import Calendar
from workflow import store
from workflow.domain import calendars
from workflow.domain.calendars import Recount, Version
from workflow.domain.calendars.moving import summary_vi
from workflow.domain.case import Case
from workflow.domain.slips.numerals import due_moment
from workflow.handlers.saying import made

BASIS = "Bản duyệt lịch làm việc"
Line = tuple[Recount, str, str, str]


async def move_batch(
    tx: AsyncSession,
    version: Version,
    *,
    most: int,
    now: datetime,
    only: UUID | None = None,
    taken: list[UUID] | None = None,
) -> bool:
    """Count up to so many running cases anew by this version, the newest of its office; whether there were any.

    With `only` that one alone. `taken` is told which were locked, for who must know it after a failure. A promised
    date stays (R07), and so does the first due (R06). Emits DeadlineMoved for each that moves.
    """
    cases = await store.lock_counted_otherwise(tx, version.office, version.label, most, only)
    if taken is not None:
        taken += [case.dossier_id for case in cases]
    if not cases:
        if not await store.is_any_left(tx, version.office, version.label):
            await store.note_finished(tx, version, now)
        return False
    if (await store.newest_calendar(tx, version.office)).label != version.label:
        return True  # another was approved meanwhile and may have moved some of these: they are not moved back
    await _move(tx, version, cases, now)
    return True


async def _move(tx: AsyncSession, version: Version, cases: list[Case], now: datetime) -> None:
    trails = await store.trails(tx, cases)
    with approved.counting_by(version.calendar):
        found = [calendars.recount(case, trails[case.dossier_id]) for case in cases]
        changed = await store.save_recounted(tx, found)
    before = store.calendars_by_label(await store.calendar_versions(tx, version.office))
    await store.tell(tx, [_line(one, version, before) for one in changed], now)
    moved = [one for one in changed if one.is_moved]
    await outbox.put_all(tx, [_event(one, version, now) for one in moved], time=now)
    await store.note_progress(
        tx, version, looked_at=len(found), moved=len(moved), kept=sum(one.is_kept for one in found)
    )


def _line(one: Recount, version: Version, calendars_: dict[str, Calendar]) -> Line:
    """What ledger and history say of a case that moved, or could not."""
    basis = f"{BASIS} {version.label}"
    if one.is_kept:
        return one, "calendar_kept", f"Theo lịch làm việc {version.label}: {one.kept_vi}; hạn giữ nguyên", basis
    assert one.before.deadline_at is not None
    assert one.case.deadline_at is not None
    before = calendars_.get(one.before.calendar_version or "", version.calendar)
    why = summary_vi(calendars.why_moved(one, before, version.calendar), version.label)
    what = "Hạn kiểm tra" if one.of == "check" else "Hạn trả kết quả"
    moves = f"{what} dời từ trước {due_moment(one.before.deadline_at)} sang trước {due_moment(one.case.deadline_at)}"
    return one, "calendar_moved", f"{moves}. {why} (R01)", basis


def _event(one: Recount, version: Version, now: datetime) -> DeadlineMoved:
    case = one.case
    dues: dict[str, Any] = {
        "previous_due_at": one.before.deadline_at,
        "due_at": case.deadline_at,
        "first_due_at": case.first_due_at,
    }
    return made(DeadlineMoved, case, now=now, code=case.code, of=one.of, calendar_version=version.label, **dues)
