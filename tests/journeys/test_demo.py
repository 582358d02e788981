"""The demo as a user starts it, and the command line's manners."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit.embedded import free_port

slow = [pytest.mark.slow, pytest.mark.db, pytest.mark.kafka, pytest.mark.xdist_group("machine")]
LAST = "status=10 due=2025-04-08T17:30+07:00 finished=2025-03-28T"


def motcua(*words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "motcua", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


class TestWalking:
    pytestmark = slow

    def test_one_dossier_walks_its_whole_road(self, tmp_path: Path) -> None:
        done = motcua("demo", "--once", "--port", str(free_port()), timeout=240)
        assert done.returncode == 0, done.stderr
        last = done.stdout.strip().splitlines()[-1]
        assert LAST in last
        assert last.startswith("code=")
        assert last.endswith("lateness=early")


@pytest.mark.parametrize("words", [("run", "nobody"), ("nothing",), ("run",), ("demo", "--port", "many")])
def test_what_is_asked_wrongly_ends_with_2_and_one_line(words: tuple[str, ...]) -> None:
    done = motcua(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_service_without_settings_names_each_one_and_does_not_start() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    command = [sys.executable, "-m", "motcua", "run", "intake"]
    done = subprocess.run(command, capture_output=True, text=True, env=bare, timeout=60)
    assert done.returncode == 2
    assert "MOTCUA_DATABASE_URL" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
