"""What others did about a dossier, and what somebody saw of its case: each fact once, however often it is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import run_sql
from workflow.domain.case import Case


async def add_message(tx: AsyncSession, **facts: Any) -> None:
    """A message that was sent; the columns of `MessageRow`."""
    query = (
        "insert into message_note (message_id, dossier_id, template, channel, sent_at) "
        "values (:message_id, :dossier_id, :template, :channel, :sent_at) on conflict do nothing"
    )
    await run_sql(tx, query, **facts)


async def add_payment(
    tx: AsyncSession,
    id: str,
    kind: str,
    *,
    dossier_id: UUID,
    demand_id: UUID,
    amount_vnd: int,
    at: datetime,
    way: str | None = None,
    transaction_code: str | None = None,
    ground: str | None = None,
    decision: str | None = None,
) -> None:
    """A fact about money; `id` is the same for the same fact."""
    query = (
        "insert into payment_note "
        "(id, dossier_id, demand_id, kind, amount_vnd, at, way, transaction_code, ground, decision) "
        "values (:id, :dossier_id, :demand_id, :kind, :amount_vnd, :at, :way, :code, :ground, :decision) "
        "on conflict do nothing"
    )
    whose: dict[str, Any] = {"id": id, "kind": kind, "dossier_id": dossier_id, "demand_id": demand_id}
    how: dict[str, Any] = {"way": way, "code": transaction_code, "ground": ground, "decision": decision}
    await run_sql(tx, query, **whose, **how, amount_vnd=amount_vnd, at=at)


async def add_look(tx: AsyncSession, staff_id: str, case: Case, at: datetime) -> int | None:
    """Remember which version this person saw; returns the one they saw before, none where they never looked."""
    before = "select version from case_look where staff_id = :staff_id and dossier_id = :dossier_id"
    seen = (await run_sql(tx, before, staff_id=staff_id, dossier_id=case.dossier_id)).scalar_one_or_none()
    if seen == case.version:
        return int(case.version)
    query = (
        "insert into case_look (staff_id, dossier_id, version, at) values (:staff_id, :dossier_id, :version, :at) "
        "on conflict (staff_id, dossier_id) do update set version = excluded.version, at = excluded.at "
        "where case_look.version < excluded.version"
    )
    await run_sql(tx, query, staff_id=staff_id, dossier_id=case.dossier_id, version=case.version, at=at)
    return None if seen is None else int(seen)
