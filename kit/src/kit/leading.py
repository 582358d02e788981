"""One process of a service does what only one may: whoever holds an advisory lock, on a connection of its own.

Which process leads is seen in pg_stat_activity. The leader asks something each second, else it loses the lock: so one
that is stopped (SIGSTOP) is followed too.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import asyncpg

HEARTBEAT_SECONDS = 1.0
ANSWER_SECONDS = 3.0  # a database that does not answer the heart for so long has let go of the lock, or soon will
ASK_SECONDS = 0.5  # how often those who wait ask for the lead: a stopped leader is followed after 4.0 to 4.5 s (tried)
IDLE_LIMIT_SECONDS = 4  # a leader that asks nothing for so long loses its lock


@asynccontextmanager
async def lead(url: str, service: str, what: str, name: str) -> AsyncIterator[asyncpg.Connection]:
    """Wait for the lead in `what`, then have it; the connection must be asked something each second."""
    limits = {"idle_session_timeout": f"{IDLE_LIMIT_SECONDS}s", "statement_timeout": "10s"}
    async with connection(url, name, **limits) as leader:
        question, key = "select pg_try_advisory_lock($1)", zlib.crc32(f"motcua-{what}-{service}".encode())
        while not await leader.fetchval(question, key, timeout=ANSWER_SECONDS):  # noqa: ASYNC110 - nobody signals a free lock
            await asyncio.sleep(ASK_SECONDS)
        yield leader


@asynccontextmanager
async def connection(url: str, name: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """Straight to the database, never through a pooler: lock and signals belong to the session."""
    made = await asyncpg.connect(url, server_settings={"application_name": name, **settings}, timeout=10)
    try:
        yield made
    finally:
        made.terminate()  # never waits, and the database lets go of the lock as soon as it sees it


async def until_one_ends(*works: Coroutine[None, None, None]) -> None:
    """Run them side by side; the first that ends, ends them all. Raises what it raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
