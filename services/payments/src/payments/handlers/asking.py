"""Asking the platform what became of an attempt. Between two transactions; never stops after one try."""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.tx import Database
from payments import store
from payments.domain.answer import Standing, read_answer
from payments.domain.attempt import Attempt, AttemptState, pause_before_asking
from payments.domain.result import Verdict
from payments.gateways import PaymentPlatform
from payments.handlers import results

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What work with the platform needs: our database, the platform, and the one currency it pays in."""

    database: Database
    platform: PaymentPlatform
    currency: str
    call_seconds: float


async def ask_next(desk: Desk) -> bool:
    """One step of the worker's loop: ask about the attempt that waits longest. Whether there was one.

    The next time to ask is committed before the call, so a killed process only delays it.
    """
    async with desk.database.transaction() as tx:
        attempt = await store.next_attempt_to_ask(tx)
        if attempt is None:
            return False
        jitter = random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
        later = await store.real_now(tx) + pause_before_asking(attempt.asked, jitter)
        await store.save_attempt(tx, replace(attempt, asked=attempt.asked + 1, ask_at=later))
    try:
        await ask_about(desk, attempt)
    except (TryAgain, Refused) as reason:
        log.warning("an attempt is asked about again later: %s", reason)
    return True


async def ask_about(desk: Desk, attempt: Attempt) -> None:
    """Ask what became of an attempt and let the answer take effect. Emits FeePaid where it was paid.

    Raises TryAgain, Refused where there was no answer. A repeat is safe.
    """
    answer = await desk.platform.query(attempt.reference, attempt.sent_time)
    async with desk.database.transaction() as tx:
        now = await read_now(tx)
        verdict = await take_answer(desk, tx, attempt.id, answer, now=now)
        if verdict is not None:
            body = orjson.dumps(answer).decode()
            await results.keep(tx, "query", body, verdict, attempt, now=now)


async def take_answer(
    desk: Desk, tx: AsyncSession, attempt_id: UUID, message: Mapping[str, Any], *, now: datetime
) -> Verdict | None:
    """What an answer does; None where it only says that there is nothing to say yet."""
    answer = read_answer(message)
    attempt = await store.load_attempt(tx, attempt_id)
    if answer.standing in (Standing.PAID, Standing.FAILED):
        return await results.settle(tx, attempt, answer.result, currency=desk.currency, now=now)
    if attempt.state not in (AttemptState.STARTED, AttemptState.UNKNOWN):
        return None
    # Nobody has this attempt's pay page: it may stay pending for ever, and another one may begin.
    unheard = answer.standing is Standing.UNKNOWN
    await store.save_attempt(tx, attempt.failed(answer.result.code) if unheard else attempt.set_aside())
    return None
