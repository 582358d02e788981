"""The commands, the events that others send, and the previews. All within the caller's transaction; none commits."""

from workflow.handlers.accepting import take_payment
from workflow.handlers.access import note_staff, staff_of
from workflow.handlers.checking import (
    find_valid,
    judge_components,
    request_supplement,
)
from workflow.handlers.deciding import decide_undecided
from workflow.handlers.noting import note_cancelled, note_demand, note_look, note_message, note_paid, note_refund
from workflow.handlers.opening import open_case, take_supplement
from workflow.handlers.previews import (
    preview_apology,
    preview_fee_notice,
    preview_opinion_request,
    preview_refusal,
    preview_result,
    preview_stop_notice,
    preview_supplement,
)
from workflow.handlers.refusing import refuse
from workflow.handlers.returning import mark_returned
from workflow.handlers.steps import finish_step, issue, sign_off
from workflow.handlers.stopping import close_unanswered, refuse_stop, stop, take_stop_request, take_withdrawal

__all__ = [
    "close_unanswered",
    "decide_undecided",
    "find_valid",
    "finish_step",
    "issue",
    "judge_components",
    "mark_returned",
    "note_cancelled",
    "note_demand",
    "note_look",
    "note_message",
    "note_paid",
    "note_refund",
    "note_staff",
    "open_case",
    "preview_apology",
    "preview_fee_notice",
    "preview_opinion_request",
    "preview_refusal",
    "preview_result",
    "preview_stop_notice",
    "preview_supplement",
    "refuse",
    "refuse_stop",
    "request_supplement",
    "sign_off",
    "staff_of",
    "stop",
    "take_payment",
    "take_stop_request",
    "take_supplement",
    "take_withdrawal",
]
