"""A real Apache Kafka for tests: MOTCUA_TEST_KAFKA, or one embedded broker a session."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The broker's bootstrap address."""
    if given := os.environ.get("MOTCUA_TEST_KAFKA"):
        yield given
        return
    from kit import embedded

    with tempfile.TemporaryDirectory(prefix="motcua-kafka-") as folder:
        broker = embedded.Kafka(Path(folder))
        broker.start(say=lambda words: None)
        try:
            yield broker.bootstrap
        finally:
            broker.stop()
