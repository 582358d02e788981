"""Gathers what each slip says: the case, its contact and its sheets become the data of a layout. Numbers nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from rules.catalogue import load
from rules.fees import FeeQuote
from rules.records.form import Form
from workflow import store
from workflow.domain import budgets, slips
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.opinion import Opinion
from workflow.domain.slips import Data, Letter
from workflow.handlers.slips.issuing import Write
from workflow.store.tables import StepRow


def forms_of(case: Case) -> list[Form]:
    return [load().form(form_id) for form_id in procedure_of(case).form_ids]


async def applicant(tx: AsyncSession, case: Case) -> tuple[Contact, str]:
    """How to reach them, and their personal number where a sheet of the dossier has it."""
    dossier = await store.read_dossier(tx, case)
    return await store.read_contact(tx, case), slips.declared(forms_of(case), dossier, "id_number")


def acceptance_slip(tx: AsyncSession, case: Case) -> Write:
    async def write(head: Letter) -> Data:
        checker = await store.find_staff(tx, case.checker_id) if case.checker_id else None
        dossier, (contact, id_number) = await store.read_dossier(tx, case), await applicant(tx, case)
        return slips.acceptance_slip(head, case, procedure_of(case), contact, dossier, checker, id_number)

    return write


def supplement(tx: AsyncSession, case: Case, items: Sequence[CheckItem], staff: Staff) -> Write:
    """`case.round` is the round it asks for."""

    async def write(head: Letter) -> Data:
        contact, id_number = await applicant(tx, case)
        asked = slips.Asked(case.round, items, staff)
        return slips.supplement(head, case, procedure_of(case), contact, asked, id_number)

    return write


def fee_notice(tx: AsyncSession, case: Case, quote: FeeQuote, staff: Staff) -> Write:
    async def write(head: Letter) -> Data:
        return slips.fee_notice(head, case, procedure_of(case), await store.read_contact(tx, case), quote, staff)

    return write


def refusal(tx: AsyncSession, case: Case, refused: slips.Refused) -> Write:
    async def write(head: Letter) -> Data:
        contact, id_number = await applicant(tx, case)
        return slips.refusal(head, case, procedure_of(case), contact, refused, id_number)

    return write


def stop_notice(tx: AsyncSession, case: Case, staff: Staff) -> Write:
    """`case` is as it was before it stopped."""

    async def write(head: Letter) -> Data:
        contact, id_number = await applicant(tx, case)
        return slips.stop_notice(head, case, procedure_of(case), contact, staff, id_number)

    return write


def apology(tx: AsyncSession, case: Case, letter: Apology, staff: Staff) -> Write:
    async def write(head: Letter) -> Data:
        return slips.apology(head, case, procedure_of(case), await store.read_contact(tx, case), letter, staff)

    return write


def opinion_request(case: Case, asked: Opinion, staff: Staff) -> Write:
    async def write(head: Letter) -> Data:
        return slips.opinion_request(head, case, procedure_of(case), asked, staff)

    return write


def result(tx: AsyncSession, case: Case, replaced: slips.Replaced | None = None) -> Write:
    """`case` has the code, the number, the outcome and the words that the result will say."""

    async def write(head: Letter) -> Data:
        dossier = await store.read_dossier(tx, case)
        return slips.result(head, case, procedure_of(case), dossier, forms_of(case), replaced)

    return write


def control_slip(tx: AsyncSession, case: Case, now: datetime) -> Write:
    async def write(head: Letter) -> Data:
        dossier, runs = await store.read_dossier(tx, case), await store.step_runs(tx, case.dossier_id)
        sums = budgets.account(case, procedure_of(case), runs, now)
        passed = await hand_overs(tx, case, runs, now)
        return slips.control_slip(head, case, procedure_of(case), dossier, passed, sums)

    return write


async def hand_overs(tx: AsyncSession, case: Case, runs: Sequence[StepRow], now: datetime) -> list[slips.HandOver]:
    """From the desk through each run of a step, and back to the desk with the result."""
    acted = {one for one in (case.checker_id, case.holder_id, *(run.staff_id for run in runs)) if one}
    names = {one: staff.name for one in acted if (staff := await store.find_staff(tx, one))}
    counted = [run.number for run in budgets.counting(case, runs)]
    told = [_run(case, run, now, counts=run.number in counted) for run in runs]
    return slips.hand_overs(case, procedure_of(case), told, names, budgets.hand_over_due(case))


def _run(case: Case, run: StepRow, now: datetime, *, counts: bool) -> slips.Run:
    return slips.Run(
        step=run.step,
        unit=run.unit,
        staff_id=run.staff_id,
        started_at=run.started_at,
        planned_minutes=run.planned_minutes if run.due_at else None,
        used_minutes=budgets.used_by(run, now, calendar_of(case)),
        note=run.note,
        lateness=run.lateness,
        is_open=run.finished_at is None,
        counts=counts,
    )
