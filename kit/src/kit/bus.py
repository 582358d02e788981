"""Apache Kafka: one idempotent producer, and topics made where they are missing. Knows records, not events."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from functools import lru_cache

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.partitioner import murmur2

from kit.settings import KafkaSettings
from kit.topics import TopicForm, form_of, make_missing

FLUSH_SECONDS = 0.5  # what is not acknowledged stays in the outbox, so nobody waits long for it
REQUEST_SECONDS = 10  # a frozen broker is left after so long
BATCH_BYTES = 256 * 1024  # of one partition's records before they are compressed; a quarter of what topics take

log = logging.getLogger(__name__)


class Bus:
    """The way to the brokers: topics and the producer."""

    def __init__(self, bootstrap: str, form: TopicForm | None = None) -> None:
        self.bootstrap = bootstrap
        self.form = form or TopicForm()
        self._producer: AIOKafkaProducer | None = None

    async def ensure_topics(self, names: Sequence[str]) -> None:
        """Make the topics that do not exist yet; what exists stays as it is. Harmless when repeated."""
        for line in await make_missing(self.bootstrap, names, self.form):
            log.info(line)

    async def partitions_of(self, topics: Sequence[str]) -> list[TopicPartition]:
        """Every partition of these topics."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            described = await admin.describe_topics(list(topics))
        finally:
            await admin.close()
        return [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]

    async def producer(self) -> AIOKafkaProducer:
        """The producer: idempotent, all copies, lz4. Made when first asked for. Raises KafkaError."""
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap,
                enable_idempotence=True,
                acks="all",
                compression_type="lz4",
                max_batch_size=BATCH_BYTES,
                request_timeout_ms=REQUEST_SECONDS * 1000,
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()  # else it leaks its client
                raise
            self._producer = producer
        return self._producer

    async def drop_producer(self) -> None:
        """Let it go, also while no broker answers; the next call of `producer` makes a new one.

        Needed after a refused record, which breaks the order of numbers that the broker expects of a producer.
        """
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await producer.stop()
        except TimeoutError:
            await _abandon(producer)
        except KafkaError:
            log.warning("the producer did not stop cleanly")


def bus_of(settings: KafkaSettings) -> Bus:
    """The bus that the settings name."""
    return Bus(settings.kafka_bootstrap, form_of(settings))


def partition_of(subject: str, partitions: int) -> int:
    """Where every client of Kafka puts a record with this key."""
    return _hash(subject) % partitions


@lru_cache(maxsize=100_000)
def _hash(subject: str) -> int:
    found: int = murmur2(subject.encode()) & 0x7FFFFFFF
    return found


async def _abandon(producer: AIOKafkaProducer) -> None:
    """End a producer that would wait for its brokers for ever: `stop` has no limit of its own."""
    producer._message_accumulator.fail_all(ProducerClosed())
    with contextlib.suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(FLUSH_SECONDS):
            await producer._sender.close()
    await producer.client.close()
