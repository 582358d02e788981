"""What each slip says, as plain data for its layout: decides no number, no date. Skip unless you change a slip. Pure.

The fields are those of the slips seen in use; the layout of the annex of 2025 was not seen, so every slip says so.
"""

from workflow.domain.slips.decision import is_filled, result
from workflow.domain.slips.form_01 import acceptance_slip
from workflow.domain.slips.form_02 import Asked, supplement
from workflow.domain.slips.letter import ACCEPTANCE_SLIP, FEE_NOTICE, RESULT, SUPPLEMENT, Data, Letter
from workflow.domain.slips.notice import fee_notice

__all__ = [
    "ACCEPTANCE_SLIP",
    "FEE_NOTICE",
    "RESULT",
    "SUPPLEMENT",
    "Asked",
    "Data",
    "Letter",
    "acceptance_slip",
    "fee_notice",
    "is_filled",
    "result",
    "supplement",
]
