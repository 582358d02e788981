"""Slips are numbered, rendered, stored under their digest, and noted; a preview is rendered and nothing else."""

import hashlib
from datetime import datetime
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import objects_of
from rules.catalogue import load
from rules.codes import result_code
from rules.fees import FeeQuote
from workflow import gateways, store
from workflow.domain import slips
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.case import Case, StoredFile
from workflow.domain.checklist import CheckItem
from workflow.domain.law import office_of, procedure_of
from workflow.domain.opinion import Opinion
from workflow.domain.slips import Data, Letter

LOOKUP_PATH = "/lookup?code={code}"  # the citizens' side: how far along it is, more after sign-in (R17)


def letter(
    tx: AsyncSession, case: Case, form: str, number: int | None, now: datetime, *, is_preview: bool = False
) -> Letter:
    """The head of a slip of this case; `number` is its place in the form's series, where it has one."""
    public_url: str = tx.info.get("public_url", "")
    track_url = public_url + LOOKUP_PATH.format(code=case.shown_code)
    return Letter(office_of(case), form, number, now, track_url, is_preview=is_preview)


async def put_out(tx: AsyncSession, case: Case, form: str, number: int, data: Data, now: datetime) -> StoredFile:
    """Render and store a slip, and note it in its series."""
    file = await put_pdf(tx, f"slips/{case.dossier_id}/{form}-{number}", await gateways.render(form, data))
    await store.add_slip(tx, case, form, number, file, now)
    return file


async def put_pdf(tx: AsyncSession, prefix: str, pdf: bytes) -> StoredFile:
    """The digest in the path lets a transaction that failed be tried again with other bytes."""
    digest = hashlib.sha256(pdf).hexdigest()
    return store.to_file(await objects_of(tx).put(f"{prefix}-{digest[:16]}.pdf", pdf))


async def acceptance_slip(tx: AsyncSession, case: Case, now: datetime) -> StoredFile:
    """Form 01 of a case that has its code and its due time."""
    number = await store.next_slip_number(tx, case.office, slips.ACCEPTANCE_SLIP, now.year)
    checker = await store.find_staff(tx, case.checker_id) if case.checker_id else None
    contact, dossier = await store.read_contact(tx, case), await store.read_dossier(tx, case)
    head = letter(tx, case, slips.ACCEPTANCE_SLIP, number, now)
    data = slips.acceptance_slip(head, case, procedure_of(case), contact, dossier, checker)
    return await put_out(tx, case, slips.ACCEPTANCE_SLIP, number, data, now)


async def supplement_data(
    tx: AsyncSession, case: Case, items: list[CheckItem], number: int | None, staff: Staff, now: datetime
) -> Data:
    """Form 02; `case.round` is the round it asks for. Without a number it is a preview."""
    head = letter(tx, case, slips.SUPPLEMENT, number, now, is_preview=number is None)
    asked = slips.Asked(case.round, items, staff)
    return slips.supplement(head, case, procedure_of(case), await store.read_contact(tx, case), asked)


async def supplement(
    tx: AsyncSession, case: Case, items: list[CheckItem], staff: Staff, now: datetime
) -> tuple[StoredFile, StoredFile]:
    """Form 02, and the officer's sentences as JSON (component to reason)."""
    number = await store.next_slip_number(tx, case.office, slips.SUPPLEMENT, now.year)
    data = await supplement_data(tx, case, items, number, staff, now)
    slip = await put_out(tx, case, slips.SUPPLEMENT, number, data, now)
    return slip, await put_request(tx, case.dossier_id, case.round, items)


async def put_request(tx: AsyncSession, dossier_id: UUID, round_: int, items: list[CheckItem]) -> StoredFile:
    body = orjson.dumps({item.component: item.note.strip() for item in items})
    digest = hashlib.sha256(body).hexdigest()
    return store.to_file(await objects_of(tx).put(f"requests/{dossier_id}/{round_}-{digest[:16]}.json", body))


async def fee_notice_data(
    tx: AsyncSession, case: Case, quote: FeeQuote, number: int | None, staff: Staff, now: datetime
) -> Data:
    """The fee notice. Without a number it is a preview."""
    head = letter(tx, case, slips.FEE_NOTICE, number, now, is_preview=number is None)
    return slips.fee_notice(head, case, procedure_of(case), await store.read_contact(tx, case), quote, staff)


async def fee_notice(tx: AsyncSession, case: Case, quote: FeeQuote, staff: Staff, now: datetime) -> StoredFile:
    number = await store.next_slip_number(tx, case.office, slips.FEE_NOTICE, now.year)
    data = await fee_notice_data(tx, case, quote, number, staff, now)
    return await put_out(tx, case, slips.FEE_NOTICE, number, data, now)


async def result(tx: AsyncSession, case: Case, now: datetime) -> StoredFile:
    """The result as it will be signed; from here on its bytes do not change."""
    pdf = await gateways.render(slips.RESULT, await result_data(tx, case, now, is_preview=False))
    return await put_pdf(tx, f"results/{case.dossier_id}/{case.result_code}", pdf)


async def result_data(tx: AsyncSession, case: Case, now: datetime, *, is_preview: bool) -> Data:
    """A result is known by its code and its own number, so its head carries none of a series of slips."""
    procedure = procedure_of(case)
    forms = [load().form(form_id) for form_id in procedure.form_ids]
    head = letter(tx, case, slips.RESULT, None, now, is_preview=is_preview)
    return slips.result(head, case, procedure, await store.read_dossier(tx, case), forms)


async def refusal(
    tx: AsyncSession, case: Case, reason: str, where_to_go: str, staff: Staff, now: datetime
) -> StoredFile:
    """Form 03."""
    number = await store.next_slip_number(tx, case.office, slips.REFUSAL, now.year)
    data = await refusal_data(tx, case, slips.Refused(reason, where_to_go, staff), number, now)
    return await put_out(tx, case, slips.REFUSAL, number, data, now)


async def refusal_data(tx: AsyncSession, case: Case, refused: slips.Refused, number: int | None, now: datetime) -> Data:
    head = letter(tx, case, slips.REFUSAL, number, now, is_preview=number is None)
    return slips.refusal(head, case, procedure_of(case), await store.read_contact(tx, case), refused)


async def apology(tx: AsyncSession, case: Case, written: Apology, staff: Staff, now: datetime) -> StoredFile:
    """Form 04."""
    number = await store.next_slip_number(tx, case.office, slips.APOLOGY, now.year)
    data = await apology_data(tx, case, written, number, staff, now)
    return await put_out(tx, case, slips.APOLOGY, number, data, now)


async def apology_data(
    tx: AsyncSession, case: Case, written: Apology, number: int | None, staff: Staff, now: datetime
) -> Data:
    head = letter(tx, case, slips.APOLOGY, number, now, is_preview=number is None)
    return slips.apology(head, case, procedure_of(case), await store.read_contact(tx, case), written, staff)


async def stop_notice(tx: AsyncSession, case: Case, staff: Staff, now: datetime) -> StoredFile:
    """Form 05; `case` is as it was before it stopped."""
    number = await store.next_slip_number(tx, case.office, slips.STOP_NOTICE, now.year)
    data = await stop_data(tx, case, number, staff, now)
    return await put_out(tx, case, slips.STOP_NOTICE, number, data, now)


async def stop_data(tx: AsyncSession, case: Case, number: int | None, staff: Staff, now: datetime) -> Data:
    head = letter(tx, case, slips.STOP_NOTICE, number, now, is_preview=number is None)
    return slips.stop_notice(head, case, procedure_of(case), await store.read_contact(tx, case), staff)


async def opinion_request(tx: AsyncSession, case: Case, opinion: Opinion, staff: Staff, now: datetime) -> StoredFile:
    """The letter to another agency."""
    number = await store.next_slip_number(tx, case.office, slips.OPINION, now.year)
    data = opinion_data(tx, case, opinion, number, staff, now)
    return await put_out(tx, case, slips.OPINION, number, data, now)


def opinion_data(
    tx: AsyncSession, case: Case, opinion: Opinion, number: int | None, staff: Staff, now: datetime
) -> Data:
    head = letter(tx, case, slips.OPINION, number, now, is_preview=number is None)
    return slips.opinion_request(head, case, procedure_of(case), opinion, staff)


async def correction(tx: AsyncSession, case: Case, reason_vi: str, now: datetime) -> StoredFile:
    """A further result (R16) of a case with its new outcome, conclusion and conditions.

    `case.result_code` is the result found wrong, `case.results` how many there are; the new code follows from them.
    """
    assert case.code is not None
    code = result_code(case.code, case.results + 1, on=now.date())
    pdf = await gateways.render(
        slips.RESULT, await result_data(tx, case.changed(result_code=code), now, is_preview=False)
    )
    return await put_pdf(tx, f"results/{case.dossier_id}/{code}", pdf)
