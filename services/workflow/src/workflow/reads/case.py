"""One case with everything its page and its API answer show."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from kit.now import TIME_ZONE
from kit.objects import ObjectMissing
from rules import packages
from rules.catalogue import load
from rules.errors import NotInForce
from rules.packages import Problem
from rules.records.procedure import Procedure
from rules.records.slip import SlipKey
from workflow import store
from workflow.domain import actions, checklist
from workflow.domain.access import Staff, check_sees
from workflow.domain.actions import Offer
from workflow.domain.budgets import Account
from workflow.domain.case import Case, StoredFile
from workflow.domain.checklist import Judged
from workflow.domain.dossier import Dossier
from workflow.domain.law import procedure_of
from workflow.domain.steps import place_after
from workflow.reads.clock import ClockView, view_clock
from workflow.reads.queue import QueueRow, names_of, queue_row
from workflow.reads.steps import StepView, view_account, view_steps
from workflow.store.tables import HistoryRow, SignOffRow, SlipRow, SupplementRow, UndecidedRow


@dataclass(frozen=True)
class SlipView:
    """A slip that went out; `number` counts the slips of the case from 1, `printed` is what stands on it."""

    number: int
    form: str
    name_vi: str
    printed: int
    issued_at: datetime
    file: StoredFile


@dataclass(frozen=True)
class Happening:
    """A line of the history."""

    at: datetime
    what_vi: str
    who: str
    note: str
    version: int = 0


@dataclass(frozen=True)
class SupplementView:
    round: int
    items: list[tuple[str, str]]
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class CaseView:
    """A case as its page shows it."""

    row: QueueRow
    procedure: Procedure
    contact: Contact | None
    dossier: Dossier
    judged: Judged
    findings: list[Problem]
    offers: list[Offer]
    steps: list[StepView]
    account: Account | None
    slips: list[SlipView]
    supplements: list[SupplementView]
    history: list[Happening]
    undecided: list[UndecidedRow]
    signed_by: str
    signed_at: datetime | None
    colleagues: list[Staff]
    clock: ClockView

    @property
    def case(self) -> Case:
        return self.row.case

    @property
    def next(self) -> Offer | None:
        return next((offer for offer in self.offers if offer.is_next), None)


async def see_case(tx: AsyncSession, staff: Staff, dossier_id: UUID) -> Case:
    """The case, for somebody who may see it. Raises NoSuchCase."""
    return check_sees(staff, await store.find_case(tx, dossier_id))


async def find_case_view(tx: AsyncSession, staff: Staff, dossier_id: UUID, now: datetime) -> CaseView:
    """Raises NoSuchCase."""
    case = await see_case(tx, staff, dossier_id)
    procedure, dossier = procedure_of(case), await store.read_dossier(tx, case)
    judged = checklist.as_map(await store.judged(tx, dossier_id, case.round))
    runs = await store.step_runs(tx, dossier_id)
    history = await _rows_of_history(tx, dossier_id)
    sign_off = await _sign_off(tx, case)
    acted = [case.holder_id, case.checker_id, sign_off.staff_id if sign_off else None]
    acted += [run.staff_id for run in runs] + [row.staff_id for row in history]
    names = await names_of(tx, {staff_id for staff_id in acted if staff_id})
    return CaseView(
        row=queue_row(case, names, now),
        procedure=procedure,
        contact=await _contact(tx, case),
        dossier=dossier,
        judged=judged,
        findings=packages.check(procedure, dossier.forms, dossier.file_counts(), channel=case.channel),
        offers=actions.offers(staff, case, procedure, judged, now),
        steps=view_steps(case, procedure, runs, names, now),
        account=view_account(case, procedure, runs, now),
        slips=await find_slips(tx, case),
        supplements=await _supplements(tx, dossier_id),
        history=[_happening(row, names) for row in history],
        undecided=await _undecided(tx, dossier_id),
        signed_by=names.get(sign_off.staff_id, "") if sign_off else "",
        signed_at=sign_off.at.astimezone(TIME_ZONE) if sign_off else None,
        colleagues=await _next_colleagues(tx, case, procedure),
        clock=await view_clock(tx, case, now),
    )


async def _contact(tx: AsyncSession, case: Case) -> Contact | None:
    """None once the applicant was erased."""
    try:
        return await store.read_contact(tx, case)
    except ObjectMissing:
        return None


async def find_slips(tx: AsyncSession, case: Case) -> list[SlipView]:
    query = select(SlipRow).where(SlipRow.dossier_id == case.dossier_id)
    rows = (await tx.exec(query.order_by(col(SlipRow.issued_at), col(SlipRow.form)))).all()
    return [
        SlipView(
            number=number,
            form=row.form,
            name_vi=_slip_name(row),
            printed=row.number,
            issued_at=row.issued_at.astimezone(TIME_ZONE),
            file=StoredFile(**row.object),
        )
        for number, row in enumerate(rows, 1)
    ]


def _slip_name(row: SlipRow) -> str:
    """What the slip was called when it was issued (R01); its form where no generation has it."""
    try:
        return load().slip(cast(SlipKey, row.form), row.issued_at.astimezone(TIME_ZONE).date()).slip.title_vi
    except NotInForce:
        return row.form


async def _supplements(tx: AsyncSession, dossier_id: UUID) -> list[SupplementView]:
    query = select(SupplementRow).where(SupplementRow.dossier_id == dossier_id).order_by(col(SupplementRow.round))
    return [
        SupplementView(
            round=row.round,
            items=[(item["component"], item["reason"]) for item in row.items],
            asked_at=row.asked_at.astimezone(TIME_ZONE),
            answered_at=row.answered_at.astimezone(TIME_ZONE) if row.answered_at else None,
        )
        for row in (await tx.exec(query)).all()
    ]


async def _rows_of_history(tx: AsyncSession, dossier_id: UUID) -> list[HistoryRow]:
    query = select(HistoryRow).where(HistoryRow.dossier_id == dossier_id)
    newest_first = query.order_by(col(HistoryRow.version).desc(), col(HistoryRow.number).desc())
    return list((await tx.exec(newest_first)).all())


def _happening(row: HistoryRow, names: dict[str, str]) -> Happening:
    who = names.get(row.staff_id, row.staff_id) if row.staff_id else "Hệ thống"
    return Happening(row.at.astimezone(TIME_ZONE), row.what_vi, who, row.note, row.version)


async def _undecided(tx: AsyncSession, dossier_id: UUID) -> list[UndecidedRow]:
    query = select(UndecidedRow).where(UndecidedRow.dossier_id == dossier_id, col(UndecidedRow.decided_at).is_(None))
    return list((await tx.exec(query)).all())


async def _sign_off(tx: AsyncSession, case: Case) -> SignOffRow | None:
    return await store.find_sign_off(tx, case.dossier_id, case.result.sha256) if case.result else None


async def _next_colleagues(tx: AsyncSession, case: Case, procedure: Procedure) -> list[Staff]:
    """Whom an assignment may name: staff whose place the next step lies in."""
    place = place_after(case, procedure)
    return await store.colleagues(tx, place) if place else []
