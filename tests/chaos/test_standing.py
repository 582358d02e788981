"""One part goes while dossiers are filed, or all brokers do: nothing is refused, lost or doubled, and it goes on.

How long events waited is measured by hand on a quiet machine and stands in docs/proof.md; here only that they came.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(900),
]


def run(program: str, *arguments: str) -> str:
    """What a measuring program prints."""
    done = subprocess.run([sys.executable, "-m", program, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr[-4000:]
    return done.stdout


@pytest.mark.proves("J08")
def test_a_worker_a_relay_and_a_broker_go_and_nothing_is_refused_lost_or_doubled() -> None:
    told = run("chaos.standing_still", "1")
    found = re.search(r"^dossiers=(\d+) refused=0 wrong=0 late=\d+$", told, re.MULTILINE)
    assert found, told
    assert int(found[1]) > 100


@pytest.mark.proves("J08")
def test_with_every_broker_away_dossiers_are_accepted_and_all_arrive_when_they_are_back() -> None:
    told = run("chaos.brokers_away", "0.3", "2")
    found = re.search(r"meanwhile (\d+), refused 0;.* wrong 0; taken by every hearer [\d.]+ s", told, re.DOTALL)
    assert found, told
    assert int(found[1]) > 10
