"""One leader per service takes what the outbox holds to Kafka; the others wait to lead. Sends nothing itself."""

import asyncio
import contextlib
import logging
import os

import asyncpg

from kit.bus import Bus
from kit.leading import ANSWER_SECONDS, HEARTBEAT_SECONDS, connection, lead, until_one_ends
from kit.sending import DATABASE_AWAY, PASSING, Sending
from kit.waiting import PLANS

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
        self.service = service
        self.name = f"motcua {service} relay {os.getpid()}"
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
        async with lead(self.url, self.service, "relay", self.name) as leader:
            await leader.execute(MAY_DELETE, timeout=ANSWER_SECONDS)  # else all would be sent again and again
            await leader.add_listener(CHANNEL, self._wake)
            async with connection(self.url, self.name, statement_timeout="30s", **PLANS) as worker:
                sending = Sending(worker, self.bus)
                await until_one_ends(self._beat(leader), self._send(sending))

    async def _beat(self, leader: asyncpg.Connection) -> None:
        """Keeps the lock."""
        while True:
            await leader.execute("select 1", timeout=ANSWER_SECONDS)
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
