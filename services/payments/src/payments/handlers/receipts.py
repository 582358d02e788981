"""Fetching the platform's receipt of a paid demand and keeping it. Between two transactions; until it is there."""

import logging
from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

from kit import outside, tracing
from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.outside import Call, Outcome, Pauses
from kit.tx import objects_of
from payments import store
from payments.domain.attempt import Attempt
from payments.handlers.asking import Desk

PAUSES = Pauses(timedelta(seconds=3), timedelta(minutes=36))  # a receipt follows its payment closely
log = logging.getLogger(__name__)


async def fetch_next(desk: Desk) -> bool:
    """One step of the worker's loop: fetch the receipt that waits longest. Whether there was one."""
    if not desk.system.lets_through():
        return False
    async with desk.database.transaction() as tx:
        row = await store.next_receipt_to_ask(tx)
        if row is None:
            return False
        row.ask_at = await outside.real_now(tx) + desk.system.lease + PAUSES.after(row.asked)
        row.asked += 1
        tx.add(row)
        attempt = await store.load_attempt(tx, row.attempt_id)
        call = await outside.begin(tx, desk.system, f"receipt/{row.demand_id}")
    try:
        with tracing.span("fetch a receipt", parent=attempt.traceparent):
            await fetch(desk, row.demand_id, attempt, call)
    except (TryAgain, Refused) as reason:
        async with desk.database.transaction() as tx:
            if await outside.end(tx, call, outside.outcome_of(reason), str(reason)):
                row = await store.load_receipt(tx, row.demand_id)
                row.ask_at = await outside.real_now(tx) + PAUSES.after(row.asked)
                tx.add(row)
        log.info("a receipt is not there yet and is asked for again: %s", reason)
    return True


async def fetch(desk: Desk, demand_id: UUID, attempt: Attempt, call: Call) -> None:
    """Keep the receipt; the bytes are on disk before the row says so. Raises TryAgain, Refused."""
    assert attempt.result_time is not None, "paid attempts have it: the database says so"
    bill = await outside.make(call, partial(desk.platform.get_bill, attempt.reference, attempt.result_time))
    async with desk.database.transaction() as tx:
        await outside.end(tx, call, Outcome.DONE)
        row = await store.load_receipt(tx, demand_id)
        if row.path is not None:
            return
        stored = await objects_of(tx).put(f"receipts/{demand_id}/{sha256(bill).hexdigest()}.pdf", bill)
        row.path, row.sha256, row.size, row.kept_at = stored.path, stored.sha256, stored.size, await read_now(tx)
        tx.add(row)
