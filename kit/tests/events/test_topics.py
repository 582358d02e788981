"""Topics on real brokers: made, compared, altered, and what cannot be is said."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from kit import topics
from kit.bus import Bus
from kit.topics import BrokersAway, FormImpossible, TopicForm

pytestmark = pytest.mark.kafka


def a_name() -> str:
    return f"topics-{uuid4().hex[:8]}"


async def setting(bootstrap: str, topic: str, name: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={name: ""})])
    await admin.close()
    return str(answer.resources[0][4][0][1])


async def test_what_is_missing_is_made_and_a_repeat_changes_nothing(kafka: str) -> None:
    name, form = a_name(), TopicForm(partitions=3)
    names = topics.with_dead([name])
    lines = await topics.apply(kafka, names, form)
    assert lines == [f"{one}: made, 3 partitions, 1 copy, kept for ever" for one in (name, f"{name}.dead")]
    assert await topics.apply(kafka, names, form) == [f"{name}: as wanted", f"{name}.dead: as wanted"]
    assert await topics.make_missing(kafka, names, form) == []
    assert len(await Bus(kafka).partitions_of([name])) == 3


async def test_retention_is_altered_and_what_others_said_of_the_topic_stays(kafka: str) -> None:
    name = a_name()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs={"retention.ms": "1000", "segment.ms": "60000"})])
    await admin.close()
    lines = await topics.apply(kafka, [name], TopicForm(partitions=1, retention_days=365))
    assert f"{name}: retention.ms was 1000, is now {365 * 86_400_000}" in lines
    assert await setting(kafka, name, "retention.ms") == str(365 * 86_400_000)
    assert await setting(kafka, name, "segment.ms") == "60000"
    assert await setting(kafka, name, "message.timestamp.type") == "LogAppendTime"


async def test_partitions_are_added_only_where_that_is_asked_for_and_never_taken_away(kafka: str) -> None:
    name = a_name()
    await topics.apply(kafka, [name], TopicForm(partitions=2))
    (line,) = await topics.apply(kafka, [name], TopicForm(partitions=3))
    assert line == f"{name}: differs, has 2 partitions and 3 are wanted; --add-partitions adds them"
    assert len(await Bus(kafka).partitions_of([name])) == 2
    (line,) = await topics.apply(kafka, [name], TopicForm(partitions=3), add_partitions=True)
    assert line.startswith(f"{name}: had 2 partitions, has 3")
    assert len(await Bus(kafka).partitions_of([name])) == 3
    (line,) = await topics.apply(kafka, [name], TopicForm(partitions=2), add_partitions=True)
    assert "none can be taken away" in line


async def test_copies_cannot_be_changed_and_are_not_demanded_of_a_topic_that_has_fewer(kafka: str) -> None:
    name = a_name()
    await topics.apply(kafka, [name], TopicForm(partitions=1))
    (line,) = await topics.apply(kafka, [name], TopicForm(partitions=1, copies=3))
    assert line.startswith(f"{name}: differs, has 1 copy and 3 are wanted")
    assert await setting(kafka, name, "min.insync.replicas") == "1"
    assert TopicForm().settings(3)["min.insync.replicas"] == "2"
    with pytest.raises(FormImpossible):
        await topics.apply(kafka, [a_name()], TopicForm(copies=99))


async def test_the_brokers_clock_stamps_what_a_wrong_clock_sends(kafka: str) -> None:
    name, bus = a_name(), Bus(kafka, TopicForm(partitions=1))
    await bus.ensure_topics([name])
    producer = await bus.producer()
    await producer.send_and_wait(name, b"{}", timestamp_ms=32_503_680_000_000)  # the year 3000
    await bus.drop_producer()
    async with AIOKafkaConsumer(name, bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        assert (await consumer.getone()).timestamp < 32_000_000_000_000


async def test_brokers_that_do_not_answer_are_said_to_be_away() -> None:
    with pytest.raises(BrokersAway, match=r"no broker answers at 127\.0\.0\.1:1"):
        await topics.apply("127.0.0.1:1", ["x"], TopicForm())


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ({}, 2, "motcua: MOTCUA_KAFKA_BOOTSTRAP: field required"),
        ({"KAFKA_BOOTSTRAP": "x:1", "TOPIC_COPIES": "0"}, 2, "motcua: MOTCUA_TOPIC_COPIES: input should be"),
        ({"KAFKA_BOOTSTRAP": "127.0.0.1:1"}, 1, "motcua: no broker answers at 127.0.0.1:1"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(told: dict[str, str], status: int, words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    environment |= {f"MOTCUA_{name}": value for name, value in told.items()}
    command = [sys.executable, "-m", "motcua", "topics", "apply"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1


def test_the_command_makes_every_topic_of_every_service(kafka: str) -> None:
    environment = {**os.environ, "MOTCUA_KAFKA_BOOTSTRAP": kafka, "MOTCUA_TOPIC_PARTITIONS": "3"}
    command = [sys.executable, "-m", "motcua", "topics", "apply"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.partition(":")[0] for line in done.stdout.splitlines()} == set(topics.all_topics())
