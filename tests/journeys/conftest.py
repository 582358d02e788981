"""One machine for the journeys of a test process: everything up on embedded parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.embedded import free_port
from motcua.stack import Stack


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("machine")
    stack = Stack(folder, free_port(), lambda words: None)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()
