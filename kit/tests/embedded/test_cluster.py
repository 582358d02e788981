"""Three embedded brokers: copies that outlive one of them, found again, reached by the ports clients are told."""

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kit.embedded import KafkaCluster, free_port
from kit.embedded.kafka import brokers_known

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
TOPIC = "intake"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    three = KafkaCluster(tmp_path_factory.mktemp("cluster"))
    began = time.monotonic()
    three.start()
    sys.stdout.write(f"first start of three brokers: {time.monotonic() - began:.2f} s\n")
    yield three
    three.stop()


async def make_topic(cluster: KafkaCluster, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=3)])
    finally:
        await admin.close()


async def say(cluster: KafkaCluster, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def hear(cluster: KafkaCluster, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(bootstrap_servers=cluster.bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        return [(await consumer.getone()).value for _ in range(count)]


async def test_with_each_broker_killed_in_turn_what_was_acknowledged_is_there(cluster: KafkaCluster) -> None:
    await make_topic(cluster, TOPIC)
    said: list[bytes] = []
    for number, broker in enumerate(cluster.brokers):
        broker.kill()
        said += [f"{number}.{line}".encode() for line in range(20)]
        await say(cluster, TOPIC, said[-20:])
        broker.start()
    assert await hear(cluster, TOPIC, len(said)) == said


def test_a_broker_that_was_away_is_known_to_the_others_again(cluster: KafkaCluster) -> None:
    first, second, _ = cluster.brokers
    before = first.port
    first.kill()
    first.start()
    assert first.port == before
    until = time.monotonic() + 30
    while brokers_known(second.port) < 3:
        assert time.monotonic() < until
        time.sleep(0.1)


async def test_clients_are_told_the_advertised_ports_and_a_new_start_finds_the_cluster_again(tmp_path: Path) -> None:
    told = [free_port() for _ in range(3)]
    first = KafkaCluster(tmp_path, advertised=told)
    first.start()
    try:
        assert first.bootstrap == ",".join(f"127.0.0.1:{port}" for port in told)
        assert ports_named_by(first.brokers[0].port) == sorted(told)
    finally:
        first.stop()
    second = KafkaCluster(tmp_path)
    second.start()
    try:
        await make_topic(second, TOPIC)
        await say(second, TOPIC, [b"one"])
        assert await hear(second, TOPIC, 1) == [b"one"]
    finally:
        second.stop()


def ports_named_by(port: int) -> list[int]:
    """The ports of all brokers in one's answer to a metadata request (version 1)."""
    request = (3).to_bytes(2) + (1).to_bytes(2) + (1).to_bytes(4) + (1).to_bytes(2) + b"t" + (0).to_bytes(4)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(len(request).to_bytes(4) + request)
        answer = connection.makefile("rb")
        answer.read(8)
        found = []
        for _ in range(int.from_bytes(answer.read(4))):
            answer.read(4)
            answer.read(int.from_bytes(answer.read(2)))
            found.append(int.from_bytes(answer.read(4)))
            assert answer.read(2) == b"\xff\xff"  # no rack
    return sorted(found)
