"""The leader's desk: what will be late unless somebody acts, what waits for a signature, the month so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain.access import Staff, scope_of
from workflow.domain.case import Case
from workflow.domain.law import warn_at_percent_left
from workflow.domain.moves import LEADER
from workflow.domain.period import Period, month_of, the_month_before
from workflow.domain.status import Status
from workflow.domain.timers import STEP_LATE_AFTER, is_near
from workflow.reads.asking import RUNNING, seen_by
from workflow.reads.leading import apology_drafted
from workflow.reads.queue import QueueRow, names_of, queue_row
from workflow.reads.report import Report, count_report, count_reports
from workflow.store.cases import to_case
from workflow.store.tables import CaseRow, StepRow

SHOWN = 30  # of each list; the queue has the rest
LOOKED_AT = 200  # the most urgent, among which those whose first warning came are found
AT_A_TIME = 50
LOOKS_AHEAD = timedelta(days=21)  # no case of a usual limit is warned of sooner


@dataclass(frozen=True)
class AtRisk:
    """A case that is not late yet: warned of (with so much of its time left), or at a step whose share is used up."""

    row: QueueRow
    percent_left: int | None
    step_due_at: datetime | None
    is_step_late: bool


@dataclass(frozen=True)
class Desk:
    at_risk: list[AtRisk]
    overdue: list[QueueRow]
    apologies: list[QueueRow]
    to_sign: list[QueueRow]
    by_field: Report
    by_unit: Report
    before: Report


async def find_desk(tx: AsyncSession, staff: Staff, now: datetime) -> Desk:
    """Everything on one page, over the cases this person may see."""
    scope, month = scope_of(staff), month_of(now)
    month_before: Period = the_month_before(month)
    steps = await _late_steps(tx, staff, now)
    at_risk = await _at_risk(tx, staff, steps, now)
    overdue = await _cases(tx, staff, and_(RUNNING, col(CaseRow.late_from) <= now))
    apologies = await _cases(tx, staff, and_(RUNNING, apology_drafted()))
    to_sign = await _cases(tx, staff, or_(_at_approval(), col(CaseRow.correction).is_not(None)))
    shown = [*at_risk, *overdue, *apologies, *to_sign]
    names = await names_of(tx, {case.holder_id for case in shown if case.holder_id})
    by_field, by_unit = await count_reports(tx, scope, month, ("field", "unit"), now)
    return Desk(
        at_risk=[_risk(case, queue_row(case, names, now), steps) for case in at_risk],
        overdue=[queue_row(case, names, now) for case in overdue],
        apologies=[queue_row(case, names, now) for case in apologies],
        to_sign=[queue_row(case, names, now) for case in to_sign],
        by_field=by_field,
        by_unit=by_unit,
        before=await count_report(tx, scope, month_before, "field", now),
    )


def _at_approval() -> ColumnElement[bool]:
    return and_(RUNNING, col(CaseRow.status) == Status.IN_PROCESS, col(CaseRow.role) == LEADER)


def _risk(case: Case, row: QueueRow, steps: Mapping[UUID, datetime]) -> AtRisk:
    percents = warn_at_percent_left(case)
    return AtRisk(row, percents[0] if percents else None, steps.get(case.dossier_id), case.dossier_id in steps)


async def _cases(
    tx: AsyncSession, staff: Staff, wanted: ColumnElement[bool], most: int = SHOWN, offset: int = 0
) -> list[Case]:
    """What a list of the desk shows, most urgent first."""
    query = select(CaseRow).where(seen_by(scope_of(staff)), wanted)
    urgent = query.order_by(col(CaseRow.deadline_at).asc().nulls_last(), col(CaseRow.since), col(CaseRow.dossier_id))
    return [to_case(row) for row in (await tx.exec(urgent.limit(most).offset(offset))).all()]


async def _at_risk(tx: AsyncSession, staff: Staff, steps: Mapping[UUID, datetime], now: datetime) -> list[Case]:
    is_open = and_(col(CaseRow.status).in_((Status.SUBMITTED, Status.IN_PROCESS)), col(CaseRow.late_from) > now)
    soon = or_(col(CaseRow.deadline_at) < now + LOOKS_AHEAD, col(CaseRow.dossier_id).in_(steps))
    found: list[Case] = []
    for offset in range(0, LOOKED_AT, AT_A_TIME):  # the first few dozen are nearly always enough
        cases = await _cases(tx, staff, and_(RUNNING, is_open, soon), AT_A_TIME, offset)
        found += [one for one in cases if one.dossier_id in steps or _ends_today(one, now) or is_near(one, now)]
        if len(found) >= SHOWN or len(cases) < AT_A_TIME:
            break
    return found[:SHOWN]


def _ends_today(case: Case, now: datetime) -> bool:
    return case.deadline_at is not None and case.deadline_at.date() == now.astimezone(TIME_ZONE).date()


async def _late_steps(tx: AsyncSession, staff: Staff, now: datetime) -> dict[UUID, datetime]:
    """Open steps whose share of the limit is used up, by case, most urgent cases first."""
    run_is_late = and_(col(StepRow.finished_at).is_(None), col(StepRow.due_at) <= now - STEP_LATE_AFTER)
    query = select(StepRow.dossier_id, StepRow.due_at).join(CaseRow, col(CaseRow.dossier_id) == col(StepRow.dossier_id))
    query = query.where(run_is_late, RUNNING, seen_by(scope_of(staff)), col(CaseRow.late_from) > now)
    rows = (await tx.exec(query.order_by(col(CaseRow.deadline_at)).limit(LOOKED_AT))).all()
    return {id: at.astimezone(TIME_ZONE) for id, at in rows if at}
