"""The road of one dossier: everything its applicant sees of it, and the papers they may open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StaffCard, StoredObject
from contracts.package import Manifest, staff_path
from intake.domain import road, turns
from intake.domain.calendar_change import ChangedDay
from intake.domain.dossier import Dossier, Ending, Stored
from intake.domain.errors import NotFound
from intake.domain.road import Moment
from intake.domain.texts import storable
from intake.domain.turns import MovedDate
from intake.reads.calendars import days_changed_by
from intake.reads.own import calendar_of, find_dossier, procedure_of
from intake.reads.shown import (
    Asked,
    AskedSupplement,
    Document,
    Fee,
    FiledPackage,
    HandledBy,
    Message,
    Rating,
    Track,
    Turns,
)
from intake.store import drafts
from intake.store.dossiers import open_supplement
from intake.store.tables import DocumentRow, FeeRow, MilestoneRow, PackageRow, RatingRow, RegistrationRow
from kit.objects import ObjectMissing
from kit.tx import objects_of
from rules import catalogue as law
from rules.calendar import HANOI
from rules.records.procedure import Procedure


async def track(tx: AsyncSession, applicant_id: str, dossier_id: UUID) -> Track:
    """All of one dossier. Raises NotFound."""
    dossier = await find_dossier(tx, applicant_id, dossier_id)
    procedure = procedure_of(dossier)
    moments = await _moments(tx, dossier_id)
    stops = road.road(dossier, moments, procedure, calendar_of(dossier.office))
    return Track(
        dossier=dossier,
        procedure_name_vi=procedure.name_vi,
        stops=stops,
        completion_percent=road.completion_percent(stops),
        handled_by=await handled_by(tx, dossier),
        supplement=await asked_supplement(tx, dossier, procedure),
        fees=await _fees(tx, dossier_id),
        documents=await _documents(tx, dossier_id),
        messages=tuple(_message(moment) for moment in moments if moment.kind == "message_sent"),
        packages=await _packages(tx, dossier_id),
        rating=await _rating(tx, dossier_id),
        endings_asked=_endings_asked(dossier, moments),
        turns=await _turns(tx, dossier, moments),
    )


async def _turns(tx: AsyncSession, dossier: Dossier, moments: Sequence[Moment]) -> Turns:
    ended, refusal, moved = turns.ended(moments), turns.stop_refusal(moments), turns.moved_date(moments)
    return Turns(
        ended=ended,
        ended_words=await _words(tx, ended.words if ended else None),
        new_date=turns.new_date(moments),
        moved_date=moved,
        moved_by=await _moved_by(tx, dossier, moved) if moved else (),
        missed_at=turns.missed_at(moments, dossier.due_at),
        closing_by=turns.closing_by(moments) if dossier.waits_for_supplement else None,
        apologised_at=max((one.at for one in moments if one.kind == "apology_sent"), default=None),
        restarted_at=turns.restarted_at(moments),
        opinion_by=turns.opinion_by(moments),
        stop_refused=refusal,
        stop_refused_words=await _words(tx, refusal.words if refusal else None),
        results=turns.results(moments),
        posting=turns.posting(moments),
        return_way=await _return_way(tx, dossier.id),
    )


async def _moved_by(tx: AsyncSession, dossier: Dossier, moved: MovedDate) -> tuple[ChangedDay, ...]:
    """The days whose change moved the due time, from the start of the clock to the later of both dates."""
    span = (dossier.started_at or dossier.received_at, max(moved.previous_due_at, moved.due_at))
    first, last = (at.astimezone(HANOI).date() for at in span)
    return await days_changed_by(tx, dossier.office, moved.calendar_version, first, last)


async def _words(tx: AsyncSession, stored: Stored | None) -> dict[str, str]:
    """An officer's words by their headings, checked against their digest; none where there are none."""
    found: dict[str, str] = orjson.loads(await objects_of(tx).get(_object(stored))) if stored else {}
    return found


async def _return_way(tx: AsyncSession, dossier_id: UUID) -> str | None:
    """How the result was asked for when a clerk registered the dossier; online dossiers are answered online."""
    query = select(RegistrationRow.return_way).where(RegistrationRow.dossier_id == dossier_id)
    return (await tx.exec(query)).first()


def _endings_asked(dossier: Dossier, moments: Sequence[Moment]) -> dict[Ending, datetime]:
    """Requests to end it that wait for their answer, with the time of each; none once it ended or cannot any more."""
    last = {moment.kind: moment.at for moment in moments}
    withdrawal_at, stop_at, refused_at = map(last.get, ("withdrawal_requested", "stop_requested", "stop_refused"))
    if stop_at is not None and refused_at is not None and stop_at < refused_at:
        stop_at = None
    asked = {Ending.WITHDRAW: withdrawal_at, Ending.STOP: stop_at}
    return {one: at for one, at in asked.items() if at is not None and one in dossier.endings}


async def _moments(tx: AsyncSession, dossier_id: UUID) -> list[Moment]:
    query = select(MilestoneRow).where(MilestoneRow.dossier_id == dossier_id)
    rows = (await tx.exec(query.order_by(col(MilestoneRow.at), col(MilestoneRow.id)))).all()
    return [Moment(row.kind, row.at, row.about, row.detail) for row in rows]


def _message(moment: Moment) -> Message:
    return Message(moment.detail["template"], moment.detail["channel"], moment.at)


async def handled_by(tx: AsyncSession, dossier: Dossier) -> HandledBy:
    """The unit where the dossier lies, and the officer who acted last if he or she belongs to it."""
    office = law.load().office(dossier.office)
    unit_id = dossier.unit or dossier.receiving_unit
    unit = office.unit(unit_id)
    known = HandledBy(office.name_vi, unit.name_vi if unit else None, (unit and unit.telephone) or office.telephone)
    if dossier.handler_id is None or dossier.handler_unit != unit_id:
        return known
    card = await _staff_card(tx, dossier.handler_id)
    if card is None:
        return known
    return HandledBy(known.office_vi, known.unit_vi, known.unit_phone, card.name, card.title, card.phone)


async def _staff_card(tx: AsyncSession, staff_id: str) -> StaffCard | None:
    try:
        return StaffCard.model_validate_json(await objects_of(tx).read(staff_path(staff_id)))
    except (ObjectMissing, ValidationError):
        return None  # the page stands without the name; the unit and its telephone are there


async def asked_supplement(tx: AsyncSession, dossier: Dossier, procedure: Procedure) -> AskedSupplement | None:
    """What the applicant is asked for now, with the officer's sentence for each item."""
    asked = await open_supplement(tx, dossier.id) if dossier.waits_for_supplement else None
    if asked is None:
        return None
    reasons = await _words(tx, asked.request)
    items = tuple(_asked(procedure, code, reasons) for code in asked.items)
    uploads = await drafts.uploads_of_dossier(tx, dossier.id)
    return AskedSupplement(asked.round, asked.requested_at, items, tuple(uploads), asked.forms)


def _asked(procedure: Procedure, code: str, reasons: Mapping[str, str]) -> Asked:
    one = procedure.component(code)
    if one is None:
        return Asked(code, code, reasons.get(code, ""), "upload", None)
    return Asked(code, one.name_vi, reasons.get(code, ""), one.accepts, one.form_id)


def _object(stored: Stored) -> StoredObject:
    return StoredObject(path=stored.path, sha256=stored.sha256, size=stored.size)


async def _fees(tx: AsyncSession, dossier_id: UUID) -> tuple[Fee, ...]:
    rows = (
        await tx.exec(select(FeeRow).where(FeeRow.dossier_id == dossier_id).order_by(col(FeeRow.demanded_at)))
    ).all()
    return tuple(Fee(**row.model_dump(exclude={"dossier_id"})) for row in rows)


async def _documents(tx: AsyncSession, dossier_id: UUID) -> tuple[Document, ...]:
    query = select(DocumentRow).where(DocumentRow.dossier_id == dossier_id).order_by(col(DocumentRow.issued_at))
    rows = (await tx.exec(query)).all()
    return tuple(Document(row.name, row.kind, row.issued_at, row.size, row.sha256) for row in rows)


async def _packages(tx: AsyncSession, dossier_id: UUID) -> tuple[FiledPackage, ...]:
    query = select(PackageRow).where(PackageRow.dossier_id == dossier_id).order_by(col(PackageRow.version))
    found = []
    for row in (await tx.exec(query)).all():
        manifest = await _manifest(tx, row)
        found.append(FiledPackage(row.version, row.received_at, tuple(manifest.files)))
    return tuple(found)


async def filed_sheets(tx: AsyncSession, dossier_id: UUID, form_id: str) -> list[dict[str, Any]]:
    """The newest sheets of one form that were filed, to begin from when they have to be filed again."""
    query = select(PackageRow).where(PackageRow.dossier_id == dossier_id).order_by(col(PackageRow.version).desc())
    for row in (await tx.exec(query)).all():
        sheets = (await _manifest(tx, row)).forms.get(form_id)
        if sheets:
            return sheets
    return []


async def _manifest(tx: AsyncSession, row: PackageRow) -> Manifest:
    return Manifest.model_validate_json(
        await objects_of(tx).get(StoredObject(path=row.path, sha256=row.sha256, size=row.size))
    )


async def _rating(tx: AsyncSession, dossier_id: UUID) -> Rating | None:
    row = await tx.get(RatingRow, dossier_id)
    return Rating(row.score, row.comment, row.rated_at) if row else None


async def open_document(tx: AsyncSession, applicant_id: str, dossier_id: UUID, name: str) -> tuple[Document, bytes]:
    """A paper and its bytes, checked against their digest. Raises NotFound, ObjectMissing, ObjectChanged."""
    await find_dossier(tx, applicant_id, dossier_id)
    row = await tx.get(DocumentRow, (dossier_id, storable(name)))
    if row is None:
        raise NotFound("document")
    data = await objects_of(tx).get(StoredObject(path=row.path, sha256=row.sha256, size=row.size))
    return Document(row.name, row.kind, row.issued_at, row.size, row.sha256), data
