"""Runs through a case's steps: each begins with a place and what is left of its share, and ends with what it used."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import StepFinished, StepStarted
from kit.tx import when_committed
from rules.records.procedure import Step
from workflow import store
from workflow.domain import budgets, steps
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.domain.steps import Place
from workflow.handlers.saying import say
from workflow.measures import count_run
from workflow.store.tables import StepRow


async def start_first_step(tx: AsyncSession, case: Case, now: datetime) -> Case:
    """Begin what follows acceptance: status 4. Emits StepStarted."""
    case = moved(case, Action.START_STEPS)
    first = steps.step_after(procedure_of(case), None)
    assert first is not None, "the catalogue refuses a procedure without steps"
    return await start_step(tx, case, first, now)


async def start_step(
    tx: AsyncSession, case: Case, step: Step, now: datetime, holder_id: str | None = None, *, place: Place | None = None
) -> Case:
    """Put the case at a step, with the unit and role it lies with. Emits StepStarted."""
    place = place or steps.place_of(step, case)
    where = {"unit": place.unit, "units": case.at_unit(place.unit), "role": place.role, "holder_id": holder_id}
    case = await store.save_case(tx, case.changed(since=now, step=step.id, **where))
    await begin_run(tx, case, now)
    await store.add_history(tx, case, f"Bắt đầu bước “{step.name_vi}”", now)
    facts: dict[str, Any] = {"step": step.id, "step_name_vi": step.name_vi, "role": place.role, "unit": place.unit}
    await say(tx, StepStarted, case, now=now, code=case.code, **facts)
    return case


async def begin_run(tx: AsyncSession, case: Case, at: datetime) -> None:
    """A run through the step the case is at. What earlier runs of this clock used of its budget is gone (R12)."""
    assert case.step is not None
    runs = await store.step_runs(tx, case.dossier_id)
    await store.start_step(tx, case, at, budgets.grant(case, procedure_of(case), case.step, runs, at))


async def end_run(tx: AsyncSession, case: Case, now: datetime, *, staff_id: str | None, note: str) -> StepRow | None:
    """Close the run that is open, in silence, with what it used and the judgement on it; none where none is open."""
    runs = await store.step_runs(tx, case.dossier_id)
    if not runs or runs[-1].finished_at is not None:
        return None
    run, calendar = runs[-1], calendar_of(case)
    judged = budgets.judge(run.due_at, run.planned_minutes, now, calendar)
    used = budgets.used_by(run, now, calendar)
    await store.finish_step(tx, run, now, used=used, judged=judged, staff_id=staff_id, note=note)
    when_committed(tx, partial(count_run, case.office, run.step, used))
    return run


async def close_run(
    tx: AsyncSession, case: Case, step: Step, note: str, staff: Staff, now: datetime, *, back_to: Step | None = None
) -> None:
    """Close the present run and say that the step is done, or sent back. Emits StepFinished."""
    run = await end_run(tx, case, now, staff_id=staff.id, note=note)
    assert run is not None, "a case at a step has a run that is open"
    what = f"Xong bước “{step.name_vi}”"
    if back_to:
        what = f"Trả hồ sơ từ bước “{step.name_vi}” về bước “{back_to.name_vi}”"
    await store.add_history(tx, case, what + budgets.judged_vi(run), now, staff_id=staff.id, note=note)
    facts: dict[str, Any] = {"step": step.id, "used_working_minutes": run.used_minutes, "run": run.number}
    facts |= {"due_at": run.due_at, "lateness": run.lateness, "margin_working_minutes": run.margin_minutes}
    sent_back_to = back_to.id if back_to else None
    await say(tx, StepFinished, case, now=now, staff=staff, code=case.code, sent_back_to=sent_back_to, **facts)


async def last_run(tx: AsyncSession, case: Case, step: Step) -> StepRow | None:
    """The last run through that step: who did it, and where."""
    runs = [run for run in await store.step_runs(tx, case.dossier_id) if run.step == step.id]
    return runs[-1] if runs else None
