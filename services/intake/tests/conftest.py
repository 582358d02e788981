"""A migrated database, the application over it, and clients that speak as somebody."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from intake.main import build_app
from intake.settings import IntakeSettings
from kit.testing.databases import fresh_database, postgres, set_clock
from kit.testing.people import client_of, settings_of
from kit.tx import Database
from rules.testing import OFFICE_ID, at

__all__ = ["postgres"]
FILED_AT = at("2025-03-03 09:12")


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Intake's newest schema, on the morning when the demo's dossier is filed."""
    async with fresh_database(postgres, "intake", tmp_path / "objects") as found:
        await set_clock(found, FILED_AT)
        yield found


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    settings = settings_of(IntakeSettings, database.url, f"file://{tmp_path / 'objects'}", office=OFFICE_ID)
    return build_app(settings, database)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as found:
        yield found
