"""How a person ends a step of the procedure's data: finish it, approve, issue, or send the case back."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import DossierFinished
from rules import due as rule
from rules.codes import result_code
from rules.records.procedure import Step
from workflow import store
from workflow.domain import clock, steps
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, WrongBytes
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.moves import moved
from workflow.domain.status import Action, Outcome
from workflow.domain.steps import Decision, Place
from workflow.domain.texts import check_text
from workflow.handlers import runs, slips
from workflow.handlers.access import take_up
from workflow.handlers.numbering import give_up_number, number_for
from workflow.handlers.saying import say


async def finish_step(
    tx: AsyncSession,
    dossier_id: UUID,
    step_id: str,
    decision: Decision,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Finish a step that ends with a decision (assign, appraise, review); the next one starts.

    Emits StepFinished and StepStarted. When what comes next is the approval, the result is drawn up and its bytes stay
    as they are. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.FINISH_STEP, staff=staff, seen_version=seen_version, step_id=step_id)
    step = _present_step(case)
    steps.check_decision(step, decision)
    if step.kind == "appraise":
        said = {"conclusion": decision.conclusion.strip(), "conditions": decision.conditions}
        case = case.changed(outcome=decision.outcome, **said)
    if steps.draws_up_result(procedure_of(case), step):
        case = await _draw_up_result(tx, case, now)
    holder_id = await _assignee(tx, case, decision.assignee_id) if step.kind == "assign" else None
    return await _go_on(tx, moved(case, Action.FINISH_STEP), step, decision.note, staff, now, holder_id)


def _present_step(case: Case) -> Step:
    return steps.find_step(procedure_of(case), case.step)


async def _assignee(tx: AsyncSession, case: Case, staff_id: str | None) -> str | None:
    """The person the next step is given to; anyone of its place where none is named."""
    place = steps.place_after(case, procedure_of(case))
    if staff_id is None or place is None:
        return None
    if staff_id not in [one.id for one in await store.colleagues(tx, place)]:
        raise DecisionIncomplete([("assignee_id", "Người này không thuộc đơn vị và vai trò của bước tiếp theo.")])
    return staff_id


async def _draw_up_result(tx: AsyncSession, case: Case, now: datetime) -> Case:
    """Freeze the result: its code, its number where the paper has one of its own, its bytes."""
    assert case.code is not None
    number = await number_for(tx, case, now)
    case = case.changed(result_code=result_code(case.code, 1, on=now.date()), result_number=number)
    return case.changed(result=await slips.result(tx, case, now))


async def _go_on(
    tx: AsyncSession, case: Case, step: Step, note: str, staff: Staff, now: datetime, holder_id: str | None = None
) -> Case:
    """Close the present run, say so, and start the next step."""
    case = await store.save_case(tx, case)
    await runs.close_run(tx, case, step, note, staff, now)
    following = steps.step_after(procedure_of(case), step.id)
    assert following is not None, "the last step ends by `issue`"
    return await runs.start_step(tx, case, following, now, holder_id)


async def send_back(
    tx: AsyncSession, dossier_id: UUID, note: str, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Send the case back to the step that the present one names; who did that step before gets it again.

    A result already drawn up is discarded: it is drawn up anew. The whole clock does not change (R12). Emits
    StepFinished and StepStarted. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.SEND_BACK, staff=staff, seen_version=seen_version)
    if wrong := check_text("note", note, "Hãy ghi cần xem lại điều gì; người nhận lại hồ sơ sẽ đọc đoạn này."):
        raise DecisionIncomplete(wrong)
    step = _present_step(case)
    target = steps.find_step(procedure_of(case), step.sends_back_to)
    case = await store.save_case(tx, moved(case, Action.SEND_BACK, result=None, result_code=None))
    await runs.close_run(tx, case, step, note.strip(), staff, now, back_to=target)
    earlier = await runs.last_run(tx, case, target)
    if earlier is None:
        return await runs.start_step(tx, case, target, now)
    place = Place(case.office, earlier.unit, earlier.role)
    return await runs.start_step(tx, case, target, now, earlier.staff_id, place=place)


async def sign_off(
    tx: AsyncSession, dossier_id: UUID, sha256: str, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Approve exactly the bytes with this SHA-256 (R15): a recorded sign-off, not a digital signature.

    Emits StepFinished and StepStarted. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, WrongBytes.
    """
    case = await take_up(tx, dossier_id, Action.SIGN_OFF, staff=staff, seen_version=seen_version)
    step = _present_step(case)
    if case.result is None or sha256 != case.result.sha256:
        raise WrongBytes
    await store.add_sign_off(tx, dossier_id, sha256, staff.id, now)
    note = f"Phê duyệt văn bản có SHA-256 {sha256}"
    return await _go_on(tx, moved(case, Action.SIGN_OFF), step, note, staff, now)


async def issue(tx: AsyncSession, dossier_id: UUID, *, staff: Staff, seen_version: int | None, now: datetime) -> Case:
    """Issue the approved result: status 9, the clock ends, lateness is judged (R05) against both dues (R06).

    Emits StepFinished and DossierFinished. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, WrongBytes.
    """
    case = await take_up(tx, dossier_id, Action.ISSUE, staff=staff, seen_version=seen_version)
    step = _present_step(case)
    if case.result is None or await store.find_sign_off(tx, dossier_id, case.result.sha256) is None:
        raise WrongBytes
    await runs.close_run(tx, case, step, "", staff, now)
    no_letter = {"apology_drafted_at": None, "apology_proposed_at": None}
    case = moved(case.put_down(), Action.ISSUE, results=1, **no_letter, **_ended(case, now))
    case = await store.save_case(tx, case)
    await store.add_result(tx, case, now, staff_id=staff.id)
    await slips.control_slip(tx, case, now)  # for the office: its notes are not the applicant's, so no event names it
    await store.add_history(tx, case, f"Phát hành kết quả {case.result_code}", now, staff_id=staff.id)
    if case.outcome is Outcome.REFUSED:
        await give_up_number(tx, case, "hồ sơ kết thúc bằng từ chối", now)
    await _say_finished(tx, case, staff, now)
    return case


def _ended(case: Case, now: datetime) -> dict[str, object]:
    """What is so of a finished case; it lies with the receiving unit until it is returned."""
    assert case.due_at is not None
    assert case.first_due_at is not None
    calendar = calendar_of(case)
    late = rule.lateness(clock.due_again(case, case.due_at), now, calendar)
    first = rule.lateness(clock.due_again(case, case.first_due_at), now, calendar)
    where = {"unit": case.receiving_unit, "step": None, "finished_at": now, "since": now}
    judged = {"lateness": late.kind, "lateness_first": first.kind}
    return {**where, **judged, "margin_working_minutes": late.margin_working_minutes}


async def _say_finished(tx: AsyncSession, case: Case, staff: Staff, now: datetime) -> None:
    assert case.result is not None
    assert case.outcome is not None
    await say(
        tx,
        DossierFinished,
        case,
        now=now,
        staff=staff,
        code=case.code,
        result_code=case.result_code,
        result_kind=case.outcome.value,
        result=store.to_object(case.result),
        finished_at=now,
        due_at=case.due_at,
        first_due_at=case.first_due_at,
        lateness=case.lateness,
        lateness_first=case.lateness_first,
        margin_working_minutes=case.margin_working_minutes,
    )
