"""Erasing an applicant: one transaction decides, empties and announces; the objects go after it has committed."""

import logging
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.envelope import CopyErased
from contracts.intake import ApplicantErased
from intake.domain.erasure import Erasure, read_request
from intake.domain.errors import NotFound
from intake.store import erasures
from kit import outbox
from kit.now import read_now
from kit.tx import Database

MOST_AT_ONCE = 50
log = logging.getLogger(__name__)


async def erase_applicant(
    tx: AsyncSession, applicant_id: str, request: str, *, by: str, now: datetime
) -> tuple[Erasure, bool]:
    """Erase what is known of an applicant beyond the legal record; the flag tells whether it was done just now.

    The same request again changes nothing. Emits ApplicantErased for each dossier. Raises NotFound (nothing is known of
    them), ErasureRefused (something has not ended), RequestUnreadable.
    """
    request = read_request(request)
    known = await erasures.find_erasure(tx, applicant_id, request)
    if known is not None:
        return known, False
    standing = await erasures.standing_of(tx, applicant_id, lock=True)
    if not standing.is_known:
        raise NotFound("applicant")
    standing.must_be_erasable()
    removed, uploads = await erasures.remove_all(tx, applicant_id, standing.dossiers)
    paths = [*uploads, *(contacts_of(dossier_id) for dossier_id in standing.dossiers)]
    erasure = Erasure(
        uuid4(), applicant_id, request, by, now, removed | {"objects": len(paths)}, None if paths else now
    )
    await erasures.add_erasure(tx, erasure, standing.dossiers, paths)
    for dossier_id in standing.dossiers:
        said = ApplicantErased(dossier_id=dossier_id, erasure_id=erasure.id, erased_at=now)
        await outbox.put(tx, said, time=now)
    log.info("an applicant is erased", extra={"erasure_id": str(erasure.id), "person": by})
    return erasure, True


def contacts_of(dossier_id: UUID) -> str:
    """Where every version of a dossier's contact lies."""
    return f"contacts/{dossier_id}/"


async def delete_discarded(database: Database) -> bool:
    """One step of the worker's loop: delete objects that are to go. Whether there were any.

    They are deleted before they are forgotten, so a killed process only does it again.
    """
    async with database.transaction() as tx:
        paths = await erasures.next_discarded(tx, MOST_AT_ONCE)
    for path in paths:
        await database.objects.delete(path)
    if paths:
        async with database.transaction() as tx:
            await erasures.forget_discarded(tx, paths, await read_now(tx))
    return bool(paths)


async def note_copy_erased(tx: AsyncSession, event: CopyErased, *, now: datetime) -> None:
    """Another service has none left: its part of the proof. Harmless when repeated."""
    service = event.topic().removesuffix(".events")
    removed = {one.kind: one.count for one in event.removed}
    await erasures.add_report(tx, service, event.erasure_id, event.dossier_id, removed, event.erased_at)
