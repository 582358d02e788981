"""Workflow's database for a command that looks into it; it counts by the newest calendar, as the service does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit.objects import Objects
from kit.tx import Database
from workflow.handlers import count_by_newest


@asynccontextmanager
async def workflow_database(url: str, objects_url: str = "memory:///") -> AsyncIterator[Database]:
    """Open while the command works; a command that reads no object names no store of them."""
    database = Database(url, Objects(objects_url), pool_size=1)
    database.begins_with = count_by_newest
    try:
        yield database
    finally:
        await database.close()
