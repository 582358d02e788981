"""The number of a result that has a series of its own: kept with its case, never lost without a word."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from workflow import store
from workflow.domain.case import Case
from workflow.domain.law import procedure_of
from workflow.domain.slips import RESULT
from workflow.domain.status import Outcome


async def number_for(tx: AsyncSession, case: Case, now: datetime) -> str | None:
    """What the result will bear: the number the case holds, else the year's next; none where the paper has none.

    A case that is sent back after its number was taken keeps it, whatever is proposed in between.
    """
    number_format, now = procedure_of(case).result.number_format, now.astimezone(TIME_ZONE)
    if case.outcome is not Outcome.GRANTED or not number_format:
        return None
    held = await store.held_number(tx, case.dossier_id)
    if held and held.year == now.year:
        return held.printed
    if held:
        await give_up_number(tx, case, f"kết quả chỉ được ký trong năm {now.year}", now)
    number = await store.next_slip_number(tx, case.office, RESULT, now.year)
    printed = number_format.format(number=f"{number:02}")
    await store.hold_number(tx, case, number, printed, now)
    return printed


async def give_up_number(tx: AsyncSession, case: Case, why_vi: str, now: datetime) -> None:
    """The case ends without the paper its number was taken for: the series says so. Nothing where it holds none."""
    held = await store.held_number(tx, case.dossier_id)
    if held is None:
        return
    await store.void_number(tx, held, why_vi, now)
    await store.add_history(tx, case, f"Số kết quả {held.printed} không dùng: {why_vi}", now)
