"""The words a case is described in: its status, what may be done with it, verdicts and outcomes."""

from enum import IntEnum, StrEnum


class Status(IntEnum):
    """The national codes of a dossier's status (the same numbers as in the contracts, a test says)."""

    SUBMITTED = 1
    ACCEPTED = 2
    REFUSED_AT_RECEPTION = 3
    IN_PROCESS = 4
    WAITING_FOR_SUPPLEMENT = 5
    WAITING_FOR_FEE = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10


WAITING_FOR_APPLICANT = (Status.WAITING_FOR_SUPPLEMENT, Status.WAITING_FOR_FEE, Status.FINISHED)
ENDED = (Status.REFUSED_AT_RECEPTION, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED)


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
