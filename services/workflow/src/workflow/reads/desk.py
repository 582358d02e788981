"""The leader's desk: what will be late unless somebody acts, what waits for a signature, the month so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain.access import Staff, scope_of
from workflow.domain.moves import LEADER
from workflow.domain.period import Period, month_of, the_month_before
from workflow.domain.status import Status
from workflow.reads.asking import seen_by
from workflow.reads.queue import QueueRow, rows_of
from workflow.reads.report import Report, count_report
from workflow.store.tables import CaseRow, StepRow

SHOWN = 30  # of each list; the queue has the rest
LOOKS_AHEAD = timedelta(days=21)  # no case further off than that can be in the last quarter of a usual limit


@dataclass(frozen=True)
class AtRisk:
    """A case that is not late yet: in the last quarter of its time, or at a step whose share is used up."""

    row: QueueRow
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
    return Desk(
        at_risk=await _at_risk(tx, staff, now),
        overdue=await _cases(tx, staff, col(CaseRow.late_from) <= now, now),
        apologies=await _cases(tx, staff, col(CaseRow.apology_drafted_at).is_not(None), now),
        to_sign=await _cases(tx, staff, or_(_at_approval(), col(CaseRow.correction).is_not(None)), now),
        by_field=await count_report(tx, scope, month, "field", now),
        by_unit=await count_report(tx, scope, month, "unit", now),
        before=await count_report(tx, scope, month_before, "field", now),
    )


def _at_approval() -> ColumnElement[bool]:
    return and_(col(CaseRow.status) == Status.IN_PROCESS, col(CaseRow.role) == LEADER)


async def _cases(tx: AsyncSession, staff: Staff, wanted: ColumnElement[bool], now: datetime) -> list[QueueRow]:
    query = select(CaseRow).where(seen_by(scope_of(staff)), wanted)
    urgent = query.order_by(col(CaseRow.deadline_at).asc().nulls_last(), col(CaseRow.since)).limit(SHOWN)
    return await rows_of(tx, staff, (await tx.exec(urgent)).all(), now)


async def _at_risk(tx: AsyncSession, staff: Staff, now: datetime) -> list[AtRisk]:
    is_open = and_(col(CaseRow.status).in_((Status.SUBMITTED, Status.IN_PROCESS)), col(CaseRow.late_from) > now)
    steps = await _late_steps(tx, staff, now)
    soon = and_(is_open, or_(col(CaseRow.deadline_at) < now + LOOKS_AHEAD, col(CaseRow.dossier_id).in_(steps)))
    query = select(CaseRow).where(seen_by(scope_of(staff)), soon).order_by(col(CaseRow.deadline_at)).limit(200)
    rows = await rows_of(tx, staff, (await tx.exec(query)).all(), now)
    found = [AtRisk(row, steps.get(row.case.dossier_id), row.case.dossier_id in steps) for row in rows]
    return [one for one in found if one.is_step_late or _in_last_quarter(one.row)][:SHOWN]


def _in_last_quarter(row: QueueRow) -> bool:
    return row.is_due_today or row.minutes_left * 4 < row.whole_minutes


async def _late_steps(tx: AsyncSession, staff: Staff, now: datetime) -> dict[UUID, datetime]:
    """Open steps whose share of the limit is used up, by case, most urgent cases first."""
    run_is_late = and_(col(StepRow.finished_at).is_(None), col(StepRow.due_at) < now)
    query = select(StepRow.dossier_id, StepRow.due_at).join(CaseRow, col(CaseRow.dossier_id) == col(StepRow.dossier_id))
    query = query.where(run_is_late, seen_by(scope_of(staff)), col(CaseRow.late_from) > now)
    rows = (await tx.exec(query.order_by(col(CaseRow.deadline_at)).limit(200))).all()
    return {id: at.astimezone(TIME_ZONE) for id, at in rows}
