"""A real Apache Kafka for tests: MOTCUA_TEST_KAFKA, or an embedded broker a session; and one of a test's own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The broker's bootstrap address."""
    if given := os.environ.get("MOTCUA_TEST_KAFKA"):
        yield given
        return
    with started() as bootstrap:
        yield bootstrap


@pytest.fixture
def own_kafka() -> Iterator[str]:
    """A broker that nobody else talks to: what others leave on a shared one has gaps, and is searched too."""
    with started() as bootstrap:
        yield bootstrap


@contextmanager
def started() -> Iterator[str]:
    """An embedded broker while the block lasts."""
    from kit import embedded

    with tempfile.TemporaryDirectory(prefix="motcua-kafka-") as folder:
        broker = embedded.Kafka(Path(folder))
        broker.start(say=lambda words: None)
        try:
            yield broker.bootstrap
        finally:
            broker.stop()
