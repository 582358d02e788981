"""How long a case waits for its applicant: until when they may answer, and from when it may be closed (R09). Pure."""

from datetime import datetime, timedelta

from rules import due as rule
from rules.calendar import HANOI
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import TooEarly
from workflow.domain.law import calendar_of, readings_of
from workflow.domain.status import Status


def answer_by(case: Case, procedure: Procedure, asked_at: datetime) -> datetime | None:
    """Until when a supplement asked for then may be answered; none where no act says so (R14)."""
    within = procedure.supplement.answer_within
    if within is None:
        return None
    return rule.due(within, asked_at, calendar_of(case), readings=readings_of(case)).at


def check_unanswered(case: Case, procedure: Procedure, now: datetime) -> None:
    """Raises TooEarly while the applicant may still answer, or pay."""
    if case.answer_by is not None and now < _closes_from(case, procedure, case.answer_by):
        raise TooEarly(case.answer_by)


def _closes_from(case: Case, procedure: Procedure, until: datetime) -> datetime:
    """The first moment after the limit: of a limit in days the whole last day still counts (as in R05)."""
    within = procedure.supplement.answer_within
    if case.status is Status.WAITING_FOR_SUPPLEMENT and within and not within.is_in_days:
        return until + timedelta(minutes=1)
    return until.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def ground_of(case: Case) -> str:
    """Why a case that nobody answered is closed."""
    return "not_paid" if case.status is Status.WAITING_FOR_FEE else "not_supplemented"
