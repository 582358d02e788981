"""The officers' queue: cases in an order, page by page, with what each list holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow.domain import apology, budgets, clock
from workflow.domain.access import Staff, scope_of
from workflow.domain.case import Case
from workflow.domain.errors import NoSuchList
from workflow.domain.law import procedure_of, unit_name
from workflow.domain.status import Status
from workflow.domain.steps import find_step
from workflow.domain.words import masked
from workflow.reads.asking import COUNTED, FILTERS, RUNNING, Question, asked, filters, seen_by
from workflow.reads.paging import Order
from workflow.store.cases import to_case
from workflow.store.tables import CaseRow, LookRow, StaffRow

PAGE_SIZE = 50
MOST_COUNTED = 10_000  # beyond this a list says "more than"
MOST_EXPORTED = 10_000


@dataclass(frozen=True)
class QueueRow:
    """One case as the queue shows it; minutes are working minutes, 0 of 0 where no clock runs.

    `seen_version` is the version this person saw last, none where they never opened the case.
    """

    case: Case
    procedure_vi: str
    field_vi: str
    step_vi: str
    unit_vi: str
    holder: str
    minutes_left: int
    whole_minutes: int
    is_due_today: bool
    is_last_for_new_date: bool  # today, or before the office opens again, is the last chance for one (R07)
    is_late: bool  # R05: of a limit in days only from midnight, though its minutes are used up
    seen_version: int | None = None
    hand_over_due: datetime | None = None  # by when the desk hands a counter dossier to its division (T05)

    @property
    def is_stopped(self) -> bool:
        return self.case.deadline_at is None

    @property
    def shown_applicant(self) -> str:
        """Lists do not show a person's whole name; an organisation's they do."""
        return masked(self.case.applicant_name) if self.case.applicant_is_person else self.case.applicant_name

    @property
    def has_changed(self) -> bool:
        """Somebody, or the system, changed it since this person looked."""
        return self.seen_version is not None and self.seen_version < self.case.version

    @property
    def is_new(self) -> bool:
        """This person has never opened it."""
        return self.seen_version is None


@dataclass(frozen=True)
class QueuePage:
    """`before` and `after` are where the page before and the next one are; empty where there is none."""

    rows: list[QueueRow]
    total: int
    before: str = ""
    after: str = ""

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.total > MOST_COUNTED


Counts = Mapping[str, int]


async def find_cases(tx: AsyncSession, staff: Staff, question: Question, now: datetime) -> QueuePage:
    """A page of the cases that this person may see, most urgent first unless asked otherwise. Raises NoSuchList."""
    wanted, order = _wanted(staff, question, now), Order(question.sort)
    backwards = bool(question.before)
    place = [order.beyond(key, backwards=backwards) for key in (question.before or question.after,) if key]
    query = select(CaseRow).where(wanted, *place).order_by(*order.columns(backwards=backwards))
    found = list((await tx.exec(query.limit(PAGE_SIZE + 1))).all())
    has_more, rows = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    return QueuePage(
        await rows_of(tx, staff, rows, now),
        await _total(tx, wanted),
        before=order.key_of(rows[0]) if rows and (has_more if backwards else question.after) else "",
        after=order.key_of(rows[-1]) if rows and (backwards or has_more) else "",
    )


async def export_cases(tx: AsyncSession, staff: Staff, question: Question, now: datetime) -> list[QueueRow]:
    """Every case that the question asks for, whatever the page; at most `MOST_EXPORTED`."""
    order = Order(question.sort)
    query = select(CaseRow).where(_wanted(staff, question, now)).order_by(*order.columns(backwards=False))
    return await rows_of(tx, staff, (await tx.exec(query.limit(MOST_EXPORTED))).all(), now)


async def pick_cases(tx: AsyncSession, staff: Staff, ids: Iterable[UUID], now: datetime) -> list[QueueRow]:
    """Of these cases those that this person may see, most urgent first."""
    mine = and_(seen_by(scope_of(staff)), col(CaseRow.dossier_id).in_(sorted(ids)))
    query = select(CaseRow).where(mine).order_by(*Order("urgent").columns(backwards=False))
    return await rows_of(tx, staff, (await tx.exec(query)).all(), now)


def _wanted(staff: Staff, question: Question, now: datetime) -> ColumnElement[bool]:
    if question.filter not in FILTERS:
        raise NoSuchList(question.filter)
    return and_(seen_by(scope_of(staff)), filters(staff, now)[question.filter], asked(question))


async def _total(tx: AsyncSession, wanted: ColumnElement[bool]) -> int:
    counted = select(CaseRow.dossier_id).where(wanted).limit(MOST_COUNTED + 1).subquery()
    return (await tx.exec(select(func.count()).select_from(counted))).one()


async def rows_of(tx: AsyncSession, staff: Staff, rows: Iterable[CaseRow], now: datetime) -> list[QueueRow]:
    cases = [to_case(row) for row in rows]
    names = await names_of(tx, {case.holder_id for case in cases if case.holder_id})
    looks = await _looks(tx, staff, [case.dossier_id for case in cases])
    return [queue_row(case, names, now, looks.get(case.dossier_id)) for case in cases]


async def _looks(tx: AsyncSession, staff: Staff, ids: list[UUID]) -> dict[UUID, int]:
    """Which version of each case this person saw last."""
    if not ids:
        return {}
    query = select(LookRow.dossier_id, LookRow.version).where(LookRow.staff_id == staff.id)
    return dict((await tx.exec(query.where(col(LookRow.dossier_id).in_(ids)))).all())


async def count(tx: AsyncSession, staff: Staff, now: datetime) -> Counts:
    """How many cases each list would show, but for those that only grow."""
    lists = filters(staff, now)
    counted = [func.count().filter(lists[name]) for name in COUNTED]
    query: Any = select(*counted).select_from(CaseRow).where(seen_by(scope_of(staff)), RUNNING)
    found = dict(zip(COUNTED, (await tx.exec(query)).one(), strict=True))
    return {**found, "correction": await _total(tx, and_(seen_by(scope_of(staff)), lists["correction"]))}


async def names_of(tx: AsyncSession, ids: set[str]) -> dict[str, str]:
    """The names of staff, by id."""
    if not ids:
        return {}
    rows = (await tx.exec(select(StaffRow).where(col(StaffRow.id).in_(ids)))).all()
    return {row.id: row.name for row in rows}


async def all_staff(tx: AsyncSession, office: str) -> list[tuple[str, str]]:
    """Who has worked here, by name: id and name."""
    query = select(StaffRow.id, StaffRow.name).where(StaffRow.office == office).order_by(StaffRow.name)
    return [(id, name) for id, name in (await tx.exec(query)).all()]


def queue_row(case: Case, names: Mapping[str, str], now: datetime, seen_version: int | None = None) -> QueueRow:
    procedure = procedure_of(case)
    deadline = case.deadline_at
    return QueueRow(
        case=case,
        procedure_vi=procedure.name_vi,
        field_vi=procedure.field_vi,
        step_vi=find_step(procedure, case.step).name_vi if case.step else "",
        unit_vi=unit_name(case, case.unit),
        holder=names.get(case.holder_id or "", ""),
        minutes_left=clock.minutes_left(case, now),
        whole_minutes=clock.whole_minutes(case),
        is_due_today=deadline is not None and deadline.date() == now.astimezone(TIME_ZONE).date(),
        is_last_for_new_date=apology.is_last_chance(case, now),
        is_late=clock.is_late(case, now),
        seen_version=seen_version,
        hand_over_due=budgets.hand_over_due(case) if case.status is Status.SUBMITTED else None,
    )
