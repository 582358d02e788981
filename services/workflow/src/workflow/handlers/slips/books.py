"""The register of a period: every dossier accepted in it, in the order of the year's book."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.objects import ObjectMissing
from rules.catalogue import load
from workflow import gateways, store
from workflow.domain import slips
from workflow.domain.case import Case, StoredFile
from workflow.domain.errors import DecisionIncomplete
from workflow.domain.law import procedure_of
from workflow.domain.period import Period
from workflow.domain.slips import REGISTER, Letter, Paper
from workflow.handlers.slips.issuing import a_token, letter, next_number, put_pdf


async def register(tx: AsyncSession, office: str, period: Period, now: datetime) -> StoredFile:
    """Print the register of a period of one year and keep it. Raises DecisionIncomplete for a period of several."""
    _check_one_year(period)
    now = now.astimezone(TIME_ZONE)
    number, token = await next_number(tx, office, REGISTER, now), a_token()
    head = letter(tx, load().office(office), REGISTER, number, now, code="", token=token)
    file = await put_pdf(tx, f"slips/{office}/register-{now.year}-{number}", await _render(tx, office, period, head))
    paper = Paper(office, REGISTER, head.printed_number, head.name_vi, None, period.words_vi, file, now)
    await store.add_paper(tx, token, paper)
    return file


async def preview_register(tx: AsyncSession, office: str, period: Period, now: datetime) -> bytes:
    """The same, marked as a preview: takes no number, keeps nothing. Raises DecisionIncomplete."""
    _check_one_year(period)
    head = letter(tx, load().office(office), REGISTER, None, now, code="", token=None)
    return await _render(tx, office, period, head)


def _check_one_year(period: Period) -> None:
    if period.first.year != period.last.year:
        raise DecisionIncomplete([("to", "Sổ mở theo năm: hãy chọn hai ngày trong cùng một năm.")])


async def _render(tx: AsyncSession, office: str, period: Period, head: Letter) -> bytes:
    entries = [await _entry(tx, one) for one in await store.registered(tx, office, period)]
    voided = await store.voided_numbers(tx, office, period)
    return await gateways.render(head.layout, slips.register(head, period, entries, voided))


async def _entry(tx: AsyncSession, one: store.Registered) -> slips.Entry:
    case = one.case
    dossier = await store.read_dossier(tx, case)
    held = [part for part in procedure_of(case).components if slips.is_held(part, dossier)]
    contact = await _contact(tx, case)
    return slips.Entry(one.sequence, case, procedure_of(case), len(held), contact, one.item)


async def _contact(tx: AsyncSession, case: Case) -> slips.ContactFacts | None:
    """None once the applicant was erased."""
    try:
        return await store.read_contact(tx, case)
    except ObjectMissing:
        return None
