"""Apache Kafka: topics and one idempotent producer. Knows records, not events."""

import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

log = logging.getLogger(__name__)


class Bus:
    """The way to the brokers: topics and the producer."""

    def __init__(self, bootstrap: str, *, partitions: int = 6, copies: int = 1) -> None:
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.copies = copies
        self._producer: AIOKafkaProducer | None = None

    async def ensure_topics(self, names: Sequence[str]) -> None:
        """Make the topics that do not exist yet, kept for ever. Harmless when repeated."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            there = set(await admin.list_topics())
            kept_for_ever = {"retention.ms": "-1", "retention.bytes": "-1", "compression.type": "producer"}
            wanted = [
                NewTopic(name, self.partitions, self.copies, topic_configs=kept_for_ever)
                for name in names
                if name not in there
            ]
            if wanted:
                answer = await admin.create_topics(wanted)
                for topic, code, *why in answer.topic_errors:
                    if code and for_code(code) is not TopicAlreadyExistsError:
                        raise for_code(code)(f"{topic}: {why}")
        finally:
            await admin.close()

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
        """The producer: idempotent, all copies, lz4. Made when first asked for."""
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap, enable_idempotence=True, acks="all", compression_type="lz4"
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()  # else it leaks its client
                raise
            self._producer = producer
        return self._producer

    async def drop_producer(self) -> None:
        """After a refused record its sequence is broken: the next call of `producer` makes a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await producer.stop()
            except KafkaError:
                log.warning("the producer did not stop cleanly")
