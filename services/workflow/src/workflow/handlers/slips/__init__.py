"""Slips that go out: numbered without gaps, rendered, kept as issued. Each within the transaction of its move."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import objects_of
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
from workflow.handlers.slips import writing
from workflow.handlers.slips.books import preview_register, register
from workflow.handlers.slips.issuing import a_token, issue, letter, paper_of, preview, put_pdf

__all__ = [
    "acceptance_slip",
    "apology",
    "control_slip",
    "correction",
    "fee_notice",
    "opinion_request",
    "preview",
    "preview_register",
    "put_request",
    "refusal",
    "register",
    "result",
    "stop_notice",
    "supplement",
    "writing",
]


async def acceptance_slip(tx: AsyncSession, case: Case, now: datetime) -> StoredFile:
    """Form 01 of a case that has its code and its due time."""
    return await issue(tx, case, slips.ACCEPTANCE_SLIP, now, writing.acceptance_slip(tx, case))


async def supplement(
    tx: AsyncSession, case: Case, items: Sequence[CheckItem], staff: Staff, now: datetime
) -> tuple[StoredFile, StoredFile]:
    """Form 02 of `case.round`, and the officer's sentences as JSON (component to reason)."""
    slip = await issue(tx, case, slips.SUPPLEMENT, now, writing.supplement(tx, case, items, staff))
    return slip, await put_request(tx, case.dossier_id, case.round, items)


async def put_request(tx: AsyncSession, dossier_id: UUID, round_: int, items: Sequence[CheckItem]) -> StoredFile:
    body = orjson.dumps({item.component: item.note.strip() for item in items})
    digest = hashlib.sha256(body).hexdigest()
    return store.to_file(await objects_of(tx).put(f"requests/{dossier_id}/{round_}-{digest[:16]}.json", body))


async def fee_notice(tx: AsyncSession, case: Case, quote: FeeQuote, staff: Staff, now: datetime) -> StoredFile:
    return await issue(tx, case, slips.FEE_NOTICE, now, writing.fee_notice(tx, case, quote, staff))


async def refusal(
    tx: AsyncSession, case: Case, reason: str, where_to_go: str, staff: Staff, now: datetime
) -> StoredFile:
    """Form 03."""
    refused = slips.Refused(reason, where_to_go, staff)
    return await issue(tx, case, slips.REFUSAL, now, writing.refusal(tx, case, refused))


async def apology(tx: AsyncSession, case: Case, written: Apology, staff: Staff, now: datetime) -> StoredFile:
    """Form 04; `staff` signs it."""
    return await issue(tx, case, slips.APOLOGY, now, writing.apology(tx, case, written, staff))


async def stop_notice(tx: AsyncSession, case: Case, staff: Staff, now: datetime) -> StoredFile:
    """Form 05, before the circular of 2025 a plain notice; `case` is as it was before it stopped."""
    return await issue(tx, case, slips.STOP_NOTICE, now, writing.stop_notice(tx, case, staff))


async def opinion_request(tx: AsyncSession, case: Case, opinion: Opinion, staff: Staff, now: datetime) -> StoredFile:
    """The letter to another agency."""
    return await issue(tx, case, slips.OPINION, now, writing.opinion_request(case, opinion, staff))


async def control_slip(tx: AsyncSession, case: Case, now: datetime) -> StoredFile:
    """Form 06 (05 before 2025) of an accepted case, with every hand-over so far; a later one replaces it."""
    return await issue(tx, case, slips.CONTROL_SLIP, now, writing.control_slip(tx, case, now))


async def result(tx: AsyncSession, case: Case, now: datetime) -> StoredFile:
    """The result as it will be signed; from here on its bytes do not change. `case` has its code and number.

    A result is known by its code and its own number, so it takes none of a series of slips.
    """
    return await _draw(tx, case, now, None)


async def correction(tx: AsyncSession, case: Case, reason_vi: str, now: datetime) -> StoredFile:
    """A further result (R16) of a case with its new outcome, conclusion and conditions.

    `case.result_code` is the result found wrong, `case.results` how many there are; the new code follows from them.
    """
    assert case.code is not None
    assert case.result_code is not None
    code = result_code(case.code, case.results + 1, on=now.astimezone(TIME_ZONE).date())
    replaced = slips.Replaced(case.result_code, reason_vi)
    return await _draw(tx, case.changed(result_code=code), now, replaced)


async def _draw(tx: AsyncSession, case: Case, now: datetime, replaced: slips.Replaced | None) -> StoredFile:
    """Until it is issued its QR finds nothing (`reads.verification`)."""
    assert case.result_code is not None
    token = a_token()
    head = letter(tx, office_of(case), slips.RESULT, None, now, code=case.shown_code, token=token)
    pdf = await gateways.render(head.layout, await writing.result(tx, case, replaced)(head))
    file = await put_pdf(tx, f"results/{case.dossier_id}/{case.result_code}", pdf)
    paper = paper_of(case, head, slips.RESULT, case.result_code, file, procedure_of(case).result.name_vi)
    await store.add_paper(tx, token, paper)
    return file
