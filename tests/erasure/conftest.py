"""A world of four services for each test, and a broker of its own for those who want the real topics."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.deliveries.world import World, new_world

from kit.testing.databases import postgres
from kit.testing.kafka import own_kafka

__all__ = ["own_kafka", "postgres"]


@pytest.fixture
async def world(postgres: str, tmp_path: Path) -> AsyncIterator[World]:
    async with new_world(postgres, tmp_path) as found:
        yield found
