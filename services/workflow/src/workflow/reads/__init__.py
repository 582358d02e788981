"""What lists and pages show. The only SQL that answers questions; changes nothing."""

from workflow.reads.case import CaseView, ClockView, StepView, find_case_view, see_case, view_clock
from workflow.reads.files import open_file, open_result, open_slip
from workflow.reads.queue import FILTERS, PAGE_SIZE, Counts, Question, QueuePage, QueueRow, count, find_cases

__all__ = [
    "FILTERS",
    "PAGE_SIZE",
    "CaseView",
    "ClockView",
    "Counts",
    "Question",
    "QueuePage",
    "QueueRow",
    "StepView",
    "count",
    "find_case_view",
    "find_cases",
    "open_file",
    "open_result",
    "open_slip",
    "see_case",
    "view_clock",
]
