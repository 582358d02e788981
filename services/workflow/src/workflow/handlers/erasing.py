"""The applicant of a dossier was erased: the name in the lists and the addresses of parcels go, the record stays."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import ApplicantErased
from contracts.workflow import CaseNameErased
from kit import erased, outbox
from kit.tx import objects_of
from workflow import store
from workflow.handlers.posting import receivers_of


async def erase_name(tx: AsyncSession, event: ApplicantErased, *, now: datetime) -> None:
    """Forget a person's name (an organisation's is nobody's personal data) and to whom parcels went.

    Objects go at once: intake has committed, so this is only ever repeated. Emits CaseNameErased.
    """
    found = await store.erase_name(tx, event.dossier_id)
    found["objects"] = await objects_of(tx).delete(receivers_of(event.dossier_id))
    await erased.note(tx, event.erasure_id, event.subject, found, now)
    removed, at = await erased.find(tx, event.erasure_id, event.subject)
    said = CaseNameErased(dossier_id=event.dossier_id, erasure_id=event.erasure_id, removed=removed, erased_at=at)
    await outbox.put(tx, said, time=now)
