"""The case's clock as anyone can recompute it: its start, rule and calendar in; due and explanation out. Pure."""

from dataclasses import replace
from datetime import datetime

from rules import due as rule
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.errors import LimitNotPublished
from workflow.domain.law import calendar_of, procedure_of, readings_of


def main_due(case: Case, started_at: datetime) -> rule.Due:
    """When the whole limit ends. Raises LimitNotPublished (R14)."""
    procedure = procedure_of(case)
    if procedure.limit is None:
        raise LimitNotPublished(procedure.id)
    return rule.due(procedure.limit, started_at, calendar_of(case), readings=readings_of(case))


def check_due(case: Case, received_at: datetime) -> rule.Due:
    """When the check of a package that came in then must be done. Raises NotPublished (R14)."""
    return rule.check_due(
        procedure_of(case), case.channel, case.office, arrived_at=case.received_at, piece_at=received_at
    )


def with_check_due(case: Case, due: rule.Due) -> Case:
    """The case with this as what runs now: the check of its package."""
    times = {"check_started_at": due.start, "check_due_at": due.at, "deadline_at": due.at}
    return case.changed(**times, late_from=rule.missed_at(due), calendar_version=due.calendar_version)


def plan_of(case: Case, procedure: Procedure | None = None, *, paused: int | None = None) -> list[rule.StepPlan]:
    """Each step's share of the whole limit; empty before acceptance. Time that was paused is no part of the whole.

    `paused` are the working minutes of pauses so far, where they are known; else what the rules say of the due.
    """
    if case.started_at is None or case.due_at is None:
        return []
    calendar, procedure = calendar_of(case), procedure or procedure_of(case)
    if paused is None:
        paused = calendar.working_minutes_between(_whole_until(case, procedure), case.due_at)
    whole_until = calendar.add_working_minutes(case.due_at, -paused)
    planned = rule.plan(procedure.steps, case.started_at, whole_until, calendar)
    return [replace(one, due_at=calendar.add_working_minutes(one.due_at, paused)) for one in planned]


def _whole_until(case: Case, procedure: Procedure) -> datetime:
    """Where the whole limit ends if nothing pauses it."""
    assert case.started_at is not None
    assert case.due_at is not None
    if case.reappointed_at is None and procedure.supplement.after_acceptance == "resumes":
        return main_due(case, case.started_at).at
    return case.due_at


def after_supplement(case: Case, procedure: Procedure, asked_at: datetime, received_at: datetime) -> Case:
    """The case with its clock going again once a later supplement came in (R08): the whole limit anew, or resumed."""
    if procedure.supplement.after_acceptance == "resumes":
        assert case.due_at is not None
        due_at = rule.resumed_at(case.due_at, asked_at, received_at, calendar_of(case))
        return with_due(case.changed(readings=_with(case, "R08")), due_at)
    due = main_due(case, received_at)
    return with_due(case.changed(started_at=due.start, readings=_with(case, "R08", *due.readings)), due.at)


def _with(case: Case, *readings: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*case.readings, *readings)))


def with_due(case: Case, due_at: datetime) -> Case:
    """The case with another due moment, which is what runs now; the first one stays (R06).

    A letter that was proposed for the one before is not wanted any more.
    """
    late_from = rule.missed_at(due_again(case, due_at))
    dues = {"due_at": due_at, "deadline_at": due_at, "late_from": late_from}
    if due_at != case.due_at:
        case = case.changed(apology_proposed_at=None)
    return case.changed(**dues, calendar_version=calendar_of(case).version)


def due_again(case: Case, due_at: datetime) -> rule.Due:
    """A due moment that was decided earlier, in the shape the rules judge. Raises LimitNotPublished."""
    procedure = procedure_of(case)
    if procedure.limit is None or case.started_at is None:
        raise LimitNotPublished(procedure.id)
    late_after = readings_of(case).day_limits_late_after
    return rule.Due(due_at, case.started_at, procedure.limit, case.calendar_version or "", late_after=late_after)


def whole_minutes(case: Case) -> int:
    """The working minutes of what runs now, from its start to its deadline; 0 where nothing runs."""
    start = case.started_at if case.is_accepted else case.check_started_at
    if case.deadline_at is None or start is None:
        return 0
    return calendar_of(case).working_minutes_between(start, case.deadline_at)


def minutes_left(case: Case, now: datetime) -> int:
    """Working minutes to the deadline, negative once it has passed; 0 where nothing runs."""
    return rule.time_left(case.deadline_at, now, calendar_of(case)) if case.deadline_at else 0


def is_late(case: Case, now: datetime) -> bool:
    """Whether what runs now is missed (R05): the first late moment has come."""
    return case.late_from is not None and case.late_from <= now
