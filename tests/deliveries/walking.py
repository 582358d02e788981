"""One seed: dossiers on several roads, people and deliveries in any order, crashes and repeats."""

from collections.abc import Sequence

from tests.deliveries.roads import ROADS, TOO_EARLY, Dossier, Road, set_out
from tests.deliveries.world import World

from kit.testing.deliveries import Chances

DOSSIERS = 2
CHANCE_OF_ACT = 0.35  # else something is delivered
MOST_TURNS = 5_000


async def walk_seed(world: World, seed: int, chances: Chances | None = None) -> list[Dossier]:
    """Everything that happens by this seed, from an empty world until all is carried and every road is walked."""
    await world.begin(seed, chances)
    roads = world.deliveries.chance.sample(ROADS, DOSSIERS)
    return await walk(world, roads)


async def walk(world: World, roads: Sequence[Road]) -> list[Dossier]:
    """Walk these roads beside each other. Raises AssertionError where nobody can go on."""
    dossiers = [set_out(world, road, number) for number, road in enumerate(roads)]
    chance = world.deliveries.chance
    for _ in range(MOST_TURNS):
        on_the_way = [one for one in dossiers if not one.is_through]
        acts = on_the_way and chance.random() < CHANCE_OF_ACT
        if acts and await try_step(world, chance.choice(on_the_way)):
            continue
        if await world.deliveries.step():
            continue
        if not on_the_way:
            return dossiers
        if not any([await try_step(world, one) for one in on_the_way]):
            raise AssertionError(
                f"nobody can go on: {[(one.name, one.steps[one.done].__name__) for one in on_the_way]}"
            )
    raise AssertionError("the roads have no end")


async def try_step(world: World, dossier: Dossier) -> bool:
    """Whether something happened: false only where it is too early for the next step."""
    try:
        await world.deliveries.survives(dossier.go_on, *world.databases.values())
    except TOO_EARLY:
        return False
    return True
