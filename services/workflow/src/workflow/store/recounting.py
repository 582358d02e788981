"""Cases whose clock runs, many at once: taken with what their clocks went through, and written back in sets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import run_sql
from workflow.domain.calendars import Recount, Trail
from workflow.domain.calendars.moving import OpenRun, Span
from workflow.domain.case import Case
from workflow.domain.ledger import LedgerEntry
from workflow.domain.timers import OF_CASE, About, StepTime, Timer, step_timers, timers_of
from workflow.store.cases import to_case
from workflow.store.tables import ApologyRow, CaseRow, ClockRow, StepRow
from workflow.store.timers import set_timers
from workflow.store.trail import to_entry

PAUSE = timedelta(hours=1)  # before a case that failed is tried again
_counted_by = func.coalesce(col(CaseRow.calendar_version), "")
_failed_at = col(CaseRow.recount_failed_at)
_is_set_aside = and_(_failed_at.is_not(None), _failed_at > func.kit_now() - PAUSE)


async def lock_counted_otherwise(
    tx: AsyncSession, office: str, label: str, most: int, only: UUID | None = None
) -> list[Case]:
    """Up to so many running cases that another version counted last, their rows locked until the transaction ends.

    Those that somebody else holds at this moment, or that were set aside, are left for the next time. The index
    `cases_calendar` finds them, so that it costs what is left to do. With `only` that one alone. A newer version than
    `label` may have counted some of them, if it was approved meanwhile: the caller asks, after this, which is newest.
    """
    found: list[Case] = []
    for is_other in (_counted_by < label, _counted_by > label):
        if len(found) < most:
            wanted = (is_other, col(CaseRow.dossier_id) == only) if only else (is_other,)
            found += await _lock(tx, office, wanted, most - len(found))
    return found


async def _lock(tx: AsyncSession, office: str, wanted: Iterable[ColumnElement[bool]], most: int) -> list[Case]:
    query = select(CaseRow).where(
        CaseRow.office == office, col(CaseRow.deadline_at).is_not(None), *wanted, ~_is_set_aside
    )
    query = query.order_by(_counted_by, col(CaseRow.dossier_id)).limit(most).with_for_update(skip_locked=True)
    rows = (await tx.exec(query.execution_options(populate_existing=True))).all()
    return [to_case(row) for row in rows]


_LEFT = (
    "(select {what} from cases where office = :office and deadline_at is not null "
    "and coalesce(calendar_version, '') {than} :label)"
)


async def is_any_left(tx: AsyncSession, office: str, label: str) -> bool:
    """Whether a running case was counted last by another version."""
    older, newer = (_LEFT.format(what="1", than=than) for than in "<>")
    return bool(
        (await run_sql(tx, f"select exists {older} or exists {newer}", office=office, label=label)).scalar_one()
    )


async def count_left(tx: AsyncSession, office: str, label: str) -> int:
    """How many running cases were counted last by another version."""
    older, newer = (_LEFT.format(what="count(*)", than=than) for than in "<>")
    return int((await run_sql(tx, f"select {older} + {newer}", office=office, label=label)).scalar_one())


async def count_set_aside(tx: AsyncSession, office: str, label: str) -> int:
    """How many of those that are left failed in the last hour; they are tried again."""
    is_left = (CaseRow.office == office, col(CaseRow.deadline_at).is_not(None), _counted_by != label)
    return (await tx.exec(select(func.count()).select_from(CaseRow).where(*is_left, _is_set_aside))).one()


async def set_recount_aside(tx: AsyncSession, dossier_id: UUID) -> None:
    """A case that could not be counted anew lets the others go first for a while."""
    await run_sql(tx, "update cases set recount_failed_at = kit_now() where dossier_id = :id", id=dossier_id)


async def running(
    tx: AsyncSession, office: str, *, ends_from: datetime, begins_before: datetime, after: UUID | None, most: int
) -> list[Case]:
    """Running cases whose clock touches a span of time, by id, beginning after one of them; nothing is locked."""
    begins = func.coalesce(col(CaseRow.started_at), col(CaseRow.last_piece_at))
    query = select(CaseRow).where(
        CaseRow.office == office, col(CaseRow.deadline_at) >= ends_from, begins < begins_before
    )
    if after:
        query = query.where(col(CaseRow.dossier_id) > after)
    rows = (await tx.exec(query.order_by(col(CaseRow.dossier_id)).limit(most))).all()
    return [to_case(row) for row in rows]


async def trails(tx: AsyncSession, cases: Sequence[Case]) -> dict[UUID, Trail]:
    """What the clocks of these cases went through, in three questions for all of them."""
    ids = [case.dossier_id for case in cases]
    ledgers: dict[UUID, list[LedgerEntry]] = defaultdict(list)
    entries = select(ClockRow).where(col(ClockRow.dossier_id).in_(ids))
    for row in (await tx.exec(entries.order_by(col(ClockRow.dossier_id), col(ClockRow.number)))).all():
        ledgers[row.dossier_id].append(to_entry(row))
    promised = await _promised(tx, [case.dossier_id for case in cases if case.reappointed_at])
    runs = await _open_runs(tx, [case for case in cases if case.step])
    return {id_: Trail(ledgers[id_], promised.get(id_), runs.get(id_)) for id_ in ids}


async def _promised(tx: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    if not ids:
        return {}
    given = (col(ApologyRow.approved_at).is_not(None), col(ApologyRow.new_due_at).is_not(None))
    rows = (await tx.exec(select(ApologyRow).where(col(ApologyRow.dossier_id).in_(ids), *given))).all()
    return {row.dossier_id: row.new_due_at.astimezone(TIME_ZONE) for row in rows if row.new_due_at}


async def _open_runs(tx: AsyncSession, cases: Sequence[Case]) -> dict[UUID, OpenRun]:
    if not cases:
        return {}
    started = {case.dossier_id: case.started_at for case in cases}
    by_case: dict[UUID, list[StepRow]] = defaultdict(list)
    query = select(StepRow).where(col(StepRow.dossier_id).in_(list(started)))
    for row in (await tx.exec(query.order_by(col(StepRow.dossier_id), col(StepRow.number)))).all():
        by_case[row.dossier_id].append(row)
    found = {id_: _open_run(rows, started[id_]) for id_, rows in by_case.items()}
    return {id_: run for id_, run in found.items() if run}


def _open_run(rows: Sequence[StepRow], started_at: datetime | None) -> OpenRun | None:
    last = rows[-1]
    if last.finished_at is not None or last.due_at is None or started_at is None:
        return None
    before = tuple(Span(row.step, row.started_at, row.finished_at) for row in rows[:-1])
    at, due_at = last.started_at.astimezone(TIME_ZONE), last.due_at.astimezone(TIME_ZONE)
    return OpenRun(last.step, at, due_at, last.planned_minutes, before, last.number)


async def save_recounted(tx: AsyncSession, found: Sequence[Recount]) -> list[Recount]:
    """Write cases that `lock_counted_otherwise` gave. One that moved, or could not, comes back one version on."""
    changed = [one for one in found if one.is_moved or one.is_kept]
    await _save_times(tx, [one for one in found if one.is_moved])
    await _save_looked_at(tx, [one.case for one in found if not one.is_moved])
    await _save_runs(tx, [one for one in found if one.run])
    await _raise_versions(tx, [one.case.dossier_id for one in changed])
    await set_timers(tx, {one.case.dossier_id: timers_of(one.case) for one in found}, OF_CASE)
    await set_timers(tx, {one.case.dossier_id: _step_timers(one) for one in found if one.case.step}, (About.STEP,))
    return changed


def _step_timers(one: Recount) -> tuple[Timer, ...]:
    """Of the open run, by the time it has now: warnings move with the calendar though the due stays."""
    run = one.trail.run
    if run is None or run.step != one.case.step:
        return ()
    due_at, minutes = one.run or (run.due_at, run.planned_minutes)
    return step_timers(one.case, StepTime(run.number, due_at, minutes))


async def _save_times(tx: AsyncSession, found: Sequence[Recount]) -> None:
    if not found:
        return
    names = ("deadline_at", "late_from", "due_at", "check_started_at", "check_due_at", "apology_proposed_at")
    columns = {name: [getattr(one.case, name) for one in found] for name in names}
    casts = ", ".join(f"cast(:{name} as timestamptz[])" for name in names)
    sets = ", ".join(f"{name} = m.{name}" for name in names)
    query = (
        f"update cases c set {sets}, calendar_version = m.label from unnest("  # noqa: S608 - names of our own columns
        f"cast(:ids as uuid[]), cast(:labels as text[]), {casts}) as m(id, label, {', '.join(names)}) "
        "where c.dossier_id = m.id"
    )
    ids, labels = [one.case.dossier_id for one in found], [one.case.calendar_version for one in found]
    await run_sql(tx, query, ids=ids, labels=labels, **columns)
    await _note_dues(tx, [one.case for one in found if one.case.is_accepted])


async def _note_dues(tx: AsyncSession, cases: Sequence[Case]) -> None:
    query = (
        "insert into due_time (dossier_id, number, at, due_at, first_due_at, calendar_version) "
        "select m.id, (select count(*) + 1 from due_time d where d.dossier_id = m.id), kit_now(), m.due, "
        "c.first_due_at, m.label from "
        "unnest(cast(:ids as uuid[]), cast(:dues as timestamptz[]), cast(:labels as text[])) "
        "as m(id, due, label) join cases c on c.dossier_id = m.id"
    )
    facts: dict[str, Any] = {
        "ids": [case.dossier_id for case in cases],
        "dues": [case.due_at for case in cases],
        "labels": [case.calendar_version for case in cases],
    }
    await run_sql(tx, query, **facts)


async def _save_looked_at(tx: AsyncSession, cases: Sequence[Case]) -> None:
    query = (
        "update cases c set calendar_version = m.label from unnest(cast(:ids as uuid[]), cast(:labels as text[])) "
        "as m(id, label) where c.dossier_id = m.id"
    )
    ids, labels = [case.dossier_id for case in cases], [case.calendar_version for case in cases]
    await run_sql(tx, query, ids=ids, labels=labels)


async def _save_runs(tx: AsyncSession, found: Sequence[Recount]) -> None:
    query = (
        "update step_run s set due_at = m.due, planned_minutes = m.minutes from unnest(cast(:ids as uuid[]), "
        "cast(:dues as timestamptz[]), cast(:minutes as integer[])) as m(id, due, minutes) "
        "where s.dossier_id = m.id and s.finished_at is null"
    )
    runs = [(one.case.dossier_id, *one.run) for one in found if one.run]
    ids, dues, minutes = ([run[place] for run in runs] for place in range(3))
    await run_sql(tx, query, ids=ids, dues=dues, minutes=minutes)


async def _raise_versions(tx: AsyncSession, ids: Sequence[UUID]) -> None:
    await run_sql(tx, "update cases set version = version + 1 where dossier_id = any(cast(:ids as uuid[]))", ids=ids)


async def tell(tx: AsyncSession, lines: Iterable[tuple[Recount, str, str, str]], at: datetime) -> None:
    """Ledger and history of cases that `save_recounted` gave back: of each its kind of entry, sentence and basis."""
    said = list(lines)
    query = (
        "with m as (select * from unnest(cast(:ids as uuid[]), cast(:kinds as text[]), cast(:said as text[]), "
        "cast(:bases as text[])) as m(id, kind, said, basis)), noted as ("
        "insert into clock_entry (dossier_id, number, kind, at, reason_vi, basis, due_at, calendar_version, readings) "
        "select m.id, (select count(*) + 1 from clock_entry e where e.dossier_id = m.id), m.kind, :at, m.said, "
        "m.basis, c.deadline_at, c.calendar_version, c.readings from m join cases c on c.dossier_id = m.id) "
        "insert into case_history (dossier_id, version, number, at, what_vi, note) "
        "select m.id, c.version, 1, :at, m.said, '' from m join cases c on c.dossier_id = m.id"
    )
    columns = {name: [line[place] for line in said] for place, name in ((1, "kinds"), (2, "said"), (3, "bases"))}
    await run_sql(tx, query, ids=[line[0].case.dossier_id for line in said], at=at, **columns)
