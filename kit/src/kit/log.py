"""Apache Kafka: a log as it stands, read from its beginning by nobody's group. Knows records, not events."""

from collections.abc import AsyncIterator, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from kit.bus import Bus
from kit.groups import Place
from kit.inbox import Record
from kit.reader import record_of

MOST_RECORDS = 2000
SILENCE_SECONDS = 30


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
