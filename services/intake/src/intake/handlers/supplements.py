"""Answering a supplement request: exactly what was asked for, as a further package of the same dossier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Channel, Handler
from contracts.intake import SupplementSubmitted
from intake.domain.dossier import Dossier, Supplement
from intake.domain.errors import NotFound, SubmissionInvalid
from intake.domain.filing import PORTAL, Door, any_version
from intake.domain.flaws import clean, form_flaws
from intake.domain.road import Moment
from intake.handlers.filing import stored
from intake.handlers.packing import Contents, pack
from intake.store import dossiers, drafts
from kit import outbox
from rules import catalogue as law
from rules import filling
from rules.records.procedure import Procedure

Forms = Mapping[str, list[dict[str, Any]]]


async def answer_supplement(
    tx: AsyncSession,
    applicant_id: str,
    dossier_id: UUID,
    number: int,
    *,
    uploads: Sequence[tuple[str, UUID]],
    forms: Forms,
    now: datetime,
) -> Dossier:
    """Answer one round with uploads named in the call. Emits SupplementSubmitted.

    Raises NotFound, NotAllowedNow (so a second send changes nothing), SubmissionInvalid.
    """
    files = [(code, await drafts.load_upload(tx, applicant_id, upload_id)) for code, upload_id in uploads]
    return await _answer(tx, applicant_id, dossier_id, number, Contents(clean(forms), files), now=now)


async def save_supplement_sheet(
    tx: AsyncSession, applicant_id: str, dossier_id: UUID, form_id: str, index: int, sheet: Mapping[str, Any]
) -> None:
    """Keep one sheet of a form that is asked for again, as typed. Raises NotFound, NotAllowedNow."""
    asked, procedure = await _open_round(tx, applicant_id, dossier_id)
    if form_id not in [one.form_id for one in procedure.components if one.code in asked.items]:
        raise NotFound("form")
    tidied = filling.tidy(law.load().form(form_id), sheet)
    await dossiers.save_supplement_forms(tx, asked.with_sheet(form_id, index, tidied))


async def send_prepared_answer(tx: AsyncSession, applicant_id: str, dossier_id: UUID, *, now: datetime) -> Dossier:
    """Answer the open round with the files and sheets that were prepared one by one. Emits SupplementSubmitted.

    Raises as `answer_supplement`.
    """
    asked, _ = await _open_round(tx, applicant_id, dossier_id)
    waiting = await drafts.uploads_of_dossier(tx, dossier_id)
    files = [(upload.component, upload) for upload in waiting if upload.component]
    return await _answer(tx, applicant_id, dossier_id, asked.round, Contents(clean(asked.forms), files), now=now)


async def _open_round(tx: AsyncSession, applicant_id: str, dossier_id: UUID) -> tuple[Supplement, Procedure]:
    """The round that waits for an answer. Raises NotFound, NotAllowedNow where none does."""
    dossier = await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)
    dossier.answered()
    asked = await dossiers.open_supplement(tx, dossier_id)
    if asked is None:
        raise NotFound("supplement")
    return asked, any_version(law.load(), dossier.procedure_id, dossier.procedure_version)


@dataclass(frozen=True)
class Handed:
    """How an answer came where a clerk takes it in; `received_at` is the stamp's time where it came by post."""

    door: Door
    received_at: datetime
    registered_by: Handler


async def register_answer(
    tx: AsyncSession, dossier_id: UUID, number: int, contents: Contents, typed: Forms, handed: Handed, *, now: datetime
) -> Dossier:
    """Answer one round with what was handed in; `typed` are the sheets that are whole, not only counted.

    Emits SupplementSubmitted. Raises as `answer_supplement`.
    """
    return await _answer(tx, None, dossier_id, number, contents, now=now, handed=handed, typed=typed)


async def _answer(
    tx: AsyncSession,
    applicant_id: str | None,
    dossier_id: UUID,
    number: int,
    contents: Contents,
    *,
    now: datetime,
    handed: Handed | None = None,
    typed: Forms | None = None,
) -> Dossier:
    dossier = (await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)).answered()
    asked = await dossiers.load_supplement(tx, dossier_id, number)
    procedure = any_version(law.load(), dossier.procedure_id, dossier.procedure_version)
    _must_answer(asked, procedure, contents, contents.forms if typed is None else typed)
    version, at = dossier.packages, handed.received_at if handed else now
    packed = await pack(tx, procedure, dossier_id, version, contents, now=at, door=handed.door if handed else PORTAL)
    await dossiers.save_dossier(tx, dossier)
    await dossiers.add_package(tx, dossier_id, version, stored(packed), at)
    await dossiers.answer_supplement(tx, asked, now)
    await drafts.delete_uploads_of_dossier(tx, dossier_id)
    await dossiers.note(tx, dossier_id, Moment("supplement_answered", now, about=str(number)))
    event = SupplementSubmitted(
        dossier_id=dossier_id,
        round=number,
        received_at=at,
        package=packed.manifest,
        components=packed.components,
        channel=Channel(handed.door.channel) if handed else None,
        registered_by=handed.registered_by if handed else None,
    )
    await outbox.put(tx, event, time=now)
    return dossier


def _must_answer(asked: Supplement, procedure: Procedure, contents: Contents, typed: Forms) -> None:
    """Raises SubmissionInvalid for anything missing, not asked for, or wrong inside a sheet."""
    by_form = {one.form_id: one.code for one in procedure.components if one.form_id}
    given: list[str] = [component for component, _ in contents.files]
    given += [by_form.get(form_id, form_id) for form_id, sheets in contents.forms.items() if sheets]
    asked.must_match([*given, *contents.shown_only], {one.code: one.name_vi for one in procedure.components})
    flaws = [flaw for form_id, sheets in typed.items() if sheets for flaw in form_flaws(form_id, sheets, law.load())]
    if flaws:
        raise SubmissionInvalid(flaws)
