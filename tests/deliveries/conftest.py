"""A world of four services for each test, made of databases of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.deliveries.world import World, new_world

from kit.testing.databases import postgres

__all__ = ["postgres"]


@pytest.fixture
async def world(postgres: str, tmp_path: Path) -> AsyncIterator[World]:
    async with new_world(postgres, tmp_path) as found:
        yield found
