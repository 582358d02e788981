"""What the counter and the post room see."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from intake.domain.dossier import Dossier, Draft, Upload
from intake.domain.errors import NotFound
from intake.domain.registration import Registration
from intake.domain.texts import storable
from intake.reads.filing import find_draft
from intake.reads.following import asked_supplement
from intake.reads.own import MOST_LISTED, procedure_of
from intake.reads.shown import AskedSupplement
from intake.store import contacts, registrations
from intake.store.dossiers import dossier_of, find_by_code
from intake.store.tables import DossierRow
from kit.objects import ObjectMissing
from kit.tx import objects_of
from rules.records.procedure import Procedure


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
