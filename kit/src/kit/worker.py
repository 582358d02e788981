"""The working side of a service: relay, reader, own loops; stops gracefully, goes on after faults."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kit import consume
from kit.bus import Bus
from kit.consume import Consumer, ReaderStopped
from kit.draining import whole
from kit.faults import is_passing
from kit.inbox import Record
from kit.reader import OffsetsExpired, Reader
from kit.relay import Relay
from kit.signs import Signs
from kit.topics import with_dead
from kit.tx import Database, run_sql

log = logging.getLogger(__name__)
STOPS = (ReaderStopped, OffsetsExpired)


@dataclass(frozen=True)
class Loop:
    """Work that is done again and again: `step` returns whether there was something to do."""

    name: str
    step: Callable[[], Coroutine[Any, Any, bool]]
    idle_seconds: float = 1.0
    rest: Callable[[], Awaitable[None]] | None = None  # in the place of a fixed pause


@dataclass
class Worker:
    """Everything a service does without being asked by a request."""

    service: str
    database: Database
    bus: Bus
    consumer: Consumer | None = None
    loops: Sequence[Loop] = ()
    signs: Signs = field(default_factory=Signs)

    @property
    def topics(self) -> list[str]:
        """Every topic it writes or reads."""
        heard = self.consumer.topics() if self.consumer else []
        return with_dead(sorted({f"{self.service}.events", *heard}))

    async def run(self) -> None:
        """Work until cancelled. Raises ReaderStopped, OffsetsExpired: then a person has to look."""
        await patiently("topics", lambda: self.bus.ensure_topics(self.topics))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(Relay(self.database.url, self.bus, self.service).run(), name="relay")
                if self.consumer:
                    group.create_task(self._forever("reader", self._reader(self.consumer).run), name="reader")
                for loop in self.loops:
                    group.create_task(self._forever(loop.name, partial(repeat, loop)), name=loop.name)
        finally:
            await self.bus.drop_producer()

    async def _forever(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work` again after any fault, with growing, capped pauses. Lets through what needs a person."""
        pause = 0.2
        while True:
            try:
                await work()
            except STOPS:
                raise
            except Exception as error:
                log.exception("%s failed and begins again", name)
                self.signs.failed(name, error)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
                pause = min(pause * 2, 10.0)

    def _reader(self, consumer: Consumer) -> Reader:
        async def deliver(records: Sequence[Record], taken: Callable[[Record], Awaitable[None]]) -> None:
            await consume.deliver(self.database, consumer, records, taken=taken)

        async def has_read(topic: str, partition: int) -> bool:
            question = (
                "select 1 from kit_reader_attempt "
                "where consumer = :consumer and topic = :topic and partition = :partition"
            )
            async with self.database.transaction() as tx:
                found = await run_sql(tx, question, consumer=consumer.name, topic=topic, partition=partition)
                return found.scalar_one_or_none() is not None

        group = f"motcua.{consumer.name}"
        topics = consumer.topics()
        return Reader(self.bus, group, topics, deliver, has_read=has_read, is_passing=is_passing)


async def repeat(loop: Loop) -> None:
    """Run a loop's steps until cancelled, resting where there is nothing to do."""
    while True:
        if await whole(loop.step()):
            continue
        if loop.rest:
            await loop.rest()
        else:
            await asyncio.sleep(loop.idle_seconds)


async def patiently(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` once, trying until it succeeds."""
    pause = 0.2
    while True:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - the broker may be away; nothing is lost by waiting
            log.warning("%s: not yet (%s)", name, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
