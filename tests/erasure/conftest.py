"""A world of four services for each test, and a broker of its own for those who want the real topics."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.deliveries.world import World, new_world

from kit import embedded
from kit.testing.databases import postgres

__all__ = ["postgres"]


@pytest.fixture
async def world(postgres: str, tmp_path: Path) -> AsyncIterator[World]:
    async with new_world(postgres, tmp_path) as found:
        yield found


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[str]:
    """A broker that nobody else talks to: all its topics are searched."""
    broker = embedded.Kafka(tmp_path / "kafka")
    broker.start(say=lambda words: None)
    try:
        yield broker.bootstrap
    finally:
        broker.stop()
