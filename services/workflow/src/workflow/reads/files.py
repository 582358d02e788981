"""Files of a case as they are handed to somebody who may see them; every view is logged."""

import logging
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.download import Download
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case, StoredFile
from workflow.domain.errors import NoSuchFile
from workflow.reads.case import find_slips, see_case

log = logging.getLogger(__name__)


async def open_file(tx: AsyncSession, staff: Staff, dossier_id: UUID, number: int) -> Download:
    """A file as it was filed. Raises NoSuchCase, NoSuchFile, ObjectMissing."""
    case = await see_case(tx, staff, dossier_id)
    found = (await store.read_dossier(tx, case)).file(number)
    if found is None:
        raise NoSuchFile(f"file {number}")
    return Download(await _read(tx, staff, case, f"file {number}", found.stored), found.name, found.media_type)


async def open_slip(tx: AsyncSession, staff: Staff, dossier_id: UUID, number: int) -> Download:
    """A slip that went out, by its number within the case. Raises NoSuchCase, NoSuchFile."""
    case = await see_case(tx, staff, dossier_id)
    found = next((slip for slip in await find_slips(tx, case) if slip.number == number), None)
    if found is None:
        raise NoSuchFile(f"slip {number}")
    body = await _read(tx, staff, case, f"slip {number}", found.file)
    return Download(body, f"{case.shown_code}-{found.form}.pdf")


async def open_result(tx: AsyncSession, staff: Staff, dossier_id: UUID) -> Download:
    """The result, from the moment it was drawn up. Raises NoSuchCase, NoSuchFile."""
    case = await see_case(tx, staff, dossier_id)
    if case.result is None:
        raise NoSuchFile("result")
    return Download(await _read(tx, staff, case, "result", case.result), f"{case.result_code}.pdf")


async def open_correction(tx: AsyncSession, staff: Staff, dossier_id: UUID) -> Download:
    """The further result that waits for its signature. Raises NoSuchCase, NoSuchFile."""
    case = await see_case(tx, staff, dossier_id)
    if case.correction is None:
        raise NoSuchFile("further result")
    return Download(await _read(tx, staff, case, "further result", case.correction), f"{case.correction.code}.pdf")


async def open_issued(tx: AsyncSession, staff: Staff, dossier_id: UUID, number: int) -> Download:
    """A result that was issued, by the n of its `-KQ(n)`. Raises NoSuchCase, NoSuchFile."""
    case = await see_case(tx, staff, dossier_id)
    found = next((one for one in await store.results(tx, dossier_id) if one.number == number), None)
    if found is None:
        raise NoSuchFile(f"result {number}")
    return Download(await _read(tx, staff, case, f"result {number}", StoredFile(**found.object)), f"{found.code}.pdf")


async def _read(tx: AsyncSession, staff: Staff, case: Case, what: str, file: StoredFile) -> bytes:
    log.info("a file was viewed", extra={"dossier_id": str(case.dossier_id), "viewed": what, "staff_id": staff.id})
    return await store.read_file(tx, file)
