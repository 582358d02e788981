"""Apache Kafka: a log as it stands, read from its beginning by nobody's group. Knows records, not events."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError

from kit.bus import Bus
from kit.inbox import Record
from kit.reader import record_of

MOST_RECORDS = 2000
SILENCE_SECONDS = 30
GROUPS_SECONDS = 15
Place = tuple[str, int]


class LogSilent(KafkaError):  # type: ignore[misc]  # aiokafka says nothing of its types
    """The brokers hand nothing over though there is more to read."""


class Log:
    """Every record of some topics up to the end that they had when it was opened."""

    def __init__(self, bus: Bus, topics: Sequence[str]) -> None:
        self.bus = bus
        self.topics = list(topics)
        self.ends: dict[Place, int] = {}
        self.total = 0

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        """Batches of one partition each, in the partition's order. Raises LogSilent."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bus.bootstrap, enable_auto_commit=False)
        try:
            await consumer.start()
            places = await self.bus.partitions_of(self.topics)
            ends = await consumer.end_offsets(places)
            begins = await consumer.beginning_offsets(places)
            consumer.assign(places)
            for place, begin in begins.items():
                consumer.seek(place, begin)  # at once: what it does by itself after `assign` may come to lie at the end
            self.ends = {(place.topic, place.partition): end for place, end in ends.items()}
            self.total = sum(ends[place] - begins[place] for place in places)
            async for batch in self._until(consumer, {place for place in places if begins[place] < ends[place]}):
                yield batch
        finally:
            await consumer.stop()

    async def _until(self, consumer: AIOKafkaConsumer, left: set[TopicPartition]) -> AsyncIterator[Sequence[Record]]:
        while left:
            found = await consumer.getmany(*left, timeout_ms=SILENCE_SECONDS * 1000, max_records=MOST_RECORDS)
            if not found:
                raise LogSilent(f"the brokers have not handed over anything for {SILENCE_SECONDS} s")
            for place, messages in found.items():
                end = self.ends[place.topic, place.partition]
                yield [record_of(message) for message in messages if message.offset < end]
                if await consumer.position(place) >= end:
                    left.discard(place)


async def all_records(bus: Bus, topics: Sequence[str]) -> list[Record]:
    """Everything that lies in these topics now, repeats too; in order within each partition. For logs that fit here."""
    return [record async for batch in Log(bus, topics).records() for record in batch]


async def is_read(bus: Bus, group: str) -> bool:
    """Whether somebody reads in this group now; who was frozen or killed counts until the session is over."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.bootstrap)
    await admin.start()
    try:
        found = await _described(admin, group)
    finally:
        await admin.close()
    return any(one["members"] for answer in found for one in answer.to_object()["groups"])


async def _described(admin: AIOKafkaAdminClient, group: str) -> Sequence[Any]:
    """What the brokers know of a group; where nobody ever read in any, they begin to know when they are asked."""
    for _ in range(GROUPS_SECONDS):
        with suppress(GroupCoordinatorNotAvailableError):
            return list(await admin.describe_consumer_groups([group]))
        await asyncio.sleep(1)
    return list(await admin.describe_consumer_groups([group]))


async def note_offsets(bus: Bus, group: str, offsets: Mapping[Place, int], *, only_unknown: bool) -> None:
    """From where a group that nobody reads in goes on; with `only_unknown` just where it is not known yet."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bus.bootstrap, group_id=group, enable_auto_commit=False)
    try:
        await consumer.start()
        wanted = {TopicPartition(*place): offset for place, offset in offsets.items()}
        consumer.assign(list(wanted))
        if only_unknown:
            wanted = {place: at for place, at in wanted.items() if await consumer.committed(place) is None}
        if wanted:
            await consumer.commit(wanted)
    finally:
        await consumer.stop()
