"""The embedded Kafka: found again, durable, alone in its folder, clear when it cannot start."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from kit.embedded import EmbeddedError, Kafka
from kit.embedded.kafka import serves_clients

Launch = Callable[..., tuple[subprocess.Popen[str], int]]
IsGone = Callable[[int], bool]

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the data is made already: every test takes a copy."""
    folder = tmp_path_factory.mktemp("made") / "kafka"
    kafka = Kafka(folder)
    began = time.monotonic()
    kafka.start()
    sys.stdout.write(f"first start of Kafka: {time.monotonic() - began:.2f} s\n")
    began = time.monotonic()
    kafka.stop()
    sys.stdout.write(f"stop of Kafka: {time.monotonic() - began:.2f} s\n")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "một cửa"))


@pytest.fixture
def kafka(folder: Path) -> Iterator[Kafka]:
    broker = Kafka(folder)
    yield broker
    broker.kill()
    broker.stop()


async def make_topic(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def say(kafka: Kafka, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def hear(kafka: Kafka, topic: str, group: str | None = None) -> bytes | None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap, group_id=group, auto_offset_reset="earliest", session_timeout_ms=6000
    )
    async with consumer:
        consumer.assign([TopicPartition(topic, 0)]) if group is None else consumer.subscribe([topic])
        record = await consumer.getone()
        if group:
            await consumer.commit()
        value: bytes | None = record.value
        return value


async def test_what_was_said_is_there_after_a_stop_and_a_new_start_on_another_port(folder: Path) -> None:
    first = Kafka(folder)
    first.start()
    await make_topic(first, "intake")
    await say(first, "intake", b"one")
    first.stop()
    second, heard = Kafka(folder), list[str]()
    began = time.monotonic()
    second.start(heard.append)
    sys.stdout.write(f"second start of Kafka: {time.monotonic() - began:.2f} s\n")
    assert second.bootstrap != first.bootstrap
    assert await hear(second, "intake") == b"one"
    assert heard == ["Kafka: starting", f"Kafka: ready on port {second.port}"]
    second.stop()


async def test_a_group_goes_on_where_it_committed_after_a_power_cut_under_the_same_address(kafka: Kafka) -> None:
    kafka.start()
    await make_topic(kafka, "intake")
    await say(kafka, "intake", b"one")
    assert await hear(kafka, "intake", "workflow") == b"one"
    await say(kafka, "intake", b"two")
    before = kafka.bootstrap
    kafka.kill()
    assert not kafka.is_running
    kafka.start()
    assert kafka.bootstrap == before
    assert await hear(kafka, "intake", "workflow") == b"two"


async def test_topics_are_not_made_by_chance(kafka: Kafka) -> None:
    kafka.start()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    answer = await admin.describe_topics(["nowhere"])
    await admin.close()
    assert answer[0]["error_code"] == UnknownTopicOrPartitionError.errno


async def test_after_kill_9_of_its_launcher_a_new_start_works(folder: Path, launch: Launch, is_gone: IsGone) -> None:
    launcher, pid = launch("kafka", folder)
    launcher.kill()
    launcher.wait()
    kafka = Kafka(folder)
    kafka.start()
    assert is_gone(pid)
    await make_topic(kafka, "intake")
    kafka.stop()


def test_what_is_left_when_the_guard_was_killed_too_is_stopped_by_the_next_start(
    kafka: Kafka, launch: Launch, is_gone: IsGone
) -> None:
    launcher, pid = launch("kafka", kafka.folder)
    for child in psutil.Process(launcher.pid).children():
        if child.pid != pid:
            child.kill()
    launcher.kill()
    launcher.wait()
    assert not is_gone(pid)
    kafka.start()
    assert is_gone(pid)


def test_a_second_launcher_on_the_same_folder_gets_a_sentence(folder: Path, launch: Launch) -> None:
    launcher, _ = launch("kafka", folder)
    with pytest.raises(EmbeddedError, match=rf"is in use by another running process \({launcher.pid}\)"):
        Kafka(folder).start()


def test_a_taken_port_is_exchanged_for_a_free_one(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        kafka = Kafka(folder, port=taken.getsockname()[1])
        kafka.start()
        assert kafka.port != taken.getsockname()[1]
        kafka.stop()


def test_a_paused_one_answers_nothing_until_resumed(kafka: Kafka) -> None:
    kafka.start()
    kafka.pause()
    assert not serves_clients(kafka.port)
    kafka.resume()
    assert serves_clients(kafka.port)


def test_a_broker_that_cannot_start_shows_its_own_last_lines(kafka: Kafka) -> None:
    (kafka.folder / "data" / "meta.properties").write_text("version=1\ncluster.id=other\nnode.id=7\n")
    with pytest.raises(EmbeddedError) as caught:
        kafka.start()
    assert caught.value.sentence == f"Kafka ended while starting (exit status 1) in {kafka.folder}."
    assert any("node id" in line.lower() for line in caught.value.lines)


def test_it_starts_with_an_empty_environment_and_home(
    folder: Path,
    tmp_path: Path,
    launch: Launch,
    is_gone: IsGone,
) -> None:
    _, pid = launch("kafka", folder, HOME=str(tmp_path / "home"), PATH=os.defpath)
    assert not is_gone(pid)
    assert not (tmp_path / "home").exists()
