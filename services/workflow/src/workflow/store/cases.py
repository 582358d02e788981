"""Cases: rows in, domain objects out."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE, read_now
from kit.tx import run_sql
from rules.plain import fold
from workflow.domain.case import Case, Correction, StoredFile
from workflow.domain.errors import NoSuchCase
from workflow.domain.law import calendar_of
from workflow.domain.status import ENDED, Outcome, Status
from workflow.domain.timers import OF_CASE, Kind, timers_of
from workflow.domain.words import ERASED_VI, search_words
from workflow.store.calendars import count_by_newest
from workflow.store.tables import CaseRow, DeadlineRow, DueRow, TimerRow
from workflow.store.timers import set_timers

_CASE_FIELDS = [field.name for field in fields(Case)]
_MOMENTS = [field.name for field in fields(Case) if "datetime" in str(field.type)]
_LISTS = [field.name for field in fields(Case) if "tuple" in str(field.type)]
_COLUMNS = [CaseRow.__table__.columns[name] for name in _CASE_FIELDS]  # type: ignore[attr-defined]
_FILES: Mapping[str, type[StoredFile]] = {"result": StoredFile, "correction": Correction, "stop_request": StoredFile}


def to_case(row: CaseRow) -> Case:
    """The domain's case of a row; moments in Vietnam's time."""
    return _case({name: getattr(row, name) for name in _CASE_FIELDS})


def _case(found: dict[str, Any]) -> Case:
    """Field by field in loops over the few kinds of them: ten thousand rows a second are read here at once."""
    for name in _MOMENTS:
        if found[name] is not None:
            found[name] = found[name].astimezone(TIME_ZONE)
    for name in _LISTS:
        found[name] = tuple(found[name])
    for name, cls in _FILES.items():
        found[name] = _file(cls, found[name])
    found["status"] = Status(found["status"])
    found["outcome"] = Outcome(found["outcome"]) if found["outcome"] else None
    return Case(**found)


def _file(cls: type[StoredFile], found: dict[str, Any] | None) -> StoredFile | None:
    if not found:
        return None
    facts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return cls(**facts)


def _values(case: Case) -> dict[str, Any]:
    found = {name: getattr(case, name) for name in _CASE_FIELDS}
    found |= {name: asdict(found[name]) if found[name] else None for name in _FILES}
    found["status"] = int(case.status)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


async def find_case(tx: AsyncSession, dossier_id: UUID) -> Case | None:
    row = await tx.get(CaseRow, dossier_id)
    return to_case(row) if row else None


async def find_by_reference(tx: AsyncSession, reference: str) -> Case | None:
    """By its code, its arrival number or its id, whichever somebody has at hand."""
    said = reference.strip()
    names = [col(CaseRow.code) == said, col(CaseRow.arrival_number) == said]
    with suppress(ValueError):
        names.append(col(CaseRow.dossier_id) == UUID(said))
    row = (await tx.exec(select(CaseRow).where(or_(*names)))).one_or_none()
    return to_case(row) if row else None


async def lock_case(tx: AsyncSession, dossier_id: UUID) -> Case:
    """The case, its row locked until the transaction ends. Raises NoSuchCase.

    Where another calendar version counted it than this transaction began with, the newest is asked for again: it may
    have been approved since, and have counted this case already, so nobody would put right what an older one gives.
    """
    query = select(CaseRow).where(CaseRow.dossier_id == dossier_id).with_for_update()
    row = (await tx.exec(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NoSuchCase
    case = to_case(row)
    if case.calendar_version not in (None, calendar_of(case).version):
        await count_by_newest(tx)
    return case


CLAIM = (
    select(*_COLUMNS)
    .add_columns(col(TimerRow.kind).label("fired"))
    .join(TimerRow, col(TimerRow.dossier_id) == col(CaseRow.dossier_id))
    .where(col(TimerRow.fire_at) <= bindparam("now"))
    .order_by(col(TimerRow.fire_at))
    .limit(bindparam("most"))
    .with_for_update(of=CaseRow.__table__, skip_locked=True)  # type: ignore[attr-defined]
)


async def claim_due(tx: AsyncSession, now: datetime, most: int) -> list[tuple[Case, set[Kind]]]:
    """Cases with a timer whose moment came, and the kinds of those timers, longest due first; the cases locked.

    What somebody else holds is passed over. A case with more moments than fit comes up again for the others.
    """
    rows = (await (await tx.connection()).execute(CLAIM, {"now": now, "most": most})).all()
    kinds: dict[UUID, set[Kind]] = {}
    for row in rows:
        kinds.setdefault(row.dossier_id, set()).add(Kind(row.fired))
    cases = {row.dossier_id: row[:-1] for row in rows}
    return [(_case(dict(zip(_CASE_FIELDS, cases[id], strict=True))), kinds[id]) for id in kinds]


async def lock_without_timers(tx: AsyncSession, after: UUID, most: int) -> list[Case]:
    """Cases whose time runs and that were written before there were timers, beyond that id; their rows locked."""
    runs = or_(col(CaseRow.deadline_at).is_not(None), col(CaseRow.answer_by).is_not(None))
    has_none = ~exists(select(DeadlineRow.about).where(DeadlineRow.dossier_id == CaseRow.dossier_id))
    query = select(CaseRow).where(runs, has_none, col(CaseRow.dossier_id) > after).order_by(col(CaseRow.dossier_id))
    rows = (await tx.exec(query.limit(most).with_for_update(skip_locked=True))).all()
    return [to_case(row) for row in rows]


async def held_by(tx: AsyncSession, office: str, staff_id: str) -> list[Case]:
    """What somebody holds and is not at its end, longest here first."""
    theirs = (CaseRow.office == office, CaseRow.holder_id == staff_id)
    is_open = col(CaseRow.status).not_in((*ENDED, Status.FINISHED))
    query = select(CaseRow).where(*theirs, is_open).order_by(col(CaseRow.since), col(CaseRow.dossier_id))
    return [to_case(row) for row in (await tx.exec(query)).all()]


async def add_case(tx: AsyncSession, case: Case) -> Case:
    """Write a new case; it comes back as its first version."""
    case = case.changed(version=1)
    tx.add(CaseRow(**_values(case)))
    await _note_words(tx, case)
    await set_timers(tx, {case.dossier_id: timers_of(case)}, OF_CASE)
    return case


async def save_case(tx: AsyncSession, case: Case) -> Case:
    """Write a case that `lock_case` gave; it comes back one version on."""
    case = case.changed(version=case.version + 1)
    row = await tx.get_one(CaseRow, case.dossier_id)
    await _note_due(tx, row, case)
    timers, timers_before = timers_of(case), timers_of(to_case(row))
    for name, value in _values(case).items():
        setattr(row, name, value)
    await tx.flush()
    await _note_words(tx, case)
    if timers != timers_before:
        await set_timers(tx, {case.dossier_id: timers}, OF_CASE)
    return case


async def _note_due(tx: AsyncSession, before: CaseRow, case: Case) -> None:
    """Remember each due that the case had, from when on: reports are counted as of a day."""
    if case.due_at is None or case.first_due_at is None:
        return
    if (before.due_at, before.first_due_at) == (case.due_at, case.first_due_at):
        return
    lines = select(func.count()).select_from(DueRow).where(DueRow.dossier_id == case.dossier_id)
    number = (await tx.exec(lines)).one() + 1
    dues: dict[str, Any] = {"due_at": case.due_at, "first_due_at": case.first_due_at}
    dues["calendar_version"] = case.calendar_version
    tx.add(DueRow(dossier_id=case.dossier_id, number=number, at=await read_now(tx), **dues))


async def _note_words(tx: AsyncSession, case: Case) -> None:
    """What the case is found by: its codes, its applicant, and the searchable words of its packages."""
    words = search_words(case.code, case.arrival_number, case.applicant_name, case.result_code, case.result_number)
    query = (
        "update cases set applicant_key = :key, words = array_to_tsvector(cast(:words as text[]) || array("
        "select unnest(words) from case_package where dossier_id = :id)) where dossier_id = :id"
    )
    await run_sql(tx, query, words=words, id=case.dossier_id, key=fold(case.applicant_name))


async def add_package_words(tx: AsyncSession, dossier_id: UUID, words: list[str]) -> None:
    """From now on the case is found by these too."""
    query = "update cases set words = words || array_to_tsvector(cast(:words as text[])) where dossier_id = :id"
    await run_sql(tx, query, words=words, id=dossier_id)


async def erase_name(tx: AsyncSession, dossier_id: UUID) -> dict[str, int]:
    """Take a person's name out of a case and of what it is found by, and what the postal service said of its parcels.

    How many rows of each kind held something. The case's version stays: nothing of its road has changed.
    """
    row = await tx.get(CaseRow, dossier_id, with_for_update=True)
    query = "update dispatch set trouble = '' where dossier_id = :id and trouble <> ''"
    parcels = (await run_sql(tx, query, id=dossier_id)).rowcount
    if row is None or not row.applicant_is_person or row.applicant_name == ERASED_VI:
        return {"cases": 0, "dispatch": parcels}
    row.applicant_name = ERASED_VI
    tx.add(row)
    await tx.flush()
    await _note_words(tx, to_case(row))
    return {"cases": 1, "dispatch": parcels}
