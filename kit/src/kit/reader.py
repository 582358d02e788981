"""Apache Kafka: one group reader, which notes offsets only after its records were taken. Knows records, not events."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, NoOffsetForPartitionError, OffsetOutOfRangeError

from kit.bus import Bus
from kit.draining import whole
from kit.groups import group_of
from kit.inbox import Record
from kit.lag import Lag

MOST_RECORDS = 500
FEWEST_RECORDS = 10
SLOW_SECONDS, QUICK_SECONDS = 10.0, 2.0
MOST_POLL_SECONDS = 300.0  # a reader that has not polled for so long is thrown out of its group
FETCH_BYTES = 8 * 1024 * 1024  # of one answer of a broker; one record may be larger and comes all the same
MOST_PAUSE_SECONDS = 5.0
NOT_OURS_NOW = (CommitFailedError, IllegalStateError)  # the group has given the partition to somebody else
Deliver = Callable[[Sequence[Record], Callable[[Record], Awaitable[None]]], Awaitable[None]]
log = logging.getLogger(__name__)


class OffsetsExpired(Exception):
    """The group has read before, but the broker no longer knows how far: going on would skip unseen."""


class Reader:
    """A group reader that hands each partition's records over and notes offsets only afterwards."""

    def __init__(
        self,
        bus: Bus,
        group: str,
        topics: Sequence[str],
        deliver: Deliver,
        *,
        has_read: Callable[[str, int], Awaitable[bool]],
        is_passing: Callable[[BaseException], bool],
        goes_on: Callable[[], None] = lambda: None,
        most_poll_seconds: float = MOST_POLL_SECONDS,
    ) -> None:
        """`goes_on` is told after each poll whose records were taken."""
        self.bus = bus
        self.group = group
        self.topics = list(topics)
        self._deliver = deliver
        self._has_read = has_read
        self._is_passing = is_passing
        self._goes_on = goes_on
        self._most_poll_seconds = most_poll_seconds
        self._most_records = MOST_RECORDS
        self._pause = 0.0
        self._lag = Lag(self.topics)

    async def run(self) -> None:
        """Read until cancelled. Raises OffsetsExpired instead of skipping; what `deliver` raises and does not pass."""
        consumer = AIOKafkaConsumer(
            *self.topics,
            bootstrap_servers=self.bus.bootstrap,
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=6000,
            heartbeat_interval_ms=500,  # by the answer it learns that another member left: within a second (tried)
            max_poll_interval_ms=int(self._most_poll_seconds * 1000),
            fetch_max_bytes=FETCH_BYTES,
            fetch_max_wait_ms=250,
            metadata_max_age_ms=10_000,  # so soon are partitions read that were added meanwhile
        )
        try:
            await consumer.start()
            self._lag.begin(consumer)
            while True:
                await self._poll(consumer)
        finally:
            self._lag.end()
            await consumer.stop()

    async def _poll(self, consumer: AIOKafkaConsumer) -> None:
        """One poll: as many records as the database took lately in good time, so that nobody is thrown out."""
        try:
            polled = await consumer.getmany(timeout_ms=1000, max_records=self._most_records)
        except NoOffsetForPartitionError as error:
            await self._begin(consumer, error.args[0])
            return
        except OffsetOutOfRangeError as error:
            raise self._expired("the log no longer holds (or not yet again) where it stood") from error
        self._lag.polled(consumer.assignment(), polled, self._most_records)
        began = time.monotonic()
        for place, messages in polled.items():
            if place in consumer.assignment():
                await whole(self._hand_over(consumer, place, [record_of(message) for message in messages]))
        self._fit(time.monotonic() - began)
        self._goes_on()

    def _fit(self, seconds: float) -> None:
        """Ask for fewer records after a slow poll, for more after a quick one."""
        if seconds > SLOW_SECONDS:
            self._most_records = max(FEWEST_RECORDS, self._most_records // 4)
        elif seconds < QUICK_SECONDS:
            self._most_records = min(MOST_RECORDS, self._most_records * 2)

    async def _hand_over(self, consumer: AIOKafkaConsumer, place: TopicPartition, records: list[Record]) -> None:
        """Deliver a partition's records and note them. Where the group has moved on, the next owner gets them again.

        That does no harm: what was taken is known by its sequence, and a commit of a former owner is refused.
        """
        reached = records[0].offset

        async def note(record: Record) -> None:
            nonlocal reached
            reached = record.offset + 1
            await consumer.commit({place: reached})
            self._lag.taken(place, reached, is_last=record is records[-1])

        try:
            await self._deliver(records, note)
            await note(records[-1])
            self._pause = 0.0
        except NOT_OURS_NOW:
            log.info("%s/%s has another owner now, who goes on", *place)
        except Exception as error:
            if not self._is_passing(error):
                raise
            log.warning("a passing fault, the same records again: %s", type(error).__name__)
            if place in consumer.assignment():
                consumer.seek(place, reached)
            await self._rest()

    async def _rest(self) -> None:
        """Pause after a passing fault: longer each time, never long, not all readers at once."""
        self._pause = min(max(self._pause * 2, 0.2), MOST_PAUSE_SECONDS)
        await asyncio.sleep(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret

    async def _begin(self, consumer: AIOKafkaConsumer, place: TopicPartition) -> None:
        """A partition that this group never read is read from its start, and that is noted before anything is taken."""
        if await self._has_read(place.topic, place.partition):
            raise self._expired(f"the broker has forgotten how far {place.topic}/{place.partition} was read")
        try:
            consumer.seek(place, 0)
            await consumer.commit({place: 0})
        except NOT_OURS_NOW:
            log.info("%s/%s has another owner now, who begins it", *place)

    def _expired(self, what: str) -> OffsetsExpired:
        service = self.group.removeprefix(group_of(""))
        return OffsetsExpired(
            f"{self.group}: {what}. Run `motcua reader reset {service}`: it reads again from the beginning of the log, "
            "what was taken is known by its number and dropped, and nothing is skipped"
        )


def record_of(message: ConsumerRecord) -> Record:
    """Our record of aiokafka's."""
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=(message.key or b"").decode(errors="replace"),
        headers=[(name, value or b"") for name, value in message.headers],
        body=message.value or b"",
    )
