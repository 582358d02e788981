"""Whatever goes wrong between us and the platform: one transaction by its own records, one booking, nothing lost."""

from typing import Any

import pytest

from contracts.payments import FeePaid
from kit.breaker import Breaker
from kit.outside import System
from kit.tx import run_sql
from payments.domain.errors import PlatformBusy
from payments.handlers import asking, paying
from payments.handlers.asking import Desk
from payments.main import desk_of

pytestmark = pytest.mark.db


async def due(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        await run_sql(tx, "update attempt set ask_at = clock_timestamp() - interval '1 second'")


async def outcomes(world: Any) -> list[str | None]:
    return [row.outcome for row in await world.rows("select outcome from kit_call order by id")]


@pytest.mark.proves("J08")
@pytest.mark.parametrize(
    "mood", [{"slow_seconds": 3.0}, {"fail_http": True}, {"drop_after_keeping": True}], ids=["slow", "5xx", "cut"]
)
async def test_a_click_in_bad_times_ends_in_one_transaction_paid_once(
    platform: Any, world: Any, mood: dict[str, Any]
) -> None:
    _, demand_id = await world.open_demand()
    settings = world.settings(platform_url=platform.url, platform_timeout_seconds=1)
    await platform.tell(notify_never=True, **mood)
    with pytest.raises(PlatformBusy):
        await paying.pay_address(desk_of(settings, world.database), demand_id, world.payer.id)
    assert await outcomes(world) == ["unknown"]
    await platform.calm_down()
    await platform.tell(notify_never=True)
    desk = desk_of(world.settings(platform_url=platform.url), world.database)
    await due(desk)
    await platform.decide(await paying.pay_address(desk, demand_id, world.payer.id))
    await due(desk)
    while await asking.ask_next(desk):
        await world.run("update attempt set ask_at = ask_at + interval '1 hour' where asked > 0")
    paid = [one for one in await platform.transactions() if one["state"] == "paid"]
    assert len(paid) == 1
    assert len(await world.said(FeePaid)) == 1
    if "drop_after_keeping" in mood:
        assert len(await platform.transactions()) == 1, "the same call under the same key is the same transaction"


async def test_a_platform_that_nobody_reaches_opens_the_circuit_and_then_nobody_is_called(
    platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    at = [0.0]
    breaker = Breaker(2, 30, clock=lambda: at[0])
    system = System("payment_platform", call_seconds=5, breaker=breaker)
    nobody, somebody = (
        Desk(world.database, desk_of(settings, world.database).platform, "VND", system)
        for settings in (world.settings(), world.settings(platform_url=platform.url))
    )
    for _ in range(2):
        with pytest.raises(PlatformBusy):
            await paying.pay_address(nobody, demand_id, world.payer.id)
        await due(nobody)
    calls = len(await outcomes(world))
    with pytest.raises(PlatformBusy):
        await paying.pay_address(somebody, demand_id, world.payer.id)
    assert not await asking.ask_next(somebody)
    assert len(await outcomes(world)) == calls, "nothing is claimed while the circuit is open"
    at[0] += 30
    assert "/sandbox/pay/p/" in await paying.pay_address(somebody, demand_id, world.payer.id)
    assert not breaker.is_open
    assert len(await platform.transactions()) == 1
