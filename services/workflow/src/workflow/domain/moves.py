"""Every allowed move of a case is one line here; nothing else decides what may follow what.

`who` is the role that may act; STEP_ROLE stands for the role of the present step, SYSTEM for no person at all. `needs`
says in words of the page what must be so before. The other ends (refused 3, withdrawn 7, stopped 8) add lines later.
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
    """Where an action leads, who may take it, and what it needs."""

    to: Status
    who: str
    needs_vi: str


CHECKER = "one_stop_officer"
LEADER = "department_leader"
STEPPING = (Action.FINISH_STEP, Action.SIGN_OFF, Action.ISSUE)

_VALID_THEN_FEE = "Hồ sơ hợp lệ, thời hạn tính từ khi nộp phí."

MOVES: dict[tuple[Status, Action], Move] = {
    (Status.SUBMITTED, Action.JUDGE_COMPONENTS): Move(Status.SUBMITTED, CHECKER, ""),
    (Status.SUBMITTED, Action.REQUEST_SUPPLEMENT): Move(
        Status.WAITING_FOR_SUPPLEMENT, CHECKER, "Mọi thành phần đã có nhận xét, ít nhất một thành phần chưa đạt."
    ),
    # Finding a dossier valid does not move it; one of the two lines after it does, in the same transaction.
    (Status.SUBMITTED, Action.FIND_VALID): Move(Status.SUBMITTED, CHECKER, "Mọi thành phần đều đạt."),
    (Status.SUBMITTED, Action.REQUEST_FEE): Move(Status.WAITING_FOR_FEE, SYSTEM, _VALID_THEN_FEE),
    (Status.SUBMITTED, Action.ACCEPT): Move(Status.ACCEPTED, SYSTEM, "Hồ sơ hợp lệ, không phải chờ phí."),
    (Status.WAITING_FOR_SUPPLEMENT, Action.TAKE_SUPPLEMENT): Move(Status.SUBMITTED, SYSTEM, "Người nộp đã bổ sung."),
    (Status.WAITING_FOR_FEE, Action.ACCEPT): Move(Status.ACCEPTED, SYSTEM, "Đã nộp đủ phí."),
    (Status.ACCEPTED, Action.START_STEPS): Move(Status.IN_PROCESS, SYSTEM, "Đã có mã hồ sơ và thời hạn."),
    (Status.IN_PROCESS, Action.FINISH_STEP): Move(Status.IN_PROCESS, STEP_ROLE, "Hồ sơ đang ở bước này."),
    (Status.IN_PROCESS, Action.SIGN_OFF): Move(Status.IN_PROCESS, STEP_ROLE, "Dự thảo kết quả đã được chốt."),
    (Status.IN_PROCESS, Action.ISSUE): Move(Status.FINISHED, STEP_ROLE, "Kết quả đã được phê duyệt."),
    (Status.FINISHED, Action.MARK_RETURNED): Move(Status.RETURNED, SYSTEM, "Người nộp đã nhận kết quả."),
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
    """The case after the action, one version on. Raises NotAllowedNow."""
    return case.changed(status=find_move(case.status, action).to, **changes)
