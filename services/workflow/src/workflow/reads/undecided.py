"""Events that wait for a person's decision, with the applicant's own words where there are any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StoredObject
from kit.now import TIME_ZONE
from kit.objects import ObjectMissing
from workflow import store
from workflow.domain.access import Staff, scope_of
from workflow.domain.case import Case, StoredFile
from workflow.domain.deciding import may_decide
from workflow.domain.errors import NoSuchEvent
from workflow.domain.law import procedure_of
from workflow.domain.unexpected_events import NAMES_VI, Heard
from workflow.reads.asking import seen_by
from workflow.reads.case import see_case
from workflow.reads.queue import PAGE_SIZE, names_of
from workflow.store.cases import to_case
from workflow.store.tables import CaseRow, UndecidedRow


@dataclass(frozen=True)
class UndecidedView:
    """An event kept for decision. `status` is the case's when it came; the decision is empty until there is one."""

    number: int
    case: Case
    procedure_vi: str
    kind: str
    name_vi: str
    status: int
    reason_vi: str
    at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    decision_vi: str = ""


@dataclass(frozen=True)
class UndecidedPage:
    rows: list[UndecidedView]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


async def find_all_undecided(tx: AsyncSession, staff: Staff, page: int = 1) -> UndecidedPage:
    """What waits for a decision in the cases this person may see, oldest first."""
    total = await count_undecided(tx, staff)
    query = select(UndecidedRow, CaseRow).join(CaseRow, _its_case()).where(_open_to(staff)).order_by(_oldest_first())
    found = (await tx.exec(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))).all()
    return UndecidedPage([_view(row, to_case(case), {}) for row, case in found], total, page)


async def count_undecided(tx: AsyncSession, staff: Staff) -> int:
    """How many there are; none for somebody who may not decide."""
    if not may_decide(staff):
        return 0
    query = select(func.count()).select_from(UndecidedRow).join(CaseRow, _its_case())
    return (await tx.exec(query.where(_open_to(staff)))).one()


def _its_case() -> ColumnElement[bool]:
    return col(CaseRow.dossier_id) == col(UndecidedRow.dossier_id)


def _open_to(staff: Staff) -> ColumnElement[bool]:
    return and_(col(UndecidedRow.decided_at).is_(None), seen_by(scope_of(staff)))


def _oldest_first() -> Any:
    return col(UndecidedRow.id)


async def find_undecided_of(tx: AsyncSession, staff: Staff, dossier_id: UUID) -> list[UndecidedView]:
    """All events that this case ever kept for decision, oldest first. Raises NoSuchCase."""
    case = await see_case(tx, staff, dossier_id)
    query = select(UndecidedRow).where(UndecidedRow.dossier_id == dossier_id).order_by(_oldest_first())
    rows = (await tx.exec(query)).all()
    names = await names_of(tx, _deciders(rows))
    return [_view(row, case, names) for row in rows]


def _deciders(rows: Sequence[UndecidedRow]) -> set[str]:
    return {row.decided_by for row in rows if row.decided_by}


def _view(row: UndecidedRow, case: Case, names: Mapping[str, str]) -> UndecidedView:
    assert row.id is not None
    return UndecidedView(
        number=row.id,
        case=case,
        procedure_vi=procedure_of(case).name_vi,
        kind=row.kind,
        name_vi=NAMES_VI[Heard(row.kind)],
        status=row.status,
        reason_vi=row.reason_vi,
        at=row.at.astimezone(TIME_ZONE),
        decided_at=row.decided_at.astimezone(TIME_ZONE) if row.decided_at else None,
        decided_by=names.get(row.decided_by or "", ""),
        decision_vi=row.decision_vi,
    )


async def find_undecided(tx: AsyncSession, staff: Staff, dossier_id: UUID, number: int) -> tuple[UndecidedView, str]:
    """One event, and the applicant's own words where they came with it. Raises NoSuchCase, NoSuchEvent."""
    found = {one.number: one for one in await find_undecided_of(tx, staff, dossier_id)}
    row = await store.find_undecided(tx, dossier_id, number)
    if row is None:
        raise NoSuchEvent(number)
    return found[number], await _words(tx, _request_of(row.event))


def _request_of(event: Mapping[str, Any]) -> StoredFile | None:
    """Where the words lie that came with an event; none where it has none."""
    try:
        return store.to_file(StoredObject.model_validate(event.get("request")))
    except ValidationError:
        return None


async def applicants_words(tx: AsyncSession, case: Case) -> str:
    """What the applicant wrote when asking to stop or to take the dossier back; empty where there is nothing."""
    return await _words(tx, case.stop_request)


async def _words(tx: AsyncSession, request: StoredFile | None) -> str:
    """Empty too once it was erased, or where it is not the JSON it should be."""
    if request is None:
        return ""
    try:
        said = orjson.loads(await store.read_file(tx, request))
    except (ObjectMissing, orjson.JSONDecodeError):
        return ""
    return str(said.get("reason", "")) if isinstance(said, dict) else ""
