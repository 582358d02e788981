"""Every allowed move of a case is one line here; nothing else decides what may follow what.

`who` are the roles that may act; STEP_ROLE stands for the role of the present step, SYSTEM for no person at all.
`needs` is what must be so of the case besides its status, `says` the events it is told by, `slip` what goes out.
`make states` draws docs/states.md from these lines.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import NotAllowedNow
from workflow.domain.status import Action, Status
from workflow.domain.steps import action_of, find_step, is_signed

SYSTEM = "system"
STEP_ROLE = "step_role"
CHECKER = "one_stop_officer"
APPRAISER = "case_officer"
HEAD = "division_head"
LEADER = "department_leader"
STEPPING = (Action.FINISH_STEP, Action.SIGN_OFF, Action.ISSUE)


class Need(StrEnum):
    """What must be so of a case, besides its status, before a move."""

    ON_ITS_WAY = "on_its_way"
    ARRIVED = "arrived"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    STEP_ENDS_SO = "step_ends_so"
    APPRAISING = "appraising"
    CAN_GO_BACK = "can_go_back"
    NOT_SIGNED = "not_signed"
    SIGNED = "signed"
    STOP_ASKED = "stop_asked"
    ANSWER_LIMIT = "answer_limit"
    OPINION_OPEN = "opinion_open"
    APOLOGY_DRAFTED = "apology_drafted"
    CORRECTION_DRAWN_UP = "correction_drawn_up"
    NOT_POSTED = "not_posted"


@dataclass(frozen=True)
class Move:
    """Where an action leads, who may take it, what it needs, what it says and which slip goes out."""

    to: Status
    who: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    says: tuple[str, ...] = ()
    slip: str | None = None


S, A, N = Status, Action, Need
_WITHDRAW = Move(S.WITHDRAWN, (SYSTEM,), (), ("dossier_withdrawn",))
_STOP = Move(S.STOPPED, (CHECKER,), (N.ACCEPTED, N.STOP_ASKED, N.NOT_SIGNED), ("dossier_stopped",), "stop")
_CLOSE = Move(S.STOPPED, (CHECKER,), (N.ANSWER_LIMIT,), ("dossier_stopped",))

MOVES: dict[tuple[Status, Action], Move] = {
    # Taken in by a desk of another area: the clock starts when this office receives it (NĐ 118/2025, Điều 17 khoản 3).
    (S.SUBMITTED, A.RECEIVE_HERE): Move(S.SUBMITTED, (CHECKER,), (N.ON_ITS_WAY,), ("check_started",)),
    (S.SUBMITTED, A.JUDGE_COMPONENTS): Move(S.SUBMITTED, (CHECKER,), (N.ARRIVED,)),
    # In a further round it is the leader who sends it (R08): `access.who_acts`.
    (S.SUBMITTED, A.REQUEST_SUPPLEMENT): Move(
        S.WAITING_FOR_SUPPLEMENT, (CHECKER,), (N.ARRIVED,), ("supplement_requested",), "supplement"
    ),
    (S.SUBMITTED, A.REFUSE): Move(S.REFUSED_AT_RECEPTION, (CHECKER,), (N.ARRIVED,), ("dossier_refused",), "refusal"),
    # Finding a dossier valid does not move it; one of the two lines after it does, in the same transaction.
    (S.SUBMITTED, A.FIND_VALID): Move(S.SUBMITTED, (CHECKER,), (N.ARRIVED,)),
    (S.SUBMITTED, A.REQUEST_FEE): Move(S.WAITING_FOR_FEE, (SYSTEM,), (), ("fee_requested",), "fee-notice"),
    (S.SUBMITTED, A.ACCEPT): Move(S.ACCEPTED, (SYSTEM,), (), ("dossier_accepted",), "acceptance"),
    (S.SUBMITTED, A.REASSIGN): Move(S.SUBMITTED, (LEADER,), (), ("case_reassigned",)),
    (S.SUBMITTED, A.WITHDRAW): _WITHDRAW,
    (S.WAITING_FOR_SUPPLEMENT, A.TAKE_SUPPLEMENT): Move(S.SUBMITTED, (SYSTEM,), (N.NOT_ACCEPTED,), ("check_started",)),
    (S.WAITING_FOR_SUPPLEMENT, A.TAKE_LATER_SUPPLEMENT): Move(
        S.IN_PROCESS, (SYSTEM,), (N.ACCEPTED,), ("clock_restarted",)
    ),
    (S.WAITING_FOR_SUPPLEMENT, A.WITHDRAW): _WITHDRAW,
    (S.WAITING_FOR_SUPPLEMENT, A.STOP): _STOP,
    (S.WAITING_FOR_SUPPLEMENT, A.ANNOUNCE_CLOSING): Move(
        S.WAITING_FOR_SUPPLEMENT, (SYSTEM,), (N.ANSWER_LIMIT,), ("closing_announced",)
    ),
    (S.WAITING_FOR_SUPPLEMENT, A.CLOSE_UNANSWERED): _CLOSE,
    # By itself once the notice was given and its time is over (T07); the officer may as soon as the limit is.
    (S.WAITING_FOR_SUPPLEMENT, A.CLOSE_BY_ITSELF): replace(_CLOSE, who=(SYSTEM,)),
    (S.WAITING_FOR_FEE, A.ACCEPT): Move(S.ACCEPTED, (SYSTEM,), (), ("dossier_accepted",), "acceptance"),
    (S.WAITING_FOR_FEE, A.WITHDRAW): _WITHDRAW,
    (S.WAITING_FOR_FEE, A.CLOSE_UNANSWERED): _CLOSE,
    # Where the clock does not wait for the fee it is asked for beside; paying it later moves nothing (R23).
    (S.ACCEPTED, A.REQUEST_FEE): Move(S.ACCEPTED, (SYSTEM,), (), ("fee_requested",), "fee-notice"),
    (S.ACCEPTED, A.START_STEPS): Move(S.IN_PROCESS, (SYSTEM,), (), ("step_started",)),
    # Who appraises may find that something lacks after all, and says so component by component before asking for it.
    (S.IN_PROCESS, A.JUDGE_COMPONENTS): Move(S.IN_PROCESS, (STEP_ROLE,), (N.APPRAISING,)),
    (S.IN_PROCESS, A.FINISH_STEP): Move(
        S.IN_PROCESS, (STEP_ROLE,), (N.STEP_ENDS_SO,), ("step_finished", "step_started")
    ),
    (S.IN_PROCESS, A.SIGN_OFF): Move(S.IN_PROCESS, (STEP_ROLE,), (N.STEP_ENDS_SO,), ("step_finished", "step_started")),
    (S.IN_PROCESS, A.ISSUE): Move(
        S.FINISHED, (STEP_ROLE,), (N.STEP_ENDS_SO,), ("step_finished", "dossier_finished"), "result"
    ),
    (S.IN_PROCESS, A.SEND_BACK): Move(S.IN_PROCESS, (STEP_ROLE,), (N.CAN_GO_BACK,), ("step_finished", "step_started")),
    (S.IN_PROCESS, A.REQUEST_LATER_SUPPLEMENT): Move(
        S.WAITING_FOR_SUPPLEMENT, (STEP_ROLE,), (N.APPRAISING,), ("supplement_requested",), "supplement"
    ),
    (S.IN_PROCESS, A.ASK_OPINION): Move(S.IN_PROCESS, (STEP_ROLE,), (N.APPRAISING,), ("opinion_asked",), "opinion"),
    (S.IN_PROCESS, A.RECORD_OPINION): Move(S.IN_PROCESS, (STEP_ROLE,), (N.OPINION_OPEN,), ("opinion_received",)),
    (S.IN_PROCESS, A.REASSIGN): Move(S.IN_PROCESS, (HEAD, LEADER), (), ("case_reassigned",)),
    (S.IN_PROCESS, A.PROPOSE_APOLOGY): Move(S.IN_PROCESS, (SYSTEM,)),
    (S.IN_PROCESS, A.DRAFT_APOLOGY): Move(S.IN_PROCESS, (APPRAISER, HEAD)),
    # Once with a new date, and only while one may be given; after that without (R07).
    (S.IN_PROCESS, A.APOLOGISE): Move(
        S.IN_PROCESS, (LEADER,), (N.APOLOGY_DRAFTED,), ("dossier_reappointed", "apology_sent"), "apology"
    ),
    (S.IN_PROCESS, A.WITHDRAW): Move(S.WITHDRAWN, (SYSTEM,), (N.NOT_SIGNED,), ("dossier_withdrawn",)),
    (S.IN_PROCESS, A.STOP): _STOP,
    (S.IN_PROCESS, A.REFUSE_STOP): Move(S.IN_PROCESS, (CHECKER,), (N.STOP_ASKED, N.SIGNED), ("stop_refused",)),
    (S.FINISHED, A.REFUSE_STOP): Move(S.FINISHED, (CHECKER,), (N.STOP_ASKED,), ("stop_refused",)),
    (S.FINISHED, A.MARK_RETURNED): Move(S.RETURNED, (SYSTEM,), (), ("dossier_returned",)),
    (S.FINISHED, A.HAND_OVER): Move(S.RETURNED, (CHECKER,), (), ("dossier_returned",)),
    (S.FINISHED, A.POST_RESULT): Move(S.FINISHED, (CHECKER,), (N.NOT_POSTED,), ("result_posted",)),
    # A result found wrong gets a further one (R16); the status does not go back.
    (S.FINISHED, A.DRAW_UP_CORRECTION): Move(S.FINISHED, (APPRAISER,)),
    (S.FINISHED, A.SIGN_CORRECTION): Move(
        S.FINISHED, (LEADER,), (N.CORRECTION_DRAWN_UP,), ("result_corrected",), "result"
    ),
    (S.RETURNED, A.DRAW_UP_CORRECTION): Move(S.RETURNED, (APPRAISER,)),
    (S.RETURNED, A.SIGN_CORRECTION): Move(
        S.RETURNED, (LEADER,), (N.CORRECTION_DRAWN_UP,), ("result_corrected",), "result"
    ),
}


def find_move(status: Status, action: Action) -> Move:
    """Raises NotAllowedNow where the status does not allow the action."""
    move = MOVES.get((status, action))
    if move is None:
        raise NotAllowedNow(action, status)
    return move


def check_possible(case: Case, action: Action, procedure: Procedure, step_id: str | None = None) -> None:
    """Whoever asks: raises NotAllowedNow where the status, or what the move needs, does not allow the action.

    `step_id` is the step meant, where somebody said so.
    """
    lacking = lacks(case, action, procedure)
    if lacking or step_id not in (None, case.step):
        raise NotAllowedNow(action, case.status, lacking)


def lacks(case: Case, action: Action, procedure: Procedure) -> Need | None:
    """The first thing the move needs that is not so. Raises NotAllowedNow where the status has no such move."""
    needs = find_move(case.status, action).needs
    return next((need for need in needs if not _is_so(need, case, action, procedure)), None)


def _is_so(need: Need, case: Case, action: Action, procedure: Procedure) -> bool:
    step = find_step(procedure, case.step) if case.step else None
    signed = is_signed(procedure, case.step)
    return {
        N.ON_ITS_WAY: case.is_on_its_way,
        N.ARRIVED: not case.is_on_its_way,
        N.NOT_ACCEPTED: not case.is_accepted,
        N.ACCEPTED: case.is_accepted,
        N.STEP_ENDS_SO: step is not None and action_of(step) is action,
        N.APPRAISING: step is not None and step.kind == "appraise",
        N.CAN_GO_BACK: step is not None and step.sends_back_to is not None,
        N.NOT_SIGNED: not signed,
        N.SIGNED: signed,
        N.STOP_ASKED: case.stop_asked_at is not None,
        N.ANSWER_LIMIT: case.answer_by is not None,
        N.OPINION_OPEN: case.open_opinions > 0,
        N.APOLOGY_DRAFTED: case.apology_drafted_at is not None,
        N.CORRECTION_DRAWN_UP: case.correction is not None,
        N.NOT_POSTED: case.posted_at is None,
    }[need]


def moved(case: Case, action: Action, **changes: Any) -> Case:
    """The case after the action. Raises NotAllowedNow."""
    return case.changed(status=find_move(case.status, action).to, **changes)
