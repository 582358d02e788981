"""Rebuilds a service's memory from the seeded world's log, as `motcua rebuild` does from a broker's."""

from typing import Any

from tests.deliveries.world import World

from kit.rebuild import Rebuilt, Run
from kit.tx import Database
from motcua.programs import service_of

BATCH = 7


def heard(world: World, name: str) -> list[list[Any]]:
    """The log's records for a service, a few of one partition at a time."""
    topics = world.deliveries.nodes[name].consumer.topics()
    found = [records for place, records in sorted(world.deliveries.log.items()) if place[0] in topics]
    return [records[start : start + BATCH] for records in found for start in range(0, len(records), BATCH)]


async def rebuild(world: World, name: str, *, batches: int | None = None) -> Rebuilt | None:
    """On a connection of its own; with `batches` it dies after so many."""
    there = world.databases[name]
    aside = Database(there.url, there.objects, pool_size=1)
    try:
        run = Run(aside, service_of(name).build_consumer())
        await run.prepare()
        for records in heard(world, name)[:batches]:
            await run.take(records)
        return await run.finish() if batches is None else None
    finally:
        await aside.close()
