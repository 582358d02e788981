"""The steps of the procedure's data: each starts with a unit and a role and ends with a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import DossierFinished, StepFinished, StepStarted
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
from workflow.domain.slips import RESULT
from workflow.domain.status import Action, Outcome
from workflow.domain.steps import Decision
from workflow.handlers import slips
from workflow.handlers.access import take_up
from workflow.handlers.saying import say


async def start_first_step(tx: AsyncSession, case: Case, now: datetime) -> Case:
    """Begin what follows acceptance: status 4. Emits StepStarted."""
    case = moved(case, Action.START_STEPS)
    first = steps.step_after(procedure_of(case), None)
    assert first is not None, "the catalogue refuses a procedure without steps"
    return await _start_step(tx, case, first, now)


async def _start_step(tx: AsyncSession, case: Case, step: Step, now: datetime, holder_id: str | None = None) -> Case:
    place = steps.place_of(step, case)
    where = {"unit": place.unit, "units": case.at_unit(place.unit), "role": place.role, "holder_id": holder_id}
    case = await store.save_case(tx, case.changed(since=now, step=step.id, **where))
    planned = next(one for one in clock.plan_of(case) if one.step.id == step.id)
    await store.start_step(tx, case, now, due_at=planned.due_at, planned_minutes=planned.working_minutes)
    await store.add_history(tx, case, f"Bắt đầu bước “{step.name_vi}”", now)
    facts: dict[str, Any] = {"step": step.id, "step_name_vi": step.name_vi, "role": place.role, "unit": place.unit}
    await say(tx, StepStarted, case, now=now, code=case.code, **facts)
    return case


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
    procedure = procedure_of(case)
    number = case.result_number
    if case.outcome is Outcome.GRANTED and procedure.result.number_format and number is None:
        next_number = await store.next_slip_number(tx, case.office, RESULT, now.year)
        number = procedure.result.number_format.format(number=f"{next_number:02}")
    case = case.changed(result_code=result_code(case.code, 1, on=now.date()), result_number=number)
    return case.changed(result=await slips.result(tx, case, now))


async def _go_on(
    tx: AsyncSession, case: Case, step: Step, note: str, staff: Staff, now: datetime, holder_id: str | None = None
) -> Case:
    """Close the present run, say so, and start the next step."""
    case = await store.save_case(tx, case)
    await _close_run(tx, case, step, note, staff, now)
    following = steps.step_after(procedure_of(case), step.id)
    assert following is not None, "the last step ends by `issue`"
    return await _start_step(tx, case, following, now, holder_id)


async def _close_run(tx: AsyncSession, case: Case, step: Step, note: str, staff: Staff, now: datetime) -> None:
    used = max(0, calendar_of(case).working_minutes_between(await store.step_begun_at(tx, case), now))
    await store.finish_step(tx, case, now, used_minutes=used, staff_id=staff.id, note=note)
    await store.add_history(tx, case, f"Xong bước “{step.name_vi}”", now, staff_id=staff.id, note=note)
    await say(tx, StepFinished, case, now=now, staff=staff, code=case.code, step=step.id, used_working_minutes=used)


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
    await _close_run(tx, case, step, "", staff, now)
    case = moved(case.put_down(), Action.ISSUE, **_ended(case, now))
    case = await store.save_case(tx, case)
    await store.add_history(tx, case, f"Phát hành kết quả {case.result_code}", now, staff_id=staff.id)
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
