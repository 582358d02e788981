"""A valid dossier, its fee paid where one is due, is accepted: code, clock, form 01, first step. In one handling."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.payments import FeePaid
from contracts.workflow import DossierAccepted
from kit.now import TIME_ZONE
from rules.catalogue import load
from rules.codes import dossier_code
from rules.records.status import LOOKS
from workflow import store
from workflow.domain import ledger
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.domain.unexpected_events import Effect, Heard
from workflow.handlers import slips
from workflow.handlers.runs import start_first_step
from workflow.handlers.saying import say
from workflow.handlers.unexpected import effect_of, keep_for_decision


async def take_payment(tx: AsyncSession, event: FeePaid, *, now: datetime) -> None:
    """The fee is there: the dossier is accepted by itself, and its first step starts.

    Emits DossierAccepted (status 2) and StepStarted (status 4). A case accepted before its fee only has it paid now,
    silently (R23). A payment nobody waits for, or of another amount, is kept for decision. Raises NoSuchCase.
    """
    case = await store.lock_case(tx, event.dossier_id)
    if reason := _why_not_taken(case, event):
        await keep_for_decision(tx, case, Heard.FEE, event, reason, now)
    elif case.is_accepted:
        case = await store.save_case(tx, case.changed(paid_at=event.paid_at))
        await store.add_history(tx, case, "Người nộp đã nộp phí; thời hạn không thay đổi", now)
    else:
        case = await accept(tx, case, paid_at=event.paid_at, staff=None, now=now)
        await start_first_step(tx, case, now)


def _why_not_taken(case: Case, event: FeePaid) -> str:
    """Why a person must decide on a payment; nothing where it takes effect."""
    if effect_of(Heard.FEE, case) is not Effect.APPLY or not case.owes_fee:
        now_vi = LOOKS[case.status][0]
        return f"Phí đến khi hồ sơ ở trạng thái “{now_vi}”; cần quyết định hoàn trả hay ghi nhận."
    if event.amount_vnd != case.fee_vnd:
        return f"Số tiền {event.amount_vnd} đồng khác số đã thông báo {case.fee_vnd} đồng."
    return ""


async def accept(tx: AsyncSession, case: Case, *, paid_at: datetime | None, staff: Staff | None, now: datetime) -> Case:
    """Give the case its code and start its clock by the procedure's start rule (R02): status 2, form 01.

    Its first step is started by the caller, in the same transaction. Emits DossierAccepted.
    """
    case = await _accepted(tx, case, paid_at, now)
    slip = await slips.acceptance_slip(tx, case, now)
    case = await store.save_case(tx, case)
    await store.add_history(tx, case, f"Tiếp nhận hồ sơ, cấp mã {case.code}", now, staff_id=staff.id if staff else None)
    await say(
        tx,
        DossierAccepted,
        case,
        now=now,
        staff=staff,
        code=case.code,
        started_at=case.started_at,
        due_at=case.due_at,
        first_due_at=case.first_due_at,
        calendar_version=case.calendar_version,
        readings=list(case.readings),
        slip=store.to_object(slip),
    )
    return case


async def _accepted(tx: AsyncSession, case: Case, paid_at: datetime | None, now: datetime) -> Case:
    case, line = ledger.started(case, paid_at)
    on = now.astimezone(TIME_ZONE).date()  # R21: the date of acceptance
    agency = load().agency_code(case.office, on)
    code = dossier_code(agency, on, await store.next_code_number(tx, agency, on))
    await store.add_clock_entry(tx, case.dossier_id, line)
    return moved(case, Action.ACCEPT, since=now, answer_by=None, code=code, accepted_at=now)
