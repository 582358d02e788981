"""Letters of apology: drafted by the division, sent by the leader, with one new date while it may be given (R07)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import StoredObject
from contracts.workflow import ApologySent, DossierReappointed
from workflow import store
from workflow.domain import ledger
from workflow.domain.access import Staff
from workflow.domain.apology import Apology, Wanted, as_sent, check_wanted, last_day_for_new_date, proposed
from workflow.domain.case import Case
from workflow.domain.moves import moved
from workflow.domain.slips.numerals import due_moment
from workflow.domain.status import Action
from workflow.handlers import slips
from workflow.handlers.access import take_up
from workflow.handlers.saying import say
from workflow.store.tables import ApologyRow


async def draft_apology(
    tx: AsyncSession, dossier_id: UUID, wanted: Wanted, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Draft a letter for the leader; it takes the place of one that waits. Silent.

    Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.DRAFT_APOLOGY, staff=staff, seen_version=seen_version)
    new_due_at = check_wanted(case, wanted, now)
    letter = await _letter(tx, case, wanted, new_due_at, staff, now)
    await store.put_apology(tx, dossier_id, letter)
    case = await store.save_case(
        tx, moved(case, Action.DRAFT_APOLOGY, apology_drafted_at=now, apology_proposed_at=None)
    )
    what = "Dự thảo thư xin lỗi"
    if new_due_at:
        what += f", hẹn lại trước {due_moment(new_due_at)}"
    await store.add_history(tx, case, what, now, staff_id=staff.id, note=letter.reason_vi)
    return case


async def _letter(
    tx: AsyncSession, case: Case, wanted: Wanted, new_due_at: datetime | None, staff: Staff, now: datetime
) -> Apology:
    assert case.due_at is not None
    number = _number(await store.apologies(tx, case.dossier_id))
    reason = wanted.reason_vi.strip()
    return Apology(number, reason, wanted.unit_at_fault, case.due_at, new_due_at, staff.id, now)


async def propose_apology(tx: AsyncSession, case: Case, *, now: datetime) -> Case:
    """The system's draft: what is known of the delay, a new date; the division says why, then it goes on as above.

    Nothing where somebody drafted or sent one for this due already. Silent.
    """
    letters = await store.apologies(tx, case.dossier_id)
    is_sent = any(one.approved_at and one.previous_due_at == case.due_at for one in letters)
    if is_sent or case.apology_drafted_at or case.apology_proposed_at:
        return case
    letter = proposed(case, _number(letters), now)
    await store.put_apology(tx, case.dossier_id, letter)
    case = await store.save_case(tx, moved(case, Action.PROPOSE_APOLOGY, apology_proposed_at=now))
    what = "Hệ thống lập sẵn thư xin lỗi, chờ đơn vị ghi nguyên nhân"
    if letter.new_due_at:
        what += f"; đề nghị hẹn lại trước {due_moment(letter.new_due_at)}"
    await store.add_history(tx, case, what, now)
    return case


async def remind_of_apology(tx: AsyncSession, case: Case, *, now: datetime) -> Case:
    """The last day on which a new date can be given, said in the history; the lists show it by themselves. Silent."""
    last = f"{last_day_for_new_date(case):%d/%m/%Y}"
    await store.add_history(tx, case, f"Nhắc: {last} là ngày cuối còn được hẹn lại (R07)", now)
    return case


def _number(letters: Sequence[ApologyRow]) -> int:
    """The number of the letter that is written now: that of one that waits, else the next."""
    waiting = [one.number for one in letters if one.approved_at is None]
    return waiting[-1] if waiting else len(letters) + 1


async def apologise(
    tx: AsyncSession, dossier_id: UUID, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Approve the draft and send it (form 04). With a new date the case is re-appointed; the first due stays (R06).

    Emits DossierReappointed; ApologySent where the letter gives no new date, or may not give one any more (R07).
    Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours.
    """
    case = await take_up(tx, dossier_id, Action.APOLOGISE, staff=staff, seen_version=seen_version)
    drafted = await store.drafted_apology(tx, dossier_id)
    assert drafted is not None, "a case with a draft has its row"
    letter = as_sent(case, drafted, now)
    await store.put_apology(tx, dossier_id, letter)
    await store.approve_apology(tx, dossier_id, letter.number, staff.id, now)
    case = moved(case, Action.APOLOGISE, apology_drafted_at=None, apology_proposed_at=None)
    if letter.new_due_at is None:
        return await _apologise_only(tx, case, letter, staff, now)
    return await _reappoint(tx, case, letter, letter.new_due_at, staff, now)


async def _reappoint(
    tx: AsyncSession, case: Case, letter: Apology, new_due_at: datetime, staff: Staff, now: datetime
) -> Case:
    case, line = ledger.re_appointed(case, new_due_at, now)
    case, slip = await _send(tx, case, letter, f"Xin lỗi và hẹn lại trước {due_moment(new_due_at)}", staff, now)
    await store.add_clock_entry(tx, case.dossier_id, line)
    dues = {"previous_due_at": letter.previous_due_at, "due_at": case.due_at, "first_due_at": case.first_due_at}
    facts = {"code": case.code, "calendar_version": case.calendar_version, "slip": slip}
    await say(tx, DossierReappointed, case, now=now, staff=staff, **dues, **facts)
    return case


async def _apologise_only(tx: AsyncSession, case: Case, letter: Apology, staff: Staff, now: datetime) -> Case:
    case, slip = await _send(tx, case, letter, "Gửi thư xin lỗi, ngày hẹn giữ nguyên", staff, now)
    await say(tx, ApologySent, case, now=now, staff=staff, code=case.code, due_at=case.due_at, slip=slip)
    return case


async def _send(
    tx: AsyncSession, case: Case, letter: Apology, what_vi: str, staff: Staff, now: datetime
) -> tuple[Case, StoredObject]:
    """Form 04 of a case, saved; what was done stands in its history."""
    slip = await slips.apology(tx, case, letter, staff, now)
    case = await store.save_case(tx, case)
    await store.add_history(tx, case, what_vi, now, staff_id=staff.id, note=letter.reason_vi)
    return case, store.to_object(slip)
