"""The applicant of a dossier was erased: what payments still knew of its payer. The ledger and its receipts stay."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import ApplicantErased
from contracts.payments import PayerErased
from kit import erased, outbox
from payments import store


async def erase_payer(tx: AsyncSession, event: ApplicantErased, *, now: datetime) -> None:
    """Forget the pay pages, which name the payer at the platform. Emits PayerErased."""
    found = {"attempt": await store.forget_pay_pages(tx, event.dossier_id)}
    await erased.note(tx, event.erasure_id, event.subject, found, now)
    removed, at = await erased.find(tx, event.erasure_id, event.subject)
    said = PayerErased(dossier_id=event.dossier_id, erasure_id=event.erasure_id, removed=removed, erased_at=at)
    await outbox.put(tx, said, time=now)
