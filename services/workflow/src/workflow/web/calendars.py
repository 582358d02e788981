"""Pages of the working calendar: its year, a draft, whom the draft would move, approval, and how far it is applied."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.tx import Tx
from workflow import handlers, reads
from workflow.domain import calendars
from workflow.domain.access import Staff
from workflow.domain.calendars import APPROVES, DRAFTS, Version
from workflow.domain.errors import CalendarWrong, Incomplete, NotYours, WorkflowError
from workflow.web.calendar_form import SEASON, Typed, blank, changes_of, field_of, pressed, typed, whole_record
from workflow.web.calendar_year import KINDS, ORDINARY, SIGNS, months_of, schedules_vi, years_of
from workflow.web.shown import CALENDAR, Reader, attempt, refused, show

router = APIRouter()
FIELDS = ("why_vi", "until", "working", "saturday", "record", "days", *SEASON)


@router.get("/calendar")
async def calendar(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Reader,
    year: Annotated[int | None, Query(ge=1, le=9999)] = None,
    version: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """A year of the newest version, or of one by its name."""
    view = await reads.find_calendar_view(tx, staff, version, now)
    years = years_of(view.shown.record)
    shown = year if year and year in years else min(max(now.year, years[0]), years[-1])
    facts: dict[str, Any] = {
        "view": view,
        "year": shown,
        "years": years,
        "months": months_of(view.shown.calendar, shown),
        "days": [day for day in view.shown.record.special_days if day.day.year == shown],
        "hours": schedules_vi(view.shown.record),
        "left": await reads.count_left(tx, view.newest),
        "set_aside": await reads.count_set_aside(tx, view.newest),
    }
    return await _show(request, tx, staff, "calendar.html", now=now, **facts)


async def _show(request: Request, tx: Tx, staff: Staff, template: str, **facts: Any) -> Response:
    rights: dict[str, Any] = {
        "may_draft": bool(staff.roles & {*DRAFTS}),
        "may_approve": bool(staff.roles & {*APPROVES}),
    }
    words: dict[str, Any] = {"signs": SIGNS, "kinds": KINDS, "ordinary": ORDINARY}
    return await show(request, tx, staff, template, **rights, **words, **facts)


@router.get("/calendar/draft")
async def draft(request: Request, tx: Tx, now: Now, staff: Reader) -> Response:
    """The form of a change."""
    _check_drafts(staff)
    view = await reads.find_calendar_view(tx, staff, None, now)
    return await _form(request, tx, staff, now, view.newest, blank(view.newest.record))


def _check_drafts(staff: Staff) -> None:
    if not staff.roles & {*DRAFTS}:
        raise NotYours("draft_calendar", "Việc này thuộc người quản trị lịch làm việc.")


async def _form(
    request: Request, tx: Tx, staff: Staff, now: Any, base: Version, said: Typed, error: WorkflowError | None = None
) -> Response:
    errors, status = _errors(request, said, error) if error else ([], HTTPStatus.OK)
    folded = any(error.field_id in ("working", "saturday", "record", *SEASON) for error in errors)
    facts = {"base_version": base, "said": said, "errors": errors, "folded": folded, "status_code": status, "now": now}
    return await _show(request, tx, staff, "calendar_draft.html", **facts)


def _errors(request: Request, said: Typed, error: WorkflowError) -> tuple[list[FieldError], int]:
    if isinstance(error, Incomplete):
        placed = [(field_of(said, name), sentence) for name, sentence in error.field_errors]
        known = {*FIELDS, *(name for name, _ in placed if name.startswith("days-"))}
        found = [FieldError(name if name in known else "form", sentence) for name, sentence in placed]
        return found, HTTPStatus.UNPROCESSABLE_ENTITY
    return refused(request, error, FIELDS)


@router.post("/calendar/draft")
async def write_draft(request: Request, tx: Tx, now: Now, staff: Reader, form: Checked) -> Response:
    """Write the draft, then to whom it would move; or the form again with what is wrong."""
    _check_drafts(staff)
    base = (await reads.find_calendar_view(tx, staff, None, now)).newest
    said = typed(form)
    if grown := pressed(form, said):
        return await _form(request, tx, staff, now, base, grown)
    more: dict[str, Any] = {"based_on": said["based_on"] or None, "staff": staff, "now": now}
    try:
        record = await whole_record(form)
        async with tx.begin_nested():
            if record is None:
                written = await handlers.draft_calendar(tx, changes_of(said, base.record), said["why_vi"], **more)
            else:
                written = await handlers.draft_whole_calendar(tx, record, said["why_vi"], **more)
    except (CalendarWrong, WorkflowError) as error:
        return await _form(request, tx, staff, now, base, said, error)
    return RedirectResponse(f"{CALENDAR}/drafts/{written.id}", HTTPStatus.SEE_OTHER)


@router.get("/calendar/drafts/{draft_id:int}")
async def draft_page(
    request: Request, tx: Tx, now: Now, staff: Reader, draft_id: int, after: UUID | None = None
) -> Response:
    """A draft: what it changes, whom it would move, and its approval."""
    return await _draft_page(request, tx, now, staff, draft_id, after)


async def _draft_page(
    request: Request,
    tx: Tx,
    now: Any,
    staff: Staff,
    draft_id: int,
    after: UUID | None = None,
    error: WorkflowError | None = None,
) -> Response:
    found, newest, names = await reads.find_calendar_draft(tx, staff, draft_id)
    errors, status = refused(request, error) if error else ([], HTTPStatus.OK)
    preview = await reads.preview_calendar(tx, found, now, after=after) if found.is_open else None
    facts: dict[str, Any] = {
        "draft": found,
        "newest": newest,
        "names": names,
        "preview": preview,
        "is_further": after is not None,
        "changed": list(reads.changed_days(newest.calendar, found.calendar)) if found.is_open else [],
        "hours": schedules_vi(found.record) if schedules_vi(found.record) != schedules_vi(newest.record) else [],
        "warnings": calendars.warnings_of(found.record, newest.record, now.date()) if found.is_open else [],
    }
    return await _show(request, tx, staff, "calendar_preview.html", now=now, status_code=status, errors=errors, **facts)


@router.post("/calendar/drafts/{draft_id:int}/approval")
async def approve(request: Request, tx: Tx, now: Now, staff: Reader, draft_id: int, form: Checked) -> Response:
    """Approve somebody else's draft; then to the calendar, where one sees how far it is applied."""
    error = await attempt(tx, handlers.approve_calendar(tx, draft_id, staff=staff, now=now))
    if error:
        return await _draft_page(request, tx, now, staff, draft_id, error=error)
    return RedirectResponse(f"{CALENDAR}#progress", HTTPStatus.SEE_OTHER)


@router.post("/calendar/drafts/{draft_id:int}/dropping")
async def drop(request: Request, tx: Tx, now: Now, staff: Reader, draft_id: int, form: Checked) -> Response:
    """Lay a draft aside."""
    error = await attempt(tx, handlers.drop_calendar_draft(tx, draft_id, staff=staff, now=now))
    if error:
        return await _draft_page(request, tx, now, staff, draft_id, error=error)
    return RedirectResponse(CALENDAR, HTTPStatus.SEE_OTHER)
