"""A crash after every statement and before every commit of every handler on a road: nothing lost, nothing twice."""

import itertools
import os
from collections.abc import Awaitable, Callable

import pytest
from tests.deliveries.roads import BY_NAME
from tests.deliveries.walking import walk
from tests.deliveries.world import World

from kit.testing.deliveries import Chances, Crash, Deliveries, crashing
from kit.tx import Database, run_sql

pytestmark = [pytest.mark.db, pytest.mark.timeout(900)]
OFTEN = Chances(repeat=0.3, late=0.2, refused=0.2)
TRIED = {True: 1, False: 0}  # how often the first record was tried: from the second time on records are taken alone


class Everywhere(Deliveries):
    """Each piece of work dies at its first statement, then at its second, and so on until it comes through."""

    alone = False

    async def survives(self, work: Callable[[], Awaitable[object]], *databases: Database) -> bool:
        for statements in itertools.count():
            try:
                with crashing(statements, *databases):
                    await work()
            except Crash:
                self.crashes += 1
                for database in databases:
                    await forgive(database, TRIED[self.alone])
            else:
                return True
        raise AssertionError("never comes through")


class EverywhereAlone(Everywhere):
    """The same with every record in a transaction of its own."""

    alone = True


def roads() -> list[str]:
    """Between them these take every handler's road in few minutes; the word names others."""
    return os.environ.get("MOTCUA_TEST_ROADS", "withdrawn-unpaid").split(",")


async def forgive(database: Database, tried: int) -> None:
    """A record whose process dies again and again is parked; here it dies more often than that."""
    async with database.transaction() as tx:
        await run_sql(tx, "update kit_reader_attempt set attempts = :tried", tried=tried)
        await run_sql(tx, "update kit_parked set attempts = 0 where not is_failed")


@pytest.mark.proves("J08")
@pytest.mark.parametrize(
    ("road", "kind"),
    [(road, kind) for road in roads() for kind in (Everywhere, EverywhereAlone)],
    ids=lambda given: getattr(given, "__name__", given),
)
async def test_a_crash_at_every_statement_loses_nothing_and_doubles_nothing(
    world: World, road: str, kind: type[Everywhere]
) -> None:
    await world.begin(1, OFTEN, kind)
    await walk(world, [BY_NAME[road]])
    assert world.deliveries.crashes > 100
    assert await world.faults(1) == []
    assert [row.status for row in await world.rows("workflow", "select status from cases")] == [BY_NAME[road].ends_in]
