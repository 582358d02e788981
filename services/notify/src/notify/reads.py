"""What lists and pages show of messages. The only room with SQL that answers questions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import run_sql
from notify import store
from notify.domain.errors import MessageNotFound
from notify.domain.message import Message, MessageState

PAGE_ROWS = 50


@dataclass(frozen=True)
class MessageView:
    """A message with the code people know its dossier by."""

    message: Message
    shown_code: str


_LIST = """
    select m.id, coalesce(o.code, o.arrival_number, '') as shown_code
    from message m left join dossier o on o.id = m.dossier_id
    where (cast(:applicant as varchar) is null or o.applicant_id = :applicant)
        and (cast(:state as varchar) is null or m.state = :state)
        and (cast(:dossier_id as uuid) is null or m.dossier_id = :dossier_id)
        and (cast(:code as varchar) is null or o.code = :code or o.arrival_number = :code)
        and (cast(:channel as varchar) is null or m.channel = :channel)
        and (cast(:after as uuid) is null
             or (m.created_at, m.id) < (select created_at, id from message where id = :after))
    order by m.created_at desc, m.id desc limit :most
"""


async def list_messages(
    tx: AsyncSession,
    *,
    applicant_id: str | None = None,
    state: MessageState | None = None,
    dossier_id: UUID | None = None,
    code: str | None = None,
    channel: str | None = None,
    after: UUID | None = None,
) -> list[MessageView]:
    """A page of messages, newest first, behind `after`; of everybody where `applicant_id` is None."""
    filters: dict[str, Any] = {"applicant": applicant_id, "state": state, "dossier_id": dossier_id, "channel": channel}
    filters |= {"code": code.replace("\x00", "") if code else None, "after": after, "most": PAGE_ROWS}
    codes = {row.id: row.shown_code for row in (await run_sql(tx, _LIST, **filters)).all()}
    rows = (await tx.exec(select(store.MessageRow).where(col(store.MessageRow.id).in_(codes)))).all()
    found = {row.id: MessageView(store.message_of(row), codes[row.id]) for row in rows}
    return [found[id_] for id_ in codes]


async def find_message(tx: AsyncSession, message_id: UUID, *, applicant_id: str | None) -> MessageView:
    """One message. Raises MessageNotFound, also where it is not the asker's."""
    row = await tx.get(store.MessageRow, message_id)
    dossier = await tx.get(store.DossierRow, row.dossier_id) if row else None
    if row is None or (applicant_id is not None and (dossier is None or dossier.applicant_id != applicant_id)):
        raise MessageNotFound
    return MessageView(store.message_of(row), (dossier and (dossier.code or dossier.arrival_number)) or "")


async def find_dossier(tx: AsyncSession, dossier_id: UUID) -> store.DossierRow | None:
    """What every message about a dossier says; None until intake's event was heard."""
    row = await tx.get(store.DossierRow, dossier_id)
    return row if row and row.received_at else None


async def count_states(tx: AsyncSession) -> dict[str, int]:
    """How many messages are in each state."""
    rows = await run_sql(tx, "select state, count(*) as many from message group by state")
    return {row.state: row.many for row in rows.all()}
