"""Who filed before, to be found again at the desk. The only SQL that writes these copies."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from intake.domain.dossier import Dossier
from intake.domain.errors import NotFound
from intake.domain.finding import FEWEST_DIGITS, digits_of, words_of
from intake.store.tables import KnownContactRow

MOST_FOUND = 10


@dataclass(frozen=True)
class Known:
    """Somebody who filed here before, by the newest dossier of theirs."""

    dossier_id: UUID
    applicant_id: str
    contact: Contact
    filed_at: datetime


def _known(row: KnownContactRow) -> Known:
    contact = Contact(
        name=row.name, organisation=row.organisation, email=row.email, phone=row.phone, address=row.address
    )
    return Known(row.dossier_id, row.applicant_id, contact, row.filed_at)


async def find_known(tx: AsyncSession, office: str, asked: str) -> list[Known]:
    """Those whose telephone, mail address, or name in whole words it is; newest first, each person once."""
    digits, words = digits_of(asked), sorted(words_of(asked))
    ways = [func.lower(col(KnownContactRow.email)) == asked.strip().lower()] if "@" in asked else []
    ways += [col(KnownContactRow.phone_digits) == digits] if len(digits) >= FEWEST_DIGITS else []
    ways += [col(KnownContactRow.words).contains(words)] if words and not ways else []
    if not ways:
        return []
    query = select(KnownContactRow).where(KnownContactRow.office == office, or_(*ways))
    rows = (await tx.exec(query.order_by(col(KnownContactRow.filed_at).desc()).limit(10 * MOST_FOUND))).all()
    people: dict[tuple[str, str, str], KnownContactRow] = {}
    for row in rows:
        people.setdefault((row.name, row.phone_digits, row.email), row)
    return [_known(row) for row in people.values()][:MOST_FOUND]


async def load_known(tx: AsyncSession, office: str, dossier_id: UUID) -> Known:
    """Who filed that dossier. Raises NotFound."""
    row = await tx.get(KnownContactRow, dossier_id)
    if row is None or row.office != office:
        raise NotFound("contact")
    return _known(row)


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
