"""Registering what came in on paper: by one call, or from what a clerk prepared at the counter or from a parcel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact, Handler, ReturnWay, StaffCard
from contracts.package import staff_path
from intake.domain.dossier import Dossier, Upload
from intake.domain.errors import ItemTaken, SubmissionInvalid
from intake.domain.filing import must_be_open, must_have_components, procedure_in_force
from intake.domain.flaws import Flaw, clean
from intake.domain.postal import a_year_before, item_flaws, stamp_flaws, tidy_item
from intake.domain.registering import Filing, filing_flaws, shown_only, with_counts
from intake.domain.registration import (
    COUNTER_ROLES,
    DOORS,
    Clerk,
    DoorName,
    Parcel,
    Registration,
    desk_for,
    new_applicant_id,
)
from intake.handlers.filing import Arrival, file_whole
from intake.handlers.packing import Contents
from intake.store import dossiers, drafts
from intake.store import registrations as store
from kit.now import TIME_ZONE
from kit.objects import ObjectMissing
from kit.signin import NotAllowed, Person
from kit.tx import objects_of
from rules import catalogue as law

Files = Sequence[tuple[str, Upload]]


@dataclass(frozen=True)
class Registering:
    """What is registered in one call; `uploads` as (component, upload id), sent up by the same clerk before."""

    filing: Filing
    uploads: Sequence[tuple[str, UUID]]
    parcel: Parcel | None = None

    @property
    def door(self) -> DoorName:
        return "post_room" if self.parcel else "counter"


def clerk_of(person: Person, office: str) -> Clerk:
    """A signed-in person as a clerk of this office. Raises NotAllowed."""
    if person.office != office or person.unit is None:
        raise NotAllowed("the sign-in names no unit of this office")
    at_counter = person.has(*COUNTER_ROLES)
    return Clerk(person.id, person.name, person.unit, person.title or "", person.phone or "", at_counter)


async def register_papers(
    tx: AsyncSession,
    clerk: Clerk,
    given: Registering,
    *,
    office: str,
    key: str,
    body_sha256: str,
    now: datetime,
) -> tuple[Dossier, bool]:
    """Register a dossier on paper under a client key; the flag tells whether it is new.

    The same key with the same body gives the same dossier again and changes nothing. Emits DossierSubmitted. Raises
    KeyReused, ProcedureUnknown, ProcedureNotInForce, FilingClosed, ItemTaken, NotFound (an upload), SubmissionInvalid.
    """
    dossier_id = uuid4()
    kept = await dossiers.claim_key(tx, clerk.id, key, body_sha256, dossier_id)
    if kept != dossier_id:
        return await dossiers.load_dossier(tx, kept), False
    files = [(code, await drafts.load_upload(tx, clerk.id, upload_id)) for code, upload_id in given.uploads]
    parcel = await new_parcel(tx, office, given.parcel, now=now) if given.parcel else None
    registration = Registration(uuid4(), given.door, office, clerk, now, now, new_applicant_id(), parcel=parcel)
    registration = replace(
        registration, papers=given.filing.papers, items=given.filing.items, wanted=given.filing.wanted
    )
    dossier = await file_papers(tx, registration, dossier_id, given.filing, files, now=now)
    await drafts.give_uploads(tx, [upload_id for _, upload_id in given.uploads], registration.applicant_id)
    await store.add_registration(tx, registration.finished(dossier.id, now))
    return dossier, True


async def new_parcel(tx: AsyncSession, office: str, parcel: Parcel, *, now: datetime) -> Parcel:
    """A parcel with its barcode tidied, not seen in the last 12 months. Raises ItemTaken.

    What else is wrong with it is told with everything else, when it is registered.
    """
    tidied = replace(parcel, item=tidy_item(parcel.item))
    first = await store.seen_item(tx, office, tidied.item, a_year_before(now))
    if first is not None:
        raise ItemTaken(tidied.item, first.opened_at.astimezone(TIME_ZONE), first.id, first.dossier_id)
    return tidied


def parcel_flaws(parcel: Parcel | None, now: datetime) -> list[Flaw]:
    """What keeps a parcel from being taken; nothing where there is none."""
    if parcel is None:
        return []
    return [*item_flaws(parcel.item, is_overridden=parcel.is_overridden), *stamp_flaws(parcel.received_at, now)]


async def file_papers(
    tx: AsyncSession, registration: Registration, dossier_id: UUID, filing: Filing, files: Files, *, now: datetime
) -> Dossier:
    """File what a registration holds. Emits DossierSubmitted.

    Raises ProcedureUnknown, ProcedureNotInForce, FilingClosed, ComponentsUnpublished, SubmissionInvalid.
    """
    flaws = parcel_flaws(registration.parcel, now)
    if flaws:  # without a stamp that holds nobody knows which law held
        raise SubmissionInvalid(flaws)
    received_at = received(registration, now)
    catalogue, door, on = law.load(), DOORS[registration.door], received_at.astimezone(TIME_ZONE).date()
    procedure = procedure_in_force(catalogue, filing.procedure_id, on)
    must_be_open(catalogue, procedure, on, door)
    must_have_components(procedure)
    contents = Contents(clean(with_counts(filing, procedure)), files, shown_only(filing.papers))
    flaws = filing_flaws(filing, procedure, contents.files_by_component(), door, catalogue)
    if flaws:
        raise SubmissionInvalid(flaws)
    desk = desk_for(catalogue.office(registration.office), procedure, registration.holder.unit, on)
    arrival = Arrival(
        door,
        received_at,
        registration.office,
        desk,
        registered_by=handler_of(registration.holder),
        return_way=ReturnWay(filing.wanted.way),
        postal_item=registration.parcel.item if registration.parcel else None,
    )
    await note_clerk(tx, registration.holder, registration.office)
    contact = Contact.model_validate(told(filing.contact) | {"return_address": filing.wanted.address})
    return await file_whole(tx, registration.applicant_id, dossier_id, procedure, contents, contact, arrival, now=now)


def received(registration: Registration, now: datetime) -> datetime:
    """When it counts as received: by the stamp where it came by post, else now."""
    stamped = registration.parcel.received_at if registration.parcel else None
    return stamped or now


def told(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The contact without what was left empty; a mail address may be missing on paper and is then an empty one."""
    return {"name": "", "email": ""} | {key: value for key, value in contact.items() if value}


def handler_of(clerk: Clerk) -> Handler:
    return Handler(staff_id=clerk.id, unit=clerk.unit)


async def note_clerk(tx: AsyncSession, clerk: Clerk, office: str) -> None:
    """The card of a clerk who never acted elsewhere, so that `registered_by` points at something."""
    path = staff_path(clerk.id)
    try:
        await objects_of(tx).read(path)
    except ObjectMissing:
        card = StaffCard(
            staff_id=clerk.id, name=clerk.name, title=clerk.title, unit=clerk.unit, office=office, phone=clerk.phone
        )
        await objects_of(tx).replace(path, orjson.dumps(card.model_dump(mode="json")))
