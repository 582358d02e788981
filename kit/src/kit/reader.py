"""Apache Kafka: one group reader, which notes offsets only after its records were taken. Knows records, not events."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from kit.bus import Bus
from kit.draining import whole
from kit.inbox import Record

MOST_RECORDS = 500
Deliver = Callable[[Sequence[Record], Callable[[Record], Awaitable[None]]], Awaitable[None]]
log = logging.getLogger(__name__)


class OffsetsExpired(Exception):
    """The group has read before, but the broker no longer knows how far: going on would skip or repeat unseen."""


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
    ) -> None:
        self.bus = bus
        self.group = group
        self.topics = list(topics)
        self._deliver = deliver
        self._has_read = has_read
        self._is_passing = is_passing

    async def run(self) -> None:
        """Read until cancelled. Raises KafkaError where the group's offsets have expired, instead of skipping."""
        await self.note_first_offsets()
        consumer = AIOKafkaConsumer(
            *self.topics,
            bootstrap_servers=self.bus.bootstrap,
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=6000,
            heartbeat_interval_ms=2000,
            max_poll_records=MOST_RECORDS,
            fetch_max_wait_ms=250,
        )
        try:
            await consumer.start()
            while True:
                for partition, messages in (await consumer.getmany(timeout_ms=1000)).items():
                    await whole(self._hand_over(consumer, partition, [record_of(message) for message in messages]))
        finally:
            await consumer.stop()

    async def _hand_over(self, consumer: AIOKafkaConsumer, place: TopicPartition, records: list[Record]) -> None:
        async def note(record: Record) -> None:
            await consumer.commit({place: record.offset + 1})

        try:
            await self._deliver(records, note)
        except KafkaError:
            raise
        except Exception as error:
            if not self._is_passing(error):
                raise
            log.warning("a passing fault, the same records again: %s", error)
            committed = await consumer.committed(place)
            consumer.seek(place, committed if committed is not None else records[0].offset)
            await asyncio.sleep(random.uniform(0.2, 1.0))  # noqa: S311 - jitter, not a secret
        else:
            await note(records[-1])

    async def note_first_offsets(self) -> None:
        """A group that never read begins at the start of each topic; afterwards its offsets are never guessed."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bus.bootstrap, group_id=self.group, enable_auto_commit=False)
        try:
            await consumer.start()
            places = await self.bus.partitions_of(self.topics)
            consumer.assign(places)
            unknown = [place for place in places if await consumer.committed(place) is None]
            for place in unknown:
                if await self._has_read(place.topic, place.partition):
                    raise OffsetsExpired(f"group {self.group}, {place.topic}/{place.partition}: see `motcua rebuild`")
            if unknown:
                await consumer.commit(dict.fromkeys(unknown, 0))
        finally:
            await consumer.stop()


def record_of(message: ConsumerRecord) -> Record:
    """Our record of aiokafka's."""
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=(message.key or b"").decode(errors="replace"),
        headers=list(message.headers),
        body=message.value or b"",
    )
