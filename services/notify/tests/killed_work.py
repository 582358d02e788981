"""The worker's work, for a process that is killed in the midst of it."""

import json
import os
from typing import Any

from kit.testing.people import settings_of
from kit.tx import Database
from notify.handlers import sending
from notify.main import post_room
from notify.settings import NotifySettings

SAID: dict[str, Any] = json.loads(os.environ["KILLED_WORK"])


async def send(database: Database) -> None:
    await sending.send_next(
        post_room(settings_of(NotifySettings, database.url, SAID["objects"], **SAID["told"]), database)
    )
