"""Short messages and mail in bad times, by the sandbox's own records: nothing lost, no short message twice."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from kit.breaker import Breaker
from kit.errors import Unreachable
from kit.outside import System
from notify.domain.message import Channel
from notify.gateways import Letter
from notify.handlers import sending
from notify.handlers.sending import PostRoom
from notify.main import post_room

pytestmark = pytest.mark.db


async def one_message(world: Any, channel: Channel, *, email: str, phone: str) -> None:
    road = await world.dossier(email=email, phone=phone)
    await world.give((road.submitted(), 1), (road.supplement_requested(), 1))
    await world.run("delete from message where channel <> :c or template = 'received'", c=channel)


async def state(world: Any) -> str:
    (row,) = await world.rows("select state from message")
    return str(row.state)


async def outcomes(world: Any) -> list[str | None]:
    return [row.outcome for row in await world.rows("select outcome from kit_call order by id")]


@pytest.mark.proves("J08")
@pytest.mark.parametrize(
    ("mood", "phone"), [({"slow_seconds": 4.0}, "0912340001"), ({"sms_drop_after_keeping": 1}, "0912340002")]
)
async def test_a_short_message_of_unknown_outcome_waits_and_sent_again_is_the_same_one(
    room: PostRoom, mailbox: Any, world: Any, mood: dict[str, Any], phone: str
) -> None:
    await one_message(world, Channel.SMS, email="", phone=phone)
    ways = {"sms_url": mailbox.sms_url, "sms_api_key": "api-key", "sms_secret_key": "secret-key"}
    await mailbox.tell(**mood)
    await sending.send_next(post_room(world.settings(sms_timeout_seconds=1, **ways), world.database))
    assert (await state(world), await outcomes(world)) == ("unknown", ["unknown"])
    await world.make_due()
    assert not await sending.send_next(room), "never again by itself"
    await mailbox.calm_down()
    await asyncio.sleep(4 if "slow_seconds" in mood else 0)  # the slow gateway keeps it after we stopped listening
    (row,) = await world.rows("select id from message")
    async with world.database.transaction() as tx:
        await sending.send_again(tx, row.id)
    assert await sending.send_next(room)
    assert await state(world) == "sent"
    assert len(await mailbox.arrived(phone)) == 1, "one RequestId is one short message"


async def test_a_gateway_that_nobody_reaches_had_nothing_and_is_tried_again(
    room: PostRoom, mailbox: Any, world: Any
) -> None:
    await one_message(world, Channel.SMS, email="", phone="0912340003")
    ways = {"sms_url": "http://127.0.0.1:9/", "sms_api_key": "api-key", "sms_secret_key": "secret-key"}
    await sending.send_next(post_room(world.settings(**ways), world.database))
    assert (await state(world), await outcomes(world)) == ("queued", ["try_again"])
    await world.make_due()
    assert await sending.send_next(room)
    assert [one["arrivals"] for one in await mailbox.arrived("0912340003")] == [1]


async def test_while_one_channels_circuit_is_open_the_other_goes_on(room: PostRoom, mailbox: Any, world: Any) -> None:
    road = await world.dossier(email="other-way@mau.example", phone="0912340004")
    await world.give((road.submitted(), 1), (road.supplement_requested(), 1))
    rests = Breaker(1, 60)
    rests.was_silent()
    mail = System("mail", call_seconds=5, breaker=rests)
    half = replace(room, systems={**room.systems, Channel.EMAIL: mail})
    while await sending.send_next(half):
        pass
    assert len(await mailbox.arrived("0912340004")) == 1
    assert await mailbox.arrived("other-way@mau.example") == []
    rows = await world.rows("select state, attempts from message where channel = 'email'")
    assert {(row.state, row.attempts) for row in rows} == {("queued", 0)}
    while await sending.send_next(room):
        pass
    assert len(await mailbox.arrived("other-way@mau.example")) == 2


class Late:
    """Mail whose answer comes when the test says so; `reason` is what it then says."""

    def __init__(self, reason: Exception | None) -> None:
        self.reason, self.go_on, self.called = reason, asyncio.Event(), asyncio.Event()

    async def send(self, letter: Letter) -> str:
        self.called.set()
        await self.go_on.wait()
        if self.reason:
            raise self.reason
        return "250 late"


@pytest.mark.parametrize("reason", [None, Unreachable("late")])
async def test_a_worker_that_comes_late_overwrites_nothing(
    room: PostRoom, mailbox: Any, world: Any, reason: Exception | None
) -> None:
    address = f"late-{'no' if reason else 'yes'}@mau.example"
    await one_message(world, Channel.EMAIL, email=address, phone="")
    late = Late(reason)
    going = asyncio.create_task(sending.send_next(replace(room, mail=late)))
    await late.called.wait()
    await world.make_due()
    assert await sending.send_next(room)
    late.go_on.set()
    assert await going
    assert await state(world) == "sent"
    assert await outcomes(world) == ["unknown", "done"]
    assert len(await world.said()) == 1
