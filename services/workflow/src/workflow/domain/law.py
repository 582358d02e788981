"""The law a case goes by: its procedure, office, calendar and readings. Looks up, decides nothing."""

from rules.calendar import HANOI, Calendar
from rules.catalogue import load
from rules.limits import Where
from rules.readings import Readings
from rules.records.office import Office
from rules.records.procedure import Procedure
from workflow.domain.case import Case


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
    return load().readings(case.office, case.received_at.astimezone(HANOI).date(), case.procedure_id)


def unit_name(case: Case, unit_id: str) -> str:
    """A unit of the case's office in words; its id where the office has no such unit."""
    unit = office_of(case).unit(unit_id)
    return unit.name_vi if unit else unit_id


def rules_for(case: Case) -> Where:
    """By whose general limits and settings the case goes: its office's, on the day it arrived (R01)."""
    on = case.received_at.astimezone(HANOI).date()
    return Where(calendar_of(case), on, case.office, readings_of(case))


def warn_at_percent_left(case: Case) -> tuple[int, int] | None:
    """How much of the whole is left at the first warning, and at the second; none where nobody is warned."""
    found = rules_for(case).general("warning")
    return found.percent_left if found else None
