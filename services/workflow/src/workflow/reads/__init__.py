"""What lists and pages show. The only SQL that answers questions; changes nothing."""

from workflow.reads.asking import COUNTED, FILTERS, Question
from workflow.reads.calendars import (
    LINES_A_PAGE,
    CalendarView,
    Moving,
    Preview,
    changed_days,
    count_left,
    count_set_aside,
    find_calendar_draft,
    find_calendar_view,
    preview_calendar,
)
from workflow.reads.case import CaseView, find_case_view, see_case
from workflow.reads.clock import ClockView, find_clock, see_clock, view_clock
from workflow.reads.desk import Desk, find_desk
from workflow.reads.files import open_correction, open_file, open_issued, open_result, open_slip
from workflow.reads.letters import LettersView, find_letters, holders, people_for
from workflow.reads.paging import SORTS
from workflow.reads.parcels import ParcelView, parcels_of, receiver_of
from workflow.reads.queue import (
    MOST_EXPORTED,
    PAGE_SIZE,
    Counts,
    QueuePage,
    QueueRow,
    all_staff,
    count,
    export_cases,
    find_cases,
    pick_cases,
)
from workflow.reads.report import BEHIND_A_PAGE, Behind, Report, count_report, dossiers_behind, name_of_line
from workflow.reads.report_file import report_csv
from workflow.reads.steps import StepView
from workflow.reads.told import MessageView, PaymentView, find_messages, find_payments
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
    "COUNTED",
    "FILTERS",
    "LINES_A_PAGE",
    "MOST_EXPORTED",
    "PAGE_SIZE",
    "SORTS",
    "Behind",
    "CalendarView",
    "CaseView",
    "ClockView",
    "Counts",
    "Desk",
    "LettersView",
    "MessageView",
    "Moving",
    "ParcelView",
    "PaymentView",
    "Preview",
    "Question",
    "QueuePage",
    "QueueRow",
    "Report",
    "StepView",
    "UndecidedPage",
    "UndecidedView",
    "all_staff",
    "applicants_words",
    "changed_days",
    "count",
    "count_left",
    "count_report",
    "count_set_aside",
    "count_undecided",
    "dossiers_behind",
    "export_cases",
    "find_all_undecided",
    "find_calendar_draft",
    "find_calendar_view",
    "find_case_view",
    "find_cases",
    "find_clock",
    "find_desk",
    "find_letters",
    "find_messages",
    "find_payments",
    "find_undecided",
    "find_undecided_of",
    "holders",
    "name_of_line",
    "open_correction",
    "open_file",
    "open_issued",
    "open_result",
    "open_slip",
    "parcels_of",
    "people_for",
    "pick_cases",
    "preview_calendar",
    "receiver_of",
    "report_csv",
    "see_case",
    "see_clock",
    "view_clock",
]
