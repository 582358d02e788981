"""Who decides on an event that came when its case did not wait for it. Pure."""

from workflow.domain.access import Staff, check_sees
from workflow.domain.case import Case
from workflow.domain.errors import NotYours
from workflow.domain.moves import APPRAISER, CHECKER, HEAD, LEADER

DECIDERS = frozenset({CHECKER, APPRAISER, HEAD, LEADER})


def may_decide(staff: Staff) -> bool:
    return bool(staff.roles & DECIDERS)


def check_decides(staff: Staff, case: Case | None) -> Case:
    """The case, for somebody who sees it and may decide. Raises NoSuchCase, NotYours."""
    case = check_sees(staff, case)
    if not may_decide(staff):
        raise NotYours("decide_undecided", "Việc này do công chức một cửa, chuyên viên hoặc lãnh đạo quyết định.")
    return case
