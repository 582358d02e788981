"""Fetching the platform's receipt of a paid demand and keeping it. Between two transactions; until it is there."""

import logging
import random
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.tx import objects_of
from payments import store
from payments.domain.attempt import Attempt, pause_before_asking
from payments.handlers.asking import Desk

SOONER = 10  # a receipt follows its payment closely: its pauses are a tenth of those of an unknown outcome
log = logging.getLogger(__name__)


async def fetch_next(desk: Desk) -> bool:
    """One step of the worker's loop: fetch the receipt that waits longest. Whether there was one."""
    async with desk.database.transaction() as tx:
        row = await store.next_receipt_to_ask(tx)
        if row is None:
            return False
        pause = pause_before_asking(row.asked, random.uniform(0.8, 1.2)) / SOONER  # noqa: S311 - jitter, not a secret
        row.ask_at = await store.real_now(tx) + max(pause, timedelta(seconds=desk.call_seconds))
        row.asked += 1
        tx.add(row)
        attempt = await store.load_attempt(tx, row.attempt_id)
    try:
        await fetch(desk, row.demand_id, attempt)
    except (TryAgain, Refused) as reason:
        log.info("a receipt is not there yet and is asked for again: %s", reason)
    return True


async def fetch(desk: Desk, demand_id: UUID, attempt: Attempt) -> None:
    """Keep the receipt; the bytes are on disk before the row says so. Raises TryAgain, Refused."""
    assert attempt.result_time is not None, "paid attempts have it: the database says so"
    bill = await desk.platform.get_bill(attempt.reference, attempt.result_time)
    async with desk.database.transaction() as tx:
        row = await store.load_receipt(tx, demand_id)
        if row.path is not None:
            return
        stored = await objects_of(tx).put(f"receipts/{demand_id}/{sha256(bill).hexdigest()}.pdf", bill)
        row.path, row.sha256, row.size, row.kept_at = stored.path, stored.sha256, stored.size, await read_now(tx)
        tx.add(row)
