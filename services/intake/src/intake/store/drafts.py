"""Drafts and the files that wait to be filed. The only SQL that writes them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Draft, Stored, Upload
from intake.domain.errors import NotFound
from intake.store.tables import DraftRow, UploadRow


def _draft(row: DraftRow) -> Draft:
    return Draft(**row.model_dump())


def _upload(row: UploadRow) -> Upload:
    values = row.model_dump(exclude={"path", "sha256", "size"})
    return Upload(**values, object=Stored(row.path, row.sha256, row.size))


async def add_draft(tx: AsyncSession, draft: Draft) -> None:
    tx.add(DraftRow(**asdict(draft)))
    await tx.flush()


async def load_draft(tx: AsyncSession, applicant_id: str, draft_id: UUID, *, lock: bool = True) -> Draft:
    """The applicant's own draft, its row locked until the transaction ends. Raises NotFound."""
    row = await tx.get(DraftRow, draft_id, with_for_update=lock)
    if row is None or row.applicant_id != applicant_id:
        raise NotFound("draft")
    return _draft(row)


async def save_draft(tx: AsyncSession, draft: Draft) -> None:
    row = await tx.get_one(DraftRow, draft.id)
    row.sqlmodel_update({k: v for k, v in asdict(draft).items() if k != "id"})
    tx.add(row)
    await tx.flush()


async def delete_draft(tx: AsyncSession, draft: Draft) -> None:
    await tx.delete(await tx.get_one(DraftRow, draft.id))
    await tx.flush()


async def open_drafts(tx: AsyncSession, applicant_id: str) -> list[Draft]:
    """What the applicant has begun and not filed, newest first."""
    query = select(DraftRow).where(DraftRow.applicant_id == applicant_id, col(DraftRow.dossier_id).is_(None))
    return [_draft(row) for row in (await tx.exec(query.order_by(col(DraftRow.updated_at).desc()))).all()]


async def add_upload(tx: AsyncSession, upload: Upload) -> None:
    values: dict[str, Any] = asdict(upload)
    tx.add(UploadRow(**values | values.pop("object")))
    await tx.flush()


async def load_upload(tx: AsyncSession, applicant_id: str, upload_id: UUID) -> Upload:
    """The applicant's own upload. Raises NotFound."""
    row = await tx.get(UploadRow, upload_id)
    if row is None or row.applicant_id != applicant_id:
        raise NotFound("upload")
    return _upload(row)


async def give_uploads(tx: AsyncSession, upload_ids: Sequence[UUID], applicant_id: str) -> None:
    """Files that a clerk sent up are the applicant's from now on: whatever is known of them is found by their id."""
    for row in (await tx.exec(select(UploadRow).where(col(UploadRow.id).in_(upload_ids)))).all():
        row.applicant_id = applicant_id
        tx.add(row)
    await tx.flush()


async def delete_upload(tx: AsyncSession, upload: Upload) -> None:
    await tx.delete(await tx.get_one(UploadRow, upload.id))
    await tx.flush()


async def uploads_of_draft(tx: AsyncSession, draft_id: UUID) -> list[Upload]:
    query = select(UploadRow).where(UploadRow.draft_id == draft_id)
    return [_upload(row) for row in (await tx.exec(query.order_by(col(UploadRow.uploaded_at)))).all()]


async def uploads_of_dossier(tx: AsyncSession, dossier_id: UUID) -> list[Upload]:
    """What waits to answer the present supplement round."""
    query = select(UploadRow).where(UploadRow.dossier_id == dossier_id)
    return [_upload(row) for row in (await tx.exec(query.order_by(col(UploadRow.uploaded_at)))).all()]


async def delete_uploads_of_dossier(tx: AsyncSession, dossier_id: UUID) -> None:
    """They are in the package now."""
    for row in (await tx.exec(select(UploadRow).where(UploadRow.dossier_id == dossier_id))).all():
        await tx.delete(row)
    await tx.flush()
