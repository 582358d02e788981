"""The worker's work with the postal service, for a process that is killed in the midst of it."""

import json
import os
from typing import Any

from kit.testing.people import settings_of
from kit.tx import Database
from workflow.handlers import parcels
from workflow.main import post_desk
from workflow.settings import WorkflowSettings

SAID: dict[str, Any] = json.loads(os.environ["KILLED_WORK"])


async def order(database: Database) -> None:
    settings = settings_of(WorkflowSettings, database.url, "file:///nowhere", **SAID)
    await parcels.order_next(post_desk(settings, database))


async def track(database: Database) -> None:
    settings = settings_of(WorkflowSettings, database.url, "file:///nowhere", **SAID)
    await parcels.track_next(post_desk(settings, database))
