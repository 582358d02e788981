"""The officers' queue: cases by time left, filtered, found by words, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, false, func, or_, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain import clock
from workflow.domain.access import Scope, Staff, scope_of
from workflow.domain.case import Case
from workflow.domain.law import procedure_of, unit_name
from workflow.domain.status import ENDED, WAITING_FOR_APPLICANT, Status
from workflow.domain.steps import find_step
from workflow.domain.words import words_of
from workflow.store.cases import to_case
from workflow.store.tables import CaseRow, StaffRow

PAGE_SIZE = 50
FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "mine": "Việc của tôi",
        "today": "Hạn hôm nay",
        "week": "Hạn trong tuần",
        "overdue": "Quá hạn",
        "waiting": "Chờ người nộp",
        "open": "Đang giải quyết",
        "returned": "Đã trả kết quả",
        "all": "Tất cả",
    }
)


@dataclass(frozen=True)
class Question:
    """What somebody asks of the queue."""

    filter: str = "mine"
    words: str = ""
    status: int | None = None
    page: int = 1


@dataclass(frozen=True)
class QueueRow:
    """One case as the queue shows it; minutes are working minutes, 0 of 0 where no clock runs."""

    case: Case
    procedure_vi: str
    step_vi: str
    unit_vi: str
    holder: str
    minutes_left: int
    whole_minutes: int
    is_due_today: bool

    @property
    def is_stopped(self) -> bool:
        return self.case.deadline_at is None


@dataclass(frozen=True)
class QueuePage:
    rows: list[QueueRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


Counts = Mapping[str, int]


async def find_cases(tx: AsyncSession, staff: Staff, question: Question, now: datetime) -> QueuePage:
    """A page of the cases that this person may see, most urgent first."""
    wanted = and_(seen_by(scope_of(staff)), _filters(staff, now)[question.filter], _asked(question))
    total = (await tx.exec(select(func.count()).select_from(CaseRow).where(wanted))).one()
    order = (col(CaseRow.deadline_at).asc().nulls_last(), col(CaseRow.since).asc(), col(CaseRow.dossier_id))
    query = select(CaseRow).where(wanted).order_by(*order)
    rows = (await tx.exec(query.offset((question.page - 1) * PAGE_SIZE).limit(PAGE_SIZE))).all()
    cases = [to_case(row) for row in rows]
    names = await names_of(tx, {case.holder_id for case in cases if case.holder_id})
    return QueuePage([queue_row(case, names, now) for case in cases], total, question.page)


async def count(tx: AsyncSession, staff: Staff, now: datetime) -> Counts:
    """How many cases each filter would show."""
    filters = _filters(staff, now)
    counted = [func.count().filter(condition) for condition in filters.values()]
    query: Any = select(*counted).select_from(CaseRow).where(seen_by(scope_of(staff)))
    return dict(zip(filters, (await tx.exec(query)).one(), strict=True))


async def names_of(tx: AsyncSession, ids: set[str]) -> dict[str, str]:
    """The names of staff, by id."""
    if not ids:
        return {}
    rows = (await tx.exec(select(StaffRow).where(col(StaffRow.id).in_(ids)))).all()
    return {row.id: row.name for row in rows}


def queue_row(case: Case, names: Mapping[str, str], now: datetime) -> QueueRow:
    procedure = procedure_of(case)
    deadline = case.deadline_at
    return QueueRow(
        case=case,
        procedure_vi=procedure.name_vi,
        step_vi=find_step(procedure, case.step).name_vi if case.step else "",
        unit_vi=unit_name(case, case.unit),
        holder=names.get(case.holder_id or "", ""),
        minutes_left=clock.minutes_left(case, now),
        whole_minutes=clock.whole_minutes(case),
        is_due_today=deadline is not None and deadline.date() == now.astimezone(TIME_ZONE).date(),
    )


def seen_by(scope: Scope) -> ColumnElement[bool]:
    """`Scope.covers` in SQL; a test holds the two together."""
    in_office = col(CaseRow.office) == scope.office
    return in_office if scope.unit is None else and_(in_office, col(CaseRow.units).contains([scope.unit]))


def _filters(staff: Staff, now: datetime) -> dict[str, ColumnElement[bool]]:
    midnight = datetime.combine(now.astimezone(TIME_ZONE).date(), time(), TIME_ZONE)
    tomorrow = midnight + timedelta(days=1)
    next_week = midnight + timedelta(days=7 - midnight.weekday())
    deadline, status = col(CaseRow.deadline_at), col(CaseRow.status)
    not_late = col(CaseRow.late_from) > now
    return {
        "mine": _mine(staff),
        "today": and_(deadline >= midnight, deadline < tomorrow, not_late),
        "week": and_(deadline >= midnight, deadline < next_week, not_late),
        "overdue": col(CaseRow.late_from) <= now,
        "waiting": status.in_(WAITING_FOR_APPLICANT),
        "open": status.not_in((*ENDED, Status.FINISHED)),
        "returned": status == Status.RETURNED,
        "all": true(),
    }


def _mine(staff: Staff) -> ColumnElement[bool]:
    """What waits for this person: their unit, one of their roles, given to nobody else."""
    if not staff.roles:
        return false()
    holder = col(CaseRow.holder_id)
    for_me = or_(holder.is_(None), holder == staff.id)
    return and_(col(CaseRow.unit) == staff.unit, col(CaseRow.role).in_(sorted(staff.roles)), for_me)


def _asked(question: Question) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if question.status is not None:
        conditions.append(col(CaseRow.status) == question.status)
    if words := words_of(question.words):
        prefixes = " & ".join(f"'{word}':*" for word in words)  # words hold letters, figures and dots only
        conditions.append(col(CaseRow.words).op("@@")(cast(prefixes, TSQUERY)))
    return and_(*conditions)
