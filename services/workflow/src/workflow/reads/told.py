"""What others did about a case, as they told us: messages that went out, and what became of the money."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain.case import Case
from workflow.store.tables import MessageRow, PaymentRow


@dataclass(frozen=True)
class MessageView:
    """A message that went to the applicant; what it said and to which address stays in notify."""

    at: datetime
    template: str
    channel: str


@dataclass(frozen=True)
class PaymentView:
    """One thing that happened to the money: demanded, paid, cancelled, refund decided."""

    at: datetime
    kind: str
    amount_vnd: int
    way: str
    transaction_code: str
    ground: str
    decision: str


async def find_messages(tx: AsyncSession, case: Case) -> list[MessageView]:
    """What was sent, newest first."""
    query = select(MessageRow).where(MessageRow.dossier_id == case.dossier_id).order_by(col(MessageRow.sent_at).desc())
    return [
        MessageView(row.sent_at.astimezone(TIME_ZONE), row.template, row.channel)
        for row in (await tx.exec(query)).all()
    ]


async def find_payments(tx: AsyncSession, case: Case) -> list[PaymentView]:
    """What became of the fee, in order."""
    query = select(PaymentRow).where(PaymentRow.dossier_id == case.dossier_id)
    rows = (await tx.exec(query.order_by(col(PaymentRow.at), col(PaymentRow.id)))).all()
    return [
        PaymentView(
            at=row.at.astimezone(TIME_ZONE),
            kind=row.kind,
            amount_vnd=row.amount_vnd,
            way=row.way or "",
            transaction_code=row.transaction_code or "",
            ground=row.ground or "",
            decision=row.decision or "",
        )
        for row in rows
    ]
