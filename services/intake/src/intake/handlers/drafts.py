"""Drafts and uploads: what an applicant prepares before anything is filed. Says nothing to others."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from intake.domain.dossier import Draft, Stored, Upload, with_sheet
from intake.domain.errors import FormUnknown, NotFound
from intake.domain.filing import any_version, must_be_open, must_have_components, procedure_in_force
from intake.domain.papers import ENDINGS, read_paper
from intake.store import dossiers
from intake.store import drafts as store
from kit.tx import objects_of
from rules import catalogue as law
from rules import filling


async def start_draft(tx: AsyncSession, applicant_id: str, procedure_id: str, *, now: datetime) -> Draft:
    """Begin a dossier. Raises ProcedureUnknown, ProcedureNotInForce, FilingClosed,
    ComponentsUnpublished.
    """
    catalogue = law.load()
    procedure = procedure_in_force(catalogue, procedure_id, now.date())
    must_be_open(catalogue, procedure, now.date())
    must_have_components(procedure)
    draft = Draft(uuid4(), applicant_id, procedure.id, procedure.version, {}, None, now, now)
    await store.add_draft(tx, draft)
    return draft


async def save_contact(
    tx: AsyncSession, applicant_id: str, draft_id: UUID, contact: Contact, *, now: datetime
) -> Draft:
    """Keep who files and how to reach them. Raises NotFound, NotAllowedNow."""
    draft = (await store.load_draft(tx, applicant_id, draft_id)).with_contact(contact.model_dump(mode="json"), now)
    await store.save_draft(tx, draft)
    return draft


async def save_form(
    tx: AsyncSession,
    applicant_id: str,
    draft_id: UUID,
    form_id: str,
    sheets: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> Draft:
    """Keep one form's sheets as typed, right or wrong; a repeat is harmless.

    Raises NotFound, NotAllowedNow, FormUnknown.
    """
    draft = await store.load_draft(tx, applicant_id, draft_id)
    catalogue = law.load()
    if form_id not in any_version(catalogue, draft.procedure_id, draft.procedure_version).form_ids:
        raise FormUnknown(form_id)
    form = catalogue.form(form_id)
    draft = draft.with_sheets(form_id, [filling.tidy(form, sheet) for sheet in sheets], now)
    await store.save_draft(tx, draft)
    return draft


async def save_sheet(
    tx: AsyncSession,
    applicant_id: str,
    draft_id: UUID,
    form_id: str,
    index: int,
    sheet: Mapping[str, Any],
    *,
    now: datetime,
) -> Draft:
    """Keep one sheet as typed; the form's other sheets stay as they are. Raises as `save_form`."""
    draft = await store.load_draft(tx, applicant_id, draft_id)
    return await save_form(
        tx, applicant_id, draft_id, form_id, with_sheet(draft.forms.get(form_id, []), index, sheet), now=now
    )


async def remove_sheet(
    tx: AsyncSession, applicant_id: str, draft_id: UUID, form_id: str, index: int, *, now: datetime
) -> Draft:
    """Take one sheet out; one that is not there is no fault. Raises as `save_form`."""
    draft = await store.load_draft(tx, applicant_id, draft_id)
    kept = [sheet for place, sheet in enumerate(draft.forms.get(form_id, [])) if place != index]
    return await save_form(tx, applicant_id, draft_id, form_id, kept, now=now)


async def discard_draft(tx: AsyncSession, applicant_id: str, draft_id: UUID) -> None:
    """Throw a draft away with its uploads. Raises NotFound, NotAllowedNow."""
    draft = await store.load_draft(tx, applicant_id, draft_id)
    draft.must_be_open()
    await store.delete_draft(tx, draft)


@dataclass(frozen=True)
class Where:
    """What an upload is for: a component of a draft, of a dossier that waits for a supplement, or of neither yet."""

    component: str | None = None
    draft_id: UUID | None = None
    dossier_id: UUID | None = None


async def add_upload(
    tx: AsyncSession,
    applicant_id: str,
    name: str,
    data: bytes,
    *,
    where: Where,
    now: datetime,
    sha256: str | None = None,
) -> Upload:
    """Take a file. A repeat makes a second upload.

    Raises UploadBroken, and NotFound or NotAllowedNow where draft or dossier cannot take it.
    """
    await _must_be_wanted(tx, applicant_id, where)
    paper = await asyncio.to_thread(read_paper, name, data, sha256=sha256)
    upload_id = uuid4()
    stored = await objects_of(tx).put(f"uploads/{upload_id}{ENDINGS[paper.media_type]}", data)
    upload = Upload(
        id=upload_id,
        applicant_id=applicant_id,
        component=where.component,
        name=paper.name,
        media_type=paper.media_type,
        pages=paper.pages,
        object=Stored(stored.path, stored.sha256, stored.size),
        uploaded_at=now,
        draft_id=where.draft_id,
        dossier_id=where.dossier_id,
    )
    await store.add_upload(tx, upload)
    return upload


async def _must_be_wanted(tx: AsyncSession, applicant_id: str, where: Where) -> None:
    if where.draft_id is not None:
        draft = await store.load_draft(tx, applicant_id, where.draft_id)
        draft.must_be_open()
        procedure = any_version(law.load(), draft.procedure_id, draft.procedure_version)
        if where.component is None or procedure.component(where.component) is None:
            raise NotFound("component")
    if where.dossier_id is not None:
        (await dossiers.load_dossier(tx, where.dossier_id, applicant_id=applicant_id)).answered()
        asked = await dossiers.open_supplement(tx, where.dossier_id)
        if asked is None or where.component not in asked.items:
            raise NotFound("component")


async def remove_upload(tx: AsyncSession, applicant_id: str, upload_id: UUID) -> None:
    """Take back a file that was not filed yet. Raises NotFound, NotAllowedNow."""
    upload = await store.load_upload(tx, applicant_id, upload_id)
    if upload.draft_id is not None:
        (await store.load_draft(tx, applicant_id, upload.draft_id)).must_be_open()
    await store.delete_upload(tx, upload)
