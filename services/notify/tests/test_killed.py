"""Killed after any statement of a sending: by the sandbox's records nothing went twice without an unknown outcome."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kit.testing.databases import copied_database, emitted
from kit.testing.killing import killer
from kit.tx import Database, run_sql
from notify.handlers import sending
from notify.handlers.sending import PostRoom
from notify.main import post_room

pytestmark = [pytest.mark.db, pytest.mark.timeout(900)]
MOST_STATEMENTS = 60
WAYS = {"email": "killed-anywhere@mau.example", "sms": "0912345699"}


async def rows(database: Database, query: str) -> list[Any]:
    async with database.transaction() as tx:
        return list((await run_sql(tx, query)).all())


async def one_message(world: Any, way: str) -> None:
    """A dossier of which one message is to be sent, by this way."""
    road = await world.dossier(email=WAYS["email"], phone=WAYS["sms"])
    await world.give((road.submitted(), 1), (road.supplement_requested(), 1))
    await world.run("delete from message where channel <> :way or template = 'received'", way=way)


async def arrivals(mailbox: Any, way: str) -> int:
    return sum(one["arrivals"] for one in await mailbox.arrived(WAYS[way]))


async def go_on(room: PostRoom) -> None:
    """What other workers do, as long as there is anything to do."""
    while await rows(room.database, "select 1 from message where state = 'queued'"):
        async with room.database.transaction() as tx:
            await run_sql(tx, "update message set try_at = clock_timestamp() - interval '1 second'")
        await sending.send_next(room)


async def check(database: Database, came: int, way: str) -> None:
    (message,) = await rows(database, "select state from message")
    outcomes = [row.outcome for row in await rows(database, "select outcome from kit_call order by id")]
    said = len(await emitted(database))
    unknown = sum(outcome in (None, "unknown") for outcome in outcomes)
    if way == "email":
        assert message.state == "sent"
        assert 1 <= came <= 1 + unknown
        assert said == 1
    else:
        assert came <= 1, "never twice by itself"
        assert (message.state, said) == (("sent", 1) if "done" in outcomes else ("unknown", 0))
        assert came == 1 or unknown == 1, "what did not go out is for a person to look at"


@pytest.mark.proves("J08")
@pytest.mark.parametrize("way", list(WAYS))
async def test_a_sending_killed_after_any_statement_loses_nothing_and_doubles_nothing(
    world: Any, mailbox: Any, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    await one_message(world, way)
    ways = {"smtp_port": mailbox.smtp_port, "sms_url": mailbox.sms_url, "sms_api_key": "api-key"}
    told = world.told(**ways, sms_secret_key="secret-key")
    objects = f"file://{world.database.objects.folder}"
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("KILLED_WORK", json.dumps({"objects": objects, "told": told}))
    killed = 0
    with killer("killed_work:send", objects) as hand:
        for statements in range(1, MOST_STATEMENTS):
            before = await arrivals(mailbox, way)
            async with copied_database(world.database) as copy:
                alive = not await asyncio.to_thread(hand.kill_after, statements, copy.url)
                await go_on(post_room(world.settings(**told), copy))
                await check(copy, await arrivals(mailbox, way) - before, way)
            if alive:
                break
            killed += 1
    assert killed >= 8
