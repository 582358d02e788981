"""The applicant of a dossier was erased: to whom its messages went is forgotten, and none goes out any more."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import ApplicantErased
from contracts.notify import AddresseeErased
from kit import erased, outbox
from notify import store


async def forget_contact(tx: AsyncSession, event: ApplicantErased, *, now: datetime) -> None:
    """What was remembered of where the contact lies goes, also where all of it is replayed. Harmless when repeated."""
    await store.forget_contact(tx, event.dossier_id, event.erased_at)


async def erase_addressee(tx: AsyncSession, event: ApplicantErased, *, now: datetime) -> None:
    """Forget the addresses of our messages, and what other sides said of them. Emits AddresseeErased."""
    found = await store.erase_addressee(tx, event.dossier_id, event.erased_at)
    await erased.note(tx, event.erasure_id, event.subject, found, now)
    removed, at = await erased.find(tx, event.erasure_id, event.subject)
    said = AddresseeErased(dossier_id=event.dossier_id, erasure_id=event.erasure_id, removed=removed, erased_at=at)
    await outbox.put(tx, said, time=now)
