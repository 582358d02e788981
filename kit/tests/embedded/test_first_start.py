"""A first start that is cut short at any moment leaves nothing that hinders the next."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.embedded import Kafka, Postgres

Begin = Callable[..., subprocess.Popen[str]]
Until = Callable[[Callable[[], object]], None]


@pytest.mark.parametrize(
    "part", [pytest.param(Postgres, marks=pytest.mark.db), pytest.param(Kafka, marks=pytest.mark.kafka)]
)
def test_kill_9_of_the_launcher_while_it_makes_the_data_does_no_harm(
    tmp_path: Path, begin: Begin, until: Until, part: type[Postgres] | type[Kafka]
) -> None:
    launcher = begin(part.__name__.lower(), tmp_path)
    until((tmp_path / "process-first").exists)
    launcher.kill()
    launcher.wait()
    assert not (tmp_path / "data").exists()
    again = part(tmp_path)
    again.start()
    assert again.is_running
    again.stop()
