"""The words a case is described in: its status, what may be done with it, verdicts and outcomes."""

from enum import StrEnum

from rules.records.status import ENDED, WAITING_FOR_APPLICANT, Status

__all__ = ["ENDED", "WAITING_FOR_APPLICANT", "Action", "Outcome", "Status", "Verdict"]


class Action(StrEnum):
    """What somebody, or the system, may do with a case."""

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


class Verdict(StrEnum):
    """What the officer found about one component of the dossier."""

    GOOD = "good"
    LACKING = "lacking"
    NOT_NEEDED = "not_needed"


class Outcome(StrEnum):
    """What the appraisal comes to; a refusal on substance is a result too."""

    GRANTED = "granted"
    REFUSED = "refused"
