"""Killed after any statement of a call's work: the platform's own records show one transaction, booked once."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.payments import FeePaid
from kit.testing.databases import copied_database, emitted
from kit.testing.killing import Killer, killer
from kit.tx import Database, run_sql
from payments.domain.errors import NotPayable
from payments.handlers import asking, paying, receipts
from payments.handlers.asking import Desk
from payments.main import desk_of

pytestmark = [pytest.mark.db, pytest.mark.timeout(900)]
MOST_STATEMENTS = 80
DUE = (
    "update attempt set ask_at = clock_timestamp() - interval '1 second'",
    "update receipt set ask_at = clock_timestamp() - interval '1 second'",
)


class Hand:
    """What kills, and what the world looks like for the one who is killed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, objects: str, told: dict[str, Any], payer: str) -> None:
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
        self.monkeypatch, self.said = monkeypatch, {"objects": objects, "told": told, "payer": payer}

    def about(self, demand_id: UUID, work: str) -> Any:
        self.monkeypatch.setenv("KILLED_WORK", json.dumps({**self.said, "demand": str(demand_id)}))
        return killer(f"killed_work:{work}", str(self.said["objects"]))


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch, world: Any, platform: Any) -> Hand:
    settings = world.settings(platform_url=platform.url)
    own = {name for name in type(settings).model_fields if name.startswith(("platform", "beneficiary"))} | {"office"}
    told = {name: getattr(settings, name) for name in own}
    told["platform_secret"] = settings.platform_secret.get_secret_value()
    return Hand(monkeypatch, f"file://{world.database.objects.folder}", told, world.payer.id)


async def rows(database: Database, query: str) -> list[Any]:
    async with database.transaction() as tx:
        return list((await run_sql(tx, query)).all())


async def due(database: Database) -> None:
    async with database.transaction() as tx:
        for statement in DUE:
            await run_sql(tx, statement)


async def go_on(desk: Desk, platform: Any, demand_id: UUID, payer: str) -> None:
    """What happens afterwards: the payer clicks and pays, and the worker asks and fetches until nothing is left."""
    if await rows(desk.database, "select 1 from demand where state = 'open'"):
        await due(desk.database)
        with suppress(NotPayable):  # the click asks first, and may find that it was paid
            pay_url = await paying.pay_address(desk, demand_id, payer)
            if await is_open(platform, pay_url):
                await platform.decide(pay_url)
    for _ in range(5):
        await due(desk.database)
        if not (await asking.ask_next(desk) or await receipts.fetch_next(desk)):
            return


async def is_open(platform: Any, pay_url: str) -> bool:
    return any(one["state"] == "open" and one["pay_url"] == pay_url for one in await platform.transactions())


async def check(database: Database, made: list[dict[str, Any]]) -> None:
    """The counts come from the platform and the ledger, not from what the service thinks it did."""
    references = {row.reference for row in await rows(database, "select reference from attempt")}
    assert {one["reference"] for one in made} <= references, "the platform has nothing that we do not know of"
    assert len(made) == 1, "one fee, one transaction"
    paid = await rows(database, "select 1 from booking where kind = 'paid'")
    assert len(paid) == 1
    assert len([event for event in await emitted(database) if isinstance(event, FeePaid)]) == 1
    assert await rows(database, "select kind from difference") == []
    (receipt,) = await rows(database, "select path from receipt")
    assert receipt.path is not None
    assert await rows(database, "select 1 from kit_call where outcome is null") == []


async def killed_everywhere(
    killing: Killer, world: Any, platform: Any, demand_id: UUID, earlier: list[dict[str, Any]]
) -> int:
    """Kill after each statement of a copy, go on, count. How often it was killed."""
    told = world.settings(platform_url=platform.url)
    for statements in range(1, MOST_STATEMENTS):
        before = {one["reference"] for one in await platform.transactions()} - {one["reference"] for one in earlier}
        async with copied_database(world.database) as copy:
            killed = await asyncio.to_thread(killing.kill_after, statements, copy.url)
            await go_on(desk_of(told, copy), platform, demand_id, world.payer.id)
            made = [one for one in await platform.transactions() if one["reference"] not in before]
            await check(copy, made)
        if not killed:
            return statements - 1
    raise AssertionError("it never came to its end")


@pytest.mark.proves("J08")
async def test_a_click_killed_after_any_statement_starts_one_transaction(hand: Hand, world: Any, platform: Any) -> None:
    await platform.tell(notify_never=True)
    _, demand_id = await world.open_demand()
    with hand.about(demand_id, "click") as killing:
        assert await killed_everywhere(killing, world, platform, demand_id, []) >= 10


@pytest.mark.proves("J08")
@pytest.mark.parametrize("work", ["ask", "fetch"])
async def test_a_question_and_a_receipt_killed_after_any_statement_book_once(
    hand: Hand, world: Any, platform: Any, desk: Desk, work: str
) -> None:
    await platform.tell(notify_never=True)
    _, demand_id = await world.open_demand()
    await platform.decide(await paying.pay_address(desk, demand_id, world.payer.id))
    await due(world.database)
    if work == "fetch":
        await asking.ask_next(desk)
    earlier = await platform.transactions()
    with hand.about(demand_id, work) as killing:
        assert await killed_everywhere(killing, world, platform, demand_id, earlier) >= 5
