"""Every allowed move of a case is one line here; nothing else decides what may follow what.

`who` is the role that may act; STEP_ROLE stands for the role of the present step, SYSTEM for no person at all.
The other ends (refused 3, withdrawn 7, stopped 8) add lines later.
"""

from dataclasses import dataclass
from typing import Any

from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import NotAllowedNow
from workflow.domain.status import Action, Status
from workflow.domain.steps import action_of, find_step

SYSTEM = "system"
STEP_ROLE = "step_role"


@dataclass(frozen=True)
class Move:
    """Where an action leads, and who may take it."""

    to: Status
    who: str


CHECKER = "one_stop_officer"
LEADER = "department_leader"
STEPPING = (Action.FINISH_STEP, Action.SIGN_OFF, Action.ISSUE)

MOVES: dict[tuple[Status, Action], Move] = {
    (Status.SUBMITTED, Action.JUDGE_COMPONENTS): Move(Status.SUBMITTED, CHECKER),
    # In a further round it is the leader who sends it (R08): `access.who_acts`.
    (Status.SUBMITTED, Action.REQUEST_SUPPLEMENT): Move(Status.WAITING_FOR_SUPPLEMENT, CHECKER),
    # Finding a dossier valid does not move it; one of the two lines after it does, in the same transaction.
    (Status.SUBMITTED, Action.FIND_VALID): Move(Status.SUBMITTED, CHECKER),
    (Status.SUBMITTED, Action.REQUEST_FEE): Move(Status.WAITING_FOR_FEE, SYSTEM),
    (Status.SUBMITTED, Action.ACCEPT): Move(Status.ACCEPTED, SYSTEM),
    (Status.WAITING_FOR_SUPPLEMENT, Action.TAKE_SUPPLEMENT): Move(Status.SUBMITTED, SYSTEM),
    (Status.WAITING_FOR_FEE, Action.ACCEPT): Move(Status.ACCEPTED, SYSTEM),
    (Status.ACCEPTED, Action.START_STEPS): Move(Status.IN_PROCESS, SYSTEM),
    (Status.IN_PROCESS, Action.FINISH_STEP): Move(Status.IN_PROCESS, STEP_ROLE),
    (Status.IN_PROCESS, Action.SIGN_OFF): Move(Status.IN_PROCESS, STEP_ROLE),
    (Status.IN_PROCESS, Action.ISSUE): Move(Status.FINISHED, STEP_ROLE),
    (Status.FINISHED, Action.MARK_RETURNED): Move(Status.RETURNED, SYSTEM),
}


def find_move(status: Status, action: Action) -> Move:
    """Raises NotAllowedNow where the status does not allow the action."""
    move = MOVES.get((status, action))
    if move is None:
        raise NotAllowedNow(action, status)
    return move


def check_possible(case: Case, action: Action, procedure: Procedure, step_id: str | None = None) -> None:
    """Whoever asks: raises NotAllowedNow where the status, or the step the case is at, does not allow the action.

    `step_id` is the step meant, where somebody said so.
    """
    find_move(case.status, action)
    if action not in STEPPING:
        return
    present = find_step(procedure, case.step)
    if action_of(present) is not action or step_id not in (None, present.id):
        raise NotAllowedNow(action, case.status)


def moved(case: Case, action: Action, **changes: Any) -> Case:
    """The case after the action. Raises NotAllowedNow."""
    return case.changed(status=find_move(case.status, action).to, **changes)
