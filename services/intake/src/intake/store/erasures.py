"""Erasures: what is known of an applicant is removed here, and the proof of it kept. The only SQL that does either."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.erasure import Erasure, Standing
from intake.store.tables import DiscardedRow, DossierRow, DraftRow, ErasedDossierRow, ErasureRow
from kit.tx import run_sql
from rules.records.status import ENDED

_OPEN_FEES = "dossier_id = any(:ids) and paid_at is null and cancelled_ground is null"
_COUNTS = f"""
    select (select count(*) from fee_demand where {_OPEN_FEES}) as unpaid_fees,
        (select count(*) from registration where applicant_id = :who and finished_at is null) as open_registrations,
        (select count(*) from draft where applicant_id = :who) as drafts,
        (select count(*) from upload where applicant_id = :who) as uploads
"""  # noqa: S608 - words of our own
# What is removed, by kind, in this order; each statement names only rows that still hold something.
_REMOVALS: Mapping[str, str] = {
    "upload": "delete from upload where applicant_id = :who",
    "registration": (
        "update registration set sender = null, return_address = null, contact = null "
        "where (applicant_id = :who or answers_id = any(:ids)) "
        "and (sender is not null or return_address is not null or contact is not null)"
    ),
    "draft": "delete from draft where applicant_id = :who",
    "known_contact": "delete from known_contact where applicant_id = :who",
    "rating": "update rating set comment = '' where dossier_id = any(:ids) and comment <> ''",
    "supplement": "update supplement set forms = '{}' where dossier_id = any(:ids) and forms <> '{}'",
    "client_key": "delete from client_key where dossier_id = any(:ids)",
}
_PATHS = (
    "select path from upload where applicant_id = :who or dossier_id = any(:ids) "
    "or draft_id in (select id from draft where applicant_id = :who)"
)
_DISCARD = (
    "insert into discarded_object (path, erasure_id) select unnest(cast(:paths as text[])), :erasure_id "
    "on conflict (path) do update set erasure_id = excluded.erasure_id"
)
_REPORT = (
    "insert into erasure_report (erasure_id, dossier_id, service, removed, erased_at) "
    "values (:erasure_id, :dossier_id, :service, cast(:removed as jsonb), :erased_at) on conflict do nothing"
)
_CLOSE = (
    "update erasure e set objects_gone_at = :now where objects_gone_at is null "
    "and not exists (select 1 from discarded_object d where d.erasure_id = e.id)"
)


async def find_erasure(tx: AsyncSession, applicant_id: str, request: str) -> Erasure | None:
    """What was done under this request; whoever asks for the same waits here until the first has committed."""
    name = f"erasure/{applicant_id}"
    await run_sql(tx, "select pg_advisory_xact_lock(hashtextextended(:name, 0))", name=name)
    query = select(ErasureRow).where(ErasureRow.applicant_id == applicant_id, ErasureRow.request == request)
    row = (await tx.exec(query)).one_or_none()
    return erasure_of(row) if row else None


def erasure_of(row: ErasureRow) -> Erasure:
    return Erasure(**row.model_dump())


async def standing_of(tx: AsyncSession, applicant_id: str, *, lock: bool = False) -> Standing:
    """What is known of an applicant; with `lock` drafts and dossiers stay as they are until the transaction ends.

    Drafts are locked first: whoever is just filing one is waited for, and its dossier is counted.
    """
    if lock:
        drafts = select(DraftRow.id).where(DraftRow.applicant_id == applicant_id)
        (await tx.exec(drafts.order_by(col(DraftRow.id)).with_for_update())).all()
    query = select(DossierRow.id, DossierRow.status).where(DossierRow.applicant_id == applicant_id)
    query = query.order_by(col(DossierRow.id))
    rows = (await tx.exec(query.with_for_update() if lock else query)).all()
    ids = [dossier_id for dossier_id, _ in rows]
    counts = (await run_sql(tx, _COUNTS, who=applicant_id, ids=ids)).one()
    open_dossiers = sum(status not in ENDED for _, status in rows)
    return Standing(dossiers=ids, open_dossiers=open_dossiers, **counts._mapping)


async def remove_all(tx: AsyncSession, applicant_id: str, dossiers: Sequence[UUID]) -> tuple[dict[str, int], list[str]]:
    """Empty every place of this service but the record of the dossier itself.

    Returns how many rows of each kind held something, and where the bytes of the uploads lie.
    """
    values: dict[str, Any] = {"who": applicant_id, "ids": list(dossiers)}
    paths = [row.path for row in (await run_sql(tx, _PATHS, **values)).all()]
    counts = {kind: (await run_sql(tx, statement, **values)).rowcount for kind, statement in _REMOVALS.items()}
    return {kind: count for kind, count in counts.items() if count}, paths


async def add_erasure(tx: AsyncSession, erasure: Erasure, dossiers: Sequence[UUID], paths: Sequence[str]) -> None:
    """Write down what was done, and which objects are to go once this is committed."""
    tx.add(ErasureRow(**vars(erasure)))
    await tx.flush()
    for dossier_id in dossiers:
        tx.add(ErasedDossierRow(erasure_id=erasure.id, dossier_id=dossier_id))
    await run_sql(tx, _DISCARD, paths=list(paths), erasure_id=erasure.id)


async def next_discarded(tx: AsyncSession, most: int) -> list[str]:
    """Objects that are to go."""
    query = select(DiscardedRow.path).order_by(col(DiscardedRow.path)).limit(most)
    return list((await tx.exec(query)).all())


async def forget_discarded(tx: AsyncSession, paths: Sequence[str], now: datetime) -> None:
    """They are gone; an erasure that waits for no other has nothing left in the object store."""
    await run_sql(tx, "delete from discarded_object where path = any(:paths)", paths=list(paths))
    await run_sql(tx, _CLOSE, now=now)


async def add_report(
    tx: AsyncSession, service: str, erasure_id: UUID, dossier_id: UUID, removed: Mapping[str, int], at: datetime
) -> None:
    """What another service removed; a repeat changes nothing."""
    counts = orjson.dumps(dict(removed)).decode()
    facts: dict[str, Any] = {"erasure_id": erasure_id, "dossier_id": dossier_id, "removed": counts, "erased_at": at}
    await run_sql(tx, _REPORT, service=service, **facts)
