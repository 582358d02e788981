"""A launcher to be killed: a program that starts a part, says so and stays."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from kit.embedded.guard import is_alive

LAUNCHER = """
import sys, time
from pathlib import Path
from kit.embedded import Kafka, Postgres
part = {"postgres": Postgres, "kafka": Kafka}[sys.argv[1]](Path(sys.argv[2]))
part.start()
print(part.pid, flush=True)
time.sleep(600)
"""
Begin = Callable[..., subprocess.Popen[str]]
Launch = Callable[..., tuple[subprocess.Popen[str], int]]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Another process that is about to start a part."""
    started: list[subprocess.Popen[str]] = []

    def begun(part: str, folder: Path, **env: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", LAUNCHER, part, str(folder)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env or os.environ))
        return started[-1]

    yield begun
    for launcher in started:
        launcher.kill()
        launcher.communicate()


@pytest.fixture
def launch(begin: Begin) -> Launch:
    """Start a part from another process; returns that process and the part's number."""

    def launched(part: str, folder: Path, **env: str) -> tuple[subprocess.Popen[str], int]:
        launcher = begin(part, folder, **env)
        assert launcher.stdout is not None
        return launcher, int(launcher.stdout.readline())

    return launched


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Whether a process has ended; one that nobody has asked about since has too."""

    def gone(pid: int) -> bool:
        return not psutil.pid_exists(pid) or not is_alive(psutil.Process(pid))

    return gone


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait until something is so; fail if it is not within ten seconds."""

    def wait(so: Callable[[], object]) -> None:
        over = time.monotonic() + 10
        while not so():
            assert time.monotonic() < over, "it did not come about in ten seconds"
            threading.Event().wait(0.02)

    return wait


@pytest.fixture
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that every account may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
