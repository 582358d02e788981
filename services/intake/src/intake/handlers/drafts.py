"""Drafts and uploads: what an applicant prepares before anything is filed. Says nothing to others."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from intake.domain.dossier import Draft, Stored, Upload
from intake.domain.errors import FormUnknown, NotFound
from intake.domain.filing import any_version, must_be_open, procedure_in_force
from intake.domain.papers import ENDINGS, read_paper
from intake.store import dossiers
from intake.store import drafts as store
from kit.tx import objects_of
from rules import catalogue as law
from rules import filling


async def start_draft(tx: AsyncSession, applicant_id: str, procedure_id: str, *, now: datetime) -> Draft:
    """Begin a dossier. Raises ProcedureUnknown, ProcedureNotInForce, FilingClosed."""
    catalogue = law.load()
    procedure = procedure_in_force(catalogue, procedure_id, now.date())
    must_be_open(catalogue, procedure, now.date())
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


async def discard_draft(tx: AsyncSession, applicant_id: str, draft_id: UUID) -> None:
    """Throw a draft away with its uploads. Raises NotFound, NotAllowedNow."""
    draft = await store.load_draft(tx, applicant_id, draft_id)
    draft.must_be_open()
    await store.delete_draft(tx, draft)


async def add_upload(
    tx: AsyncSession,
    applicant_id: str,
    name: str,
    data: bytes,
    *,
    now: datetime,
    component: str | None = None,
    sha256: str | None = None,
    draft_id: UUID | None = None,
    dossier_id: UUID | None = None,
) -> Upload:
    """Take a file: for a draft, for a dossier that waits for a supplement, or to be named in a later call.

    Raises UploadBroken, and NotFound or NotAllowedNow where draft or dossier cannot take it. A repeat makes a second
    upload.
    """
    await _must_be_wanted(tx, applicant_id, component, draft_id, dossier_id)
    paper = await asyncio.to_thread(read_paper, name, data, sha256=sha256)
    upload_id = uuid4()
    stored = await objects_of(tx).put(f"uploads/{upload_id}{ENDINGS[paper.media_type]}", data)
    kept = Stored(stored.path, stored.sha256, stored.size)
    upload = Upload(
        upload_id, applicant_id, component, paper.name, paper.media_type, paper.pages, kept, now, draft_id, dossier_id
    )
    await store.add_upload(tx, upload)
    return upload


async def _must_be_wanted(
    tx: AsyncSession, applicant_id: str, component: str | None, draft_id: UUID | None, dossier_id: UUID | None
) -> None:
    if draft_id is not None:
        draft = await store.load_draft(tx, applicant_id, draft_id)
        draft.must_be_open()
        procedure = any_version(law.load(), draft.procedure_id, draft.procedure_version)
        if component is None or procedure.component(component) is None:
            raise NotFound("component")
    if dossier_id is not None:
        (await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)).answered()
        asked = await dossiers.open_supplement(tx, dossier_id)
        if asked is None or component not in asked.items:
            raise NotFound("component")


async def remove_upload(tx: AsyncSession, applicant_id: str, upload_id: UUID) -> None:
    """Take back a file that was not filed yet. Raises NotFound, NotAllowedNow."""
    upload = await store.load_upload(tx, applicant_id, upload_id)
    if upload.draft_id is not None:
        (await store.load_draft(tx, applicant_id, upload.draft_id)).must_be_open()
    await store.delete_upload(tx, upload)
