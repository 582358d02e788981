"""Who sees a case, and who may act on it. The same rule answers one case and whole lists."""

from dataclasses import dataclass

from workflow.domain.case import Case
from workflow.domain.errors import NoSuchCase, NotYours
from workflow.domain.moves import STEP_ROLE, SYSTEM, find_move
from workflow.domain.status import Action

SEES_ALL = frozenset({"department_leader", "auditor"})
STAFF = ("one_stop_officer", "case_officer", "division_head", "department_leader", "clerk", "auditor")


@dataclass(frozen=True)
class Staff:
    """A person of the office, as far as rights go."""

    id: str
    name: str
    roles: frozenset[str]
    office: str
    unit: str
    title: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Scope:
    """What somebody may see: cases of their office that their unit has worked on; all of them where `unit` is none."""

    office: str
    unit: str | None

    def covers(self, case: Case) -> bool:
        return case.office == self.office and (self.unit is None or self.unit in case.units)


def scope_of(staff: Staff) -> Scope:
    return Scope(staff.office, None if staff.roles & SEES_ALL else staff.unit)


def check_sees(staff: Staff, case: Case) -> None:
    """Raises NoSuchCase: what is not yours answers like what is not there."""
    if not scope_of(staff).covers(case):
        raise NoSuchCase


def check_acts(staff: Staff, case: Case, action: Action) -> None:
    """Raises NoSuchCase, NotAllowedNow (the status), NotYours (role, unit or the person it was given to)."""
    check_sees(staff, case)
    who = find_move(case.status, action).who
    role = case.role if who == STEP_ROLE else who
    if role == SYSTEM or role not in staff.roles:
        raise NotYours(action, "Việc này thuộc vai trò khác.")
    if case.unit != staff.unit:
        raise NotYours(action, "Hồ sơ đang ở đơn vị khác.")
    if case.holder_id not in (None, staff.id):
        raise NotYours(action, "Hồ sơ đã được phân công cho người khác.")
