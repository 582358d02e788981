"""A dossier comes in, or comes back with what was asked for: the check begins."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from contracts.intake import DossierSubmitted, SupplementSubmitted
from contracts.package import Manifest
from contracts.workflow import CheckStarted
from kit.tx import objects_of
from rules.catalogue import load
from workflow import store
from workflow.domain import checklist, ledger
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, WrongFacts
from workflow.domain.law import unit_name
from workflow.domain.ledger import LedgerEntry
from workflow.domain.moves import CHECKER, moved
from workflow.domain.status import Action, Status
from workflow.domain.unexpected_events import Effect, Heard
from workflow.handlers.access import take_up
from workflow.handlers.saying import say
from workflow.handlers.supplementing import take_later_supplement
from workflow.handlers.unexpected import effect_of, keep_for_decision

CHECK_BEGINS_VI = "Bắt đầu tính thời hạn kiểm tra"
WRONG_TIME_VI = "Thời điểm nhận phải sau khi nơi chuyển đã nhận hồ sơ và không ở tương lai."


async def open_case(tx: AsyncSession, event: DossierSubmitted, *, now: datetime) -> None:
    """Open a case in status 1 and put it in the officers' queue.

    Emits CheckStarted. Raises UnknownProcedure, ObjectMissing, WrongFacts where the event does not hold.
    """
    contact = Contact.model_validate_json(await objects_of(tx).read(event.contact))
    manifest = Manifest.model_validate_json(await objects_of(tx).get(event.package))
    if manifest.dossier_id != event.dossier_id:
        raise WrongFacts("the manifest is another dossier's")
    case = _new_case(event, contact, now)
    if case.is_on_its_way:
        await _await_hand_over(tx, case, event, now)
        return
    case, line = ledger.check_begun(case, event.received_at, "check_started", CHECK_BEGINS_VI)
    case = await store.add_case(tx, case)
    await _begin_check(tx, case, line)
    await store.add_package(tx, case.dossier_id, store.to_file(event.package), event.received_at)
    await store.add_history(tx, case, "Nhận hồ sơ mới, bắt đầu kiểm tra", now)
    await _say_check_started(tx, case, now)


async def _await_hand_over(tx: AsyncSession, case: Case, event: DossierSubmitted, now: datetime) -> None:
    """A desk of another area took it in: it lies with our desk, which must receive it before any clock starts."""
    case = await store.add_case(tx, case)
    await store.add_package(tx, case.dossier_id, store.to_file(event.package), event.received_at)
    where = unit_name(case, case.receiving_unit)
    await store.add_history(tx, case, f"{where} nhận hồ sơ và chuyển đến; chưa tính thời hạn", now)


async def receive_here(
    tx: AsyncSession,
    dossier_id: UUID,
    received_at: datetime | None,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Receive a dossier that a desk of another area took in; from that moment, now if none is told, its clock counts.

    Emits CheckStarted. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.RECEIVE_HERE, staff=staff, seen_version=seen_version)
    at = received_at or now
    if not case.received_at <= at <= now:
        raise DecisionIncomplete([("received_at", WRONG_TIME_VI)])
    giver = unit_name(case, case.receiving_unit)
    case, taken = ledger.taken_over(moved(case, Action.RECEIVE_HERE, since=now), at, giver)
    case, line = ledger.check_begun(case, at, "check_started", CHECK_BEGINS_VI)
    case = await store.save_case(tx, case)
    await store.add_clock_entry(tx, dossier_id, taken)
    await _begin_check(tx, case, line)
    await store.add_history(tx, case, f"Nhận hồ sơ do {giver} chuyển đến, bắt đầu kiểm tra", now, staff_id=staff.id)
    await _say_check_started(tx, case, now)
    return case


def _new_case(event: DossierSubmitted, contact: Contact, now: datetime) -> Case:
    office = load().office(event.office)
    elsewhere = office.is_elsewhere(event.receiving_unit)
    unit = office.desk if elsewhere else event.receiving_unit
    return Case(
        dossier_id=event.dossier_id,
        arrival_number=event.arrival_number,
        procedure_id=event.procedure_id,
        procedure_version=event.procedure_version,
        channel=event.channel,
        origin=event.origin,
        office=event.office,
        receiving_unit=event.receiving_unit,
        resolving_unit=event.resolving_unit,
        applicant_id=event.applicant_id,
        applicant_name=contact.organisation or contact.name,
        applicant_is_person=contact.organisation is None,
        contact_path=event.contact,
        received_at=event.received_at,
        last_piece_at=event.received_at,
        status=Status.SUBMITTED,
        since=now,
        unit=unit,
        units=(event.receiving_unit, unit) if elsewhere else (unit,),
        sent_from=event.receiving_unit if elsewhere else None,
        role=CHECKER,
        return_way=event.return_way or "online",
    )


async def _begin_check(tx: AsyncSession, case: Case, line: LedgerEntry | None) -> None:
    """Write down when the check began; nothing where no limit is published for it."""
    if line:
        await store.add_clock_entry(tx, case.dossier_id, line)


async def take_supplement(tx: AsyncSession, event: SupplementSubmitted, *, now: datetime) -> None:
    """Take the answer to a supplement request: status 1 again, the check limit anew; once accepted status 4 (R08).

    Emits CheckStarted or ClockRestarted. One that nobody waits for is kept for decision. Raises NoSuchCase.
    """
    case = await store.lock_case(tx, event.dossier_id)
    effect = effect_of(Heard.SUPPLEMENT, case)
    if effect is not Effect.APPLY or event.round != case.round:
        reason = f"Bổ sung lần {event.round} đến khi hồ sơ không chờ bổ sung lần đó."
        await keep_for_decision(tx, case, Heard.SUPPLEMENT, event, reason, now)
        return
    await store.add_package(tx, case.dossier_id, store.to_file(event.package), event.received_at)
    asked_at = await store.answer_supplement(tx, case.dossier_id, case.round, event.received_at)
    await _carry_verdicts(tx, case)
    if case.is_accepted:
        await take_later_supplement(tx, case, asked_at, event.received_at, now=now)
    else:
        await _check_again(tx, case, event.received_at, now)


async def _check_again(tx: AsyncSession, case: Case, received_at: datetime, now: datetime) -> None:
    where = {"since": now, "role": CHECKER, "holder_id": None, "answer_by": None}
    case = moved(case, Action.TAKE_SUPPLEMENT, last_piece_at=received_at, **where)
    why = f"Tính lại thời hạn kiểm tra sau bổ sung lần {case.round} (R08)"
    case, line = ledger.check_begun(case, received_at, "check_restarted", why)
    case = await store.save_case(tx, case)
    await _begin_check(tx, case, line)
    await store.add_history(tx, case, f"Nhận bổ sung lần {case.round}, kiểm tra lại từ đầu thời hạn", now)
    await _say_check_started(tx, case, now)


async def _carry_verdicts(tx: AsyncSession, case: Case) -> None:
    """What was in order needs no second look; what was asked for does."""
    before = checklist.as_map(await store.judged(tx, case.dossier_id, case.round - 1))
    await store.judge(tx, case.dossier_id, case.round, checklist.carried_over(before))


async def _say_check_started(tx: AsyncSession, case: Case, now: datetime) -> None:
    await say(tx, CheckStarted, case, now=now, round=case.round, due_at=case.check_due_at)
