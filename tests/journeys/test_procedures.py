"""Every procedure that can be accepted walks from its filing to the hand-over, through the APIs of all services."""

from collections.abc import Iterator

import pytest

from motcua.demo.actions import Actions
from motcua.demo.samples import ACCEPTABLE, ELSEWHERE, Sample, a_dossier_of, channel_of, day_of, turns_of
from motcua.demo.story import Walk
from motcua.stack import Stack
from rules.records.procedure import Procedure

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(120),
]


@pytest.fixture(scope="module")
def actions(machine: Stack) -> Iterator[Actions]:
    found = Actions(machine)
    yield found
    found.close()


def test_only_what_comes_by_another_door_is_not_filed_here() -> None:
    found = {one.id for one in ACCEPTABLE if channel_of(one, day_of(one)) not in one.channels}
    assert found == ELSEWHERE


@pytest.mark.proves("B02", "B05", "B07", "B10", "D01")
@pytest.mark.parametrize("procedure", [one for one in ACCEPTABLE if one.id not in ELSEWHERE], ids=lambda one: one.id)
def test_a_dossier_of_every_procedure_walks_to_its_end(machine: Stack, actions: Actions, procedure: Procedure) -> None:
    on = day_of(procedure)
    dossier = a_dossier_of(procedure, on)
    one = Sample(actions, procedure, dossier)
    turns = turns_of(one, on)
    machine.move_clock(turns[0].at)
    for turn in turns:
        turn.act(one.look())
        case = Walk(machine).settle(turn.words, one.look, lambda seen, turn=turn: bool(seen) and turn.is_done(seen))  # type: ignore[misc]
    assert (case["procedure_version"], case["lateness"]) == (procedure.version, "early")
    assert case["result"]["code"] == f"{case['code']}-KQ1"
