"""Uploads and drafts: what is prepared before it is filed."""

import base64
import binascii
import re
from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Header, UploadFile

from intake import reads
from intake.api.calling import Applicant, Office, Uploader, problems
from intake.api.shapes import ContactIn, DossierOut, DraftIn, DraftOut, FormIn, UploadOut
from intake.domain.dossier import Draft
from intake.domain.errors import UploadBroken
from intake.domain.papers import MOST_BYTES
from intake.handlers import drafts, filing
from intake.measures import FiledOnline
from kit.now import Now
from kit.tx import Tx

router = APIRouter()
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


@router.post(
    "/uploads",
    status_code=HTTPStatus.CREATED,
    summary="Upload one file (PDF, PNG or JPEG, at most 20 MB)",
    tags=["Uploads"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
)
async def upload(
    person: Uploader,
    tx: Tx,
    now: Now,
    file: Annotated[UploadFile, File(description="its part may carry Content-Digest: sha-256=:…: (RFC 9530)")],
    component: Annotated[
        str | None, Form(pattern=r"^[A-Za-z0-9._-]{1,100}$", description="the component it is for")
    ] = None,
    draft_id: Annotated[UUID | None, Form(description="a draft of yours to put it into")] = None,
    dossier_id: Annotated[UUID | None, Form(description="a dossier of yours that waits for a supplement")] = None,
    x_content_sha256: Annotated[str | None, Header(description="hex digest of the file, checked on arrival")] = None,
) -> UploadOut:
    """The bytes are judged, not the name: an empty, truncated, locked or foreign file is refused with the reason."""
    name = file.filename or ""
    data = await file.read(MOST_BYTES + 1)
    sha256 = x_content_sha256 or digest_of(name, file.headers.get("content-digest"))
    where = drafts.Where(component, draft_id, dossier_id)
    found = await drafts.add_upload(tx, person.id, name, data, where=where, sha256=sha256, now=now)
    return UploadOut(**vars(found) | {"size": found.object.size, "sha256": found.object.sha256})


def digest_of(name: str, header: str | None) -> str | None:
    """The SHA-256 in a Content-Digest field, as hex; none where it speaks of other digests only."""
    match = _DIGEST.search(header or "")
    if match is None:
        return None
    try:
        return base64.b64decode(match[1], validate=True).hex()
    except binascii.Error as error:
        raise UploadBroken(name, "digest") from error


@router.delete(
    "/uploads/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Take back a file that was not filed yet",
    tags=["Uploads"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def take_back(upload_id: UUID, person: Uploader, tx: Tx) -> None:
    await drafts.remove_upload(tx, person.id, upload_id)


@router.post(
    "/drafts",
    status_code=HTTPStatus.CREATED,
    summary="Begin a dossier",
    tags=["Drafts"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def begin(asked: DraftIn, person: Applicant, tx: Tx, now: Now) -> DraftOut:
    """Refused where the procedure is not in force or this portal does not take it (R19)."""
    draft = await drafts.start_draft(tx, person.id, asked.procedure_id, now=now)
    return await _draft(tx, person.id, draft, now.date())


@router.get(
    "/drafts/{draft_id}",
    summary="A draft, with what would be refused if it were sent now",
    tags=["Drafts"],
    responses=problems(HTTPStatus.NOT_FOUND),
)
async def show_draft(draft_id: UUID, person: Applicant, tx: Tx, now: Now) -> DraftOut:
    found, _ = await reads.find_draft(tx, person.id, draft_id)
    return await _draft(tx, person.id, found, now.date())


@router.put(
    "/drafts/{draft_id}/forms/{form_id}",
    summary="Keep the sheets of one form, right or wrong",
    tags=["Drafts"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def keep_form(draft_id: UUID, form_id: str, given: FormIn, person: Applicant, tx: Tx, now: Now) -> DraftOut:
    """Replaces what was kept; `flaws` in the answer says what is still wrong."""
    draft = await drafts.save_form(tx, person.id, draft_id, form_id, given.sheets, now=now)
    return await _draft(tx, person.id, draft, now.date())


@router.put(
    "/drafts/{draft_id}/contact",
    summary="Keep who files and how to reach them",
    tags=["Drafts"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def keep_contact(draft_id: UUID, contact: ContactIn, person: Applicant, tx: Tx, now: Now) -> DraftOut:
    draft = await drafts.save_contact(tx, person.id, draft_id, contact, now=now)
    return await _draft(tx, person.id, draft, now.date())


@router.post(
    "/drafts/{draft_id}/submission",
    status_code=HTTPStatus.CREATED,
    summary="File a draft; a repeat gives the same dossier",
    tags=["Drafts"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def submit_draft(
    counted: FiledOnline, draft_id: UUID, person: Applicant, tx: Tx, now: Now, office: Office
) -> DossierOut:
    dossier, is_new = await filing.submit_draft(tx, person.id, draft_id, office=office, now=now)
    if not is_new:
        counted.repeated()
    return DossierOut.model_validate(dossier)


async def _draft(tx: Tx, applicant_id: str, draft: Draft, on: date) -> DraftOut:
    _, uploads = await reads.find_draft(tx, applicant_id, draft.id)
    files = [UploadOut(**vars(one) | {"size": one.object.size, "sha256": one.object.sha256}) for one in uploads]
    flaws = [] if draft.dossier_id else [flaw.as_json() for flaw in reads.flaws_of_draft(draft, uploads, on)]
    return DraftOut(**vars(draft) | {"uploads": files, "flaws": flaws})
