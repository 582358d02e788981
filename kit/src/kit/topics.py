"""Which form topics have: made where they are missing, compared, altered where that harms nobody. Knows no event."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidReplicationFactorError,
    KafkaConnectionError,
    KafkaError,
    TopicAlreadyExistsError,
    for_code,
)

from contracts.catalogue import TOPICS
from kit.settings import KafkaSettings

DAY_MS = 24 * 60 * 60 * 1000
MAX_MESSAGE_BYTES = 1024 * 1024  # twice what the outbox takes
REQUEST_SECONDS = 10
_OF_THE_TOPIC = 1  # where a topic's setting comes from: said of this topic, not of the whole cluster


class BrokersAway(Exception):
    """No broker answers, or not in time."""


class FormImpossible(Exception):
    """These brokers cannot have topics of this form."""


@dataclass(frozen=True)
class TopicForm:
    """How topics are made. `retention_days`: for how long records are kept; none: for ever."""

    partitions: int = 6
    copies: int = 1
    retention_days: int | None = None

    def settings(self, copies: int) -> dict[str, str]:
        """What is said of a topic that has so many copies.

        The broker's own clock stamps: a worker's may be wrong, and records that seem to come from the future are
        refused.
        """
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_days * DAY_MS if self.retention_days else -1),
            "retention.bytes": "-1",
            "compression.type": "producer",
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "min.insync.replicas": str(max(1, copies - 1)),
        }

    def __str__(self) -> str:
        kept = f"kept for {self.retention_days} days" if self.retention_days else "kept for ever"
        return f"{self.partitions} partitions, {_copies(self.copies)}, {kept}"


def form_of(settings: KafkaSettings) -> TopicForm:
    """The form that the settings name."""
    return TopicForm(settings.topic_partitions, settings.topic_copies, settings.topic_retention_days)


def with_dead(topics: Sequence[str]) -> list[str]:
    """These topics, and beside each the one where its dead letters are told."""
    return [name for topic in topics for name in (topic, f"{topic}.dead")]


def all_topics() -> list[str]:
    """Every topic of every service."""
    return with_dead(TOPICS)


async def make_missing(bootstrap: str, names: Sequence[str], form: TopicForm) -> list[str]:
    """Make the topics that do not exist, change nothing else; a line for each. Raises BrokersAway, FormImpossible."""
    async with admin_of(bootstrap) as admin:
        there = set(await admin.list_topics())
        return await _make(admin, [name for name in names if name not in there], form)


async def apply(bootstrap: str, names: Sequence[str], form: TopicForm, *, add_partitions: bool = False) -> list[str]:
    """Make what is missing and alter what differs; says in a line each what was done and what cannot be.

    Harmless when repeated. Partitions are added only where that is asked for: a dossier's later events then come to
    lie in another one, and only their sequence numbers put them in order. Raises BrokersAway, FormImpossible.
    """
    async with admin_of(bootstrap) as admin:
        there = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}
        lines = await _make(admin, [name for name in names if name not in there], form)
        for name in names:
            if name in there:
                copies = min(len(one["replicas"]) for one in there[name])
                found = await _alter_settings(admin, name, form.settings(copies))
                found += await _partitions(admin, name, len(there[name]), form, add=add_partitions)
                found += _other_copies(name, copies, form)
                lines += found or [f"{name}: as wanted"]
        return lines


@asynccontextmanager
async def admin_of(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Who may make and change topics, while the block lasts. Raises FormImpossible, BrokersAway."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_SECONDS * 1000)
    try:
        await admin.start()
        yield admin
    except (InvalidReplicationFactorError, InvalidPartitionsError, InvalidConfigurationError) as error:
        raise FormImpossible(str(error)) from error
    except KafkaConnectionError as error:
        raise BrokersAway(f"no broker answers at {bootstrap}") from error
    except (KafkaError, OSError) as error:
        raise BrokersAway(f"{bootstrap}: {error}") from error
    finally:
        await admin.close()


async def _make(admin: AIOKafkaAdminClient, names: Sequence[str], form: TopicForm) -> list[str]:
    if not names:
        return []
    wanted = [NewTopic(name, form.partitions, form.copies, topic_configs=form.settings(form.copies)) for name in names]
    answer = await admin.create_topics(wanted)
    there_by_now = []
    for topic, code, *why in answer.topic_errors:
        if for_code(code) is TopicAlreadyExistsError:  # another worker was first
            there_by_now.append(topic)
        elif code:
            raise for_code(code)(f"{topic}: {' '.join(map(str, why))}")
    return [f"{name}: made, {form}" for name in names if name not in there_by_now]


async def _alter_settings(admin: AIOKafkaAdminClient, name: str, wanted: Mapping[str, str]) -> list[str]:
    """What somebody else has said of the topic is said again: the request replaces everything."""
    found = await _settings_of(admin, name)
    differing = {key: value for key, value in wanted.items() if found[key][0] != value}
    if not differing:
        return []
    said = {key: value for key, (value, source) in found.items() if source == _OF_THE_TOPIC}
    resource = ConfigResource(ConfigResourceType.TOPIC, name, configs={**said, **wanted})
    for answer in await admin.alter_configs([resource]):
        for code, why, *_ in answer.resources:
            if code:
                raise for_code(code)(f"{name}: {why}")
    return [f"{name}: {key} was {found[key][0]}, is now {value}" for key, value in differing.items()]


async def _settings_of(admin: AIOKafkaAdminClient, name: str) -> dict[str, tuple[str, int]]:
    """Each setting's value and where it comes from."""
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    ((code, why, _, _, entries),) = answer.resources
    if code:
        raise for_code(code)(f"{name}: {why}")
    return {key: (value, source) for key, value, _, source, *_ in entries}


async def _partitions(admin: AIOKafkaAdminClient, name: str, have: int, form: TopicForm, *, add: bool) -> list[str]:
    if have == form.partitions:
        return []
    if have > form.partitions:
        return [f"{name}: differs, has {have} partitions and {form.partitions} are wanted; none can be taken away"]
    if not add:
        return [f"{name}: differs, has {have} partitions and {form.partitions} are wanted; --add-partitions adds them"]
    await admin.create_partitions({name: NewPartitions(form.partitions)})
    return [f"{name}: had {have} partitions, has {form.partitions}; what is said of a subject now may lie in another"]


def _other_copies(name: str, have: int, form: TopicForm) -> list[str]:
    if have == form.copies:
        return []
    return [f"{name}: differs, has {_copies(have)} and {form.copies} are wanted; kafka-reassign-partitions moves them"]


def _copies(number: int) -> str:
    return "1 copy" if number == 1 else f"{number} copies"
