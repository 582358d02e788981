"""The steps of a case as its page and its API show them: planned, running or done, and the sums that are the whole."""

from dataclasses import dataclass
from datetime import datetime

from kit.now import TIME_ZONE
from rules.records.procedure import Procedure
from workflow.domain import budgets, clock
from workflow.domain.budgets import Account
from workflow.domain.case import Case
from workflow.domain.law import calendar_of, unit_name
from workflow.domain.steps import find_step
from workflow.store.tables import StepRow


@dataclass(frozen=True)
class StepView:
    """One step of the procedure: planned for the case, running, or done. Minutes are working minutes.

    `has_budget` is false where it has no time of its own; `shares_vi` names the step whose time it uses up.
    """

    step: str
    name_vi: str
    unit_vi: str
    planned_minutes: int
    due_at: datetime | None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    used_minutes: int = 0
    staff: str = ""
    note: str = ""
    lateness: str | None = None
    margin_minutes: int | None = None
    has_budget: bool = True
    shares_vi: str = ""

    @property
    def state(self) -> str:
        return "done" if self.finished_at else "current" if self.started_at else "ahead"

    @property
    def judged_vi(self) -> str:
        """`sớm 2 giờ làm việc`; nothing where nothing was judged."""
        return budgets.judged_vi(self).removeprefix(", ")


def view_steps(
    case: Case, procedure: Procedure, runs: list[StepRow], names: dict[str, str], now: datetime
) -> list[StepView]:
    """Every run so far, then what is still to come."""
    ran = [_ran(case, procedure, run, names, now) for run in runs]
    ahead = [one for one in clock.plan_of(case) if one.step.id in _ahead(case, procedure, runs)]
    return ran + [
        StepView(
            one.step.id, one.step.name_vi, one.step.unit_vi, one.working_minutes, one.due_at,
            has_budget=one.step.budget is not None, shares_vi=_shares(procedure, one.step.id),
        )
        for one in ahead
    ]  # fmt: skip


def view_account(case: Case, procedure: Procedure, runs: list[StepRow], now: datetime) -> Account | None:
    """Planned, used and left by budget; none before acceptance."""
    return budgets.account(case, procedure, runs, now) if case.is_accepted and case.due_at else None


def _shares(procedure: Procedure, step_id: str) -> str:
    """The name of the earlier step whose time this one uses up; nothing where it has its own, or none."""
    step = find_step(procedure, step_id)
    return find_step(procedure, step.shares_with).name_vi if step.shares_with else ""


def _ahead(case: Case, procedure: Procedure, runs: list[StepRow]) -> list[str]:
    """The steps that are still to come: a step that was sent back from is one of them again."""
    ids = [step.id for step in procedure.steps]
    is_running = any(run.finished_at is None for run in runs)
    return ids[ids.index(case.step) + is_running :] if case.step else []


def _ran(case: Case, procedure: Procedure, run: StepRow, names: dict[str, str], now: datetime) -> StepView:
    used = budgets.used_by(run, now, calendar_of(case)) if run.used_minutes is None else run.used_minutes
    return StepView(
        step=run.step,
        name_vi=find_step(procedure, run.step).name_vi,
        unit_vi=unit_name(case, run.unit),
        planned_minutes=run.planned_minutes,
        due_at=run.due_at.astimezone(TIME_ZONE) if run.due_at else None,
        started_at=run.started_at.astimezone(TIME_ZONE),
        finished_at=run.finished_at.astimezone(TIME_ZONE) if run.finished_at else None,
        used_minutes=used,
        staff=names.get(run.staff_id or "", ""),
        note=run.note,
        lateness=run.lateness,
        margin_minutes=run.margin_minutes,
        has_budget=run.due_at is not None,
        shares_vi=_shares(procedure, run.step),
    )
