"""Killed after any statement of an order or of the tracking: one parcel at the postal service, said once."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kit.testing.databases import copied_database, emitted
from kit.testing.killing import killer
from kit.tx import Database, run_sql
from workflow import handlers
from workflow.handlers import parcels
from workflow.handlers.parcels import PostDesk
from workflow.main import post_desk

pytestmark = [pytest.mark.db, pytest.mark.timeout(900)]
MOST_STATEMENTS = 80


async def rows(database: Database, query: str) -> list[Any]:
    async with database.transaction() as tx:
        return list((await run_sql(tx, query)).all())


async def go_on(desk: PostDesk) -> None:
    """What other workers do, as long as there is anything to do."""
    while await rows(desk.database, "select 1 from dispatch where state = 'to_order'"):
        async with desk.database.transaction() as tx:
            await run_sql(tx, "update dispatch set next_try_at = clock_timestamp() where next_try_at is not null")
        await parcels.order_next(desk)
    while await parcels.track_next(desk):
        pass


async def check(database: Database, postman: Any, work: str) -> None:
    said = [type(event).__name__ for event in await emitted(database)]
    assert said.count("ResultPosted") == 1
    assert said.count("DossierReturned") == (work == "track")
    (order,) = postman.orders()
    calls = await rows(database, "select outcome from kit_call")
    assert [row.outcome for row in calls if row.outcome == "done"] == ["done"]
    assert None not in [row.outcome for row in calls]
    assert order["order_number"] in {row.order_number for row in await rows(database, "select * from dispatch")}


@pytest.mark.proves("J08")
@pytest.mark.parametrize("work", ["order", "track"])
async def test_work_with_the_post_killed_after_any_statement_is_done_once(
    world: Any, database: Database, postman: Any, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    dossier_id: UUID = await world.finished()
    await world.do(
        handlers.post_result, dossier_id, postman.receiver, staff=world.staff("one_stop_officer"), seen_version=None
    )
    if work == "track":
        await parcels.order_next(post_desk(world.settings(postman.port), database))
        postman.happen(1)
        postman.happen(5)
    said = {
        "post_url": f"{postman.base}/api",
        "post_consumer_key": "key",
        "post_consumer_secret": "secret",
        "post_customer_code": "MOTCUA",
    }
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("KILLED_WORK", json.dumps(said))
    killed = 0
    with killer(f"killed_work:{work}", f"file://{database.objects.folder}") as hand:
        for statements in range(1, MOST_STATEMENTS):
            async with copied_database(database) as copy:
                alive = not await asyncio.to_thread(hand.kill_after, statements, copy.url)
                await go_on(post_desk(world.settings(postman.port), copy))
                await check(copy, postman, work)
            if alive:
                break
            killed += 1
    assert killed >= 8
