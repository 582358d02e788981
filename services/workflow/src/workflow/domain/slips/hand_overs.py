"""Who gave a dossier to whom, and when, out of the runs through its steps. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.law import unit_name
from workflow.domain.slips.records import HandOver


@dataclass(frozen=True)
class Run:
    """One run through a step, with the working minutes it may use and used; `staff_id` is who ended it.

    `planned_minutes` is none for a step without a time of its own. An open run has used what it used so far. `counts`
    is false where the clock was started anew after it.
    """

    step: str
    unit: str
    staff_id: str | None
    started_at: datetime
    planned_minutes: int | None
    used_minutes: int | None
    note: str = ""
    lateness: str | None = None
    is_open: bool = False
    counts: bool = True


def hand_overs(
    case: Case, procedure: Procedure, runs: Sequence[Run], names: Mapping[str, str], due_at: datetime | None = None
) -> list[HandOver]:
    """From the desk through each run, and back to the desk once there is a result.

    `due_at` is when the desk must have handed the dossier to the division (T05).
    """
    steps = {step.id: step.name_vi for step in procedure.steps}
    received_at_desk = case.units[1] if case.sent_from else case.receiving_unit
    desk = (unit_name(case, received_at_desk), names.get(case.checker_id or "", ""))
    found: list[HandOver] = []
    giver = desk
    if case.sent_from and case.competent_at:
        found.append(HandOver((unit_name(case, case.sent_from), ""), desk, case.competent_at, "Nhận hồ sơ chuyển đến"))
    first_run = len(found)
    for run in runs:
        taker = (unit_name(case, run.unit), names.get(run.staff_id or _holder(case, run) or "", ""))
        done = HandOver(giver, taker, run.started_at, steps.get(run.step, run.step), run.planned_minutes)
        found.append(_with_use(done if len(found) > first_run else replace(done, due_at=due_at), run))
        giver = taker
    if case.finished_at is not None:
        found.append(HandOver(giver, (desk[0], ""), case.finished_at, "Trả kết quả"))
    return found


def _holder(case: Case, run: Run) -> str | None:
    return case.holder_id if run.step == case.step else None


def _with_use(begun: HandOver, run: Run) -> HandOver:
    begun = replace(begun, used_minutes=run.used_minutes, lateness=run.lateness, note=run.note)
    return replace(begun, is_open=run.is_open, counts=run.counts)
