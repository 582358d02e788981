"""Registrations at the counter and of parcels. The only SQL that writes them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.errors import NotFound
from intake.domain.registering import Paper, Return
from intake.domain.registration import Answers, Clerk, DoorName, Parcel, Registration
from intake.store.tables import RegistrationRow
from kit.tx import run_sql


def registration_of(row: RegistrationRow) -> Registration:
    answers = Answers(row.answers_id, row.answers_round) if row.answers_id and row.answers_round else None
    parcel = Parcel(row.postal_item, row.received_at, row.sender, row.is_item_overridden) if row.postal_item else None
    return Registration(
        id=row.id,
        door=cast(DoorName, row.door),
        office=row.office,
        holder=Clerk(row.holder_id, row.holder_name, row.holder_unit),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        applicant_id=row.applicant_id,
        draft_id=row.draft_id,
        answers=answers,
        parcel=parcel,
        contact=row.contact,
        papers={code: Paper(**paper) for code, paper in row.papers.items()},
        items=row.items,
        wanted=Return(row.return_way, row.return_address),
        dossier_id=row.dossier_id,
        finished_at=row.finished_at,
    )


def _values(one: Registration) -> dict[str, Any]:
    parcel, answers = one.parcel, one.answers
    return {
        "id": one.id,
        "door": one.door,
        "office": one.office,
        "holder_id": one.holder.id,
        "holder_name": one.holder.name,
        "holder_unit": one.holder.unit,
        "opened_at": one.opened_at,
        "changed_at": one.changed_at,
        "applicant_id": one.applicant_id,
        "draft_id": one.draft_id,
        "answers_id": answers.dossier_id if answers else None,
        "answers_round": answers.round if answers else None,
        "postal_item": parcel.item if parcel else None,
        "is_item_overridden": parcel.is_overridden if parcel else False,
        "sender": parcel.sender if parcel else None,
        "received_at": parcel.received_at if parcel else None,
        "contact": dict(one.contact) if one.contact is not None else None,
        "papers": {code: asdict(paper) for code, paper in one.papers.items()},
        "items": dict(one.items),
        "return_way": one.wanted.way,
        "return_address": one.wanted.address,
        "dossier_id": one.dossier_id,
        "finished_at": one.finished_at,
    }


async def add_registration(tx: AsyncSession, one: Registration) -> None:
    tx.add(RegistrationRow(**_values(one)))
    await tx.flush()


async def load_registration(tx: AsyncSession, office: str, registration_id: UUID, *, lock: bool = True) -> Registration:
    """A registration of this office, its row locked until the transaction ends. Raises NotFound."""
    row = await tx.get(RegistrationRow, registration_id, with_for_update=lock)
    if row is None or row.office != office:
        raise NotFound("registration")
    return registration_of(row)


async def save_registration(tx: AsyncSession, one: Registration) -> None:
    row = await tx.get_one(RegistrationRow, one.id)
    row.sqlmodel_update(_values(one))
    tx.add(row)
    await tx.flush()


async def delete_registration(tx: AsyncSession, one: Registration) -> None:
    await tx.delete(await tx.get_one(RegistrationRow, one.id))
    await tx.flush()


async def seen_item(tx: AsyncSession, office: str, item: str, since: datetime) -> Registration | None:
    """The parcel that bore this barcode since then; whoever asks for the same one waits until this commit."""
    await run_sql(tx, "select pg_advisory_xact_lock(hashtextextended(:name, 0))", name=f"{office}/{item}")
    query = select(RegistrationRow).where(
        RegistrationRow.office == office, RegistrationRow.postal_item == item, RegistrationRow.opened_at > since
    )
    row = (await tx.exec(query.order_by(col(RegistrationRow.opened_at)).limit(1))).first()
    return registration_of(row) if row else None


async def newest(tx: AsyncSession, office: str, door: str, most: int) -> list[Registration]:
    """The newest of a door, last opened first."""
    query = select(RegistrationRow).where(RegistrationRow.office == office, RegistrationRow.door == door)
    query = query.order_by(col(RegistrationRow.opened_at).desc(), col(RegistrationRow.id)).limit(most)
    return [registration_of(row) for row in (await tx.exec(query)).all()]


async def unfinished(tx: AsyncSession, office: str, door: str, most: int) -> list[Registration]:
    """What was opened through a door and not registered yet, oldest first."""
    query = select(RegistrationRow).where(
        RegistrationRow.office == office, RegistrationRow.door == door, col(RegistrationRow.finished_at).is_(None)
    )
    query = query.order_by(col(RegistrationRow.opened_at), col(RegistrationRow.id)).limit(most)
    return [registration_of(row) for row in (await tx.exec(query)).all()]


async def registration_of_dossier(tx: AsyncSession, office: str, dossier_id: UUID) -> Registration | None:
    """How a dossier was first registered on paper, if it was."""
    query = select(RegistrationRow).where(
        RegistrationRow.office == office,
        RegistrationRow.dossier_id == dossier_id,
        col(RegistrationRow.answers_id).is_(None),
    )
    row = (await tx.exec(query)).first()
    return registration_of(row) if row else None
