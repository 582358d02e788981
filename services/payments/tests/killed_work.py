"""The worker's and the payer's work with the platform, for a process that is killed in the midst of it."""

import json
import os
from typing import Any

from kit.testing.people import settings_of
from kit.tx import Database
from payments.handlers import asking, paying, receipts
from payments.handlers.asking import Desk
from payments.main import desk_of
from payments.settings import PaymentsSettings

SAID: dict[str, Any] = json.loads(os.environ["KILLED_WORK"])


def desk(database: Database) -> Desk:
    settings = settings_of(PaymentsSettings, database.url, SAID["objects"], **SAID["told"])
    return desk_of(settings, database)


async def click(database: Database) -> None:
    from uuid import UUID

    await paying.pay_address(desk(database), UUID(SAID["demand"]), SAID["payer"])


async def ask(database: Database) -> None:
    await asking.ask_next(desk(database))


async def fetch(database: Database) -> None:
    await receipts.fetch_next(desk(database))
