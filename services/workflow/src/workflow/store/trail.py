"""What a case leaves behind: packages, verdicts, supplements, steps, slips, ledger, history, sign-offs."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import run_sql
from rules.due import Lateness
from workflow.domain.access import Staff
from workflow.domain.budgets import Grant
from workflow.domain.case import Case, StoredFile
from workflow.domain.checklist import CheckItem
from workflow.domain.ledger import LedgerEntry
from workflow.domain.status import Verdict
from workflow.domain.steps import Place
from workflow.domain.timers import OF_CASE, About, StepTime, step_timers, timers_of
from workflow.store.tables import (
    CheckRow,
    ClockRow,
    HistoryRow,
    PackageRow,
    SignOffRow,
    SlipRow,
    StaffRow,
    StepRow,
    SupplementRow,
    UndecidedRow,
)
from workflow.store.timers import set_timers


async def packages(tx: AsyncSession, dossier_id: UUID) -> list[StoredFile]:
    """The packages of a case, oldest first."""
    query = select(PackageRow).where(PackageRow.dossier_id == dossier_id).order_by(col(PackageRow.version))
    return [StoredFile(**row.object) for row in (await tx.exec(query)).all()]


async def add_clock_entry(tx: AsyncSession, dossier_id: UUID, entry: LedgerEntry) -> None:
    """Add a line to the ledger, under the next number; the number it came with does not count."""
    number = len(await ledger(tx, dossier_id)) + 1
    facts = asdict(entry) | {"number": number, "readings": list(entry.readings)}
    tx.add(ClockRow(dossier_id=dossier_id, **facts))
    await tx.flush()


async def ledger(tx: AsyncSession, dossier_id: UUID) -> list[LedgerEntry]:
    """Every line, oldest first."""
    query = select(ClockRow).where(ClockRow.dossier_id == dossier_id).order_by(col(ClockRow.number))
    return [to_entry(row) for row in (await tx.exec(query)).all()]


def to_entry(row: ClockRow) -> LedgerEntry:
    due_at = row.due_at.astimezone(TIME_ZONE) if row.due_at else None
    facts = (due_at, row.calendar_version, tuple(row.readings))
    return LedgerEntry(row.number, row.kind, row.at.astimezone(TIME_ZONE), row.reason_vi, row.basis, *facts)


async def judged(tx: AsyncSession, dossier_id: UUID, round_: int) -> list[CheckItem]:
    """The verdicts of one round."""
    query = select(CheckRow).where(CheckRow.dossier_id == dossier_id, CheckRow.round == round_)
    return [CheckItem(row.component, Verdict(row.verdict), row.note) for row in (await tx.exec(query)).all()]


async def judge(tx: AsyncSession, dossier_id: UUID, round_: int, items: Iterable[CheckItem]) -> None:
    """Write verdicts of a round; the newer one holds."""
    for item in items:
        await tx.merge(CheckRow(dossier_id=dossier_id, round=round_, **asdict(item)))
    await tx.flush()


async def add_supplement(tx: AsyncSession, case: Case, items: Iterable[CheckItem], now: datetime) -> None:
    lines = [{"component": item.component, "reason": item.note} for item in items]
    tx.add(SupplementRow(dossier_id=case.dossier_id, round=case.round, items=lines, asked_at=now))
    await tx.flush()


async def answer_supplement(tx: AsyncSession, dossier_id: UUID, round_: int, at: datetime) -> datetime:
    """Note the answer; returns when it was asked for."""
    row = await tx.get_one(SupplementRow, (dossier_id, round_))
    row.answered_at = at
    await tx.flush()
    return row.asked_at.astimezone(TIME_ZONE)


async def next_slip_number(tx: AsyncSession, office: str, form: str, year: int) -> int:
    """The next number of a form's yearly series: without gaps, since it is taken in the slip's own transaction."""
    query = (
        "insert into slip_series (office, form, year, last) values (:office, :form, :year, 1) "
        "on conflict (office, form, year) do update set last = slip_series.last + 1 returning last"
    )
    return int((await run_sql(tx, query, office=office, form=form, year=year)).scalar_one())


async def next_code_number(tx: AsyncSession, agency: str, on: date) -> int:
    """The next number of an agency's dossier codes of a day, without gaps."""
    query = (
        "insert into code_series (agency, on_date, last) values (:agency, :on, 1) "
        "on conflict (agency, on_date) do update set last = code_series.last + 1 returning last"
    )
    return int((await run_sql(tx, query, agency=agency, on=on)).scalar_one())


async def add_slip(
    tx: AsyncSession, case: Case, form: str, number: int, object_: StoredFile, issued_at: datetime
) -> None:
    tx.add(
        SlipRow(
            office=case.office,
            form=form,
            year=issued_at.year,
            number=number,
            dossier_id=case.dossier_id,
            object=asdict(object_),
            issued_at=issued_at,
        )
    )
    await tx.flush()


async def start_step(tx: AsyncSession, case: Case, at: datetime, granted: Grant) -> None:
    """Begin a run through the step the case is at, with the unit and the role it lies with."""
    place: dict[str, Any] = {"step": case.step, "unit": case.unit, "role": case.role}
    number = len(await step_runs(tx, case.dossier_id)) + 1
    times: dict[str, Any] = {"started_at": at, "due_at": granted.due_at, "planned_minutes": granted.minutes}
    tx.add(StepRow(dossier_id=case.dossier_id, number=number, **place, **times))
    await _set_step_timers(tx, case, number, granted)


async def _set_step_timers(tx: AsyncSession, case: Case, number: int, granted: Grant) -> None:
    timers = step_timers(case, StepTime(number, granted.due_at, granted.minutes)) if granted.due_at else ()
    await set_timers(tx, {case.dossier_id: timers}, (About.STEP,))


async def lay_timers(tx: AsyncSession, case: Case) -> None:
    """The timers of a locked case, and of its open run, as its saving would have left them."""
    await set_timers(tx, {case.dossier_id: timers_of(case)}, OF_CASE)
    runs = await step_runs(tx, case.dossier_id)
    if case.step and runs and runs[-1].finished_at is None:
        last = runs[-1]
        due_at = last.due_at.astimezone(TIME_ZONE) if last.due_at else None
        await _set_step_timers(tx, case, last.number, Grant(last.planned_minutes, due_at))


async def finish_step(
    tx: AsyncSession, run: StepRow, at: datetime, *, used: int, judged: Lateness | None, staff_id: str | None, note: str
) -> None:
    """Close the run that is open; `staff_id` is none where the case ended under it."""
    run.finished_at, run.used_minutes, run.staff_id, run.note = at, used, staff_id, note
    if judged:
        run.lateness, run.margin_minutes = judged.kind, judged.margin_working_minutes
    await set_timers(tx, {run.dossier_id: ()}, (About.STEP,))


async def step_runs(tx: AsyncSession, dossier_id: UUID) -> list[StepRow]:
    query = select(StepRow).where(StepRow.dossier_id == dossier_id).order_by(col(StepRow.number))
    return list((await tx.exec(query)).all())


async def add_sign_off(tx: AsyncSession, dossier_id: UUID, sha256: str, staff_id: str, at: datetime) -> None:
    tx.add(SignOffRow(dossier_id=dossier_id, result_sha256=sha256, staff_id=staff_id, at=at))
    await tx.flush()


async def find_sign_off(tx: AsyncSession, dossier_id: UUID, sha256: str) -> SignOffRow | None:
    return await tx.get(SignOffRow, (dossier_id, sha256))


async def add_history(
    tx: AsyncSession, case: Case, what_vi: str, at: datetime, *, staff_id: str | None = None, note: str = ""
) -> None:
    """Tell the history what this version of the case came from; several lines of one version are numbered."""
    lines = select(HistoryRow).where(HistoryRow.dossier_id == case.dossier_id, HistoryRow.version == case.version)
    number = len((await tx.exec(lines)).all()) + 1
    key: dict[str, Any] = {"dossier_id": case.dossier_id, "version": case.version, "number": number}
    tx.add(HistoryRow(**key, at=at, what_vi=what_vi, staff_id=staff_id, note=note))
    await tx.flush()


_ADD_LINES = """
    insert into case_history (dossier_id, version, number, at, what_vi, note)
    select w.id, w.version, row_number() over (partition by w.id order by w.line) + coalesce(
        (select max(h.number) from case_history h where h.dossier_id = w.id and h.version = w.version), 0
    ), :now, w.what_vi, ''
    from unnest(cast(:ids as uuid[]), cast(:versions as int[]), cast(:lines as text[]))
        with ordinality as w (id, version, what_vi, line)
"""


async def add_lines(tx: AsyncSession, lines: Iterable[tuple[Case, str]], now: datetime) -> None:
    """Tell the histories of many cases what happened to each by itself, in one statement."""
    rows = [(case.dossier_id, case.version, what) for case, what in lines]
    if rows:
        ids, versions, said = (list(column) for column in zip(*rows, strict=True))
        await run_sql(tx, _ADD_LINES, ids=ids, versions=versions, lines=said, now=now)


async def last_change(tx: AsyncSession, dossier_id: UUID) -> HistoryRow | None:
    query = select(HistoryRow).where(HistoryRow.dossier_id == dossier_id)
    newest = query.order_by(col(HistoryRow.version).desc(), col(HistoryRow.number).desc()).limit(1)
    return (await tx.exec(newest)).one_or_none()


async def add_undecided(
    tx: AsyncSession, case: Case, kind: str, event: dict[str, Any], reason_vi: str, at: datetime
) -> None:
    row: dict[str, Any] = {"dossier_id": case.dossier_id, "kind": kind, "status": int(case.status), "event": event}
    tx.add(UndecidedRow(**row, reason_vi=reason_vi, at=at))
    await tx.flush()


async def note_staff(tx: AsyncSession, staff: Staff) -> bool:
    """Remember who works here; returns whether anything about them is new."""
    row = await tx.get(StaffRow, staff.id)
    values = asdict(staff) | {"roles": sorted(staff.roles)}
    if row and all(getattr(row, name) == value for name, value in values.items()):
        return False
    # not a merge: somebody new who does two things at once would be written twice
    await run_sql(
        tx,
        "insert into staff (id, name, title, phone, office, unit, roles) "
        "values (:id, :name, :title, :phone, :office, :unit, cast(:roles as text[])) on conflict (id) do update set "
        "(name, title, phone, office, unit, roles) = (excluded.name, excluded.title, excluded.phone, excluded.office, "
        "excluded.unit, excluded.roles)",
        **values,
    )
    if row:
        await tx.refresh(row)
    return True


async def find_staff(tx: AsyncSession, staff_id: str) -> Staff | None:
    row = await tx.get(StaffRow, staff_id)
    return to_staff(row) if row else None


async def colleagues(tx: AsyncSession, place: Place) -> list[Staff]:
    """Staff who have worked here and whose place this is, by name."""
    mine = (StaffRow.office == place.office, StaffRow.unit == place.unit, col(StaffRow.roles).contains([place.role]))
    return [to_staff(row) for row in (await tx.exec(select(StaffRow).where(*mine).order_by(StaffRow.name))).all()]


def to_staff(row: StaffRow) -> Staff:
    return Staff(row.id, row.name, frozenset(row.roles), row.office, row.unit, row.title, row.phone)
