"""Asking the platform what became of an attempt. Between two transactions; never stops after one try."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit import outside, tracing
from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.outside import Call, Outcome, Pauses, System
from kit.tx import Database
from payments import store
from payments.domain.answer import Standing, read_answer
from payments.domain.attempt import Attempt
from payments.domain.result import Verdict
from payments.gateways import PaymentPlatform
from payments.handlers import results

PAUSES = Pauses(timedelta(seconds=30), timedelta(hours=6))
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What work with the platform needs: our database, the platform, and the one currency it pays in."""

    database: Database
    platform: PaymentPlatform
    currency: str
    system: System


async def ask_next(desk: Desk) -> bool:
    """One step of the worker's loop: ask about the attempt that waits longest. Whether there was one.

    The next time to ask is committed before the call, so a killed process only delays it.
    """
    if not desk.system.lets_through():
        return False
    async with desk.database.transaction() as tx:
        attempt = await store.next_attempt_to_ask(tx)
        if attempt is None:
            return False
        call = await begin_asking(desk, tx, attempt)
    try:
        with tracing.span("ask about a payment", parent=attempt.traceparent):
            await ask_about(desk, attempt, call)
    except (TryAgain, Refused) as reason:
        log.warning("an attempt is asked about again later: %s", reason)
    return True


async def begin_asking(desk: Desk, tx: AsyncSession, attempt: Attempt) -> Call:
    """Put the next time to ask behind the call that comes now, and write the call down. The attempt is locked.

    One that is asked about was not answered in its time: from now on its outcome is unknown.
    """
    attempt = attempt.lost() if attempt.may("lose") else attempt
    later = await outside.real_now(tx) + desk.system.lease + PAUSES.after(attempt.asked)
    await store.save_attempt(tx, replace(attempt, asked=attempt.asked + 1, ask_at=later))
    return await begin_call(desk, tx, attempt)


async def begin_call(desk: Desk, tx: AsyncSession, attempt: Attempt) -> Call:
    """INIT and QUERY count as calls about one thing: an answer that comes late is known by a newer call of either."""
    return await outside.begin(tx, desk.system, f"attempt/{attempt.id}")


async def ask_about(desk: Desk, attempt: Attempt, call: Call) -> None:
    """Ask what became of an attempt and let the answer take effect. Emits FeePaid where it was paid.

    Raises TryAgain, Refused where there was no answer. A repeat is safe, and so is an answer that comes late.
    """
    try:
        answer = await outside.make(call, partial(desk.platform.query, attempt.reference, attempt.sent_time))
    except (TryAgain, Refused) as reason:
        async with desk.database.transaction() as tx:
            await outside.end(tx, call, outside.outcome_of(reason), str(reason))
        raise
    async with desk.database.transaction() as tx:
        now = await read_now(tx)
        await store.load_demand(tx, attempt.demand_id)  # the same order of locks as everywhere: demand, then attempt
        await outside.end(tx, call, Outcome.DONE)
        verdict = await take_answer(desk, tx, attempt.id, answer, now=now)
        if verdict is not None:
            body = orjson.dumps(answer).decode()
            await results.keep(tx, "query", body, verdict, attempt, now=now)


async def take_answer(
    desk: Desk, tx: AsyncSession, attempt_id: UUID, message: Mapping[str, Any], *, now: datetime
) -> Verdict | None:
    """What an answer does; None where it says nothing final: then the same call may be made once more, under its key.

    Not even "never heard of it" ends an attempt: it may be on its way, and a new one would be a second transaction.
    """
    answer = read_answer(message)
    attempt = await store.load_attempt(tx, attempt_id)
    if answer.standing not in (Standing.PAID, Standing.FAILED):
        return None
    return await results.settle(tx, attempt, answer.result, currency=desk.currency, now=now)
