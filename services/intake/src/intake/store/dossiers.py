"""Dossiers, their numbers, packages and what happened to them. The only SQL that writes them."""

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Dossier, Stored, Supplement
from intake.domain.errors import KeyReused, NotFound
from intake.domain.filing import Door
from intake.domain.road import Moment
from intake.store.tables import DocumentRow, DossierRow, FeeRow, MilestoneRow, PackageRow, RatingRow, SupplementRow
from kit.tx import run_sql
from rules.records.status import Status

_CLAIM = (
    "insert into client_key (applicant_id, key, body_sha256, dossier_id) "
    "values (:applicant_id, :key, :body_sha256, :dossier_id) "
    "on conflict (applicant_id, key) do update set key = excluded.key returning body_sha256, dossier_id"
)
_NEXT_NUMBER = (
    "insert into arrival_series as s (agency, on_date, last) values (:agency, :on, 1) "
    "on conflict (agency, on_date) do update set last = s.last + 1 returning last"
)
_MILESTONE = (
    "insert into milestone (dossier_id, kind, about, at, detail) "
    "values (:dossier_id, :kind, :about, :at, cast(:detail as jsonb)) on conflict do nothing"
)


def dossier_of(row: DossierRow) -> Dossier:
    values = {field.name: getattr(row, field.name) for field in fields(Dossier)}
    return Dossier(**values | {"status": Status(row.status)})


def supplement_of(row: SupplementRow) -> Supplement:
    request = Stored(row.request_path, row.request_sha256, row.request_size)
    return Supplement(
        row.dossier_id, row.round, tuple(row.items), request, row.requested_at, row.answered_at, row.forms
    )


async def claim_key(tx: AsyncSession, applicant_id: str, key: str, body_sha256: str, dossier_id: UUID) -> UUID:
    """The dossier this key stands for: `dossier_id` the first time, afterwards the first one's. Raises KeyReused.

    Whoever comes second waits here until the first has committed or failed.
    """
    values = {"applicant_id": applicant_id, "key": key, "body_sha256": body_sha256, "dossier_id": dossier_id}
    kept_sha256, kept = (await run_sql(tx, _CLAIM, **values)).one()
    if kept_sha256 != body_sha256:
        raise KeyReused
    return UUID(str(kept))


async def next_arrival(tx: AsyncSession, agency: str, on: date) -> int:
    """The next number of the agency's day, its row locked until the commit, so that the series has no gap."""
    found: int = (await run_sql(tx, _NEXT_NUMBER, agency=agency, on=on)).scalar_one()
    return found


async def add_dossier(tx: AsyncSession, dossier: Dossier, door: Door, *, is_digitised: bool, has_reused: bool) -> None:
    row = DossierRow(**asdict(dossier), channel=door.channel, origin=door.origin)
    row.is_digitised, row.has_reused = is_digitised, has_reused
    tx.add(row)
    await tx.flush()


async def load_dossier(tx: AsyncSession, dossier_id: UUID, *, applicant_id: str | None = None) -> Dossier:
    """A dossier, its row locked until the transaction ends; with `applicant_id` only that person's. Raises NotFound."""
    row = await tx.get(DossierRow, dossier_id, with_for_update=True)
    if row is None or applicant_id not in (None, row.applicant_id):
        raise NotFound("dossier")
    return dossier_of(row)


async def find_by_code(tx: AsyncSession, office: str, code: str) -> Dossier:
    """A dossier of this office by its code or arrival number. Raises NotFound."""
    named = or_(DossierRow.code == code, DossierRow.arrival_number == code)
    row = (await tx.exec(select(DossierRow).where(DossierRow.office == office, named))).one_or_none()
    if row is None:
        raise NotFound("dossier")
    return dossier_of(row)


async def save_dossier(tx: AsyncSession, dossier: Dossier) -> None:
    row = await tx.get_one(DossierRow, dossier.id)
    row.sqlmodel_update(asdict(dossier))
    tx.add(row)
    await tx.flush()


async def add_package(
    tx: AsyncSession, dossier_id: UUID, version: int, manifest: Stored, received_at: datetime
) -> None:
    tx.add(PackageRow(dossier_id=dossier_id, version=version, received_at=received_at, **asdict(manifest)))
    await tx.flush()


async def note(tx: AsyncSession, dossier_id: UUID, moment: Moment) -> None:
    """Write down what happened; a repeat changes nothing."""
    detail = orjson.dumps(dict(moment.detail)).decode()
    values = {"kind": moment.kind, "about": moment.about, "at": moment.at, "detail": detail}
    await run_sql(tx, _MILESTONE, dossier_id=dossier_id, **values)


async def last_noted(tx: AsyncSession, dossier_id: UUID, kind: str, about: str | None = None) -> datetime | None:
    """When something of this kind happened last; with `about` only what was about that."""
    query = select(func.max(MilestoneRow.at)).where(MilestoneRow.dossier_id == dossier_id, MilestoneRow.kind == kind)
    if about is not None:
        query = query.where(MilestoneRow.about == about)
    return (await tx.exec(query)).one()


async def keep_document(
    tx: AsyncSession, dossier_id: UUID, name: str, kind: str, stored: Stored, issued_at: datetime
) -> None:
    """Write down a paper for the applicant; a repeat changes nothing."""
    if await tx.get(DocumentRow, (dossier_id, name)) is None:
        tx.add(DocumentRow(dossier_id=dossier_id, name=name, kind=kind, issued_at=issued_at, **asdict(stored)))
        await tx.flush()


async def keep_supplement(tx: AsyncSession, supplement: Supplement) -> None:
    """Write down a request; a repeat changes nothing, not even that it was answered."""
    request = supplement.request
    asked: dict[str, Any] = {
        "items": list(supplement.items),
        "request_path": request.path,
        "request_sha256": request.sha256,
        "request_size": request.size,
        "requested_at": supplement.requested_at,
    }
    row = await tx.get(SupplementRow, (supplement.dossier_id, supplement.round))
    row = row or SupplementRow(dossier_id=supplement.dossier_id, round=supplement.round, forms={}, **asked)
    row.sqlmodel_update(asked)
    tx.add(row)
    await tx.flush()


async def waits_for_answer(tx: AsyncSession, dossier_id: UUID) -> bool:
    """Whether something was asked for and not answered yet; so too where no request was heard of."""
    query = select(func.bool_and(col(SupplementRow.answered_at).is_not(None)))
    return not (await tx.exec(query.where(SupplementRow.dossier_id == dossier_id))).one()


async def load_supplement(tx: AsyncSession, dossier_id: UUID, number: int) -> Supplement:
    """One round. Raises NotFound."""
    row = await tx.get(SupplementRow, (dossier_id, number))
    if row is None:
        raise NotFound("supplement")
    return supplement_of(row)


async def open_supplement(tx: AsyncSession, dossier_id: UUID) -> Supplement | None:
    """The newest round that waits for an answer."""
    query = select(SupplementRow).where(
        SupplementRow.dossier_id == dossier_id, col(SupplementRow.answered_at).is_(None)
    )
    row = (await tx.exec(query.order_by(col(SupplementRow.round).desc()).limit(1))).first()
    return supplement_of(row) if row else None


async def answer_supplement(tx: AsyncSession, supplement: Supplement, now: datetime) -> None:
    row = await tx.get_one(SupplementRow, (supplement.dossier_id, supplement.round))
    row.answered_at, row.forms = now, {}  # what was filed lies in the package
    tx.add(row)
    await tx.flush()


async def save_supplement_forms(tx: AsyncSession, supplement: Supplement) -> None:
    row = await tx.get_one(SupplementRow, (supplement.dossier_id, supplement.round))
    row.forms = dict(supplement.forms)
    tx.add(row)
    await tx.flush()


async def keep_fee(tx: AsyncSession, dossier_id: UUID, demand_id: UUID, **values: object) -> None:
    """Write down what is known of a demand; what is given replaces what was known."""
    row = await tx.get(FeeRow, demand_id) or FeeRow(demand_id=demand_id, dossier_id=dossier_id, amount_vnd=0)
    row.sqlmodel_update(values)
    tx.add(row)
    await tx.flush()


async def add_rating(tx: AsyncSession, dossier_id: UUID, score: int, comment: str, now: datetime) -> bool:
    """False where there is one already."""
    if await tx.get(RatingRow, dossier_id) is not None:
        return False
    tx.add(RatingRow(dossier_id=dossier_id, score=score, comment=comment, rated_at=now))
    await tx.flush()
    return True
