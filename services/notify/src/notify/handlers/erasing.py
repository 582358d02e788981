"""The applicant of a dossier was erased: to whom its messages went is forgotten, and none goes out any more."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import ApplicantErased
from contracts.notify import AddresseeErased
from kit import erased, outbox
from notify import store


async def erase_addressee(tx: AsyncSession, event: ApplicantErased, *, now: datetime) -> None:
    """Forget the addresses, and what other sides said of them. Harmless when repeated."""
    removed = await store.erase_addressee(tx, event.dossier_id, event.erased_at)
    await erased.note(tx, event.erasure_id, event.subject, removed, now)


async def tell_erased(tx: AsyncSession, event: ApplicantErased, *, now: datetime) -> None:
    """Emits AddresseeErased."""
    removed, at = await erased.find(tx, event.erasure_id, event.subject)
    said = AddresseeErased(dossier_id=event.dossier_id, erasure_id=event.erasure_id, removed=removed, erased_at=at)
    await outbox.put(tx, said, time=now)
