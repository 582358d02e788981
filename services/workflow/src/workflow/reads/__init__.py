"""What lists and pages show. The only SQL that answers questions; changes nothing."""

from workflow.reads.case import CaseView, ClockView, StepView, find_case_view, see_case, view_clock
from workflow.reads.files import open_file, open_result, open_slip
from workflow.reads.queue import FILTERS, PAGE_SIZE, Counts, Question, QueuePage, QueueRow, count, find_cases
from workflow.reads.report import BEHIND_A_PAGE, Behind, Report, count_report, dossiers_behind, name_of_line
from workflow.reads.undecided import (
    UndecidedPage,
    UndecidedView,
    applicants_words,
    count_undecided,
    find_all_undecided,
    find_undecided,
    find_undecided_of,
)

__all__ = [
    "BEHIND_A_PAGE",
    "FILTERS",
    "PAGE_SIZE",
    "Behind",
    "CaseView",
    "ClockView",
    "Counts",
    "Question",
    "QueuePage",
    "QueueRow",
    "Report",
    "StepView",
    "UndecidedPage",
    "UndecidedView",
    "applicants_words",
    "count",
    "count_report",
    "count_undecided",
    "dossiers_behind",
    "find_all_undecided",
    "find_case_view",
    "find_cases",
    "find_undecided",
    "find_undecided_of",
    "name_of_line",
    "open_file",
    "open_result",
    "open_slip",
    "see_case",
    "view_clock",
]
