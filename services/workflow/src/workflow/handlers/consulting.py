"""Other agencies are asked while a case goes on, and their answers are written down. The limit does not pause."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import OpinionAsked, OpinionReceived
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete
from workflow.domain.law import calendar_of
from workflow.domain.moves import moved
from workflow.domain.opinion import Opinion, check_answer, check_question
from workflow.domain.status import Action
from workflow.handlers import slips
from workflow.handlers.access import take_up
from workflow.handlers.saying import say


async def ask_opinion(
    tx: AsyncSession,
    dossier_id: UUID,
    agency_vi: str,
    question: str,
    answer_by: date | None,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Ask another agency, by a letter of ours. Emits OpinionAsked.

    Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.ASK_OPINION, staff=staff, seen_version=seen_version)
    check_question(agency_vi, question, answer_by, calendar_of(case), now)
    assert answer_by is not None
    number = len(await store.opinions(tx, dossier_id)) + 1
    opinion = Opinion(number, agency_vi.strip(), question.strip(), answer_by, now, staff.id)
    await store.add_opinion(tx, dossier_id, opinion)
    case = await store.save_case(tx, moved(case, Action.ASK_OPINION, open_opinions=case.open_opinions + 1))
    await slips.opinion_request(tx, case, opinion, staff, now)
    what = f"Lấy ý kiến lần {number}, trả lời chậm nhất ngày {answer_by:%d/%m/%Y}"
    await store.add_history(tx, case, what, now, staff_id=staff.id, note=opinion.agency_vi)
    await say(tx, OpinionAsked, case, now=now, staff=staff, code=case.code, number=number, answer_by=answer_by)
    return case


async def record_opinion(
    tx: AsyncSession,
    dossier_id: UUID,
    number: int,
    answered_on: date | None,
    answer: str,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Write down what the agency answered, once. Emits OpinionReceived. Raises what `ask_opinion` does."""
    case = await take_up(tx, dossier_id, Action.RECORD_OPINION, staff=staff, seen_version=seen_version)
    opinion = next((one for one in await store.opinions(tx, dossier_id) if one.number == number), None)
    if opinion is None or opinion.answered_on is not None:
        raise DecisionIncomplete([("number", "Hãy chọn một lần lấy ý kiến còn chờ trả lời.")])
    check_answer(opinion, answered_on, answer, now)
    assert answered_on is not None
    told = (answered_on, answer.strip())
    await store.answer_opinion(tx, dossier_id, number, *told, staff_id=staff.id, at=now)
    case = await store.save_case(tx, moved(case, Action.RECORD_OPINION, open_opinions=case.open_opinions - 1))
    await store.add_history(tx, case, f"Ghi ý kiến trả lời lần {number}", now, staff_id=staff.id)
    await say(tx, OpinionReceived, case, now=now, staff=staff, code=case.code, number=number, answered_on=answered_on)
    return case
