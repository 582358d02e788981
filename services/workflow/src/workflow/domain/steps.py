"""The steps of a case, as the procedure's data says them. Names no procedure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from rules.records.procedure import Procedure, Step
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, FieldSentence
from workflow.domain.law import office_of
from workflow.domain.status import Action, Outcome
from workflow.domain.texts import LONGEST_TEXT, TOO_LONG

SHORTEST_CONCLUSION = 10
_ENDS_BY = {"approve": Action.SIGN_OFF, "issue": Action.ISSUE}


class UnitOfOffice(Protocol):
    """What is needed of a unit: its id, and the roles that work in it."""

    @property
    def id(self) -> str: ...
    @property
    def roles(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Decision:
    """What a step's form says; which of it counts depends on the kind of step."""

    note: str = ""
    assignee_id: str | None = None
    outcome: Outcome | None = None
    conclusion: str = ""
    conditions: tuple[str, ...] = ()


def find_step(procedure: Procedure, step_id: str | None) -> Step:
    """The step of that id. Raises LookupError, which would be a fault of ours."""
    found = next((step for step in procedure.steps if step.id == step_id), None)
    if found is None:
        raise LookupError(f"{procedure.id} has no step {step_id}")
    return found


def step_after(procedure: Procedure, step_id: str | None) -> Step | None:
    """The next step; the first for none; none after the last."""
    ids = [step.id for step in procedure.steps]
    index = ids.index(step_id) + 1 if step_id else 0
    return procedure.steps[index] if index < len(ids) else None


def action_of(step: Step) -> Action:
    """The action by which a step of this kind ends."""
    return _ENDS_BY.get(step.kind, Action.FINISH_STEP)


def is_signed(procedure: Procedure, step_id: str | None) -> bool:
    """Whether the approval lies behind: from then on a dossier is neither stopped nor withdrawn (R09)."""
    ids = [step.id for step in procedure.steps]
    behind = procedure.steps[: ids.index(step_id)] if step_id else ()
    return any(step.kind == "approve" for step in behind)


def draws_up_result(procedure: Procedure, step: Step) -> bool:
    """Whether finishing this step freezes the result: what is approved next must not change any more."""
    following = step_after(procedure, step.id)
    return following is not None and following.kind == "approve"


def unit_for(role: str, present_unit: str, resolving_unit: str, units: Iterable[UnitOfOffice]) -> str:
    """The unit a step lies with, the first of these in which that role works.

    Where the case lies now (it may have been given to another unit), the resolving unit, any other of the office.
    """
    having = [unit.id for unit in units if role in unit.roles]
    return next((unit for unit in (present_unit, resolving_unit, *having) if unit in having), resolving_unit)


@dataclass(frozen=True)
class Place:
    """Where a step lies: its office, the unit, and the role that may end it."""

    office: str
    unit: str
    role: str


def place_of(step: Step, case: Case) -> Place:
    """Where this step of the case lies."""
    return Place(case.office, unit_for(step.role, case.unit, case.resolving_unit, office_of(case).units), step.role)


def place_after(case: Case, procedure: Procedure) -> Place | None:
    """Where the step after the present one lies; none where there is no such step."""
    following = step_after(procedure, case.step) if case.step else None
    return place_of(following, case) if following else None


def check_conclusion(conclusion: str) -> list[FieldSentence]:
    """A sentence where a result would say nothing, or too much."""
    if len(conclusion.strip()) < SHORTEST_CONCLUSION:
        return [("conclusion", "Hãy ghi nội dung kết luận; văn bản kết quả sẽ in đúng đoạn này.")]
    return [("conclusion", TOO_LONG)] if len(conclusion) > LONGEST_TEXT else []


def check_decision(step: Step, decision: Decision) -> None:
    """Raises DecisionIncomplete with a sentence for each field that the kind of step needs."""
    wrong: list[tuple[str, str]] = []
    if step.kind == "appraise":
        if decision.outcome is None:
            wrong.append(("outcome", "Hãy chọn kết luận thẩm định: đề nghị cấp hay từ chối."))
        wrong += check_conclusion(decision.conclusion)
    if len(decision.note) > LONGEST_TEXT:
        wrong.append(("note", TOO_LONG))
    if wrong:
        raise DecisionIncomplete(wrong)
