"""A payer wants to pay: one transaction at the platform per demand at a time, begun between two of our own."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact
from kit import outside, tracing
from kit.errors import Refused, TryAgain
from kit.now import TIME_ZONE, read_now
from kit.objects import ObjectMissing
from kit.outside import Call, Outcome
from kit.tx import objects_of
from payments import store
from payments.domain.attempt import Attempt, AttemptState
from payments.domain.demand import Demand
from payments.domain.errors import AttemptUnderWay, DemandNotFound, PlatformBusy, PlatformRefused
from payments.domain.partner import Payment
from payments.domain.result import write_time
from payments.handlers.asking import PAUSES, Desk, ask_about, begin_asking, begin_call
from rules import catalogue


@dataclass(frozen=True)
class Start:
    """An attempt whose row is committed and whose call comes next; `is_repeat`: under the key of an earlier one."""

    attempt: Attempt
    payment: Payment
    call: Call
    is_repeat: bool


@dataclass(frozen=True)
class GoTo:
    """An attempt is open at the platform."""

    pay_url: str


@dataclass(frozen=True)
class Ask:
    """Whether an attempt is still open is known to the platform only."""

    attempt: Attempt
    call: Call


async def pay_address(desk: Desk, demand_id: UUID, payer_id: str) -> str:
    """Where the payer goes now: the open transaction's page, or that of a new one.

    Raises DemandNotFound, NotPayable, AttemptUnderWay, PlatformBusy, PlatformRefused. A repeat is safe: it leads to the
    same transaction.
    """
    if not desk.system.lets_through():
        raise PlatformBusy
    was_asked = False
    for _ in range(2):
        async with desk.database.transaction() as tx:
            step = await next_step(desk, tx, demand_id, payer_id, was_asked=was_asked)
        match step:
            case GoTo(pay_url):
                return pay_url
            case Start():
                return await start(desk, step)
            case Ask(attempt, call):
                await ask_before_going_on(desk, attempt, call)
                was_asked = True
    raise AttemptUnderWay


async def next_step(
    desk: Desk, tx: AsyncSession, demand_id: UUID, payer_id: str, *, was_asked: bool
) -> Start | GoTo | Ask:
    """Decide under the demand's lock, so that two clicks find one attempt."""
    demand = await store.load_demand(tx, demand_id)
    dossier = await tx.get(store.DossierRow, demand.dossier_id) if demand else None
    if demand is None or dossier is None or dossier.applicant_id != payer_id:
        raise DemandNotFound
    demand.check_payable()
    attempt = await store.find_live_attempt(tx, demand_id)
    if attempt is None:
        return await begin(desk, tx, demand, await new_attempt(desk, tx, demand, dossier.code), is_repeat=False)
    is_not_due = attempt.ask_at > await outside.real_now(tx)
    if attempt.pay_url and (is_not_due or was_asked):
        return GoTo(attempt.pay_url)
    if attempt.state is AttemptState.STARTED and is_not_due:
        raise AttemptUnderWay
    if attempt.state is AttemptState.UNKNOWN and was_asked:
        return await begin(desk, tx, demand, attempt.started_again(), is_repeat=True)
    return Ask(attempt, await begin_asking(desk, tx, attempt))


async def begin(desk: Desk, tx: AsyncSession, demand: Demand, attempt: Attempt, *, is_repeat: bool) -> Start:
    """Write the call down. A repeat says what the first call said: its reference and time are the platform's key."""
    await store.save_attempt(tx, replace(attempt, ask_at=await outside.real_now(tx) + desk.system.lease))
    payment = await payment_of(tx, demand, attempt)
    return Start(attempt, payment, await begin_call(desk, tx, attempt), is_repeat)


async def new_attempt(desk: Desk, tx: AsyncSession, demand: Demand, dossier_code: str | None) -> Attempt:
    """An attempt with its own reference, written before the call so that a killed process leaves a trace."""
    now = await read_now(tx)
    attempt = Attempt(
        id=uuid4(),
        demand_id=demand.id,
        reference=f"MC{secrets.token_hex(9)}",  # 20 characters, as long as every partner seen so far allows
        sent_time=write_time(now),
        amount_vnd=demand.amount_vnd,
        dossier_code=dossier_code or demand.arrival_number,
        started_at=now,
        ask_at=await outside.real_now(tx) + desk.system.lease,
        traceparent=tracing.traceparent(),
    )
    await store.add_attempt(tx, attempt)
    return attempt


async def payment_of(tx: AsyncSession, demand: Demand, attempt: Attempt) -> Payment:
    """What the platform is told: the payer from the contact in the object store, the rest from the catalogue.

    Raises DemandNotFound once the applicant was erased.
    """
    try:
        contact = Contact.model_validate_json(await objects_of(tx).read(demand.contact))
    except ObjectMissing as erased:
        raise DemandNotFound from erased
    law = catalogue.load()
    procedure = law.procedure(demand.procedure_id, demand.procedure_version)
    fee = law.fee(procedure.fee_id) if procedure.fee_id else None
    return Payment(
        reference=attempt.reference,
        sent_time=attempt.sent_time,
        amount_vnd=attempt.amount_vnd,
        dossier_code=attempt.dossier_code or demand.arrival_number,
        procedure_code=procedure.national_code or procedure.id,
        procedure_name=procedure.name_vi,
        agency_code=law.agency_code(demand.office, date_of(demand.demanded_at)),
        agency_name=law.office(demand.office).name_vi,
        fee_kind="2" if fee and fee.kind == "lệ phí" else "1",
        fee_name=fee.name_vi if fee else procedure.name_vi,
        payer_name=contact.organisation or contact.name,
        payer_address=contact.address or "",
    )


async def start(desk: Desk, begun: Start) -> str:
    """Call the platform and write down what came of it. Raises PlatformBusy, PlatformRefused."""
    try:
        pay_url = await outside.make(begun.call, partial(desk.platform.init, begun.payment))
    except TryAgain as reason:
        await move(desk, begun, "lose", outside.outcome_of(reason), str(reason))
        raise PlatformBusy from reason
    except Refused as reason:
        await move(desk, begun, "set_aside" if begun.is_repeat else "refuse", Outcome.REFUSED, str(reason))
        raise PlatformRefused(str(reason)) from reason
    await move(desk, begun, "open", Outcome.DONE, pay_url)
    return pay_url


async def move(desk: Desk, begun: Start, action: str, outcome: Outcome, fact: str) -> None:
    """Write the outcome of the call, unless the platform has told more in the meantime.

    A call that another one has followed (this process was stopped) may only tell that the transaction is open.
    """
    async with desk.database.transaction() as tx:
        await store.load_demand(tx, begun.attempt.demand_id)  # the same order of locks as everywhere
        attempt = await store.load_attempt(tx, begun.attempt.id)
        is_newest = await outside.end(tx, begun.call, outcome, "" if outcome is Outcome.DONE else fact)
        if not attempt.may(action) or not (is_newest or outcome is Outcome.DONE):
            return
        later = await outside.real_now(tx) + PAUSES.after(0)
        await store.save_attempt(tx, replace(moved(attempt, action, fact), ask_at=later))


def moved(attempt: Attempt, action: str, fact: str) -> Attempt:
    """The attempt after its call."""
    match action:
        case "open":
            return attempt.opened(fact)
        case "refuse":
            return attempt.refused(fact)
        case "set_aside":
            return attempt.set_aside()
        case _:
            return attempt.lost()


async def ask_before_going_on(desk: Desk, attempt: Attempt, call: Call) -> None:
    """Raises PlatformBusy where the platform does not say."""
    try:
        await ask_about(desk, attempt, call)
    except (TryAgain, Refused) as reason:
        raise PlatformBusy from reason


def date_of(moment: datetime) -> date:
    """The date on Vietnam's calendar."""
    return moment.astimezone(TIME_ZONE).date()
