"""A short run of `make chaos`: everything under faults for a minute, then counted."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEED, DOSSIERS, MINUTES = 20, 24, 1.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(900),
]


@pytest.mark.proves("J08")
def test_under_faults_nothing_is_lost_doubled_or_overtaken() -> None:
    asked = [f"--seed={SEED}", f"--dossiers={DOSSIERS}", f"--minutes={MINUTES}"]
    done = subprocess.run([sys.executable, "-m", "chaos", *asked], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stderr[-4000:]}\n{done.stdout}"
    last = done.stdout.splitlines()[-1]
    found = re.fullmatch(r"lost=0 doubled=0 disordered=0 dossiers=(\d+) faults=(\d+)", last)
    assert found, last
    assert int(found[1]) > 0
    assert int(found[2]) > 0
