"""A database with only the kit's tables in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.testing.databases import fresh_database
from kit.tx import Database


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "kit", tmp_path / "objects") as found:
        yield found
