"""One machine for the journeys of a test process: everything up on embedded parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from motcua.stack import Stack


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("machine")
    stack = Stack(folder, 18280, lambda words: None)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()
