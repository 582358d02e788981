"""Rows in, domain objects out. The only room with SQL that writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.outside import real_now
from kit.tables import MOMENT
from kit.tx import run_sql
from notify.domain.addresses import MASK
from notify.domain.message import Channel, Message, MessageState, Template

_registry = registry()


class Table(SQLModel, registry=_registry):
    """Base of this service's tables, in a registry of their own."""


metadata = Table.metadata


class DossierRow(Table, table=True):
    """What every message about a dossier says; filed by intake, the rest added by workflow, in any order."""

    __tablename__ = "dossier"
    id: UUID = Field(primary_key=True)
    applicant_id: str | None = None
    arrival_number: str | None = None
    procedure_id: str | None = None
    procedure_version: str | None = None
    channel: str | None = None
    office: str | None = None
    receiving_unit: str | None = None
    received_at: datetime | None = Field(default=None, sa_type=MOMENT)
    contact: str | None = None
    code: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=MOMENT)
    return_way: str | None = None
    erased_at: datetime | None = Field(default=None, sa_type=MOMENT)


class MessageRow(Table, table=True):
    """One message by one channel about one occasion."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("dossier_id", "template", "channel", "about"),)
    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    template: str
    channel: str
    about: str
    contact: str | None = None
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str
    created_at: datetime = Field(sa_type=MOMENT)
    try_at: datetime = Field(sa_type=MOMENT)
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=MOMENT)
    reason: str | None = None
    shown_to: str | None = None
    traceparent: str | None = None


ERASED = "the applicant was erased"
_ERASE = {  # each names only rows that still hold something; what was sent keeps a mask, what failed a reason
    "message": (
        "update message set contact = null, shown_to = case when shown_to is not null then :mask end, "
        "reason = case when reason is not null or state = 'queued' then :erased end, "
        "state = case when state = 'queued' then 'skipped' else state end where dossier_id = :dossier_id "
        "and (contact is not null or shown_to <> :mask or reason <> :erased or state = 'queued')"
    ),
    "call": (
        "update kit_call set detail = null where detail is not null "
        "and about in (select cast(id as text) from message where dossier_id = :dossier_id)"
    ),
}


async def forget_contact(tx: AsyncSession, dossier_id: UUID, at: datetime) -> None:
    """Empty what is remembered of where a dossier's contact lies; the first time is written down."""
    query = (
        "update dossier set contact = null, erased_at = coalesce(erased_at, :at) where id = :dossier_id "
        "and (contact is not null or erased_at is null)"
    )
    await run_sql(tx, query, dossier_id=dossier_id, at=at)


async def erase_addressee(tx: AsyncSession, dossier_id: UUID, at: datetime) -> dict[str, int]:
    """Empty every place that tells whom a dossier's messages went to; how many rows of each kind held something.

    The dossier's own row, which was emptied just before, is counted where that was done for the same request.
    """
    values: dict[str, Any] = {"dossier_id": dossier_id, "mask": MASK, "erased": ERASED}
    emptied = "select count(*) from dossier where id = :dossier_id and erased_at = :at"
    found = {"dossier": (await run_sql(tx, emptied, dossier_id=dossier_id, at=at)).scalar_one()}
    for kind, statement in _ERASE.items():
        own = {name: value for name, value in values.items() if f":{name}" in statement}
        found[kind] = (await run_sql(tx, statement, **own)).rowcount
    return found


async def remember_dossier(tx: AsyncSession, dossier_id: UUID, **facts: Any) -> None:
    """Add what is newly known of a dossier. Harmless when repeated."""
    names = sorted(facts)
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    sets = ", ".join(f"{name} = excluded.{name}" for name in names)
    statement = f"insert into dossier (id, {columns}) values (:id, {values}) on conflict (id) do update set {sets}"  # noqa: S608 - names of our own
    await run_sql(tx, statement, id=dossier_id, **facts)


async def load_dossier(tx: AsyncSession, dossier_id: UUID) -> DossierRow | None:
    """What is known of a dossier."""
    return await tx.get(DossierRow, dossier_id)


async def add_message(tx: AsyncSession, message: Message) -> None:
    """A new message; the same occasion again changes nothing."""
    await tx.flush()
    row = insert(MessageRow).values(**vars(message)).on_conflict_do_nothing()
    await (await tx.connection()).execute(row)


async def load_message(tx: AsyncSession, message_id: UUID) -> Message | None:
    """The message, its row locked until the transaction ends."""
    row = await tx.get(MessageRow, message_id, with_for_update=True)
    return message_of(row) if row else None


async def save_message(tx: AsyncSession, message: Message) -> None:
    """Write what moved."""
    row = await tx.get_one(MessageRow, message.id)
    row.sqlmodel_update(vars(message))
    tx.add(row)
    await tx.flush()


async def next_message_to_send(tx: AsyncSession, channels: Sequence[Channel]) -> Message | None:
    """One message by these channels whose time has come, locked; what another worker holds is passed over.

    A dossier's messages wait until intake's event about it was heard: only then it is known whom to write to.
    """
    query = (
        select(MessageRow)
        .join(DossierRow, col(DossierRow.id) == MessageRow.dossier_id)
        .where(MessageRow.state == MessageState.QUEUED, MessageRow.try_at <= await real_now(tx))
        .where(col(MessageRow.channel).in_(channels))
        .where(col(DossierRow.received_at).is_not(None))
        .order_by(col(MessageRow.try_at), col(MessageRow.created_at))
        .limit(1)
        .with_for_update(of=MessageRow, skip_locked=True)
    )
    row = (await tx.exec(query)).one_or_none()
    return message_of(row) if row else None


def message_of(row: MessageRow) -> Message:
    """The message in a row."""
    words = {
        "template": Template(row.template),
        "channel": Channel(row.channel),
        "state": MessageState(row.state),
    }
    return Message(**row.model_dump() | words)
