"""The one-stop officer's check: verdicts, one complete supplement request, or valid with its fee notice."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import FeeLine, FeeRequested, SupplementItem, SupplementRequested
from rules.fees import FeeQuote
from workflow import store
from workflow.domain import checklist
from workflow.domain.access import Staff
from workflow.domain.answering import answer_by
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import LimitNotPublished
from workflow.domain.fee import quote_of, waits_for_fee
from workflow.domain.law import procedure_of
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.handlers import slips
from workflow.handlers.accepting import accept
from workflow.handlers.access import take_up
from workflow.handlers.runs import start_first_step
from workflow.handlers.saying import say


async def judge_components(
    tx: AsyncSession,
    dossier_id: UUID,
    items: Sequence[CheckItem],
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Write verdicts on components; the rest of the round keeps its own. Silent; a repeat changes nothing but history.

    Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, RequestIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.JUDGE_COMPONENTS, staff=staff, seen_version=seen_version)
    await judge(tx, case, items)
    case = moved(case, Action.JUDGE_COMPONENTS)
    case = await store.save_case(tx, case)
    await store.add_history(tx, case, f"Ghi nhận xét {len(items)} thành phần hồ sơ", now, staff_id=staff.id)
    return case


async def judge(tx: AsyncSession, case: Case, items: Sequence[CheckItem]) -> None:
    """Write verdicts of the present round. Raises RequestIncomplete."""
    dossier = await store.read_dossier(tx, case)
    procedure = procedure_of(case)
    filed = {one.code for one in procedure.components if dossier.forms.get(one.form_id or "")} | {
        *dossier.file_counts()
    }
    checklist.check_items(procedure, items, frozenset(filed))
    await store.judge(tx, case.dossier_id, case.round, items)


async def request_supplement(
    tx: AsyncSession,
    dossier_id: UUID,
    *,
    items: Sequence[CheckItem] = (),
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Send the one complete request of this round (form 02): status 5, no clock runs. `items` are verdicts to add.

    Emits SupplementRequested. Raises what `judge_components` does, and RequestIncomplete while a component has no
    verdict or nothing lacks. A further round needs the leader (R08).
    """
    case = await take_up(tx, dossier_id, Action.REQUEST_SUPPLEMENT, staff=staff, seen_version=seen_version)
    procedure = procedure_of(case)
    if items:
        await judge(tx, case, items)
    lines = checklist.check_request(procedure, checklist.as_map(await store.judged(tx, dossier_id, case.round)))
    until = answer_by(case, procedure, now)
    case = moved(case.put_down(), Action.REQUEST_SUPPLEMENT, round=case.round + 1, since=now, answer_by=until)
    return await send_request(tx, case, lines, staff, now)


async def send_request(tx: AsyncSession, case: Case, lines: list[CheckItem], staff: Staff, now: datetime) -> Case:
    """Form 02 of a case that now waits for its applicant. Emits SupplementRequested."""
    slip, request = await slips.supplement(tx, case, lines, staff, now)
    case = await store.save_case(tx, case)
    await store.add_supplement(tx, case, lines, now)
    what = f"Yêu cầu bổ sung lần {case.round}: {len(lines)} thành phần"
    await store.add_history(tx, case, what, now, staff_id=staff.id)
    asked = [SupplementItem(component=line.component) for line in lines]
    files = {"slip": store.to_object(slip), "request": store.to_object(request)}
    await say(tx, SupplementRequested, case, now=now, staff=staff, round=case.round, items=asked, **files)
    return case


async def find_valid(
    tx: AsyncSession, dossier_id: UUID, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Find the dossier valid. Where its clock waits for the fee: fee notice, status 6 (R11); else accepted at once.

    Emits FeeRequested, or DossierAccepted, FeeRequested where there is a fee all the same (R23), and StepStarted.
    Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, CheckIncomplete, LimitNotPublished, FeeNotKnown.
    """
    case = await take_up(tx, dossier_id, Action.FIND_VALID, staff=staff, seen_version=seen_version)
    procedure = procedure_of(case)
    checklist.check_all_good(procedure, checklist.as_map(await store.judged(tx, dossier_id, case.round)))
    why_not = procedure.why_not_accepted
    if why_not:
        raise LimitNotPublished(procedure.id, why_not.vi)
    quote = quote_of(procedure, case, await store.read_dossier(tx, case))
    case = moved(case, Action.FIND_VALID, checker_id=staff.id, fee_vnd=quote.total_vnd if quote else 0)
    if quote and waits_for_fee(procedure, quote):
        case = moved(case.put_down(), Action.REQUEST_FEE, since=now)
        return await _send_notice(tx, case, quote, staff, now, "Hồ sơ hợp lệ, đã thông báo phí")
    case = await accept(tx, case, paid_at=None, staff=staff, now=now)
    if quote and quote.total_vnd > 0:
        case = moved(case, Action.REQUEST_FEE)
        case = await _send_notice(tx, case, quote, staff, now, "Đã thông báo phí; thời hạn không chờ phí (R23)")
    return await start_first_step(tx, case, now)


async def _send_notice(
    tx: AsyncSession, case: Case, quote: FeeQuote, staff: Staff, now: datetime, what_vi: str
) -> Case:
    """The fee notice of a case that was moved by it. Emits FeeRequested."""
    notice = await slips.fee_notice(tx, case, quote, staff, now)
    case = await store.save_case(tx, case)
    await store.add_history(tx, case, what_vi, now, staff_id=staff.id)
    await say(
        tx,
        FeeRequested,
        case,
        now=now,
        staff=staff,
        lines=[FeeLine.model_validate(asdict(line)) for line in quote.lines],
        factor=str(Decimal(quote.factor.numerator) / Decimal(quote.factor.denominator)),
        amount_vnd=quote.total_vnd,
        legal_basis=list(quote.legal_basis),
        notice=store.to_object(notice),
    )
    return case
