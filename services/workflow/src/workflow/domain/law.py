"""The law a case goes by: its procedure, office, calendar and readings. Looks up, decides nothing."""

from rules.calendar import HANOI, Calendar
from rules.catalogue import load
from rules.readings import Readings
from rules.records.office import Office
from rules.records.procedure import Procedure
from workflow.domain.case import Case

WARN_AT_PERCENT_LEFT = (25, 10)
CLOSING_NOTICE_WORKING_DAYS = 3


def procedure_of(case: Case) -> Procedure:
    """The version in force when the dossier arrived holds to its end (R01), with what its province promised then."""
    on = case.received_at.astimezone(HANOI).date()
    return load().procedure_at(case.office, case.procedure_id, case.procedure_version, on)


def office_of(case: Case) -> Office:
    return load().office(case.office)


def calendar_of(case: Case) -> Calendar:
    """The newest approved version (R01)."""
    return load().calendar(case.office)


def readings_of(case: Case) -> Readings:
    """As the office read the law on the day the dossier arrived."""
    return load().readings(case.office, case.received_at.astimezone(HANOI).date())


def unit_name(case: Case, unit_id: str) -> str:
    """A unit of the case's office in words; its id where the office has no such unit."""
    unit = office_of(case).unit(unit_id)
    return unit.name_vi if unit else unit_id


def warn_at_percent_left(case: Case) -> tuple[int, int]:
    """How much of the whole is left at the first warning, and at the second."""
    return WARN_AT_PERCENT_LEFT


def closing_notice_working_days(case: Case) -> int:
    """How long before a case is closed by itself its applicant is told (R09)."""
    return CLOSING_NOTICE_WORKING_DAYS
