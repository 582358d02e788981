"""Who sees a case, and who may act on it. The same rule answers one case and whole lists."""

from dataclasses import dataclass

from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import NoSuchCase, NotYours
from workflow.domain.moves import HEAD, LEADER, STEP_ROLE, SYSTEM, check_possible, find_move
from workflow.domain.status import Action

REQUESTS = (Action.REQUEST_SUPPLEMENT, Action.REQUEST_LATER_SUPPLEMENT)
SEES_ALL = frozenset({"department_leader", "auditor"})
KEEPS_REGISTER = ("one_stop_officer", "department_leader")
READS_REGISTER = (*KEEPS_REGISTER, "auditor")  # it names every applicant of the office
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


def who_acts(case: Case, action: Action, procedure: Procedure) -> tuple[str, ...]:
    """The roles that may take this action with the case as it stands; SYSTEM where no person may.

    A supplement request beyond the rounds the officer may send alone is the leader's (R08). Raises NotAllowedNow.
    """
    who = find_move(case.status, action).who
    if action in REQUESTS and case.round >= procedure.supplement.rounds_without_leader:
        return (LEADER,)
    return tuple((case.role or SYSTEM) if role == STEP_ROLE else role for role in who)


def check_acts(staff: Staff, case: Case, action: Action, procedure: Procedure, *, step_id: str | None = None) -> None:
    """Raises NoSuchCase, NotAllowedNow (status, step or needs), NotYours (role, unit or the person it was given to).

    Whose role the case lies with must be of its unit, and the person it was given to; others act from where they are.
    `step_id` is the step they mean to end, where they said so.
    """
    check_sees(staff, case)
    check_possible(case, action, procedure, step_id)
    roles = [role for role in who_acts(case, action, procedure) if role in staff.roles]
    if not roles:
        raise NotYours(action, _other_role(case, action, procedure))
    if case.role in roles or (HEAD in roles and LEADER not in roles):
        _check_lies_here(staff, case, action)


def _check_lies_here(staff: Staff, case: Case, action: Action) -> None:
    if case.unit != staff.unit:
        raise NotYours(action, "Hồ sơ đang ở đơn vị khác.")
    if case.role in staff.roles and action is not Action.REASSIGN and case.holder_id not in (None, staff.id):
        raise NotYours(action, "Hồ sơ đã được phân công cho người khác.")


def _other_role(case: Case, action: Action, procedure: Procedure) -> str:
    if action in REQUESTS and LEADER in who_acts(case, action, procedure):
        return _leaders_round(case)
    return "Việc này thuộc vai trò khác."


def _leaders_round(case: Case) -> str:
    return f"Yêu cầu bổ sung lần {case.round + 1} cần lãnh đạo Sở phát hành."
