"""How long a case waits for its applicant: until when they may answer, and from when it may be closed (R09). Pure."""

from datetime import datetime, time, timedelta

from rules import due as rule
from rules import limits
from rules.calendar import HANOI
from rules.errors import OutsideCalendar
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import TooEarly
from workflow.domain.law import calendar_of, readings_of, rules_for
from workflow.domain.status import Status


def answer_by(case: Case, procedure: Procedure, asked_at: datetime) -> datetime | None:
    """Until when a supplement asked for then may be answered; none where no act says so (R14)."""
    within = procedure.supplement.answer_within
    if within is None:
        return None
    return rule.due(within, asked_at, calendar_of(case), readings=readings_of(case)).at


def check_unanswered(case: Case, procedure: Procedure, now: datetime) -> None:
    """Raises TooEarly while the applicant may still answer, or pay."""
    if case.answer_by is not None and now < closes_from(case, procedure, case.answer_by):
        raise TooEarly(case.answer_by)


def closes_from(case: Case, procedure: Procedure, until: datetime) -> datetime:
    """The first moment after the limit: of a limit in days the whole last day still counts (as in R05)."""
    within = procedure.supplement.answer_within
    if case.status is Status.WAITING_FOR_SUPPLEMENT and within and not within.is_in_days:
        return until + timedelta(minutes=1)
    return until.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def ground_of(case: Case) -> str:
    """Why a case that nobody answered is closed."""
    return "not_paid" if case.status is Status.WAITING_FOR_FEE else "not_supplemented"


def notice_at(case: Case, until: datetime) -> datetime:
    """When the applicant is told that the case will be closed: so long before the limit's last day (setting)."""
    where = rules_for(case)
    try:
        return limits.before(until.astimezone(HANOI).date(), limits.needed("closing_notice", where), where.calendar)
    except OutsideCalendar:
        return until


def closes_after_notice(case: Case, procedure: Procedure, told_at: datetime) -> datetime:
    """From when a case may be closed by itself: the applicant has the whole notice, however late it came.

    Raises OutsideCalendar.
    """
    assert case.answer_by is not None
    where = rules_for(case)
    last_on = limits.after(told_at.astimezone(HANOI).date(), limits.needed("closing_notice", where), where.calendar)
    noticed = datetime.combine(last_on + timedelta(days=1), time(), HANOI)
    return max(closes_from(case, procedure, case.answer_by), noticed)


def last_moment(case: Case, procedure: Procedure, told_at: datetime) -> datetime:
    """Until when somebody who is told then may answer: the answer limit, or longer where the notice came late."""
    assert case.answer_by is not None
    closes_at = closes_after_notice(case, procedure, told_at)
    if closes_at == closes_from(case, procedure, case.answer_by):
        return case.answer_by
    return closes_at - timedelta(minutes=1)
