"""What each slip says, as plain data for its layout: decides no number, no date. Skip unless you change a slip. Pure.

The fields are those of the slips seen in use; the layout of the annex of 2025 was not seen, so every slip says so.
"""

from workflow.domain.slips.decision import is_filled, result
from workflow.domain.slips.endings import Refused, refusal, stop_notice
from workflow.domain.slips.form_01 import acceptance_slip
from workflow.domain.slips.form_02 import Asked, supplement
from workflow.domain.slips.letter import (
    ACCEPTANCE_SLIP,
    APOLOGY,
    CONTROL_SLIP,
    FEE_NOTICE,
    OPINION,
    REFUSAL,
    REGISTER,
    RESULT,
    STOP_NOTICE,
    SUPPLEMENT,
    Data,
    Letter,
)
from workflow.domain.slips.letters import apology, opinion_request
from workflow.domain.slips.notice import fee_notice

__all__ = [
    "ACCEPTANCE_SLIP",
    "APOLOGY",
    "CONTROL_SLIP",
    "FEE_NOTICE",
    "OPINION",
    "REFUSAL",
    "REGISTER",
    "RESULT",
    "STOP_NOTICE",
    "SUPPLEMENT",
    "Asked",
    "Data",
    "Letter",
    "Refused",
    "acceptance_slip",
    "apology",
    "fee_notice",
    "is_filled",
    "opinion_request",
    "refusal",
    "result",
    "stop_notice",
    "supplement",
]
