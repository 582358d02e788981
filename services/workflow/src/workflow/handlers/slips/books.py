"""The register of a period: every dossier accepted in it, in the order of the year's book."""

from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.objects import ObjectMissing
from rules.catalogue import load
from workflow import gateways, store
from workflow.domain import slips
from workflow.domain.case import Case, StoredFile
from workflow.domain.errors import DecisionIncomplete
from workflow.domain.law import procedure_of
from workflow.domain.slips import REGISTER, Letter, Paper, Period
from workflow.handlers.slips.issuing import a_token, letter, next_number, put_pdf


async def register(tx: AsyncSession, office: str, first: date, last: date, now: datetime) -> StoredFile:
    """Print and keep the register of a period of one year, both days included.

    Raises DecisionIncomplete for a period that is none.
    """
    period = _period(first, last, now)
    number, token = await next_number(tx, office, REGISTER, now), a_token()
    head = letter(tx, load().office(office), REGISTER, number, now, code="", token=token)
    pdf = await _render(tx, office, period, head)
    file = await put_pdf(tx, f"slips/{office}/register-{period.first.year}-{number}", pdf)
    paper = Paper(office, REGISTER, head.printed_number, head.name_vi, None, period.name_vi, file, now)
    await store.add_paper(tx, token, paper)
    return file


async def preview_register(tx: AsyncSession, office: str, first: date, last: date, now: datetime) -> bytes:
    """The same, marked as a preview: takes no number, keeps nothing."""
    head = letter(tx, load().office(office), REGISTER, None, now, code="", token=None)
    return await _render(tx, office, _period(first, last, now), head)


def _period(first: date, last: date, now: datetime) -> Period:
    if first > last:
        raise DecisionIncomplete([("last", "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.")])
    if first.year != last.year:
        raise DecisionIncomplete([("last", "Sổ mở theo năm: hãy chọn hai ngày trong cùng một năm.")])
    return Period(first, last)


async def _render(tx: AsyncSession, office: str, period: Period, head: Letter) -> bytes:
    found = await store.registered(tx, office, period.first, period.last)
    entries = [await _entry(tx, one) for one in found]
    return await gateways.render(head.layout, slips.register(head, period, entries))


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
