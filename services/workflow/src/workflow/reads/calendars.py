"""A calendar as people look at it: its year, its versions, and whom a draft would move. Changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from rules import approved
from rules.calendar import HANOI, Calendar
from workflow import store
from workflow.domain import calendars
from workflow.domain.access import Staff
from workflow.domain.calendars import WARN_AHEAD_DAYS, Recount, Version
from workflow.domain.case import Case
from workflow.domain.errors import NoSuchCalendar, NotYours

LINES_A_PAGE = 50
MOST_LOOKED_AT = 3000  # of one page: so that a page of a long preview is there within seconds
_AT_ONCE = 500


@dataclass(frozen=True)
class Moving:
    """A dossier that a draft would move, or could not: from when to when, and the days that make it so."""

    recount: Recount
    why: Sequence[tuple[date, str, str]]
    is_late_at_once: bool = False


@dataclass(frozen=True)
class Preview:
    """A part of whom a draft would move, in the order of their ids; `after` is where the next part begins."""

    lines: list[Moving]
    looked_at: int
    after: UUID | None

    @property
    def moved(self) -> int:
        return sum(one.recount.is_moved for one in self.lines)


@dataclass(frozen=True)
class CalendarView:
    """An office's calendar: the version shown, all of them, what waits for approval, and who had a hand in each."""

    shown: Version
    versions: list[Version]
    drafts: list[Version]
    names: dict[str, str]
    days_ahead: int

    @property
    def newest(self) -> Version:
        return self.versions[0]

    @property
    def ends_soon(self) -> bool:
        return self.days_ahead <= WARN_AHEAD_DAYS


async def find_calendar_view(tx: AsyncSession, staff: Staff, label: str | None, now: datetime) -> CalendarView:
    """The newest version, or the one that was asked for by name. Raises NotYours, NoSuchCalendar."""
    check_reads(staff)
    versions = await store.calendar_versions(tx, staff.office)
    shown = next((one for one in versions if label in (None, "", one.label)), None)
    if shown is None:
        raise NoSuchCalendar(label)
    drafts = await store.calendar_drafts(tx, staff.office)
    names = await _names(tx, [*versions, *drafts])
    return CalendarView(shown, versions, drafts, names, calendars.days_ahead(versions[0].record, now.date()))


async def find_calendar_draft(tx: AsyncSession, staff: Staff, draft_id: int) -> tuple[Version, Version, dict[str, str]]:
    """A draft, the version that counts now, and the names of who had a hand in it. Raises NotYours, NoSuchCalendar."""
    check_reads(staff)
    draft = await store.find_calendar(tx, staff.office, draft_id)
    return draft, await store.newest_calendar(tx, staff.office), await _names(tx, [draft])


def check_reads(staff: Staff) -> None:
    """Raises NotYours for who is not of the office."""
    if not staff.roles & {*calendars.READS}:
        raise NotYours("read_calendar", "Lịch làm việc dành cho công chức của cơ quan.")


async def _names(tx: AsyncSession, versions: Sequence[Version]) -> dict[str, str]:
    ids = {id_ for one in versions for id_ in (one.drafted_by, one.approved_by, one.dropped_by) if id_}
    found = {id_: await store.find_staff(tx, id_) for id_ in sorted(ids)}
    return {id_: staff.name if staff else id_ for id_, staff in found.items()}


async def preview_calendar(
    tx: AsyncSession, draft: Version, now: datetime, *, after: UUID | None = None, lines: int = LINES_A_PAGE
) -> Preview:
    """Which running dossiers the draft would move, a part at a time; nothing is locked or written.

    Only clocks that touch a day that changes are counted anew; all others cannot move.
    """
    before = (await store.newest_calendar(tx, draft.office)).calendar
    span = calendars.changed_span(before, draft.calendar)
    found, looked_at, last = list[Moving](), 0, after
    if span is None:
        return Preview(found, looked_at, None)
    while len(found) < lines and looked_at < MOST_LOOKED_AT:
        part = await _part(tx, draft.office, span, last)
        for one in await _recounted(tx, part, draft.calendar):
            looked_at, last = looked_at + 1, one.before.dossier_id
            found += [_moving(one, before, draft.calendar, now)] if one.is_moved or one.is_kept else []
            if len(found) == lines:
                break
        else:
            if len(part) < _AT_ONCE:
                return Preview(found, looked_at, None)
    return Preview(found, looked_at, last)


async def _part(tx: AsyncSession, office: str, span: tuple[date, date], after: UUID | None) -> list[Case]:
    first = datetime.combine(span[0], time(), HANOI)
    behind = datetime.combine(span[1] + timedelta(days=1), time(), HANOI)
    return await store.running(tx, office, ends_from=first, begins_before=behind, after=after, most=_AT_ONCE)


async def _recounted(tx: AsyncSession, cases: Sequence[Case], calendar: Calendar) -> list[Recount]:
    trails = await store.trails(tx, cases)
    with approved.counting_by(calendar):
        return [calendars.recount(case, trails[case.dossier_id]) for case in cases]


def _moving(one: Recount, before: Calendar, after: Calendar, now: datetime) -> Moving:
    late_from = one.case.late_from
    was_late = one.before.late_from is not None and one.before.late_from <= now
    return Moving(
        one, calendars.why_moved(one, before, after), late_from is not None and late_from <= now and not was_late
    )


def changed_days(before: Calendar, after: Calendar) -> Iterator[tuple[date, str, str]]:
    """Every special day that a draft sets otherwise: what it was, and what it would be."""
    held = {day.day for day in (*before.record.special_days, *after.record.special_days)}
    for on in sorted(held):
        if before.special_day(on) != after.special_day(on):
            yield on, _reason(before, on), _reason(after, on)


def _reason(calendar: Calendar, on: date) -> str:
    return calendar.reason(on) if calendar.covers(on) else "Chưa có trong lịch"


async def count_left(tx: AsyncSession, newest: Version) -> int:
    """How many running dossiers are still to be counted by the newest version; none while the shipped one counts."""
    return await store.count_left(tx, newest.office, newest.label) if newest.id else 0


async def count_set_aside(tx: AsyncSession, newest: Version) -> int:
    """How many of those that are left could not be counted, for an error that a person must look at."""
    return await store.count_set_aside(tx, newest.office, newest.label) if newest.id else 0
