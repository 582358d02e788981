"""Sleeps until a moment, or until the database calls. Knows nothing of why."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import asyncpg

log = logging.getLogger(__name__)


class Alarm:
    """A sleep that NOTIFY on one of the channels ends early; a call while awake ends the next one at once.

    Without its connection it only sleeps longer, so who sleeps must look again of itself after a while.
    """

    def __init__(self, url: str, channels: Sequence[str]) -> None:
        self.url = url
        self.channels = channels
        self._called = asyncio.Event()
        self._connection: asyncpg.Connection | None = None

    async def sleep(self, seconds: float) -> None:
        """At most so long. The first one returns at once: what came before anybody listened is not missed."""
        if await self._listen():
            return
        try:
            await asyncio.wait_for(self._called.wait(), seconds)
        except TimeoutError:
            return
        except asyncio.CancelledError:
            self.close()
            raise
        self._called.clear()

    async def _listen(self) -> bool:
        """Whether listening began only now."""
        if self._connection is not None and not self._connection.is_closed():
            return False
        try:
            self._connection = await asyncpg.connect(self.url, timeout=10)
            for channel in self.channels:
                await self._connection.add_listener(channel, self._call)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            log.warning("nobody can be called now, the sleep is only timed: %s", error)
            return False
        return True

    def _call(self, *_: object) -> None:
        self._called.set()

    def close(self) -> None:
        """Listens no more."""
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.terminate()
            self._connection = None
