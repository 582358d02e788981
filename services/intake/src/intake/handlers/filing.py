"""Submitting: from sheets and uploads to a dossier with its arrival number, once, however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Channel, Contact, Handler, Origin, ReturnWay
from contracts.intake import DossierSubmitted
from contracts.package import contact_path
from intake.domain.contact import contact_flaws
from intake.domain.dossier import Dossier, Draft, Stored, Upload
from intake.domain.errors import SubmissionInvalid
from intake.domain.filing import PORTAL, Desk, Door, desk_of, must_be_open, must_have_components, procedure_in_force
from intake.domain.flaws import clean, find_flaws
from intake.domain.road import Moment
from intake.handlers.packing import Contents, Packed, pack
from intake.store import contacts, dossiers, drafts
from kit import outbox
from kit.tx import objects_of
from rules import catalogue as law
from rules import codes
from rules.records.procedure import Procedure

NOBODY = {"name": "", "email": ""}  # a draft that names no contact: refused with the other flaws


@dataclass(frozen=True)
class Submission:
    """What is filed in one go; `uploads` as (component, upload id) in the order given."""

    procedure_id: str
    forms: Mapping[str, list[dict[str, Any]]]
    contact: Contact
    uploads: Sequence[tuple[str, UUID]]


async def submit_dossier(
    tx: AsyncSession,
    applicant_id: str,
    submission: Submission,
    *,
    office: str,
    key: str,
    body_sha256: str,
    now: datetime,
) -> tuple[Dossier, bool]:
    """File a dossier under a client key; the flag tells whether it is new.

    The same key with the same body gives the same dossier again and changes nothing. Emits DossierSubmitted. Raises
    KeyReused, ProcedureUnknown, ProcedureNotInForce, FilingClosed, NotFound (an upload), SubmissionInvalid.
    """
    dossier_id = uuid4()
    kept = await dossiers.claim_key(tx, applicant_id, key, body_sha256, dossier_id)
    if kept != dossier_id:
        return await dossiers.load_dossier(tx, kept, applicant_id=applicant_id), False
    files = [(code, await drafts.load_upload(tx, applicant_id, upload_id)) for code, upload_id in submission.uploads]
    return await _file(tx, applicant_id, dossier_id, submission, files, office=office, now=now), True


async def submit_draft(
    tx: AsyncSession, applicant_id: str, draft_id: UUID, *, office: str, now: datetime
) -> tuple[Dossier, bool]:
    """File a draft with its uploads; a second click gives the same dossier. Emits and raises as `submit_dossier`."""
    draft = await drafts.load_draft(tx, applicant_id, draft_id)
    if draft.dossier_id is not None:
        return await dossiers.load_dossier(tx, draft.dossier_id, applicant_id=applicant_id), False
    uploads = await drafts.uploads_of_draft(tx, draft_id)
    submission = Submission(draft.procedure_id, dict(draft.forms), Contact.model_validate(draft.contact or NOBODY), ())
    dossier = await _file(tx, applicant_id, uuid4(), submission, _by_component(uploads), office=office, now=now)
    await drafts.save_draft(tx, _emptied(draft, dossier, now))
    return dossier, True


def _by_component(uploads: Sequence[Upload]) -> list[tuple[str, Upload]]:
    return [(upload.component, upload) for upload in uploads if upload.component]


def _emptied(draft: Draft, dossier: Dossier, now: datetime) -> Draft:
    """What was filed lies in the package; a second copy would only be one more place for personal data."""
    return replace(draft, forms={}, contact=None, dossier_id=dossier.id, updated_at=now)


async def _file(
    tx: AsyncSession,
    applicant_id: str,
    dossier_id: UUID,
    submission: Submission,
    files: Sequence[tuple[str, Upload]],
    *,
    office: str,
    now: datetime,
) -> Dossier:
    procedure = procedure_in_force(law.load(), submission.procedure_id, now.date())
    must_be_open(law.load(), procedure, now.date())
    must_have_components(procedure)
    contents = Contents(clean(submission.forms), files)
    flaws = contact_flaws(submission.contact.model_dump())
    flaws += find_flaws(procedure, submission.forms, contents.files_by_component(), law.load(), on=now.date())
    if flaws:
        raise SubmissionInvalid(flaws)
    desk = desk_of(law.load().office(office), procedure, now.date())
    arrival = Arrival(PORTAL, now, office, desk)
    return await file_whole(tx, applicant_id, dossier_id, procedure, contents, submission.contact, arrival, now=now)


@dataclass(frozen=True)
class Arrival:
    """How a dossier that was found whole came in, when it counts as received, and who takes and decides it."""

    door: Door
    received_at: datetime
    office: str
    desk: Desk
    registered_by: Handler | None = None
    return_way: ReturnWay | None = None
    postal_item: str | None = None


async def file_whole(
    tx: AsyncSession,
    applicant_id: str,
    dossier_id: UUID,
    procedure: Procedure,
    contents: Contents,
    contact: Contact,
    arrival: Arrival,
    *,
    now: datetime,
) -> Dossier:
    """Store, number and announce what was found whole, whichever door it came through. Emits DossierSubmitted."""
    at = arrival.received_at
    packed = await pack(tx, procedure, dossier_id, 1, contents, now=at, door=arrival.door)
    path = contact_path(dossier_id, 1)
    await objects_of(tx).put(path, orjson.dumps(contact.model_dump(mode="json")))
    dossier = await _register(tx, applicant_id, dossier_id, procedure, path, arrival, packed, now=now)
    await dossiers.add_package(tx, dossier_id, 1, stored(packed), at)
    await dossiers.note(tx, dossier_id, Moment("submitted", at, detail={"channel": arrival.door.channel}))
    await contacts.keep_contact(tx, dossier, contact)
    await outbox.put(tx, submitted(dossier, packed, arrival), time=now)
    return dossier


async def _register(
    tx: AsyncSession,
    applicant_id: str,
    dossier_id: UUID,
    procedure: Procedure,
    contact: str,
    arrival: Arrival,
    packed: Packed,
    *,
    now: datetime,
) -> Dossier:
    """Give the arrival number last, because its row stays locked until the commit."""
    catalogue = law.load()
    agency = catalogue.agency_code(arrival.office, now.date())
    number = await dossiers.next_arrival(tx, agency, now.date())
    code = codes.arrival_number(agency, now.date(), number, catalogue=catalogue)
    desk = arrival.desk
    dossier = Dossier(
        dossier_id, applicant_id, code, procedure.id, procedure.version, arrival.office, desk.receiving_unit,
        desk.resolving_unit, arrival.received_at, contact, unit=desk.receiving_unit,
    )  # fmt: skip
    is_digitised = all(one.digitised for one in packed.components)
    has_reused = any(one.reused for one in packed.components)
    await dossiers.add_dossier(tx, dossier, arrival.door, is_digitised=is_digitised, has_reused=has_reused)
    return dossier


def stored(packed: Packed) -> Stored:
    """The manifest's place as the store keeps it."""
    return Stored(packed.manifest.path, packed.manifest.sha256, packed.manifest.size)


def submitted(dossier: Dossier, packed: Packed, arrival: Arrival) -> DossierSubmitted:
    """The event: no name in it, the contact is a reference (R18)."""
    return DossierSubmitted(
        dossier_id=dossier.id,
        arrival_number=dossier.arrival_number,
        procedure_id=dossier.procedure_id,
        procedure_version=dossier.procedure_version,
        channel=Channel(arrival.door.channel),
        origin=Origin(arrival.door.origin),
        office=dossier.office,
        receiving_unit=dossier.receiving_unit,
        resolving_unit=dossier.resolving_unit,
        received_at=dossier.received_at,
        package=packed.manifest,
        contact=dossier.contact_path,
        applicant_id=dossier.applicant_id,
        components=packed.components,
        return_way=arrival.return_way,
        registered_by=arrival.registered_by,
        postal_item=arrival.postal_item,
    )
