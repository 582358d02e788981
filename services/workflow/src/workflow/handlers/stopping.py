"""Ends that the applicant brings about: withdrawing, asking to stop, or not answering (R09)."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import StopRequested, WithdrawalRequested
from contracts.workflow import ClosingAnnounced, DossierStopped, DossierWithdrawn, StopRefused
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.answering import check_unanswered, ground_of, last_moment
from workflow.domain.case import Case
from workflow.domain.law import procedure_of
from workflow.domain.moves import lacks, moved
from workflow.domain.reasons import why_not
from workflow.domain.slips.numerals import due_moment
from workflow.domain.status import Action
from workflow.domain.texts import said_text
from workflow.domain.unexpected_events import Effect, Heard
from workflow.handlers import slips
from workflow.handlers.access import take_up
from workflow.handlers.ending import end, put_explanation
from workflow.handlers.saying import say
from workflow.handlers.unexpected import effect_of, keep_for_decision, note_again

NO_REASON = "Hãy ghi rõ vì sao không dừng được nữa; người nộp sẽ đọc đúng đoạn này."
_CLOSED_VI = {
    "not_supplemented": "Đóng hồ sơ: hết thời hạn mà người nộp không bổ sung",
    "not_paid": "Đóng hồ sơ: hết thời hạn mà người nộp không nộp phí",
}


async def take_withdrawal(tx: AsyncSession, event: WithdrawalRequested, *, now: datetime) -> None:
    """The applicant takes the dossier back: status 7, an end.

    Emits DossierWithdrawn. In an ended case noted. Once the result is signed kept for decision. Raises NoSuchCase.
    """
    case = await store.lock_case(tx, event.dossier_id)
    effect = effect_of(Heard.WITHDRAWAL, case)
    if effect is Effect.NOTE:
        await note_again(tx, case, Heard.WITHDRAWAL, now)
    elif effect is Effect.DECIDE or lacks(case, Action.WITHDRAW, procedure_of(case)):
        why = _why_too_late(case, effect)
        reason = f"Người nộp xin rút hồ sơ, nhưng không rút được nữa. {why} Cần trả lời người nộp."
        await keep_for_decision(tx, case, Heard.WITHDRAWAL, event, reason, now)
    else:
        await _withdraw(tx, case, event, now)


def _why_too_late(case: Case, effect: Effect) -> str:
    lacking = lacks(case, Action.WITHDRAW, procedure_of(case)) if effect is Effect.APPLY else None
    return why_not(case.status, lacking)


async def _withdraw(tx: AsyncSession, case: Case, event: WithdrawalRequested, now: datetime) -> None:
    request = store.to_file(event.request)
    why = "người nộp rút hồ sơ"
    case = await end(tx, case, Action.WITHDRAW, why, at=event.requested_at, now=now, stop_request=request)
    await store.add_history(tx, case, "Người nộp rút hồ sơ", now, staff_id=_registered_by(event))
    await say(tx, DossierWithdrawn, case, now=now, code=case.code, due_at=case.due_at)


def _registered_by(event: WithdrawalRequested | StopRequested) -> str | None:
    return event.registered_by.staff_id if event.registered_by else None


async def take_stop_request(tx: AsyncSession, event: StopRequested, *, now: datetime) -> None:
    """The applicant asks to stop: the case goes on until the one-stop unit answers, by `stop` or `refuse_stop`.

    Silent. Before acceptance, where a dossier is withdrawn instead, kept for decision. Raises NoSuchCase.
    """
    case = await store.lock_case(tx, event.dossier_id)
    effect = effect_of(Heard.STOP, case)
    if effect is Effect.NOTE or (effect is Effect.APPLY and case.stop_asked_at is not None):
        await note_again(tx, case, Heard.STOP, now)
    elif effect is Effect.DECIDE or not case.is_accepted:
        reason = f"Người nộp yêu cầu dừng giải quyết. {_why_not_stopped(case)}"
        await keep_for_decision(tx, case, Heard.STOP, event, reason, now)
    else:
        case = case.changed(stop_asked_at=event.requested_at, stop_request=store.to_file(event.request))
        case = await store.save_case(tx, case)
        await store.add_history(tx, case, "Người nộp yêu cầu dừng giải quyết", now, staff_id=_registered_by(event))


def _why_not_stopped(case: Case) -> str:
    if case.is_accepted:
        return why_not(case.status)
    return "Hồ sơ chưa được tiếp nhận: trước khi tiếp nhận, người nộp rút hồ sơ chứ không dừng."


async def stop(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, seen_version: int | None, now: datetime) -> Case:
    """Stop as the applicant asked (form 05): status 8, an end. Only before the result is signed.

    Emits DossierStopped. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours.
    """
    case = await take_up(tx, dossier_id, Action.STOP, staff=staff, seen_version=seen_version)
    slip = await slips.stop_notice(tx, case, staff, now)
    case = await end(tx, case, Action.STOP, "dừng giải quyết theo yêu cầu", at=now, now=now, ground="requested")
    await store.add_history(tx, case, "Dừng giải quyết theo yêu cầu của người nộp", now, staff_id=staff.id)
    await _say_stopped(tx, case, staff, now, slip=store.to_object(slip))
    return case


async def _say_stopped(tx: AsyncSession, case: Case, staff: Staff | None, now: datetime, **more: object) -> None:
    facts = {"code": case.code, "ground": case.ground, "due_at": case.due_at}
    await say(tx, DossierStopped, case, now=now, staff=staff, **facts, **more)


async def refuse_stop(
    tx: AsyncSession, dossier_id: UUID, reason: str, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Answer a request to stop that came when the result was signed: the dossier goes on.

    Emits StopRefused. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.REFUSE_STOP, staff=staff, seen_version=seen_version)
    reason = said_text("reason", reason, NO_REASON)
    explanation = await put_explanation(tx, case, "stop-refusal", {"reason": reason})
    case = await store.save_case(tx, moved(case, Action.REFUSE_STOP, stop_asked_at=None))
    await store.add_history(tx, case, "Không chấp nhận yêu cầu dừng giải quyết", now, staff_id=staff.id, note=reason)
    await say(tx, StopRefused, case, now=now, staff=staff, code=case.code, explanation=store.to_object(explanation))
    return case


async def close_unanswered(
    tx: AsyncSession, dossier_id: UUID, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Close a case whose applicant did not answer, or pay, within the limit: status 8 without form 05 (R09).

    Emits DossierStopped. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, TooEarly.
    """
    case = await take_up(tx, dossier_id, Action.CLOSE_UNANSWERED, staff=staff, seen_version=seen_version)
    check_unanswered(case, procedure_of(case), now)
    what = _CLOSED_VI[ground_of(case)]
    case = await end(tx, case, Action.CLOSE_UNANSWERED, what, at=now, now=now, ground=ground_of(case))
    await store.add_history(tx, case, what, now, staff_id=staff.id)
    await _say_stopped(tx, case, staff, now)
    return case


async def announce_closing(tx: AsyncSession, case: Case, *, now: datetime) -> Case:
    """The notice before a case that nobody answers is closed by itself. Emits ClosingAnnounced."""
    assert case.answer_by is not None
    until = last_moment(case, procedure_of(case), now)
    case = moved(case, Action.ANNOUNCE_CLOSING)
    await store.add_history(tx, case, f"Báo người nộp: hồ sơ sẽ đóng nếu không bổ sung trước {due_moment(until)}", now)
    await say(tx, ClosingAnnounced, case, now=now, code=case.code, round=case.round, answer_by=until)
    return case


async def close_by_itself(tx: AsyncSession, case: Case, *, now: datetime) -> Case:
    """Close a case whose applicant was told and did not answer (R09, T07). Emits DossierStopped."""
    what = _CLOSED_VI[ground_of(case)]
    case = await end(tx, case, Action.CLOSE_BY_ITSELF, what, at=now, now=now, ground=ground_of(case))
    await store.add_history(tx, case, what, now)
    await _say_stopped(tx, case, None, now)
    return case
