"""What a clerk prepares at the counter or from a parcel, kept as it goes, and its registration at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Dossier, Draft, Upload
from intake.domain.errors import NotAllowedNow, SubmissionInvalid
from intake.domain.filing import must_be_open, must_have_components, procedure_in_force
from intake.domain.flaws import Flaw, clean
from intake.domain.registering import Filing, Paper, Return, answer_flaws, shown_only, with_counts
from intake.domain.registration import DOORS, NO_ACCOUNT, Answers, Clerk, Parcel, Registration, new_applicant_id
from intake.domain.texts import storable
from intake.handlers import drafts, registering
from intake.handlers.packing import Contents
from intake.handlers.supplements import Handed, register_answer
from intake.store import contacts, dossiers
from intake.store import drafts as draft_store
from intake.store import registrations as store
from kit.now import TIME_ZONE
from rules import catalogue as law

NO_PROCEDURE = Flaw(
    "required", "Hãy chọn thủ tục trước.", "Choose the procedure first.", path=("procedure",), within=""
)

STAMPED_BEFORE = Flaw(
    "before_request",
    "Dấu đến có trước khi cơ quan gửi yêu cầu bổ sung. Hãy xem lại dấu, hoặc xem đây có đúng là phần bổ sung không.",
    "The stamp is older than the request it would answer.",
    path=("received_at",),
    within="",
)


@dataclass(frozen=True)
class Noted:
    """What stands on the desk's page: who files, what was counted, how the result goes back."""

    contact: Mapping[str, Any]
    papers: Mapping[str, Paper]
    items: Mapping[str, int]
    wanted: Return


async def open_counter(
    tx: AsyncSession, clerk: Clerk, office: str, *, known: UUID | None = None, now: datetime
) -> Registration:
    """Begin with one person; `known` is an earlier dossier of theirs. Raises NotFound.

    Who has filed on paper before keeps the id given then; an account is never guessed.
    """
    applicant_id, contact = new_applicant_id(), None
    if known is not None:
        found = await contacts.load_known(tx, office, known)
        contact = found.contact.model_dump(mode="json")
        applicant_id = found.applicant_id if found.applicant_id.startswith(NO_ACCOUNT) else applicant_id
    one = Registration(uuid4(), "counter", office, clerk, now, now, applicant_id, contact=contact)
    await store.add_registration(tx, one)
    return one


async def open_parcel(tx: AsyncSession, clerk: Clerk, office: str, parcel: Parcel, *, now: datetime) -> Registration:
    """Begin with a parcel. Raises ItemTaken (so one that is open already is found again), SubmissionInvalid."""
    tidied = await registering.new_parcel(tx, office, parcel, now=now)
    flaws = registering.parcel_flaws(tidied, now)
    if flaws:
        raise SubmissionInvalid(flaws)
    one = Registration(uuid4(), "post_room", office, clerk, now, now, new_applicant_id(), parcel=tidied)
    await store.add_registration(tx, one)
    return one


async def take_over(tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, *, now: datetime) -> None:
    """Go on where a colleague left off. Raises NotFound, NotAllowedNow."""
    one = await store.load_registration(tx, office, registration_id)
    await store.save_registration(tx, one.taken_over(clerk, now))


async def discard(tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID) -> None:
    """Throw away what was not registered, with its scans. Raises NotFound, NotAllowedNow, HeldByAnother."""
    one = await _in_hand(tx, clerk, office, registration_id)
    await _drop_draft(tx, one)
    await store.delete_registration(tx, one)


async def note(
    tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, noted: Noted, *, now: datetime
) -> Registration:
    """Keep what stands on the page, right or wrong. Raises NotFound, NotAllowedNow, HeldByAnother."""
    one = await _in_hand(tx, clerk, office, registration_id)
    contact = {key: storable(str(value)).strip() for key, value in noted.contact.items() if value}
    one = replace(one, contact=contact, papers=noted.papers, items=noted.items, wanted=noted.wanted, changed_at=now)
    await store.save_registration(tx, one)
    return one


async def choose_procedure(
    tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, procedure_id: str, *, now: datetime
) -> None:
    """Say what is asked for; another procedure than before begins its papers anew.

    Raises NotFound, NotAllowedNow, HeldByAnother, ProcedureUnknown, ProcedureNotInForce, FilingClosed,
    ComponentsUnpublished.
    """
    one = await _in_hand(tx, clerk, office, registration_id)
    on = registering.received(one, now).astimezone(TIME_ZONE).date()
    procedure = procedure_in_force(law.load(), procedure_id, on)
    must_be_open(law.load(), procedure, on, DOORS[one.door])
    must_have_components(procedure)
    held = await draft_of(tx, one)
    if held and not one.answers and (held.procedure_id, held.procedure_version) == (procedure.id, procedure.version):
        return
    await _begin(tx, one, procedure.id, procedure.version, None, now=now)


async def choose_dossier(
    tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, code: str, *, now: datetime
) -> None:
    """Say whose supplement request is answered, by code or arrival number.

    Raises NotFound (no such dossier here), NotAllowedNow (nothing is asked of it), HeldByAnother.
    """
    one = await _in_hand(tx, clerk, office, registration_id)
    dossier = await dossiers.find_by_code(tx, office, storable(code).strip().upper())
    dossier.answered()
    asked = await dossiers.open_supplement(tx, dossier.id)
    if asked is None:
        raise NotAllowedNow("answer a supplement", "none is open", "Hồ sơ này hiện không được yêu cầu bổ sung.")
    answers = Answers(dossier.id, asked.round)
    await _begin(tx, one, dossier.procedure_id, dossier.procedure_version, answers, now=now)


async def _begin(
    tx: AsyncSession, one: Registration, procedure_id: str, version: str, answers: Answers | None, *, now: datetime
) -> None:
    await _drop_draft(tx, one)
    draft = Draft(uuid4(), one.applicant_id, procedure_id, version, {}, None, now, now)
    await draft_store.add_draft(tx, draft)
    one = replace(one, draft_id=draft.id, answers=answers, papers={}, items={}, changed_at=now)
    await store.save_registration(tx, one)


async def _drop_draft(tx: AsyncSession, one: Registration) -> None:
    if one.draft_id is not None:
        draft = await draft_store.load_draft(tx, one.applicant_id, one.draft_id)
        await store.save_registration(tx, replace(one, draft_id=None))
        await draft_store.delete_draft(tx, draft)


async def add_scan(
    tx: AsyncSession,
    clerk: Clerk,
    office: str,
    registration_id: UUID,
    component: str,
    name: str,
    data: bytes,
    *,
    now: datetime,
) -> Upload:
    """Take a scan of one component. Raises UploadBroken, NotFound, NotAllowedNow, HeldByAnother."""
    one = await _in_hand(tx, clerk, office, registration_id)
    where = drafts.Where(component, draft_id=_must_have_draft(one))
    return await drafts.add_upload(tx, one.applicant_id, name, data, where=where, now=now)


async def remove_scan(tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, upload_id: UUID) -> None:
    """Raises NotFound, NotAllowedNow, HeldByAnother."""
    one = await _in_hand(tx, clerk, office, registration_id)
    await drafts.remove_upload(tx, one.applicant_id, upload_id)


async def save_sheet(
    tx: AsyncSession,
    clerk: Clerk,
    office: str,
    registration_id: UUID,
    form_id: str,
    index: int,
    sheet: Mapping[str, Any],
    *,
    now: datetime,
) -> Draft:
    """Keep one sheet that the clerk types in. Raises NotFound, NotAllowedNow, HeldByAnother, FormUnknown."""
    one = await _in_hand(tx, clerk, office, registration_id)
    return await drafts.save_sheet(tx, one.applicant_id, _must_have_draft(one), form_id, index, sheet, now=now)


async def remove_sheet(
    tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, form_id: str, index: int, *, now: datetime
) -> Draft:
    """Take one sheet out. Raises as `save_sheet`."""
    one = await _in_hand(tx, clerk, office, registration_id)
    return await drafts.remove_sheet(tx, one.applicant_id, _must_have_draft(one), form_id, index, now=now)


async def register(
    tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID, *, now: datetime
) -> Registration:
    """Register what was prepared; a second click gives the same again.

    Emits DossierSubmitted, or SupplementSubmitted where a request is answered. Raises NotFound, HeldByAnother,
    NotAllowedNow, SubmissionInvalid, FilingClosed, ProcedureNotInForce.
    """
    one = await store.load_registration(tx, office, registration_id)
    if one.is_finished:
        return one
    one.must_be_held_by(clerk)
    one = replace(one, holder=clerk)  # with title and telephone, for the card
    draft = await draft_of(tx, one)
    if draft is None:
        raise SubmissionInvalid([NO_PROCEDURE])
    uploads = await draft_store.uploads_of_draft(tx, draft.id)
    files = [(upload.component, upload) for upload in uploads if upload.component]
    if one.answers:
        dossier = await _answer(tx, one, one.answers, draft, files, now=now)
        await _drop_draft(tx, one)
        one = replace(one, draft_id=None)
    else:
        dossier = await registering.file_papers(tx, one, uuid4(), filing_of(one, draft), files, now=now)
        await draft_store.save_draft(tx, replace(draft, forms={}, dossier_id=dossier.id, updated_at=now))
    done = one.finished(dossier.id, now)
    await store.save_registration(tx, done)
    return done


def filing_of(one: Registration, draft: Draft) -> Filing:
    """What was prepared, as it is filed."""
    forms = {form_id: sheets for form_id, sheets in draft.forms.items() if sheets}
    return Filing(draft.procedure_id, one.contact or {}, forms, one.papers, one.items, one.wanted)


async def _answer(
    tx: AsyncSession, one: Registration, answers: Answers, draft: Draft, files: registering.Files, *, now: datetime
) -> Dossier:
    flaws = registering.parcel_flaws(one.parcel, now)
    filing, dossier = filing_of(one, draft), await dossiers.load_dossier(tx, answers.dossier_id)
    procedure = law.load().procedure(dossier.procedure_id, dossier.procedure_version)
    contents = Contents(clean(with_counts(filing, procedure)), files, shown_only(filing.papers))
    asked = await dossiers.load_supplement(tx, answers.dossier_id, answers.round)
    if registering.received(one, now) < asked.requested_at:
        flaws.append(STAMPED_BEFORE)
    flaws += answer_flaws(filing, procedure, contents.files_by_component(), law.load())
    if flaws:
        raise SubmissionInvalid(flaws)
    handed = Handed(DOORS[one.door], registering.received(one, now), registering.handler_of(one.holder))
    await registering.note_clerk(tx, one.holder, one.office)
    return await register_answer(tx, answers.dossier_id, answers.round, contents, draft.forms, handed, now=now)


async def draft_of(tx: AsyncSession, one: Registration) -> Draft | None:
    """Its sheets and scans, once there is a procedure."""
    if one.draft_id is None:
        return None
    return await draft_store.load_draft(tx, one.applicant_id, one.draft_id, lock=False)


async def _in_hand(tx: AsyncSession, clerk: Clerk, office: str, registration_id: UUID) -> Registration:
    one = await store.load_registration(tx, office, registration_id)
    one.must_be_held_by(clerk)
    return one


def _must_have_draft(one: Registration) -> UUID:
    """Raises NotAllowedNow before there is a procedure."""
    if one.draft_id is None:
        raise NotAllowedNow("add to a registration", "it has no procedure", NO_PROCEDURE.message_vi)
    return one.draft_id
