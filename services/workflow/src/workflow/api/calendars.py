"""The working calendar for programs: what counts, drafts, whom a draft would move, approval and its progress."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from kit.now import Now
from kit.signin import Person, allow
from kit.tx import Tx
from rules.records.calendar import DayKind, Season, SpecialDay
from rules.records.cited import Source
from workflow import handlers, reads
from workflow.api.shapes import Shape, Text
from workflow.domain.access import Staff
from workflow.domain.calendars import READS, Changes, Version, warnings_of

router = APIRouter()


async def signed_in_reader(person: Annotated[Person, Depends(allow(*READS))]) -> Staff:
    """The caller: staff of the office, or its calendar's administrator."""
    return handlers.staff_of(person)


Caller = Annotated[Staff, Depends(signed_in_reader)]


class SourceIn(Shape):
    act: str = Field(min_length=1, max_length=500, examples=["Công văn 12729/VPCP-KGVX"])
    article: str | None = Field(default=None, max_length=200)
    note: str | None = Field(default=None, max_length=1000)


class DayIn(Shape):
    """A day that is not as its weekday says, with the document that makes it so."""

    day: date
    kind: DayKind
    name_vi: str = Field(min_length=1, max_length=200)
    name_en: str = Field(default="", max_length=200, description="the Vietnamese name where none is given")
    source: SourceIn
    paired_with: date | None = Field(default=None, description="the other day of a swap")
    unconfirmed: bool = False

    def special(self) -> SpecialDay:
        said = self.model_dump(exclude={"source"}) | {"name_en": self.name_en or self.name_vi}
        return SpecialDay(**said, source=Source(**self.source.model_dump()))


class DraftIn(Shape):
    """What is to change, or a whole `record` in the place of the present one."""

    why_vi: Text = Field(min_length=1, description="why, and by which document")
    based_on: str | None = Field(default=None, description="the version you saw; refused where a newer one counts")
    days: list[DayIn] = Field(default_factory=list, max_length=400)
    removed: list[date] = Field(
        default_factory=list, max_length=400, description="special days that are ordinary again"
    )
    until: date | None = Field(default=None, description="the last day the calendar is to know")
    schedules: dict[str, Any] | None = Field(
        default=None, description="`working`, `seasons`, `reception` and the like: given anew, as in the record"
    )
    season: Season | None = Field(default=None, description="hours of their own from a date to another, added")
    record: dict[str, Any] | None = Field(default=None, description="a whole calendar record")

    def changes(self) -> Changes:
        days = tuple(one.special() for one in self.days)
        return Changes(days, tuple(self.removed), self.until, self.schedules, self.season)


class ProgressOut(Shape):
    """How far a version was applied, in dossiers."""

    looked_at: int
    moved: int
    kept: int = Field(description="could not be counted by it; why stands in the history of each")
    finished_at: AwareDatetime | None


class VersionOut(Shape):
    """A draft or a version, with who had a hand in it."""

    id: int | None = Field(description="none for version one, which ships as data")
    number: int | None = Field(description="none for a draft")
    version: str
    state: Literal["draft", "approved", "dropped"]
    based_on: str
    why_vi: str
    drafted_by: str
    drafted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    dropped_at: datetime | None
    progress: ProgressOut
    warnings_vi: list[str] = Field(
        default_factory=list, description="of a draft: what may be meant, but should be seen"
    )


class CalendarOut(Shape):
    """A version whole. `days_ahead`: how many days the newest version still reaches."""

    facts: VersionOut
    record: dict[str, Any]
    days_ahead: int
    ends_soon: bool


class VersionsOut(Shape):
    versions: list[VersionOut] = Field(description="approved ones, the newest first")
    drafts: list[VersionOut]


class ChangedDayOut(Shape):
    day: date
    before_vi: str
    after_vi: str


class MovingOut(Shape):
    """A dossier the draft would move."""

    dossier_id: UUID
    code: str
    of: Literal["check", "dossier"]
    previous_due_at: datetime | None
    due_at: datetime | None
    is_kept: bool = Field(description="cannot be counted by the draft; the due time would stay")
    is_late_at_once: bool
    why: list[ChangedDayOut]


class PreviewOut(Shape):
    """A part of whom the draft would move; ask again with `after` until it is none."""

    lines: list[MovingOut]
    looked_at: int
    after: UUID | None


def version_out(one: Version, warnings: list[str] | None = None) -> VersionOut:
    state: Literal["draft", "approved", "dropped"] = "approved" if one.is_approved else "draft"
    progress = one.progress
    return VersionOut(
        id=one.id,
        number=one.number,
        version=one.label,
        state="dropped" if one.dropped_at else state,
        based_on=one.based_on,
        why_vi=one.why_vi,
        drafted_by=one.drafted_by,
        drafted_at=one.drafted_at,
        approved_by=one.approved_by,
        approved_at=one.approved_at,
        dropped_at=one.dropped_at,
        progress=ProgressOut(
            looked_at=progress.looked_at, moved=progress.moved, kept=progress.kept, finished_at=progress.finished_at
        ),
        warnings_vi=warnings or [],
    )


def calendar_out(view: reads.CalendarView) -> CalendarOut:
    record = view.shown.record.model_dump(mode="json")
    return CalendarOut(
        facts=version_out(view.shown), record=record, days_ahead=view.days_ahead, ends_soon=view.ends_soon
    )


def versions_out(view: reads.CalendarView) -> VersionsOut:
    return VersionsOut(
        versions=[version_out(one) for one in view.versions], drafts=[version_out(one) for one in view.drafts]
    )


def preview_out(found: reads.Preview) -> PreviewOut:
    return PreviewOut(lines=[_moving_out(one) for one in found.lines], looked_at=found.looked_at, after=found.after)


def _moving_out(one: reads.Moving) -> MovingOut:
    before, after = one.recount.before, one.recount.case
    return MovingOut(
        dossier_id=after.dossier_id,
        code=after.shown_code,
        of=one.recount.of,
        previous_due_at=before.deadline_at,
        due_at=after.deadline_at,
        is_kept=one.recount.is_kept,
        is_late_at_once=one.is_late_at_once,
        why=[ChangedDayOut(day=on, before_vi=was, after_vi=is_) for on, was, is_ in one.why],
    )


@router.get("/calendar")
async def calendar(
    tx: Tx, now: Now, staff: Caller, version: Annotated[str | None, Query(max_length=40)] = None
) -> CalendarOut:
    """Your office's working calendar: the newest version, or one by its name."""
    return calendar_out(await reads.find_calendar_view(tx, staff, version, now))


@router.get("/calendar/versions")
async def calendar_versions(tx: Tx, now: Now, staff: Caller) -> VersionsOut:
    """Every approved version with its progress, and what waits for approval."""
    return versions_out(await reads.find_calendar_view(tx, staff, None, now))


@router.post("/calendar/drafts", status_code=HTTPStatus.CREATED)
async def draft_calendar(tx: Tx, now: Now, staff: Caller, asked: DraftIn) -> VersionOut:
    """Draft a version; nothing counts by it until somebody else approves it."""
    more: dict[str, Any] = {"based_on": asked.based_on, "staff": staff, "now": now}
    if asked.record is None:
        draft = await handlers.draft_calendar(tx, asked.changes(), asked.why_vi, **more)
    else:
        draft = await handlers.draft_whole_calendar(tx, asked.record, asked.why_vi, **more)
    return await _with_warnings(tx, staff, draft, now)


@router.get("/calendar/drafts/{draft_id}")
async def calendar_draft(tx: Tx, now: Now, staff: Caller, draft_id: int) -> VersionOut:
    """A draft, with what its reader should be warned of."""
    draft, _, _ = await reads.find_calendar_draft(tx, staff, draft_id)
    return await _with_warnings(tx, staff, draft, now)


async def _with_warnings(tx: Tx, staff: Staff, draft: Version, now: datetime) -> VersionOut:
    _, newest, _ = await reads.find_calendar_draft(tx, staff, draft.id or 0)
    return version_out(draft, warnings_of(draft.record, newest.record, now.date()) if draft.is_open else [])


@router.get("/calendar/drafts/{draft_id}/preview")
async def preview_calendar(
    tx: Tx,
    now: Now,
    staff: Caller,
    draft_id: int,
    after: UUID | None = None,
    lines: Annotated[int, Query(ge=1, le=1000)] = reads.LINES_A_PAGE,
) -> PreviewOut:
    """Which running dossiers the draft would move, from when to when and why; nothing is written."""
    draft, _, _ = await reads.find_calendar_draft(tx, staff, draft_id)
    return preview_out(await reads.preview_calendar(tx, draft, now, after=after, lines=lines))


@router.post("/calendar/drafts/{draft_id}/approval")
async def approve_calendar(tx: Tx, now: Now, staff: Caller, draft_id: int) -> VersionOut:
    """Approve somebody else's draft: it counts from now on, and the running dossiers are counted anew."""
    return version_out(await handlers.approve_calendar(tx, draft_id, staff=staff, now=now))


@router.post("/calendar/drafts/{draft_id}/dropping")
async def drop_calendar_draft(tx: Tx, now: Now, staff: Caller, draft_id: int) -> VersionOut:
    """Lay a draft aside."""
    return version_out(await handlers.drop_calendar_draft(tx, draft_id, staff=staff, now=now))
