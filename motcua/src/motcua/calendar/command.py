"""`motcua calendar`: shows, drafts, previews and approves through workflow's own handlers, in its database.

Who holds the database's password says for whom they act; that a second person approves, the handlers and the database
see to. What is asked wrongly is one line and exit code 2.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from motcua.calendar import saying
from motcua.calendar.desk import Desk, at_desk
from motcua.calendar.reading import changes_of, read_record
from workflow import handlers, reads
from workflow.api import calendars as shapes
from workflow.domain.calendars import Version, warnings_of

day = click.DateTime(["%Y-%m-%d"])
as_json_option = click.option("--json", "as_json", is_flag=True, help="as JSON, like the API")
by_option = click.option("--by", "staff_id", required=True, metavar="STAFF", help="who does it: a staff id")
draft_id = click.argument("draft_id", type=click.IntRange(1), metavar="DRAFT")


@click.group("calendar", help="The office's working calendar: show, draft, preview, approve.")
def group() -> None:
    """Settings come from the environment, like those of `motcua run workflow`."""


@group.command()
@click.option("--version", "label", help="an older version, as 2026.1")
@click.option("--year", type=click.IntRange(1900, 2999), help="only this year's special days")
@as_json_option
def show(label: str | None, year: int | None, as_json: bool) -> None:
    """The version that counts: its years, hours and special days with their sources."""

    async def ask(desk: Desk) -> str:
        view = await reads.find_calendar_view(desk.tx, desk.reader, label, desk.now)
        return saying.as_json(shapes.calendar_out(view)) if as_json else saying.calendar(view, year)

    click.echo(at_desk(ask), nl=as_json)


@group.command()
@as_json_option
def versions(as_json: bool) -> None:
    """Every version with who drafted and approved it, how far it is applied, and the drafts that wait."""

    async def ask(desk: Desk) -> str:
        view = await reads.find_calendar_view(desk.tx, desk.reader, None, desk.now)
        return saying.as_json(shapes.versions_out(view)) if as_json else saying.versions(view)

    click.echo(at_desk(ask), nl=as_json)


@group.command()
@by_option
@click.option("--why", required=True, help="why, and by which document")
@click.option("--set", "days", nargs=4, multiple=True, metavar="DAY KIND NAME SOURCE", help="a special day; may repeat")
@click.option("--pair", "pairs", nargs=2, multiple=True, type=day, metavar="DAY DAY", help="two days of one swap")
@click.option("--remove", "removed", multiple=True, type=day, metavar="DAY", help="an ordinary day again; may repeat")
@click.option("--until", type=day, metavar="DAY", help="the last day the calendar is to know")
@click.option("--season", nargs=5, metavar="FIRST LAST NAME HOURS SOURCE", help="other hours from a date to another")
@click.option("--record", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a whole record instead")
@click.option("--based-on", metavar="VERSION", help="refused where a newer version counts")
@as_json_option
def draft(staff_id: str, why: str, record: Path | None, based_on: str | None, as_json: bool, **asked: Any) -> None:
    """Draft a version. KIND is holiday, compensatory, swapped_off or working_saturday. Nothing counts by it yet."""
    given = [name for name, value in asked.items() if value]
    if record and given:
        raise click.UsageError("--record stands alone: it gives the whole calendar")
    facts = read_record(record) if record else None

    async def ask(desk: Desk) -> str:
        more: dict[str, Any] = {"based_on": based_on, "staff": await desk.staff(staff_id), "now": desk.now}
        if facts is None:
            base = await reads.find_calendar_view(desk.tx, desk.reader, None, desk.now)
            changes = changes_of(base.newest.record, **asked)
            written = await handlers.draft_calendar(desk.tx, changes, why, **more)
        else:
            written = await handlers.draft_whole_calendar(desk.tx, facts, why, **more)
        return await _drafted(desk, written, as_json=as_json)

    click.echo(at_desk(ask), nl=as_json)


async def _drafted(desk: Desk, draft: Version, *, as_json: bool) -> str:
    _, newest, _ = await reads.find_calendar_draft(desk.tx, desk.reader, draft.id or 0)
    warnings = warnings_of(draft.record, newest.record, desk.now.date())
    return saying.as_json(shapes.version_out(draft, warnings)) if as_json else saying.drafted(draft, warnings)


@group.command()
@draft_id
@as_json_option
def preview(draft_id: int, as_json: bool) -> None:
    """Which running dossiers the draft would move, from when to when, why. Nothing is written."""

    async def ask(desk: Desk) -> str:
        draft, _, _ = await reads.find_calendar_draft(desk.tx, desk.reader, draft_id)
        found = await _whole_preview(desk, draft)
        return saying.as_json(shapes.preview_out(found)) if as_json else saying.preview(found)

    click.echo(at_desk(ask), nl=as_json)


async def _whole_preview(desk: Desk, draft: Version) -> reads.Preview:
    lines, looked_at, after = list[reads.Moving](), 0, None
    while True:
        part = await reads.preview_calendar(desk.tx, draft, desk.now, after=after, lines=1000)
        lines, looked_at, after = [*lines, *part.lines], looked_at + part.looked_at, part.after
        if after is None:
            return reads.Preview(lines, looked_at, None)


@group.command()
@draft_id
@by_option
@click.option("--apply", is_flag=True, help="count the running dossiers anew here, with progress, not by the worker")
@as_json_option
def approve(draft_id: int, staff_id: str, apply: bool, as_json: bool) -> None:
    """Approve somebody else's draft: it counts from now on."""

    async def ask(desk: Desk) -> str:
        version = await handlers.approve_calendar(desk.tx, draft_id, staff=await desk.staff(staff_id), now=desk.now)
        return saying.as_json(shapes.version_out(version)) if as_json else saying.approved(version)

    _act(ask, apply=apply, as_json=as_json)


@group.command()
@draft_id
@by_option
@as_json_option
def drop(draft_id: int, staff_id: str, as_json: bool) -> None:
    """Lay a draft aside."""

    async def ask(desk: Desk) -> str:
        found = await handlers.drop_calendar_draft(desk.tx, draft_id, staff=await desk.staff(staff_id), now=desk.now)
        return saying.as_json(shapes.version_out(found)) if as_json else saying.dropped(found)

    _act(ask, as_json=as_json)


def _act(ask: Callable[[Desk], Awaitable[str]], *, as_json: bool, apply: bool = False) -> None:
    click.echo(at_desk(ask), nl=as_json)
    if apply:
        at_desk(_applied, after=handlers.apply_next)


async def _applied(desk: Desk) -> str:
    """One line of progress, on standard error."""
    view = await reads.find_calendar_view(desk.tx, desk.reader, None, desk.now)
    left = await reads.count_left(desk.tx, view.newest)
    set_aside = await reads.count_set_aside(desk.tx, view.newest)
    click.echo(saying.progress(view.newest, left, set_aside), err=True)
    return ""
