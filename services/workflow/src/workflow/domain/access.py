"""Who sees a case, and who may act on it. The same rule answers one case and whole lists."""

from dataclasses import dataclass

from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import NoSuchCase, NotYours
from workflow.domain.moves import LEADER, STEP_ROLE, SYSTEM, check_possible, find_move
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


def check_sees(staff: Staff, case: Case | None) -> Case:
    """The case. Raises NoSuchCase: what is not yours answers like what is not there."""
    if case is None or not scope_of(staff).covers(case):
        raise NoSuchCase
    return case


def who_acts(case: Case, action: Action, procedure: Procedure) -> str:
    """The role that may take this action with the case as it stands; SYSTEM where no person may.

    A supplement request beyond the rounds the officer may send alone is the leader's (R08). Raises NotAllowedNow.
    """
    who = find_move(case.status, action).who
    if action is Action.REQUEST_SUPPLEMENT and case.round >= procedure.supplement.rounds_without_leader:
        return LEADER
    return (case.role or SYSTEM) if who == STEP_ROLE else who


def check_acts(staff: Staff, case: Case, action: Action, procedure: Procedure, *, step_id: str | None = None) -> None:
    """Raises NoSuchCase, NotAllowedNow (status or step), NotYours (role, unit or the person it was given to).

    `step_id` is the step they mean to end, where they said so.
    """
    check_sees(staff, case)
    check_possible(case, action, procedure, step_id)
    role = who_acts(case, action, procedure)
    lies_elsewhere = role == LEADER != case.role  # the leader acts from above while the case stays where it lies
    if role == SYSTEM or role not in staff.roles:
        raise NotYours(action, _leaders_round(case) if lies_elsewhere else "Việc này thuộc vai trò khác.")
    if lies_elsewhere:
        return
    if case.unit != staff.unit:
        raise NotYours(action, "Hồ sơ đang ở đơn vị khác.")
    if case.holder_id not in (None, staff.id):
        raise NotYours(action, "Hồ sơ đã được phân công cho người khác.")


def _leaders_round(case: Case) -> str:
    return f"Yêu cầu bổ sung lần {case.round + 1} cần lãnh đạo Sở phát hành."
