"""How a result goes out: to whom the dossier's contact says, and the parcels that went."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.objects import ObjectMissing
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.posting import Receiver
from workflow.reads.case import see_case
from workflow.store import dispatches


@dataclass(frozen=True)
class ParcelView:
    """One parcel of a case; `trouble` is why the postal service did not take it."""

    order_number: str
    item: str
    state_vi: str
    ordered_at: datetime
    last_event_at: datetime | None
    trouble: str


async def receiver_of(tx: AsyncSession, staff: Staff, dossier_id: UUID) -> Receiver:
    """The applicant as the contact names them; nobody once they were erased. Raises NoSuchCase."""
    case = await see_case(tx, staff, dossier_id)
    try:
        contact = await store.read_contact(tx, case)
    except ObjectMissing:
        return Receiver("", "", "")
    address = contact.return_address or contact.address or ""
    return Receiver(contact.organisation or contact.name, address, contact.phone or "")


async def parcels_of(tx: AsyncSession, staff: Staff, dossier_id: UUID) -> list[ParcelView]:
    """Every parcel of a case, oldest first. Raises NoSuchCase."""
    case = await see_case(tx, staff, dossier_id)
    return [
        ParcelView(one.order_number, one.item or "", one.words_vi, one.ordered_at, one.last_event_at, one.trouble)
        for one in await dispatches.dispatches(tx, case.dossier_id)
    ]
