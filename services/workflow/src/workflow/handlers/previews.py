"""What a command would print, before anybody gives it. Reads only: no lock, no number, nothing kept."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from rules.codes import result_code
from workflow import gateways, store
from workflow.domain import checklist
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.errors import DecisionIncomplete, NoSuchFile
from workflow.domain.fee import quote_of
from workflow.domain.law import procedure_of
from workflow.domain.opinion import Opinion
from workflow.domain.slips import APOLOGY, FEE_NOTICE, OPINION, REFUSAL, RESULT, STOP_NOTICE, SUPPLEMENT, Refused
from workflow.handlers import slips
from workflow.handlers.access import see


async def preview_supplement(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """Form 02 with what lacks so far, also while the check is not complete. Raises NoSuchCase."""
    case = await see(tx, dossier_id, staff)
    judged = checklist.as_map(await store.judged(tx, dossier_id, case.round))
    lines = checklist.lacking(procedure_of(case), judged)
    data = await slips.supplement_data(tx, case.changed(round=case.round + 1), lines, None, staff, now)
    return await gateways.render(SUPPLEMENT, data)


async def preview_fee_notice(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """The fee notice as it would be sent now. Raises NoSuchCase, NoSuchFile where the procedure has no fee."""
    case = await see(tx, dossier_id, staff)
    quote = quote_of(procedure_of(case), case, await store.read_dossier(tx, case))
    if quote is None:
        raise NoSuchFile("fee notice")
    return await gateways.render(FEE_NOTICE, await slips.fee_notice_data(tx, case, quote, None, staff, now))


async def preview_result(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """The result as it would be drawn up now. Raises NoSuchCase, DecisionIncomplete before the appraisal."""
    case = await see(tx, dossier_id, staff)
    if case.outcome is None or case.code is None:
        raise DecisionIncomplete([("outcome", "Hồ sơ chưa có kết luận thẩm định.")])
    drawn = case.changed(result_code=result_code(case.code, 1, on=now.date()))
    return await gateways.render(RESULT, await slips.result_data(tx, drawn, now, is_preview=True))


async def preview_refusal(tx: AsyncSession, dossier_id: UUID, refused: Refused, *, now: datetime) -> bytes:
    """Form 03 with what was typed so far. Raises NoSuchCase."""
    case = await see(tx, dossier_id, refused.staff)
    return await gateways.render(REFUSAL, await slips.refusal_data(tx, case, refused, None, now))


async def preview_apology(
    tx: AsyncSession, dossier_id: UUID, written: Apology, *, staff: Staff, now: datetime
) -> bytes:
    """Form 04 as it was drafted. Raises NoSuchCase."""
    case = await see(tx, dossier_id, staff)
    return await gateways.render(APOLOGY, await slips.apology_data(tx, case, written, None, staff, now))


async def preview_stop_notice(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, now: datetime) -> bytes:
    """The notice as it would go out now. Raises NoSuchCase, NoSuchFile where nobody asked to stop."""
    case = await see(tx, dossier_id, staff)
    if case.stop_asked_at is None:
        raise NoSuchFile("stop notice")
    return await gateways.render(STOP_NOTICE, await slips.stop_data(tx, case, None, staff, now))


async def preview_opinion_request(
    tx: AsyncSession, dossier_id: UUID, asked: Opinion, *, staff: Staff, now: datetime
) -> bytes:
    """The question to another agency as it was typed. Raises NoSuchCase."""
    case = await see(tx, dossier_id, staff)
    return await gateways.render(OPINION, slips.opinion_data(tx, case, asked, None, staff, now))
