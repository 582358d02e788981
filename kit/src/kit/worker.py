"""The working side of a service: relay, reader, own loops; stops gracefully, goes on after faults."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kit import consume, telemetry
from kit.bus import Bus
from kit.consume import Consumer, ReaderStopped
from kit.draining import whole
from kit.faults import is_passing
from kit.figures import Measure, Speaker
from kit.groups import group_of
from kit.inbox import Record
from kit.measures import of_every_service
from kit.reader import OffsetsExpired, Reader
from kit.relay import Relay
from kit.signs import Signs
from kit.topics import with_dead
from kit.tx import Database, run_sql
from kit.watch import Watch

log = logging.getLogger(__name__)
STOPS = (ReaderStopped, OffsetsExpired)
LOOKS_AGAIN_SECONDS = 15.0  # whether somebody has mended what stopped the reader
WATCH_SECONDS = 5.0


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
    measures: Sequence[Measure] = ()
    signs: Signs = field(default_factory=Signs)

    @property
    def topics(self) -> list[str]:
        """Every topic it writes or reads."""
        heard = self.consumer.topics() if self.consumer else []
        return with_dead(sorted({f"{self.service}.events", *heard}))

    async def run(self) -> None:
        """Work until cancelled. A reader that must not go on by itself stands until a person has mended the cause; the
        relay and the loops go on."""
        telemetry.know_events(self.service, self.consumer.topics() if self.consumer else ())
        try:
            async with asyncio.TaskGroup() as group:
                speaker = Speaker(self.database, self.service, [*of_every_service(), *self.measures])
                group.create_task(speaker.run(), name="figures")
                await patiently("topics", lambda: self.bus.ensure_topics(self.topics))
                group.create_task(Relay(self.database.url, self.bus, self.service).run(), name="relay")
                if self.consumer:
                    group.create_task(self._forever("reader", partial(self._read, self.consumer)), name="reader")
                    watch = Loop("watching what is parked", Watch(self.database, self.consumer).look, WATCH_SECONDS)
                    group.create_task(self._forever(watch.name, partial(repeat, watch)), name=watch.name)
                for loop in self.loops:
                    group.create_task(self._forever(loop.name, partial(repeat, loop)), name=loop.name)
        finally:
            await self.bus.drop_producer()

    async def _read(self, consumer: Consumer) -> None:
        """Read, or stand and say why: looks now and then whether it may go on, so nobody need start it again."""
        reader, told = self._reader(consumer), ""
        while True:
            try:
                await reader.run()
            except STOPS as error:
                telemetry.READER_STOPPED.set(1)
                self.signs.failed("reader", error)
                if str(error) != told:
                    told = str(error)
                    log.critical("the reader stands and a person has to look: %s", told)
                await asyncio.sleep(LOOKS_AGAIN_SECONDS)

    async def _forever(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work` again after any fault, with growing, capped pauses."""
        pause = 0.2
        while True:
            try:
                await work()
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

        return Reader(
            self.bus,
            group_of(consumer.name),
            consumer.topics(),
            deliver,
            has_read=has_read,
            is_passing=is_passing,
            goes_on=partial(telemetry.READER_STOPPED.set, 0),
        )


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
