"""What a command would print, before anybody gives it. Reads only: no lock, no number, nothing kept."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from rules.codes import result_code
from workflow import store
from workflow.domain import checklist
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, NoSuchFile
from workflow.domain.fee import quote_of
from workflow.domain.law import procedure_of
from workflow.domain.opinion import Opinion
from workflow.domain.slips import (
    APOLOGY,
    CONTROL_SLIP,
    FEE_NOTICE,
    OPINION,
    REFUSAL,
    RESULT,
    STOP_NOTICE,
    SUPPLEMENT,
    Refused,
    Replaced,
)
from workflow.handlers.access import see
from workflow.handlers.slips import preview, writing


async def preview_supplement(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """Form 02 with what lacks so far, also while the check is not complete. Raises NoSuchCase."""
    case = await see(tx, dossier_id, staff)
    judged = checklist.as_map(await store.judged(tx, dossier_id, case.round))
    lines = checklist.lacking(procedure_of(case), judged)
    asked = case.changed(round=case.round + 1)
    return await preview(tx, asked, SUPPLEMENT, now, writing.supplement(tx, asked, lines, staff))


async def preview_fee_notice(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """The fee notice as it would be sent now. Raises NoSuchCase, NoSuchFile where the procedure has no fee."""
    case = await see(tx, dossier_id, staff)
    quote = quote_of(procedure_of(case), case, await store.read_dossier(tx, case))
    if quote is None:
        raise NoSuchFile("fee notice")
    return await preview(tx, case, FEE_NOTICE, now, writing.fee_notice(tx, case, quote, staff))


async def preview_result(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """The result as it would be drawn up now. Raises NoSuchCase, DecisionIncomplete before the appraisal."""
    case = await see(tx, dossier_id, staff)
    if case.outcome is None or case.code is None:
        raise DecisionIncomplete([("outcome", "Hồ sơ chưa có kết luận thẩm định.")])
    drawn = case.changed(result_code=result_code(case.code, 1, on=now.date()))
    return await preview(tx, drawn, RESULT, now, writing.result(tx, drawn))


async def preview_correction(
    tx: AsyncSession, dossier_id: UUID, reason_vi: str, changed: Case | None = None, *, staff: Staff, now: datetime
) -> bytes:
    """A further result as it would be drawn up now; `changed` is the case with what was typed.

    Raises NoSuchCase, DecisionIncomplete before there is a result.
    """
    case = await see(tx, dossier_id, staff)
    if case.code is None or case.result_code is None:
        raise DecisionIncomplete([("outcome", "Hồ sơ chưa có kết quả để sửa.")])
    drawn = (changed or case).changed(result_code=result_code(case.code, case.results + 1, on=now.date()))
    replaced = Replaced(case.result_code, reason_vi)
    return await preview(tx, drawn, RESULT, now, writing.result(tx, drawn, replaced))


async def preview_refusal(tx: AsyncSession, dossier_id: UUID, refused: Refused, *, now: datetime) -> bytes:
    """Form 03 with what was typed so far. Raises NoSuchCase."""
    case = await see(tx, dossier_id, refused.staff)
    return await preview(tx, case, REFUSAL, now, writing.refusal(tx, case, refused))


async def preview_apology(
    tx: AsyncSession, dossier_id: UUID, written: Apology, *, staff: Staff, now: datetime
) -> bytes:
    """Form 04 as it was drafted. Raises NoSuchCase."""
    case = await see(tx, dossier_id, staff)
    return await preview(tx, case, APOLOGY, now, writing.apology(tx, case, written, staff))


async def preview_stop_notice(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """The notice as it would go out now. Raises NoSuchCase, NoSuchFile where nobody asked to stop."""
    case = await see(tx, dossier_id, staff)
    if case.stop_asked_at is None:
        raise NoSuchFile("stop notice")
    return await preview(tx, case, STOP_NOTICE, now, writing.stop_notice(tx, case, staff))


async def preview_opinion_request(
    tx: AsyncSession, dossier_id: UUID, asked: Opinion, *, staff: Staff, now: datetime
) -> bytes:
    """The question to another agency as it was typed. Raises NoSuchCase."""
    case = await see(tx, dossier_id, staff)
    return await preview(tx, case, OPINION, now, writing.opinion_request(case, asked, staff))


async def preview_control_slip(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """Who had the dossier so far. Raises NoSuchCase, NoSuchFile before acceptance."""
    case = await see(tx, dossier_id, staff)
    if not case.is_accepted:
        raise NoSuchFile("control slip")
    return await preview(tx, case, CONTROL_SLIP, now, writing.control_slip(tx, case, now))
