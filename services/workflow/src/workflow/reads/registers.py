"""The registers that an office printed, for those of it who may read them; every view is logged."""

import logging

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.download import Download
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.errors import NoSuchFile
from workflow.domain.slips import REGISTER, Paper

log = logging.getLogger(__name__)


async def registers(tx: AsyncSession, staff: Staff) -> list[tuple[str, Paper]]:
    """Those of their office, newest first, by the token under which each is opened."""
    return await store.registers_of(tx, staff.office)


async def open_register(tx: AsyncSession, staff: Staff, token: str) -> Download:
    """A register as it was printed. Raises NoSuchFile, also for another office's."""
    paper = await store.find_paper(tx, token)
    if paper is None or paper.form != REGISTER or paper.office != staff.office:
        raise NoSuchFile("register")
    log.info("a register was viewed", extra={"viewed": f"register {paper.number}", "staff_id": staff.id})
    return Download(await store.read_file(tx, paper.object), f"so-theo-doi-{paper.issued_at.year}-{paper.number}.pdf")
