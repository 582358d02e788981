"""One leader per service takes what the outbox holds to Kafka; the others wait to lead. Sends nothing itself."""

import asyncio
import contextlib
import logging
import os
import zlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import asyncpg

from kit import telemetry
from kit.bus import Bus
from kit.sending import DATABASE_AWAY, PASSING, Sending
from kit.waiting import PLANS

HEARTBEAT_SECONDS = 1.0
ANSWER_SECONDS = 3.0  # a database that does not answer the heart for so long has let go of the lock, or soon will
ASK_SECONDS = 0.5  # how often those who wait ask for the lead: a stopped leader is followed after 4.0 to 4.5 s (tried)
LEADER_IDLE_LIMIT = "4s"  # a leader that is stopped (SIGSTOP) loses its lock after so long
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
CHANNEL = "kit_outbox"
MAY_DELETE = "select 1 from kit_outbox where false for update"  # refused by a database that takes no changes now
SWEEP = "sweep"  # said with the signal: something that was passed over may go now

log = logging.getLogger(__name__)


class Relay:
    """Sends while it leads; else waits to lead. Two leaders for a moment do no harm: readers go by sequence."""

    def __init__(self, url: str, bus: Bus, service: str) -> None:
        self.url = url
        self.bus = bus
        self.name = f"motcua {service} relay {os.getpid()}"  # who leads is seen in pg_stat_activity
        self.key = zlib.crc32(f"motcua-relay-{service}".encode())
        self.woken = asyncio.Event()
        self._sweep_soon = False

    async def run(self) -> None:
        """Lead and send until cancelled; a lost connection ends the turn, and the next one begins."""
        pause = PAUSE_SECONDS
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self.lead()
            except PASSING as error:
                log.warning("the relay starts again: %s: %s", type(error).__name__, error)
            await self.bus.drop_producer()
            lasted = asyncio.get_running_loop().time() - begun
            pause = PAUSE_SECONDS if lasted > LONGEST_PAUSE_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def lead(self) -> None:
        """One turn: wait for the lead, then send as long as the heart beats. Raises what ended it."""
        async with self._connection(idle_session_timeout=LEADER_IDLE_LIMIT, statement_timeout="10s") as leader:
            question = "select pg_try_advisory_lock($1)"
            while not await leader.fetchval(question, self.key, timeout=ANSWER_SECONDS):  # noqa: ASYNC110 - nobody signals a free lock
                await asyncio.sleep(ASK_SECONDS)
            await leader.execute(MAY_DELETE, timeout=ANSWER_SECONDS)  # else all would be sent again and again
            await leader.add_listener(CHANNEL, self._wake)
            async with self._connection(statement_timeout="30s") as worker:
                sending = Sending(worker, self.bus)
                await until_one_ends(self._beat(leader, sending), self._send(sending))

    @asynccontextmanager
    async def _connection(self, **settings: str) -> AsyncIterator[asyncpg.Connection]:
        """Straight to the database, never through a pooler: the lock and the signal belong to the session."""
        told = {"application_name": self.name, **PLANS, **settings}
        connection = await asyncpg.connect(self.url, server_settings=told, timeout=10)
        try:
            yield connection
        finally:
            connection.terminate()  # never waits, and the database lets go of the lock as soon as it sees it

    async def _beat(self, leader: asyncpg.Connection, sending: Sending) -> None:
        """Keeps the lock; what it asks for is what operators want to know, also while no broker answers."""
        while True:
            async with asyncio.timeout(ANSWER_SECONDS):
                waiting, age, refused = await sending.waiting.measure(leader)
            telemetry.OUTBOX_DEPTH.set(waiting)
            telemetry.OUTBOX_AGE.set(age)
            telemetry.OUTBOX_REFUSED.set(refused)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _send(self, sending: Sending) -> None:
        while True:
            self.woken.clear()
            if self._sweep_soon:
                self._sweep_soon = False
                sending.waiting.sweep_soon()
            await sending.send_all()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), HEARTBEAT_SECONDS)

    def _wake(self, _connection: object, _process: int, _channel: str, said: str) -> None:
        self._sweep_soon = self._sweep_soon or said == SWEEP
        self.woken.set()


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


async def nudge_forever(url: str, said: asyncio.Event) -> None:
    """Tell the relay, wherever it runs, that something was said: outside the transaction that said it (tried: NOTIFY
    inside it costs two fifths of the throughput), many at once as one. A lost nudge costs at most one heartbeat."""
    connection: asyncpg.Connection | None = None
    try:
        while True:
            await said.wait()
            said.clear()
            try:
                if connection is None or connection.is_closed():
                    connection = await asyncpg.connect(url, timeout=10)
                await connection.execute(f"notify {CHANNEL}")
            except DATABASE_AWAY as error:
                log.warning("the relay was not nudged: %s", error)
                connection = None
    finally:
        if connection is not None:
            connection.terminate()
