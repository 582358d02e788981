"""How far one reader is behind, of the partitions it has now; reckoned when somebody asks. Reads nothing itself."""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from prometheus_client import Gauge

RECORDS = Gauge("motcua_reader_lag_records", "Records that wait in the partitions this process reads", ["topic"])
SECONDS = Gauge("motcua_reader_lag_seconds", "Age of the oldest record here that was not taken", ["topic"])


class Lag:
    """Its figures are there from `begin` to `end`."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = topics
        self._consumer: AIOKafkaConsumer | None = None
        self._reached: dict[TopicPartition, int] = {}  # the first one that was not taken
        self._oldest: dict[TopicPartition, float] = {}  # when the broker got it, where it is here already

    def begin(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        for topic in self._topics:
            RECORDS.labels(topic).set_function(partial(self.records, topic))
            SECONDS.labels(topic).set_function(partial(self.seconds, topic))

    def end(self) -> None:
        """What it had is somebody else's, or nobody knows how much of it waits."""
        self._consumer = None
        self._reached.clear()
        self._oldest.clear()
        for topic in self._topics:
            for gauge in (RECORDS, SECONDS):
                with suppress(KeyError):
                    gauge.remove(topic)

    def polled(
        self,
        assigned: Collection[TopicPartition],
        found: Mapping[TopicPartition, Sequence[ConsumerRecord]],
        most_records: int,
    ) -> None:
        """What a poll brought. It brought all there was, unless it brought as many as it may."""
        is_all = sum(map(len, found.values())) < most_records
        for place in [*self._reached]:
            if place not in assigned or (is_all and place not in found):
                self._reached.pop(place)
                self._oldest.pop(place, None)
        for place, records in found.items():
            self._reached[place] = records[0].offset
            self._oldest[place] = records[0].timestamp / 1000

    def taken(self, place: TopicPartition, reached: int, *, is_last: bool = False) -> None:
        """Everything before `reached` was taken; with `is_last` nothing more of the partition is here."""
        if place in self._reached:
            self._reached[place] = reached
        if is_last:
            self._oldest.pop(place, None)

    def records(self, topic: str) -> int:
        """How many wait, as far as the last answers of the brokers tell."""
        return sum(self._behind(place) for place in self._reached if place.topic == topic)

    def seconds(self, topic: str) -> float:
        found = [at for place, at in self._oldest.items() if place.topic == topic and self._behind(place)]
        return max(0.0, time.time() - min(found)) if found else 0.0

    def _behind(self, place: TopicPartition) -> int:
        if self._consumer is None or place not in self._consumer.assignment():
            return 0
        return max(0, (self._consumer.highwater(place) or 0) - self._reached[place])
