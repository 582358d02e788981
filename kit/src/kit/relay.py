"""The relay takes what the outbox holds to Kafka: one leader per service, batches, exact deletes."""

import asyncio
import contextlib
import logging
import zlib

import asyncpg
from aiokafka.errors import KafkaError

from kit import telemetry
from kit.bus import Bus
from kit.draining import whole
from kit.outbox import unpack_headers

BATCH = 500
HEARTBEAT_SECONDS = 1.0
CHANNEL = "kit_outbox"
LEADER_IDLE_LIMIT = "4s"  # a stopped leader (SIGSTOP) loses its lock after this long (tried: taken over in 4.0 s)

log = logging.getLogger(__name__)


_WAITING = """
select id, topic, subject, type, headers, body from kit_outbox o
where refused is null and not exists (
  select 1 from kit_outbox r where r.topic = o.topic and r.subject = o.subject and r.refused is not null
)
order by id limit $1
"""


class Relay:
    """Sends while it leads; else waits to lead. Two leaders for a moment do no harm: readers go by sequence."""

    def __init__(self, url: str, bus: Bus, service: str) -> None:
        self.url = url
        self.bus = bus
        self.key = zlib.crc32(f"motcua-relay-{service}".encode())
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Lead and send until cancelled; a lost connection ends the turn, and the next one begins."""
        while True:
            try:
                await self.lead()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, KafkaError, TimeoutError) as error:
                log.warning("the relay starts again: %s: %s", type(error).__name__, error)
                await self.bus.drop_producer()
                await asyncio.sleep(0.5)

    async def lead(self) -> None:
        """One turn as leader. Raises when the connection or the broker is lost."""
        settings = {"idle_session_timeout": LEADER_IDLE_LIMIT, "statement_timeout": "10s"}
        leader = await asyncpg.connect(self.url, server_settings=settings, timeout=10)
        try:
            while not await leader.fetchval("select pg_try_advisory_lock($1)", self.key):  # noqa: ASYNC110 - nobody signals a free lock
                await asyncio.sleep(HEARTBEAT_SECONDS)
            await leader.add_listener(CHANNEL, self._wake)
            await self._send_while_leading(leader)
        finally:
            with contextlib.suppress(Exception):
                await leader.close(timeout=2)

    async def _send_while_leading(self, leader: asyncpg.Connection) -> None:
        worker = await asyncpg.connect(self.url, server_settings={"statement_timeout": "30s"}, timeout=10)
        heart = asyncio.create_task(self._beat(leader))
        try:
            while not heart.done():
                self.woken.clear()
                while await whole(self.send_batch(worker)):
                    pass
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.woken.wait(), HEARTBEAT_SECONDS)
            await heart
        finally:
            heart.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await heart
            await worker.close(timeout=2)

    async def _beat(self, leader: asyncpg.Connection) -> None:
        while True:
            await leader.fetchval("select 1")
            await asyncio.sleep(HEARTBEAT_SECONDS)

    def _wake(self, *_: object) -> None:
        self.woken.set()

    async def send_batch(self, connection: asyncpg.Connection) -> int:
        """Send what waits, up to a batch; delete exactly what the broker has. Returns how many it has."""
        rows = await connection.fetch(_WAITING, BATCH)
        await self._measure(connection)
        if not rows:
            return 0
        producer = await self.bus.producer()
        sending = [
            await producer.send(
                row["topic"], row["body"], key=row["subject"].encode(), headers=unpack_headers(row["headers"])
            )
            for row in rows
        ]
        outcomes = await asyncio.gather(*sending, return_exceptions=True)
        acknowledged = [row["id"] for row, outcome in zip(rows, outcomes, strict=True) if not _failed(outcome)]
        await connection.execute("delete from kit_outbox where id = any($1::bigint[])", acknowledged)
        for row, outcome in zip(rows, outcomes, strict=True):
            if not _failed(outcome):
                telemetry.EVENTS_SENT.labels(row["type"]).inc()
        await self._note_failures(connection, rows, outcomes)
        return len(acknowledged)

    async def _note_failures(
        self, connection: asyncpg.Connection, rows: list[asyncpg.Record], outcomes: list[object]
    ) -> None:
        failures = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if _failed(outcome)]
        if not failures:
            return
        await self.bus.drop_producer()
        row, error = failures[0]
        if isinstance(error, KafkaError) and not error.retriable:
            log.error("the broker refused an event; its dossier waits", extra={"event_type": row["type"]})
            await connection.execute("update kit_outbox set refused = $2 where id = $1", row["id"], repr(error)[:500])
        else:
            assert isinstance(error, BaseException)
            raise error

    async def _measure(self, connection: asyncpg.Connection) -> None:
        depth, age = await connection.fetchrow(
            "select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float "
            "from (select created_at from kit_outbox order by id limit 10000) o"
        )
        telemetry.OUTBOX_DEPTH.set(depth)
        telemetry.OUTBOX_AGE.set(age)


def _failed(outcome: object) -> bool:
    return isinstance(outcome, BaseException)


async def nudge_forever(url: str, said: asyncio.Event) -> None:
    """Tell the relay, wherever it runs, that something was said: outside the transaction that said it (tried: NOTIFY
    inside it costs two fifths of the throughput), many at once as one. A lost nudge costs at most one heartbeat."""
    connection: asyncpg.Connection | None = None
    while True:
        await said.wait()
        said.clear()
        try:
            if connection is None or connection.is_closed():
                connection = await asyncpg.connect(url, timeout=10)
            await connection.execute(f"notify {CHANNEL}")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("the relay was not nudged: %s", error)
            connection = None
