"""One transaction of workflow's database for a command, and in whose name it acts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import click
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import read_now
from kit.service import read_settings
from kit.tx import Database
from motcua.database import workflow_database
from motcua.programs import service_of
from rules.errors import RulesError
from workflow import handlers
from workflow.domain.access import Staff
from workflow.domain.calendars import ADMIN
from workflow.domain.errors import Incomplete, WorkflowError


@dataclass(frozen=True)
class Desk:
    """What a command works with."""

    tx: AsyncSession
    now: datetime
    office: str

    @property
    def reader(self) -> Staff:
        """Whoever holds the database's password may read."""
        return Staff("motcua", "motcua", frozenset({ADMIN}), self.office, "")

    async def staff(self, staff_id: str) -> Staff:
        """Who acts, as their sign-in said; an administrator where they never signed in."""
        found = await handlers.find_staff(self.tx, staff_id)
        return found or Staff(staff_id, staff_id, frozenset({ADMIN}), self.office, "")


Ask = Callable[[Desk], Awaitable[str]]
Step = Callable[[Database], Awaitable[bool]]


def at_desk(ask: Ask, *, after: Step | None = None) -> str:
    """What `ask` answers, in a transaction that ends with it; with `after`, again after each of its steps.

    Raises click.UsageError, in one line, for what workflow refuses.
    """
    settings = read_settings(service_of("workflow"))
    try:
        url = settings.database_url.get_secret_value()
        return asyncio.run(_ask(url, settings.objects_url, settings.office, ask, after))
    except Incomplete as wrong:
        raise click.UsageError(" ".join(sentence for _, sentence in wrong.field_errors)) from wrong
    except (WorkflowError, RulesError) as wrong:
        raise click.UsageError(str(wrong)) from wrong


async def _ask(url: str, objects_url: str, office: str, ask: Ask, after: Step | None) -> str:
    async with workflow_database(url, objects_url) as database:
        while after and await after(database):
            await _once(database, office, ask)
        return await _once(database, office, ask)


async def _once(database: Database, office: str, ask: Ask) -> str:
    async with database.transaction() as tx:
        return await ask(Desk(tx, await read_now(tx), office))
