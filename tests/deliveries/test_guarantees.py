"""Each guarantee taken away once: what passes with it must fail without it, else nobody would see it go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from tests.deliveries.roads import BY_NAME
from tests.deliveries.walking import walk
from tests.deliveries.world import World

from contracts.envelope import Envelope
from intake.store import dossiers
from kit.inbox import Inbox, Turn
from kit.testing.deliveries import QUIET, Chances

pytestmark = [pytest.mark.db, pytest.mark.timeout(600)]
MOST_SEEDS = 20
TakeAway = Callable[[World, pytest.MonkeyPatch], None]


def no_inbox(world: World, patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether an event was taken before."""
    turn = Inbox.turn

    def never_repeated(self: Inbox, envelope: Envelope) -> Turn:
        if (envelope.subject, envelope.sequence) in self.parked:
            return Turn.PARKED
        found = turn(self, envelope)
        return Turn.NEXT if found is Turn.REPEATED else found

    patch.setattr(Inbox, "turn", never_repeated)


def no_gap_check(world: World, patch: pytest.MonkeyPatch) -> None:
    """What is ahead of an earlier event is taken as if it were next."""
    turn = Inbox.turn

    def never_ahead(self: Inbox, envelope: Envelope) -> Turn:
        found = turn(self, envelope)
        return Turn.NEXT if found is Turn.AHEAD else found

    patch.setattr(Inbox, "turn", never_ahead)


def offset_first(world: World, patch: pytest.MonkeyPatch) -> None:
    """The offset is noted before the transaction commits: a process that dies in between has lost the records."""
    patch.setattr(world.deliveries, "notes_before_taking", True)


def no_client_key(world: World, patch: pytest.MonkeyPatch) -> None:
    """Nobody remembers under which key a dossier was sent."""

    async def forget(tx: Any, applicant_id: str, key: str, body_sha256: str, dossier_id: UUID) -> UUID:
        return dossier_id

    patch.setattr(dossiers, "claim_key", forget)


@dataclass(frozen=True)
class Guarantee:
    """What is taken away, on which road it is missed, and what goes wrong often enough to miss it."""

    name: str
    take_away: TakeAway
    road: str
    chances: Chances
    says: tuple[str, ...]  # one of these must be among the words of what was found


GUARANTEES = (
    Guarantee("inbox", no_inbox, "withdrawn-while-paying", Chances(0.5, 0, 0, 0, 0), ("parked", "doubled")),
    Guarantee("gap check", no_gap_check, "withdrawn-while-paying", Chances(0, 0, 0, 0.4, 0), ("lost", "disordered")),
    Guarantee("commit before offset", offset_first, "waits-for-fee", Chances(0, 0.5, 0, 0, 0), ("lost", "go on")),
    Guarantee("client key of a submit", no_client_key, "sent-twice", QUIET, ("doubled: 1 were sent",)),
)


async def what_fails(world: World, one: Guarantee, seed: int, patch: pytest.MonkeyPatch | None) -> list[str]:
    """What is wrong after this seed, with the guarantee or (with a patch) without it; nothing where all is well."""
    await world.begin(seed, one.chances)
    if patch:
        one.take_away(world, patch)
    try:
        await walk(world, [BY_NAME[one.road]])
    except Exception as stuck:  # noqa: BLE001 - whatever ends the walk is what was looked for
        return [f"{type(stuck).__name__}: {stuck}"]
    return list(map(str, await world.faults(1)))


@pytest.mark.parametrize("one", GUARANTEES, ids=lambda one: one.name)
async def test_without_a_guarantee_the_deliveries_fail_and_with_it_they_pass(
    world: World, monkeypatch: pytest.MonkeyPatch, one: Guarantee
) -> None:
    for seed in range(MOST_SEEDS):
        with monkeypatch.context() as patch:
            found = await what_fails(world, one, seed, patch)
        if found:
            break
    assert any(words in line for words in one.says for line in found), (seed, found)
    assert await what_fails(world, one, seed, None) == []
