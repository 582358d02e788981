"""The words a case is described in: its status, what may be done with it, verdicts and outcomes."""

from enum import StrEnum

from rules.records.status import ENDED, WAITING_FOR_APPLICANT, Status

__all__ = ["ENDED", "WAITING_FOR_APPLICANT", "Action", "Outcome", "Status", "Verdict"]


class Action(StrEnum):
    """What somebody, or the system, may do with a case."""

    RECEIVE_HERE = "receive_here"
    JUDGE_COMPONENTS = "judge_components"
    REQUEST_SUPPLEMENT = "request_supplement"
    FIND_VALID = "find_valid"
    TAKE_SUPPLEMENT = "take_supplement"
    REQUEST_FEE = "request_fee"
    ACCEPT = "accept"
    START_STEPS = "start_steps"
    FINISH_STEP = "finish_step"
    SIGN_OFF = "sign_off"
    ISSUE = "issue"
    MARK_RETURNED = "mark_returned"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    STOP = "stop"
    REFUSE_STOP = "refuse_stop"
    ANNOUNCE_CLOSING = "announce_closing"
    CLOSE_UNANSWERED = "close_unanswered"
    CLOSE_BY_ITSELF = "close_by_itself"
    REASSIGN = "reassign"
    REQUEST_LATER_SUPPLEMENT = "request_later_supplement"
    TAKE_LATER_SUPPLEMENT = "take_later_supplement"
    SEND_BACK = "send_back"
    ASK_OPINION = "ask_opinion"
    RECORD_OPINION = "record_opinion"
    PROPOSE_APOLOGY = "propose_apology"
    DRAFT_APOLOGY = "draft_apology"
    APOLOGISE = "apologise"
    DRAW_UP_CORRECTION = "draw_up_correction"
    SIGN_CORRECTION = "sign_correction"
    POST_RESULT = "post_result"
    HAND_OVER = "hand_over"


class Verdict(StrEnum):
    """What the officer found about one component of the dossier."""

    GOOD = "good"
    LACKING = "lacking"
    NOT_NEEDED = "not_needed"


class Outcome(StrEnum):
    """What the appraisal comes to; a refusal on substance is a result too."""

    GRANTED = "granted"
    REFUSED = "refused"
