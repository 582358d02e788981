"""What each slip says, as plain data for its layout: decides no number, no date. Skip unless you change one. Pure."""

from workflow.domain.slips.decision import Replaced, is_filled, result
from workflow.domain.slips.declared import declared
from workflow.domain.slips.endings import Refused, refusal, stop_notice
from workflow.domain.slips.form_01 import acceptance_slip, is_held
from workflow.domain.slips.form_02 import Asked, supplement
from workflow.domain.slips.hand_overs import Run, hand_overs
from workflow.domain.slips.letter import (
    ACCEPTANCE_SLIP,
    APOLOGY,
    CONTROL_SLIP,
    FEE_NOTICE,
    OPINION,
    REFUSAL,
    REGISTER,
    REPLACED_BY_NEWER,
    RESULT,
    STOP_NOTICE,
    SUPPLEMENT,
    ContactFacts,
    Data,
    Letter,
)
from workflow.domain.slips.letters import apology, opinion_request
from workflow.domain.slips.notice import fee_notice
from workflow.domain.slips.paper import Paper
from workflow.domain.slips.records import Entry, HandOver, control_slip, register

__all__ = [
    "ACCEPTANCE_SLIP",
    "APOLOGY",
    "CONTROL_SLIP",
    "FEE_NOTICE",
    "OPINION",
    "REFUSAL",
    "REGISTER",
    "REPLACED_BY_NEWER",
    "RESULT",
    "STOP_NOTICE",
    "SUPPLEMENT",
    "Asked",
    "ContactFacts",
    "Data",
    "Entry",
    "HandOver",
    "Letter",
    "Paper",
    "Refused",
    "Replaced",
    "Run",
    "acceptance_slip",
    "apology",
    "control_slip",
    "declared",
    "fee_notice",
    "hand_overs",
    "is_filled",
    "is_held",
    "opinion_request",
    "refusal",
    "register",
    "result",
    "stop_notice",
    "supplement",
]
