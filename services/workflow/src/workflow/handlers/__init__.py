"""The commands, the events that others send, and the previews. All within the caller's transaction; none commits.

Only the worker's open their own: `parcels`, which calls the postal service between two of them, and `apply_next`.
"""

from workflow.handlers.accepting import take_payment
from workflow.handlers.access import note_staff, staff_of
from workflow.handlers.apologising import apologise, draft_apology
from workflow.handlers.calendars import (
    apply_next,
    approve_calendar,
    draft_calendar,
    draft_whole_calendar,
    drop_calendar_draft,
)
from workflow.handlers.checking import (
    find_valid,
    judge_components,
    request_supplement,
)
from workflow.handlers.consulting import ask_opinion, record_opinion
from workflow.handlers.correcting import draw_up_correction, sign_correction
from workflow.handlers.deciding import decide_undecided
from workflow.handlers.erasing import erase_name
from workflow.handlers.noting import note_cancelled, note_demand, note_look, note_message, note_paid, note_refund
from workflow.handlers.opening import open_case, receive_here, take_supplement
from workflow.handlers.posting import post_result
from workflow.handlers.previews import (
    preview_apology,
    preview_control_slip,
    preview_correction,
    preview_fee_notice,
    preview_opinion_request,
    preview_refusal,
    preview_result,
    preview_stop_notice,
    preview_supplement,
)
from workflow.handlers.reassigning import Reassigned, reassign, reassign_all
from workflow.handlers.refusing import refuse
from workflow.handlers.returning import hand_over, mark_returned
from workflow.handlers.steps import finish_step, issue, send_back, sign_off
from workflow.handlers.stopping import close_unanswered, refuse_stop, stop, take_stop_request, take_withdrawal
from workflow.handlers.supplementing import request_later_supplement
from workflow.store import count_by_newest, find_staff

__all__ = [
    "Reassigned",
    "apologise",
    "apply_next",
    "approve_calendar",
    "ask_opinion",
    "close_unanswered",
    "count_by_newest",
    "decide_undecided",
    "draft_apology",
    "draft_calendar",
    "draft_whole_calendar",
    "draw_up_correction",
    "drop_calendar_draft",
    "erase_name",
    "find_staff",
    "find_valid",
    "finish_step",
    "hand_over",
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
    "post_result",
    "preview_apology",
    "preview_control_slip",
    "preview_correction",
    "preview_fee_notice",
    "preview_opinion_request",
    "preview_refusal",
    "preview_result",
    "preview_stop_notice",
    "preview_supplement",
    "reassign",
    "reassign_all",
    "receive_here",
    "record_opinion",
    "refuse",
    "refuse_stop",
    "request_later_supplement",
    "request_supplement",
    "send_back",
    "sign_correction",
    "sign_off",
    "staff_of",
    "stop",
    "take_payment",
    "take_stop_request",
    "take_supplement",
    "take_withdrawal",
]
