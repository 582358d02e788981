"""Who filed before, to be found again at the desk. The only SQL that writes these copies."""

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from intake.domain.dossier import Dossier
from intake.domain.finding import digits_of, words_of
from intake.store.tables import KnownContactRow


async def keep_contact(tx: AsyncSession, dossier: Dossier, contact: Contact) -> None:
    """Remember who filed this dossier."""
    row = KnownContactRow(
        dossier_id=dossier.id,
        office=dossier.office,
        applicant_id=dossier.applicant_id,
        name=contact.name,
        organisation=contact.organisation,
        email=contact.email,
        phone=contact.phone,
        address=contact.address,
        phone_digits=digits_of(contact.phone or ""),
        words=sorted(words_of(f"{contact.name} {contact.organisation or ''}")),
        filed_at=dossier.received_at,
    )
    tx.add(row)
    await tx.flush()
