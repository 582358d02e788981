"""What was begun and not filed yet."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.contact import contact_flaws
from intake.domain.dossier import Draft, Upload
from intake.domain.flaws import Flaw, find_flaws
from intake.reads.own import procedure_of
from intake.store import drafts
from rules import catalogue as law


async def find_draft(tx: AsyncSession, applicant_id: str, draft_id: UUID) -> tuple[Draft, list[Upload]]:
    """A draft and its files. Raises NotFound."""
    draft = await drafts.load_draft(tx, applicant_id, draft_id, lock=False)
    return draft, await drafts.uploads_of_draft(tx, draft_id)


async def begun_drafts(tx: AsyncSession, applicant_id: str) -> list[Draft]:
    """What was begun and not filed."""
    return await drafts.open_drafts(tx, applicant_id)


def flaws_of_draft(draft: Draft, uploads: Sequence[Upload], on: date) -> list[Flaw]:
    """What would be refused if the draft were sent on that day."""
    files: dict[str, int] = {}
    for upload in uploads:
        if upload.component:
            files[upload.component] = files.get(upload.component, 0) + 1
    found = find_flaws(procedure_of(draft), draft.forms, files, law.load(), on=on)
    return [*contact_flaws(draft.contact or {}), *found]
