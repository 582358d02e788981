"""Whatever the seed: nothing is lost, nothing happens twice, no dossier is overtaken by itself.

MOTCUA_TEST_SEEDS=1000-1999 walks other seeds than those of CI; docs/proof.md says how many were walked.
"""

import os

import pytest
from tests.deliveries.roads import ROADS, Road
from tests.deliveries.walking import walk, walk_seed
from tests.deliveries.world import World

from kit.testing.deliveries import QUIET

pytestmark = pytest.mark.db
KNOWN_SEEDS: tuple[int, ...] = ()  # those that failed once; kept for ever
PARTS = 4  # each a test of its own with a world of its own, so that processes share the work


def seeds(part: int) -> list[int]:
    first, _, last = os.environ.get("MOTCUA_TEST_SEEDS", "0-39").partition("-")
    return [*KNOWN_SEEDS, *range(int(first), int(last or first) + 1)][part::PARTS]


@pytest.mark.proves("J08")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
async def test_whatever_the_seed_nothing_is_lost_or_doubled_or_overtaken(world: World, part: int) -> None:
    for seed in seeds(part):
        again = f"seed {seed} fails; again: MOTCUA_TEST_SEEDS={seed}-{seed} tools/test {__file__}"
        try:
            walked = await walk_seed(world, seed)
        except AssertionError as stuck:
            raise AssertionError(f"{again}\n{stuck}") from stuck
        faults = await world.faults(len(walked))
        assert not faults, "\n".join([again, *map(str, faults)])


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.name)
async def test_each_road_ends_where_it_should_when_nothing_goes_wrong(world: World, road: Road) -> None:
    await world.begin(0, QUIET)
    await walk(world, [road])
    assert [row.status for row in await world.rows("workflow", "select status from cases")] == [road.ends_in]
    assert await world.faults(1) == []
