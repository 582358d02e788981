"""After sending: the arrival number, my dossiers, the road of one, its papers, the result, the rating."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import AwareDatetime

from intake import reads
from intake.domain.dossier import Dossier
from intake.domain.errors import NotAllowedNow
from intake.domain.filing import ONLINE
from intake.domain.months import counted
from intake.domain.texts import storable
from intake.handlers import results
from intake.web import drawing, words
from intake.web.calling import Applicant, Office, go, show
from kit.download import Download
from kit.now import TIME_ZONE, Now
from kit.pages import FieldError
from kit.pages.formats import clock as clock_time
from kit.pages.forms import Checked, checked
from kit.pages.months import Day, Mark
from kit.pages.words import gettext as _
from kit.tx import Tx
from rules import due
from rules.calendar import Calendar
from rules.errors import OutsideCalendar, RulesError
from rules.records.status import ENDED, WAITING_FOR_APPLICANT, Status

router = APIRouter()


@router.get("/dossiers")
async def my_dossiers(request: Request, person: Applicant, tx: Tx, before: AwareDatetime | None = None) -> Response:
    """What waits for me, what runs, what is done, and what I began; `before` leads to what was filed earlier."""
    mine = await reads.own_dossiers(tx, person.id, before=before)
    names = {one.id: reads.procedure_of(one).name_vi for one in mine}
    begun = [(one, reads.procedure_of(one).name_vi) for one in await reads.begun_drafts(tx, person.id)]
    groups = [
        (_("Đang chờ ông/bà"), [one for one in mine if one.status in WAITING_FOR_APPLICANT]),
        (_("Đang giải quyết"), [one for one in mine if one.status not in (*WAITING_FOR_APPLICANT, *ENDED)]),
        (_("Đã xong"), [one for one in mine if one.status in ENDED]),
    ]
    earlier = mine[-1].received_at.isoformat() if len(mine) == reads.MOST_LISTED else ""
    return show(
        request,
        "dossiers.html",
        groups=groups,
        names=names,
        drafts=[] if before else begun,
        earlier=f"/dossiers?before={quote(earlier)}" if earlier else "",
        words=words,
    )


@router.get("/dossiers/{dossier_id}/sent")
async def sent_page(request: Request, dossier_id: UUID, person: Applicant, tx: Tx, office: Office) -> Response:
    dossier = await reads.find_dossier(tx, person.id, dossier_id)
    procedure = reads.procedure_of(dossier)
    address = f"{request.app.state.public_url}/lookup?code={quote(dossier.arrival_number)}"
    return show(
        request,
        "sent.html",
        dossier=dossier,
        procedure=procedure,
        qr=qr(address),
        check_by=check_by(dossier),
        contact_email=person.email,
        words=words,
    )


def qr(address: str) -> Markup:
    """The address as a QR code; the mask is given because choosing it costs more than drawing it."""
    drawn = segno.make_qr(address, error="m", mask=3)
    return Markup(drawn.svg_inline(scale=4, border=4, svgclass="qr", lineclass="qr-line", omitsize=False))  # noqa: S704 - our own drawing


def check_by(dossier: Dossier) -> datetime | None:
    """By when the desk must have checked it; nothing where no limit is published or the year is not approved."""
    procedure = reads.procedure_of(dossier)
    try:
        return due.check_due(procedure, ONLINE, dossier.office, arrived_at=dossier.received_at).at
    except RulesError:
        return None


@router.get("/dossiers/{dossier_id}")
async def track_page(request: Request, dossier_id: UUID, person: Applicant, tx: Tx, now: Now) -> Response:
    return _track(request, await reads.track(tx, person.id, dossier_id), now, [])


def _track(
    request: Request, track: reads.Track, now: datetime, errors: list[FieldError], comment: str = ""
) -> Response:
    procedure = reads.procedure_of(track.dossier)
    names = {one.code: one.name_vi for one in procedure.components}
    return show(
        request,
        "track.html",
        status=HTTPStatus.CONFLICT if errors else HTTPStatus.OK,
        track=track,
        dossier=track.dossier,
        state=words.state(track.dossier),
        road=words.road(track.stops, track.dossier),
        clock=clock_of(track.dossier, now),
        component_names=names,
        procedure_name_en=procedure.name_en,
        papers=papers_of(track),
        is_corrected=len(track.turns.results) > 1,
        asked_count=len(track.supplement.items) if track.supplement else 0,
        errors=errors,
        comment=comment,
        words=words,
    )


def papers_of(track: reads.Track) -> list[tuple[reads.Document, str, str]]:
    """Each paper that may be opened, what it is, and which of several results holds. The newest once it was taken."""
    by_name = {one.name: one for one in track.turns.results}
    found = []
    for paper in track.documents:
        if paper.kind != "result":
            found.append((paper, _(words.DOCUMENTS.get(paper.kind, paper.name)), ""))
        elif track.dossier.collected_at or paper.name != track.dossier.result_name:
            result = by_name.get(paper.name)
            found.append((paper, words.result_word(result.kind if result else ""), words.holds(result, len(by_name))))
    return found


@dataclass(frozen=True)
class Clock:
    """Working minutes left of the whole, and the days it runs through; for a dossier whose clock runs.

    `is_late` goes by the date for limits in days (R05).
    """

    left: int
    whole: int
    ends_today: bool
    is_late: bool
    days: list[Day]


def clock_of(dossier: Dossier, now: datetime) -> Clock | None:
    """None where the clock does not run, or runs outside the years the calendar knows."""
    calendar = reads.calendar_of(dossier.office)
    has_stopped = dossier.finished_at or dossier.status in (*ENDED, Status.WAITING_FOR_SUPPLEMENT)
    if calendar is None or dossier.started_at is None or dossier.due_at is None or has_stopped:
        return None
    try:
        left = due.time_left(dossier.due_at, now, calendar)
        whole = due.time_left(dossier.due_at, dossier.started_at, calendar)
    except OutsideCalendar:
        return None
    due_on, today = dossier.due_at.astimezone(TIME_ZONE).date(), now.astimezone(TIME_ZONE).date()
    limit = reads.procedure_of(dossier).limit
    is_late = due_on < today if limit and limit.is_in_days else left < 0
    days = days_of(dossier, calendar, dossier.started_at, dossier.due_at, today)
    return Clock(left, whole, due_on == today, is_late, days)


def days_of(dossier: Dossier, calendar: Calendar, started_at: datetime, due_at: datetime, today: date) -> list[Day]:
    """The months from the start of the clock to the due day, the first one promised beside the present one."""
    happens: dict[date, list[Mark]] = {}
    said = [(started_at, Mark("start", _("bắt đầu tính, từ %s") % clock_time(started_at), _("từ")))]
    if dossier.first_due_at and dossier.first_due_at != due_at:
        first = Mark("event", _("lần đầu hẹn trả, trước %s") % clock_time(dossier.first_due_at), _("hẹn 1"))
        said.append((dossier.first_due_at, first))
    said.append((due_at, Mark("due", _("hẹn trả, trước %s") % clock_time(due_at), _("hẹn"))))
    for at, mark in said:
        happens.setdefault(at.astimezone(TIME_ZONE).date(), []).append(mark)
    return drawing.days(calendar, happens, counts_of(dossier, started_at, calendar), today=today)


def counts_of(dossier: Dossier, started_at: datetime, calendar: Calendar) -> dict[date, int]:
    """Each day its limit counts, with its number."""
    limit = reads.procedure_of(dossier).limit
    if limit is None:
        return {}
    try:
        return counted(due.due(limit, started_at, calendar), calendar)
    except OutsideCalendar:
        return {}


@router.get("/dossiers/{dossier_id}/documents/{name}")
async def document(dossier_id: UUID, name: str, person: Applicant, tx: Tx, now: Now) -> Response:
    """A paper, checked against its digest; reading the result for the first time collects it."""
    found, data = await reads.open_document(tx, person.id, dossier_id, name)
    await results.collect_by_reading(tx, person.id, dossier_id, found.name, now=now)
    return Download(data, name, found.media_type).answer()


@router.post("/dossiers/{dossier_id}/result", dependencies=[Depends(checked)])
async def collect(dossier_id: UUID, person: Applicant, tx: Tx, now: Now) -> Response:
    """Take the result, then show it."""
    dossier = await results.collect_result(tx, person.id, dossier_id, now=now)
    return go(f"/dossiers/{dossier_id}/documents/{dossier.result_name}")


@router.post("/dossiers/{dossier_id}/rating")
async def rate(request: Request, dossier_id: UUID, given: Checked, person: Applicant, tx: Tx, now: Now) -> Response:
    score, comment = str(given.get("score", "")), storable(str(given.get("comment", "")))[:2000]
    errors = []
    if score not in ("1", "2", "3", "4", "5"):
        errors.append(FieldError("score", _("Hãy chọn một mức từ 1 đến 5.")))
    else:
        try:
            await results.rate_dossier(tx, person.id, dossier_id, int(score), comment, now=now)
        except NotAllowedNow as refused:
            errors.append(FieldError("rating", refused.sentence_vi))
    if errors:
        return _track(request, await reads.track(tx, person.id, dossier_id), now, errors, comment)
    return go(f"/dossiers/{dossier_id}#rating")
