"""What the platform reports, by notification or by answer, and what it does to demand, attempt and ledger."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.payments import FeePaid
from kit import outbox, tracing
from payments import store
from payments.domain import digest
from payments.domain.attempt import Attempt
from payments.domain.demand import Demand
from payments.domain.ledger import BookingKind, Way
from payments.domain.partner import Partner
from payments.domain.result import FOR_A_PERSON, NOT_TAKEN, Result, Verdict, judge, read_result, reply

MOST_KEPT_CHARACTERS = 16_000


async def take_notification(tx: AsyncSession, body: bytes, partner: Partner, *, now: datetime) -> dict[str, str]:
    """Take a result notification: digest, then reference, then amount, then state. Returns our reply.

    Emits FeePaid where the demand was paid by it. Every message is kept with its verdict. A repeat is safe.
    """
    message = read_message(body)
    verdict, attempt = await weigh(tx, message, partner, now=now)
    await keep(tx, "notification", body.decode(errors="replace"), verdict, attempt, now=now)
    if verdict in NOT_TAKEN:
        await note(tx, verdict, read_result(message), fingerprint=sha256(body).hexdigest(), now=now)
    return reply(verdict, message, partner_code=partner.code)


async def weigh(
    tx: AsyncSession, message: Mapping[str, Any], partner: Partner, *, now: datetime
) -> tuple[Verdict, Attempt | None]:
    """What a notification is, and the attempt it is about; a genuine one takes effect."""
    if not message:
        return Verdict.UNREADABLE, None
    own = {**message, "MaDoiTac": partner.code}  # senders may leave our code out; the digest has it all the same
    if not digest.is_genuine(digest.RESULT, own, partner.secret):
        return Verdict.FORGED, None
    result = read_result(message)
    attempt = await find_attempt(tx, result)
    if attempt is None:
        return Verdict.UNKNOWN_REFERENCE, None
    tracing.link(attempt.traceparent)
    return await settle(tx, attempt, result, currency=partner.currency, now=now), attempt


async def find_attempt(tx: AsyncSession, result: Result) -> Attempt | None:
    """By reference; by dossier code only where the platform sent no reference."""
    if result.reference:
        return await store.find_attempt(tx, result.reference)
    return await store.find_attempt_by_dossier(tx, result.dossier_code) if result.dossier_code else None


async def settle(tx: AsyncSession, attempt: Attempt, result: Result, *, currency: str, now: datetime) -> Verdict:
    """Let a genuine result take effect, under the demand's lock. Emits FeePaid where it paid the demand."""
    demand = await store.load_demand(tx, attempt.demand_id)
    assert demand is not None, "an attempt has its demand by foreign key"
    attempt = await store.load_attempt(tx, attempt.id)
    verdict = judge(result, attempt, demand, currency=currency)
    if verdict is Verdict.PAID:
        await pay(tx, demand, attempt, result, now=now)
    elif verdict is Verdict.FAILURE_NOTED and attempt.may("fail"):
        await store.save_attempt(tx, attempt.failed(result.code))
    elif verdict in FOR_A_PERSON:
        await set_before_a_person(tx, verdict, attempt, result, now=now)
    return verdict


async def pay(tx: AsyncSession, demand: Demand, attempt: Attempt, result: Result, *, now: datetime) -> None:
    """Book the payment, once: ledger, demand, attempt and FeePaid in one transaction."""
    assert result.paid_at is not None
    paid = attempt.paid(result.transaction_code, result.time)
    await store.save_attempt(tx, paid)
    await store.save_demand(tx, demand.pay(paid_at=result.paid_at))
    await store.book(
        tx,
        BookingKind.PAID,
        demand,
        value_at=result.paid_at,
        now=now,
        way=Way.PAYMENT_PLATFORM,
        transaction_code=result.transaction_code,
    )
    await store.want_receipt(tx, paid)
    said = FeePaid(
        dossier_id=demand.dossier_id,
        demand_id=demand.id,
        amount_vnd=demand.amount_vnd,
        paid_at=result.paid_at,
        way=Way.PAYMENT_PLATFORM.value,
        transaction_code=result.transaction_code,
        contact=demand.contact,
    )
    await outbox.put(tx, said, time=now)


async def set_before_a_person(
    tx: AsyncSession, verdict: Verdict, attempt: Attempt, result: Result, *, now: datetime
) -> None:
    """Money came that fits no open demand: nothing is booked, a person decides."""
    seen = f"{verdict}:{attempt.reference}:{result.transaction_code}:{result.amount_vnd}:{result.time}"
    await note(tx, verdict, result, fingerprint=sha256(seen.encode()).hexdigest(), attempt=attempt, now=now)
    if verdict in (Verdict.PAID_TWICE, Verdict.PAID_TOO_LATE) and attempt.may("pay"):
        await store.save_attempt(tx, attempt.paid(result.transaction_code, result.time))


async def note(
    tx: AsyncSession,
    verdict: Verdict,
    result: Result,
    *,
    fingerprint: str,
    now: datetime,
    attempt: Attempt | None = None,
) -> None:
    """Write down a difference; the same one again changes nothing."""
    row = store.DifferenceRow(
        id=uuid4(),
        kind=verdict,
        fingerprint=fingerprint,
        demand_id=attempt.demand_id if attempt else None,
        reference=result.reference or result.dossier_code,
        expected_vnd=attempt.amount_vnd if attempt else None,
        received_vnd=result.amount_vnd,
        noticed_at=now,
    )
    await store.note_difference(tx, row)


async def keep(
    tx: AsyncSession, source: str, body: str, verdict: Verdict, attempt: Attempt | None, *, now: datetime
) -> None:
    """Keep the raw message; PostgreSQL holds no NUL in texts."""
    shown = body.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:MOST_KEPT_CHARACTERS]
    attempt_id: UUID | None = attempt.id if attempt else None
    await store.keep_message(tx, source=source, body=shown, verdict=verdict, attempt_id=attempt_id, now=now)


def read_message(body: bytes) -> dict[str, Any]:
    """The fields of a message; empty where it is no JSON object."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
