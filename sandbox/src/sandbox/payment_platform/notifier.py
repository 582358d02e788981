"""Tells the partner how a payment ended, until it is acknowledged or given up. Never changes a payment."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx

from sandbox.payment_platform.messages import OK
from sandbox.payment_platform.store import Owed, Store


class Notifier:
    """What is owed lies in the store, so a killed program goes on where it was; a try that was cut off is repeated."""

    def __init__(
        self, store: Store, address: str, pauses: Sequence[float], seconds: float, stamp: Callable[[], str]
    ) -> None:
        self._store = store
        self._address = address
        self._pauses = pauses
        self._seconds = seconds
        self._stamp = stamp
        self._wake = asyncio.Event()
        self._progress = asyncio.Condition()

    def wake(self) -> None:
        self._wake.set()

    async def wait_for_first_try(self, notifications: Sequence[int], seconds: float) -> None:
        """Returns when each was tried once, or when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._progress:
                await self._progress.wait_for(lambda: self._store.were_tried(notifications))

    async def run(self) -> None:
        """Until cancelled."""
        async with httpx.AsyncClient(timeout=self._seconds, trust_env=False) as partner:
            while True:
                self._wake.clear()
                due = self._store.owed(time.time())
                await asyncio.gather(*(self._try(partner, owed) for owed in due))
                if not due:
                    await self._rest()

    async def _rest(self) -> None:
        due = self._store.next_due()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), None if due is None else max(0, due - time.time()))

    async def _try(self, partner: httpx.AsyncClient, owed: Owed) -> None:
        acknowledged, outcome = await self._tell(partner, owed)
        over = owed.tries >= len(self._pauses)
        state = "acknowledged" if acknowledged else "given_up" if over else "owed"
        pause = 0 if over else self._pauses[owed.tries]
        self._store.tried(owed, self._stamp(), outcome, state, time.time() + pause)
        async with self._progress:
            self._progress.notify_all()

    async def _tell(self, partner: httpx.AsyncClient, owed: Owed) -> tuple[bool, str]:
        """Acknowledged means HTTP 200 and MaLoi 00; the sources know of no stricter reading."""
        try:
            answer = await partner.post(self._address, json=owed.body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return False, f"{type(error).__name__}: {error}"
        try:
            said = answer.json()
        except ValueError:
            return False, f"HTTP {answer.status_code}, not JSON"
        code = said.get("MaLoi") if isinstance(said, dict) else None
        return answer.status_code == 200 and code == OK, f"HTTP {answer.status_code}, MaLoi {code}"
