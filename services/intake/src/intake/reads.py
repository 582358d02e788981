"""What pages and API show. The only SQL that answers questions; it changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact, StaffCard, StoredObject
from contracts.package import Manifest, PackageFile, staff_path
from intake.domain import road, turns
from intake.domain.contact import contact_flaws
from intake.domain.dossier import Dossier, Draft, Ending, Stored, Upload
from intake.domain.errors import NotFound
from intake.domain.filing import any_version
from intake.domain.flaws import Flaw, find_flaws
from intake.domain.registration import Registration
from intake.domain.road import Moment, Stop
from intake.domain.texts import storable
from intake.domain.turns import Ended, NewDate, Posting, Refusal, ResultPaper
from intake.store import contacts, drafts, registrations
from intake.store.dossiers import dossier_of, find_by_code, open_supplement
from intake.store.tables import DocumentRow, DossierRow, FeeRow, MilestoneRow, PackageRow, RatingRow, RegistrationRow
from kit.download import PDF
from kit.objects import ObjectMissing
from kit.tx import objects_of
from rules import catalogue as law
from rules.calendar import HANOI, Calendar
from rules.errors import UnknownOffice
from rules.records.procedure import Procedure

MOST_LISTED = 50


@dataclass(frozen=True)
class Asked:
    """One component asked for, with the officer's sentence."""

    component: str
    name_vi: str
    reason: str
    accepts: str
    form_id: str | None


@dataclass(frozen=True)
class AskedSupplement:
    """The round that waits for the applicant."""

    round: int
    requested_at: datetime
    items: tuple[Asked, ...]
    uploads: tuple[Upload, ...]
    forms: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Fee:
    """A demand and whether it was paid."""

    demand_id: UUID
    amount_vnd: int
    demanded_at: datetime | None
    paid_at: datetime | None
    way: str | None
    transaction_code: str | None
    cancelled_ground: str | None = None
    refund: str | None = None
    refund_vnd: int | None = None
    refund_decided_at: datetime | None = None


@dataclass(frozen=True)
class Document:
    """A paper the applicant may open."""

    name: str
    kind: str
    issued_at: datetime
    size: int
    sha256: str

    @property
    def media_type(self) -> str:
        """Everything we hand out is a PDF; what is named otherwise is nobody's to guess at."""
        return PDF if self.name.endswith(".pdf") else "application/octet-stream"


@dataclass(frozen=True)
class Message:
    """A message that went out about the dossier; to whom stays in notify."""

    template: str
    channel: str
    sent_at: datetime


@dataclass(frozen=True)
class HandledBy:
    """Whom to call: the office and unit always, the officer where one has acted."""

    office_vi: str
    unit_vi: str | None
    unit_phone: str | None
    name: str | None = None
    title: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class FiledPackage:
    """What was filed in one go."""

    version: int
    received_at: datetime
    files: tuple[PackageFile, ...]


@dataclass(frozen=True)
class Rating:
    score: int
    comment: str
    rated_at: datetime


@dataclass(frozen=True)
class Turns:
    """What is off the straight road: how it ended and in whose words, a new date, its results, the post."""

    ended: Ended | None
    ended_words: Mapping[str, str]
    new_date: NewDate | None
    apologised_at: datetime | None
    restarted_at: datetime | None
    opinion_by: date | None
    stop_refused: Refusal | None
    stop_refused_words: Mapping[str, str]
    results: tuple[ResultPaper, ...]
    posting: Posting | None
    return_way: str | None


@dataclass(frozen=True)
class Track:
    """Everything the applicant's page of one dossier shows."""

    dossier: Dossier
    procedure_name_vi: str
    stops: tuple[Stop, ...]
    completion_percent: int
    handled_by: HandledBy
    supplement: AskedSupplement | None
    fees: tuple[Fee, ...]
    documents: tuple[Document, ...]
    messages: tuple[Message, ...]
    packages: tuple[FiledPackage, ...]
    rating: Rating | None
    endings_asked: Mapping[Ending, datetime]
    turns: Turns

    @property
    def endings_open(self) -> tuple[Ending, ...]:
        """What the applicant may ask for now and has not asked for yet."""
        return tuple(one for one in self.dossier.endings if one not in self.endings_asked)

    @property
    def open_fee(self) -> Fee | None:
        return next((fee for fee in self.fees if not (fee.paid_at or fee.cancelled_ground)), None)

    @property
    def waits_for_fee(self) -> bool:
        """Whether it is accepted only once its fee is paid (R11), rather than going on beside it (R23)."""
        return procedure_of(self.dossier).clock_waits_for_fee

    @property
    def asks_for_rating(self) -> bool:
        return self.rating is None and self.dossier.may_be_rated


def procedure_of(dossier: Dossier | Draft) -> Procedure:
    """The version by which it was begun (R01)."""
    return any_version(law.load(), dossier.procedure_id, dossier.procedure_version)


def calendar_of(office: str) -> Calendar | None:
    try:
        return law.load().calendar(office)
    except UnknownOffice:
        return None


async def find_draft(tx: AsyncSession, applicant_id: str, draft_id: UUID) -> tuple[Draft, list[Upload]]:
    """A draft and its files. Raises NotFound."""
    draft = await drafts.load_draft(tx, applicant_id, draft_id, lock=False)
    return draft, await drafts.uploads_of_draft(tx, draft_id)


async def begun_drafts(tx: AsyncSession, applicant_id: str) -> list[Draft]:
    """What was begun and not filed."""
    return await drafts.open_drafts(tx, applicant_id)


def flaws_of_draft(draft: Draft, uploads: Sequence[Upload], on: date) -> list[Flaw]:
    """What would be refused if the draft were sent on that day."""
    files: dict[str, int] = {}
    for upload in uploads:
        if upload.component:
            files[upload.component] = files.get(upload.component, 0) + 1
    found = find_flaws(procedure_of(draft), draft.forms, files, law.load(), on=on)
    return [*contact_flaws(draft.contact or {}), *found]


async def own_dossiers(tx: AsyncSession, applicant_id: str, *, before: datetime | None = None) -> list[Dossier]:
    """The applicant's dossiers, newest first, 50 at a time; `before` is the last one's time of receipt."""
    query = select(DossierRow).where(DossierRow.applicant_id == applicant_id)
    if before is not None:
        query = query.where(DossierRow.received_at < before)
    query = query.order_by(col(DossierRow.received_at).desc(), col(DossierRow.id)).limit(MOST_LISTED)
    return [dossier_of(row) for row in (await tx.exec(query)).all()]


async def find_dossier(tx: AsyncSession, applicant_id: str, dossier_id: UUID) -> Dossier:
    """The applicant's own dossier. Raises NotFound."""
    row = await tx.get(DossierRow, dossier_id)
    if row is None or row.applicant_id != applicant_id:
        raise NotFound("dossier")
    return dossier_of(row)


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
        turns=await _turns(tx, dossier_id, moments),
    )


async def _turns(tx: AsyncSession, dossier_id: UUID, moments: Sequence[Moment]) -> Turns:
    ended, refusal = turns.ended(moments), turns.stop_refusal(moments)
    return Turns(
        ended=ended,
        ended_words=await _words(tx, ended.words if ended else None),
        new_date=turns.new_date(moments),
        apologised_at=max((one.at for one in moments if one.kind == "apology_sent"), default=None),
        restarted_at=turns.restarted_at(moments),
        opinion_by=turns.opinion_by(moments),
        stop_refused=refusal,
        stop_refused_words=await _words(tx, refusal.words if refusal else None),
        results=turns.results(moments),
        posting=turns.posting(moments),
        return_way=await _return_way(tx, dossier_id),
    )


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


@dataclass(frozen=True)
class MonthFigures:
    """How many dossiers had their result in the month that began on `first`, against the first date promised (R06)."""

    first: date
    early: int
    on_time: int
    late: int

    @property
    def total(self) -> int:
        return self.early + self.on_time + self.late


async def last_month(tx: AsyncSession, office: str, now: datetime) -> MonthFigures:
    """The month before this one, as it was promised: nothing is left out."""
    local = now.astimezone(HANOI)
    until = datetime(local.year, local.month, 1, tzinfo=HANOI)
    since = (until - timedelta(days=1)).replace(day=1)
    query = (
        select(DossierRow.lateness_first, func.count())
        .where(DossierRow.office == office, col(DossierRow.finished_at) >= since, col(DossierRow.finished_at) < until)
        .group_by(col(DossierRow.lateness_first))
    )
    counts: dict[str | None, int] = dict((await tx.exec(query)).all())
    return MonthFigures(since.date(), counts.get("early", 0), counts.get("on_time", 0), counts.get("late", 0))


async def lookup(tx: AsyncSession, code: str) -> tuple[str, int]:
    """The code and the degree of completion, nothing else (R17). Raises NotFound."""
    code = storable(code)
    query = select(DossierRow).where(or_(DossierRow.code == code, DossierRow.arrival_number == code))
    row = (await tx.exec(query)).one_or_none()
    if row is None:
        raise NotFound("dossier")
    dossier = dossier_of(row)
    stops = road.road(dossier, await _moments(tx, dossier.id), procedure_of(dossier), None)
    return code, road.completion_percent(stops)


def procedures_in_force(on: date) -> list[Procedure]:
    """What can be asked for on that date."""
    return law.load().in_force(on)


async def registered(tx: AsyncSession, office: str, dossier_id: UUID) -> tuple[Dossier, Registration]:
    """A dossier on paper and how it was registered here. Raises NotFound."""
    row = await tx.get(DossierRow, dossier_id)
    found = await registrations.registration_of_dossier(tx, office, dossier_id) if row else None
    if row is None or found is None:
        raise NotFound("dossier")
    return dossier_of(row), found


@dataclass(frozen=True)
class OnDesk:
    """A registration with its sheets and scans; `dossier` is what it became, or whose request it answers."""

    registration: Registration
    draft: Draft | None
    uploads: tuple[Upload, ...]
    procedure: Procedure | None
    dossier: Dossier | None
    asked: AskedSupplement | None


async def on_desk(tx: AsyncSession, office: str, registration_id: UUID) -> OnDesk:
    """Everything of one registration. Raises NotFound."""
    one = await registrations.load_registration(tx, office, registration_id, lock=False)
    draft, uploads = await find_draft(tx, one.applicant_id, one.draft_id) if one.draft_id else (None, [])
    dossier_id = one.dossier_id or (one.answers.dossier_id if one.answers else None)
    row = await tx.get(DossierRow, dossier_id) if dossier_id else None
    dossier = dossier_of(row) if row else None
    about = draft if draft and not one.is_finished else dossier
    procedure = procedure_of(about) if about else None
    asked = await asked_supplement(tx, dossier, procedure) if one.answers and dossier and procedure else None
    return OnDesk(one, draft, tuple(uploads), procedure, dossier, asked)


@dataclass(frozen=True)
class Listed:
    """A registration in a list; `arrival_number` once it was registered."""

    registration: Registration
    arrival_number: str | None


async def desk_lists(tx: AsyncSession, office: str, door: str, most: int) -> tuple[list[Listed], list[Listed]]:
    """What is open at a door, and the newest that came through it."""
    open_ones = await registrations.unfinished(tx, office, door, MOST_LISTED)
    newest = await registrations.newest(tx, office, door, most)
    ids = [one.dossier_id for one in newest if one.dossier_id]
    query = select(DossierRow.id, DossierRow.arrival_number).where(col(DossierRow.id).in_(ids))
    numbers: dict[UUID, str] = dict((await tx.exec(query)).all()) if ids else {}
    return [Listed(one, None) for one in open_ones], [_listed(one, numbers) for one in newest]


def _listed(one: Registration, numbers: Mapping[UUID, str]) -> Listed:
    return Listed(one, numbers.get(one.dossier_id) if one.dossier_id else None)


async def known_people(tx: AsyncSession, office: str, asked: str) -> list[contacts.Known]:
    """Those who filed here before, by telephone, mail address or name."""
    return await contacts.find_known(tx, office, asked)


async def receipt_contact(tx: AsyncSession, dossier: Dossier) -> Contact | None:
    """Who filed, for the receipt; none where it was erased."""
    try:
        return Contact.model_validate_json(await objects_of(tx).read(dossier.contact_path))
    except ObjectMissing:
        return None


async def dossier_by_code(tx: AsyncSession, office: str, code: str) -> Dossier:
    """A dossier of this office by its code or arrival number, for clerks. Raises NotFound."""
    return await find_by_code(tx, office, storable(code).strip().upper())
