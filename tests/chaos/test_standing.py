"""One part goes while all else stands still, and all brokers go: nothing is lost or doubled, and it is soon made up.

The limits are generous, for CI's machines are slow; what was measured on a quiet one stands in docs/proof.md.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from chaos import brokers_away
from chaos.filing import differences
from chaos.small import SmallMachine
from chaos.standing_still import StandingStill, table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(600),
]
GENEROUS = 5
AWAY_SECONDS = 20
say = logging.getLogger(__name__).info  # what was measured


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallMachine]:
    machine = SmallMachine(tmp_path, say)
    machine.start()
    try:
        yield machine
    finally:
        machine.stop()


@pytest.mark.proves("J08")
def test_a_part_that_goes_is_soon_made_up_for_and_nothing_takes_effect_twice(small: SmallMachine) -> None:
    still = StandingStill(small, say)
    cases = still.run(rounds=1)
    say("\n".join(table(cases)))
    assert not still.filing.refused
    assert differences(small, say) == []
    for case in cases:
        assert max(case.waits) < GENEROUS * case.limit_seconds, case.words


@pytest.mark.proves("J08")
def test_without_any_broker_intake_still_accepts_and_everything_arrives_afterwards(small: SmallMachine) -> None:
    outcome = brokers_away.run(small, seconds=AWAY_SECONDS, per_second=2, say=say)
    say("\n".join(outcome.lines()))
    assert outcome.filed_meanwhile > 0
    assert not outcome.refused
    assert outcome.wrong == []
    assert outcome.arrived_seconds < GENEROUS * brokers_away.ARRIVE_SECONDS
