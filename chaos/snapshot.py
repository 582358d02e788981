"""A transaction that somebody forgot, open in each database for the whole run: old rows cannot be cleaned away."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress

import asyncpg

LOOK_SECONDS = 1.0


class Snapshots:
    """Holds one REPEATABLE READ snapshot a database; taken anew when the database was away."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = urls
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hold_all()), name="snapshots", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(10)

    async def _hold_all(self) -> None:
        await asyncio.gather(*(self._hold(url) for url in self._urls))

    async def _hold(self, url: str) -> None:
        while not self._over.is_set():
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                connection = await asyncpg.connect(url, timeout=5)
                try:
                    await self._look(connection)
                finally:
                    connection.terminate()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, connection: asyncpg.Connection) -> None:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            while not self._over.is_set():
                await connection.fetchval("select count(*) from kit_outbox", timeout=10)
                await asyncio.sleep(LOOK_SECONDS)
