"""Apache Kafka: how far a group has read, seen and moved from outside while nobody reads in it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, GroupCoordinatorNotAvailableError

from kit.bus import Bus
from kit.topics import admin_of

GROUPS_SECONDS = 15
IS_READ = "somebody reads in {group}: stop the service's workers first"
Place = tuple[str, int]


class GroupIsReading(Exception):
    """The offsets of a group are not moved while somebody reads in it."""


def group_of(consumer: str) -> str:
    """The consumer group in which a service's readers share the partitions."""
    return f"motcua.{consumer}"


async def refuse_if_read(bus: Bus, group: str) -> None:
    """Raise GroupIsReading where somebody reads now; who was frozen or killed counts until the session is over.

    Raises BrokersAway.
    """
    async with admin_of(bus.bootstrap) as admin:
        found = await _described(admin, group)
    if any(one["members"] for answer in found for one in answer.to_object()["groups"]):
        raise GroupIsReading(IS_READ.format(group=group))


async def _described(admin: AIOKafkaAdminClient, group: str) -> Sequence[Any]:
    """What the brokers know of a group; where nobody ever read in any, they begin to know when they are asked."""
    for _ in range(GROUPS_SECONDS):
        with suppress(GroupCoordinatorNotAvailableError):
            return list(await admin.describe_consumer_groups([group]))
        await asyncio.sleep(1)
    return list(await admin.describe_consumer_groups([group]))


async def reset(bus: Bus, group: str, topics: Sequence[str]) -> int:
    """Set a group's offsets to the beginning of what its topics hold; returns of how many partitions.

    Nothing is lost or doubled by it, for what was taken is known by its sequence; it takes the time of reading again.
    Harmless when repeated. Raises GroupIsReading while somebody reads in the group, BrokersAway.
    """
    await refuse_if_read(bus, group)
    async with _outside_reader(bus, group) as consumer:
        places = await bus.partitions_of(topics)
        consumer.assign(places)
        await consumer.commit(await consumer.beginning_offsets(places))
    return len(places)


async def note_offsets(bus: Bus, group: str, offsets: Mapping[Place, int], *, only_unknown: bool) -> None:
    """From where a group that nobody reads in goes on; with `only_unknown` just where it is not known yet.

    Raises GroupIsReading where somebody began to read meanwhile.
    """
    async with _outside_reader(bus, group) as consumer:
        wanted = {TopicPartition(*place): offset for place, offset in offsets.items()}
        consumer.assign(list(wanted))
        if only_unknown:
            wanted = {place: at for place, at in wanted.items() if await consumer.committed(place) is None}
        if wanted:
            await consumer.commit(wanted)


@asynccontextmanager
async def _outside_reader(bus: Bus, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Who may see and note the group's offsets and reads nothing."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bus.bootstrap, group_id=group, enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    except CommitFailedError as error:
        raise GroupIsReading(IS_READ.format(group=group)) from error
    finally:
        await consumer.stop()
