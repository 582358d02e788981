"""Takes events to the broker: a batch under way while the next is read, exact deletes, refusals judged one by one."""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    ProducerClosed,
    RecordListTooLargeError,
    UnknownError,
)

from kit import telemetry
from kit.bus import Bus, partition_of
from kit.outbox import unpack_headers
from kit.waiting import Waiting

# What the broker says of this one record. Another fault (a right that is missing, a clock that is wrong, a topic that
# is not there) concerns them all: the relay begins again and goes on as soon as it is mended. UnknownError stands for
# every code that our client does not know, among them the one for an invalid record.
REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, UnknownError)

NOBODY_ANSWERED = (KafkaTimeoutError, KafkaConnectionError, ProducerClosed)
# InternalClientError: the driver lost its count of a line that was cut while it took a question back.
DATABASE_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
PASSING = (*DATABASE_AWAY, KafkaError)
LAST_SECONDS = 0.5  # for what is under way when the worker stops; what is left over, the next leader sends again

Place = tuple[str, int]
Packed = tuple[Place, Any, list[asyncpg.Record]]
log = logging.getLogger(__name__)


class BatchFailed(Exception):
    """Records of a batch failed for good; `error` is what the first one was told."""

    def __init__(self, error: KafkaError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass
class Flight:
    """Events under way: the acknowledgement of each record batch with its events; and why the rest was not begun."""

    rows: list[asyncpg.Record]
    parts: list[tuple[asyncio.Future[Any], list[asyncpg.Record]]] = field(default_factory=list)
    stopped_by: KafkaError | None = None


class Sending:
    """One leader's sending, over one connection to the database."""

    def __init__(self, connection: asyncpg.Connection, bus: Bus) -> None:
        self.connection = connection
        self.bus = bus
        self.waiting = Waiting()
        self._flights: list[Flight] = []  # at most two

    async def send_all(self) -> None:
        """Send until nothing waits that may go. Raises what concerns not one event but all."""
        try:
            while not await self._send_batches():
                await self.bus.drop_producer()
                self.waiting.sweep_soon()
                await self._send_one_by_one()
        except asyncio.CancelledError:
            with contextlib.suppress(*PASSING, BatchFailed):
                async with asyncio.timeout(LAST_SECONDS):
                    while self._flights:
                        await self._settle()
            raise
        finally:
            for flight in self._flights:
                for acknowledgement, _ in flight.parts:
                    acknowledgement.cancel()
            self._flights.clear()

    async def _send_batches(self) -> bool:
        """Two batches under way at most. False where events failed for good: then each has to be judged alone."""
        rows = await self.waiting.read(self.connection)
        try:
            while rows or self._flights:
                if rows:
                    self._flights.append(await self._begin(rows))
                if len(self._flights) > 1 or not rows:
                    await self._settle()
                rows = await self.waiting.read(self.connection, self._under_way())
        except BatchFailed as failed:
            log.warning("a batch failed and is sent one by one: %s", failed)
            while self._flights:  # what the broker has of the other one need not go again
                with contextlib.suppress(BatchFailed):
                    await self._settle()
            return False
        return True

    async def _send_one_by_one(self) -> None:
        """After a failed batch: each alone, so that the one that is refused is known; its dossier stops there."""
        stopped = set()
        for row in await self.waiting.read(self.connection):
            dossier = row["topic"], row["subject"]
            if dossier in stopped:
                continue
            self._flights.append(await self._begin([row]))
            try:
                await self._settle()
            except BatchFailed as failed:
                if not isinstance(failed.error, REFUSALS):
                    raise failed.error from failed
                await self._keep_refused(row, failed.error)
                stopped.add(dossier)

    def _under_way(self) -> list[int]:
        return [row["id"] for flight in self._flights for row in flight.rows]

    async def _begin(self, rows: list[asyncpg.Record]) -> Flight:
        """Hand rows to the producer; the first batch that it does not take ends the flight."""
        flight = Flight(rows)
        producer = await self.bus.producer()
        try:
            for place, batch, packed in await _pack(producer, rows):
                flight.parts.append((await producer.send_batch(batch, place[0], partition=place[1]), packed))
        except KafkaError as error:
            flight.stopped_by = error
        return flight

    async def _settle(self) -> None:
        """Wait for the oldest flight's acknowledgements and delete exactly what the broker has.

        Raises BatchFailed where events failed for good, else what their fault is.
        """
        flight = self._flights[0]
        gone, said, error = list[int](), Counter[str](), flight.stopped_by
        if flight.parts:
            await asyncio.wait([acknowledgement for acknowledgement, _ in flight.parts])
        for acknowledgement, rows in flight.parts:
            if failure := acknowledgement.exception():
                error = error or failure
            else:
                gone += [row["id"] for row in rows]
                said.update(row["type"] for row in rows)
        await self.connection.execute("delete from kit_outbox where id = any($1::bigint[])", gone)
        for event_type, many in said.items():
            telemetry.EVENTS_SENT.labels(event_type).inc(many)
        self._flights.pop(0)
        if error is not None:
            raise error if _concerns_all(error) else BatchFailed(error)

    async def _keep_refused(self, row: asyncpg.Record, error: KafkaError) -> None:
        """The event stays with its reason, and its dossier's later ones behind it; a new producer for the others."""
        log.error("the broker refused an event; its dossier waits", extra={"event_type": row["type"]})
        reason = f"{type(error).__name__}: {error}"[:500]
        await self.connection.execute("update kit_outbox set refused = $2 where id = $1", row["id"], reason)
        await self.bus.drop_producer()


def _concerns_all(error: BaseException) -> bool:
    """Whether a fault says nothing of the events: no broker answered in time, or the producer was let go."""
    return not isinstance(error, KafkaError) or error.retriable or isinstance(error, NOBODY_ANSWERED)


async def _pack(producer: AIOKafkaProducer, rows: list[asyncpg.Record]) -> list[Packed]:
    """Rows as record batches, those of a partition in order. A future for each record would cost more than the rest."""
    packed, newest = list[Packed](), dict[Place, Packed]()
    for row in rows:
        topic, subject = row["topic"], row["subject"]
        place = topic, partition_of(subject, len(await producer.partitions_for(topic)))
        record = {"key": subject.encode(), "value": row["body"], "headers": unpack_headers(row["headers"])}
        if place not in newest or newest[place][1].append(timestamp=None, **record) is None:
            newest[place] = place, producer.create_batch(), []
            newest[place][1].append(timestamp=None, **record)
            packed.append(newest[place])
        newest[place][2].append(row)
    return packed
