"""From the first click to the receipt, against the platform's sandbox as a real program over sockets."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from contracts.payments import FeePaid
from kit.tx import Database, run_sql
from payments.domain.errors import AttemptUnderWay, DemandNotFound, NotPayable, PlatformBusy, PlatformRefused
from payments.handlers import asking, paying, receipts
from payments.handlers.asking import Desk

pytestmark = pytest.mark.db


async def attempts(world: Any) -> list[str]:
    return [row.state for row in await world.rows("select state from attempt order by started_at, ask_at")]


async def make_due(database: Database) -> None:
    """Whatever is to be asked about is due now: nobody waits in a test."""
    async with database.transaction() as tx:
        await run_sql(tx, "update attempt set ask_at = clock_timestamp() - interval '1 second'")
        await run_sql(tx, "update receipt set ask_at = clock_timestamp() - interval '1 second'")


async def ask(desk: Desk) -> bool:
    await make_due(desk.database)
    return await asking.ask_next(desk)


@pytest.mark.proves("D21", "D22", "J05")
async def test_a_payer_pays_on_the_platform_and_the_notification_comes_over_the_wire(
    live_app: FastAPI, desk: Desk, platform: Any, world: Any
) -> None:
    dossier_id, demand_id = await world.open_demand()
    paid_at = world.at + timedelta(days=1)
    await platform.set_time(paid_at)
    pay_url = await paying.pay_address(desk, demand_id, world.payer.id)
    back = await platform.decide(pay_url)
    (transaction,) = await platform.transactions()
    assert back.endswith(f"/pay/return?MaThamChieu={transaction['reference']}")
    assert [n["state"] for n in transaction["notifications"]] == ["acknowledged"]
    (said,) = await world.said(FeePaid)
    assert (said.dossier_id, said.transaction_code) == (dossier_id, transaction["platform_code"])
    assert abs(said.paid_at - paid_at) < timedelta(minutes=1)
    assert await attempts(world) == ["paid"]


async def test_a_second_click_leads_to_the_same_transaction(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    first = await paying.pay_address(desk, demand_id, world.payer.id)
    assert await paying.pay_address(desk, demand_id, world.payer.id) == first
    await make_due(desk.database)  # long afterwards: whether it is still open is asked, and it is
    assert await paying.pay_address(desk, demand_id, world.payer.id) == first
    assert len(await platform.transactions()) == 1


async def test_clicks_at_the_same_moment_make_one_transaction(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    clicks = (paying.pay_address(desk, demand_id, world.payer.id) for _ in range(4))
    found = await asyncio.gather(*clicks, return_exceptions=True)
    addresses = {one for one in found if isinstance(one, str)}
    assert len(addresses) == 1
    assert all(isinstance(one, str | AttemptUnderWay) for one in found)
    assert len(await platform.transactions()) == 1


async def test_nobody_else_can_pay_or_learn_that_there_is_something_to_pay(desk: Desk, world: Any) -> None:
    _, demand_id = await world.open_demand()
    with pytest.raises(DemandNotFound):
        await paying.pay_address(desk, demand_id, world.stranger.id)


async def test_an_attempt_is_on_record_before_the_platform_is_called(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(fail_http=True)
    with pytest.raises(PlatformBusy):
        await paying.pay_address(desk, demand_id, world.payer.id)
    assert await attempts(world) == ["unknown"]


async def test_an_attempt_the_platform_never_got_is_made_again_under_its_key(
    desk: Desk, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(fail_http=1)
    with pytest.raises(PlatformBusy):
        await paying.pay_address(desk, demand_id, world.payer.id)
    await paying.pay_address(desk, demand_id, world.payer.id)
    assert await attempts(world) == ["open"]
    assert len(await platform.transactions()) == 1


async def lose_the_answer(desk: Desk) -> None:
    """What a kill between the call and the outcome leaves behind."""
    async with desk.database.transaction() as tx:
        await run_sql(tx, "update attempt set state = 'started', pay_url = null, ask_at = clock_timestamp()")
        await run_sql(tx, "update kit_call set outcome = null, ended_at = null")


@pytest.mark.proves("J08")
async def test_an_attempt_whose_answer_was_lost_is_made_again_under_its_key(
    desk: Desk, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    pay_url = await paying.pay_address(desk, demand_id, world.payer.id)
    await lose_the_answer(desk)
    assert await paying.pay_address(desk, demand_id, world.payer.id) == pay_url
    assert await attempts(world) == ["open"]
    assert len(await platform.transactions()) == 1
    calls = await world.rows("select outcome from kit_call order by id")
    assert [row.outcome for row in calls] == ["unknown", "done", "done"]


async def test_a_repeated_call_says_what_the_first_one_said_though_the_dossier_has_a_code_by_now(
    desk: Desk, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    pay_url = await paying.pay_address(desk, demand_id, world.payer.id)
    await lose_the_answer(desk)
    async with desk.database.transaction() as tx:
        await run_sql(tx, "update dossier set code = '000.00.15.H00-250313-0001'")
    assert await paying.pay_address(desk, demand_id, world.payer.id) == pay_url
    assert await attempts(world) == ["open"]


@pytest.mark.parametrize("answer", [{"MaLoi": "99"}, {"MaLoi": "04", "TrangThaiGD": "1"}, {"MaLoi": "00"}])
async def test_an_answer_that_says_nothing_of_the_transaction_does_not_begin_another(
    desk: Desk, platform: Any, world: Any, answer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, demand_id = await world.open_demand()
    pay_url = await paying.pay_address(desk, demand_id, world.payer.id)
    await lose_the_answer(desk)

    async def nothing(reference: str, sent_time: str) -> dict[str, str]:
        return answer

    monkeypatch.setattr(desk.platform, "query", nothing)
    assert await paying.pay_address(desk, demand_id, world.payer.id) == pay_url
    assert len(await platform.transactions()) == 1


async def test_an_attempt_whose_page_the_platform_will_not_tell_again_is_set_aside_and_still_asked_about(
    desk: Desk, platform: Any, world: Any
) -> None:
    """The platform has the transaction, but nobody has its page: a late payment of it would still be found."""
    _, demand_id = await world.open_demand()
    pay_url = await paying.pay_address(desk, demand_id, world.payer.id)
    await lose_the_answer(desk)
    await platform.tell(fail_init=1)
    with pytest.raises(PlatformRefused):
        await paying.pay_address(desk, demand_id, world.payer.id)
    assert await paying.pay_address(desk, demand_id, world.payer.id) != pay_url
    assert await attempts(world) == ["set_aside", "open"]
    await platform.tell(notify_never=1)
    await platform.decide(pay_url)
    for _ in range(2):
        await ask(desk)
        async with desk.database.transaction() as tx:
            await run_sql(tx, "update attempt set ask_at = ask_at + interval '1 hour' where asked > 1")
    assert sorted(await attempts(world)) == ["open", "paid"]
    assert len(await world.said(FeePaid)) == 1


@pytest.mark.proves("J08")
async def test_a_lost_notification_is_found_by_asking(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(notify_never=1, query_pending=2)
    await platform.decide(await paying.pay_address(desk, demand_id, world.payer.id))
    for _ in range(2):
        assert await ask(desk)
        assert await attempts(world) == ["open"]
    assert await ask(desk)
    assert await attempts(world) == ["paid"]
    assert len(await world.said(FeePaid)) == 1
    assert not await ask(desk)


async def test_pauses_between_questions_grow(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await paying.pay_address(desk, demand_id, world.payer.id)
    pauses = []
    for _ in range(4):
        await ask(desk)
        (row,) = await world.rows("select extract(epoch from ask_at - clock_timestamp())::float as s from attempt")
        pauses.append(row.s)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 3 * pauses[0]


async def test_a_silent_platform_is_asked_again_later(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await paying.pay_address(desk, demand_id, world.payer.id)
    await platform.tell(fail_http=True)
    assert await ask(desk)
    assert await attempts(world) == ["open"]
    (row,) = await world.rows("select ask_at > clock_timestamp() as later, asked from attempt")
    assert (row.later, row.asked) == (True, 1)


async def test_a_payment_that_failed_is_found_by_asking_and_another_may_begin(
    desk: Desk, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(notify_never=1)
    first = await paying.pay_address(desk, demand_id, world.payer.id)
    await platform.decide(first, "cancel")
    await ask(desk)
    assert await attempts(world) == ["failed"]
    assert await paying.pay_address(desk, demand_id, world.payer.id) != first


async def test_a_refused_transaction_is_told_and_may_be_tried_again(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(fail_init=1)
    with pytest.raises(PlatformRefused) as refused:
        await paying.pay_address(desk, demand_id, world.payer.id)
    assert refused.value.code == "99"
    await paying.pay_address(desk, demand_id, world.payer.id)
    assert await attempts(world) == ["refused", "open"]


async def test_a_click_after_a_lost_notification_finds_the_payment_instead_of_taking_a_second_one(
    desk: Desk, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(notify_never=1)
    await platform.decide(await paying.pay_address(desk, demand_id, world.payer.id))
    await make_due(desk.database)
    with pytest.raises(NotPayable):
        await paying.pay_address(desk, demand_id, world.payer.id)
    assert await attempts(world) == ["paid"]


async def test_an_answer_inside_an_adapters_wrapping_is_understood(desk: Desk, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(wrapped_answer=True)
    assert "/sandbox/pay/p/" in await paying.pay_address(desk, demand_id, world.payer.id)


@pytest.mark.parametrize(
    ("mood", "state", "kinds"),
    [
        ({"notify_twice": 1}, "paid", []),
        ({"wrong_amount": 1}, "open", ["wrong_amount"]),
        ({"bad_digest": 1}, "open", ["forged"]),
        ({"unknown_reference": 1}, "open", ["unknown_reference"]),
        ({"only_dossier_code": 1}, "paid", []),
        ({"failure_code": "17"}, "open", []),
    ],
)
async def test_whatever_the_platform_says_wrong_is_never_booked(
    live_app: FastAPI, desk: Desk, platform: Any, world: Any, mood: dict[str, Any], state: str, kinds: list[str]
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(**mood)
    await platform.decide(await paying.pay_address(desk, demand_id, world.payer.id))
    (row,) = await world.rows("select state from demand")
    assert row.state == state
    assert [row.kind for row in await world.rows("select kind from difference")] == kinds
    assert len(await world.said(FeePaid)) == (state == "paid")


@pytest.mark.proves("D21")
@pytest.mark.parametrize("as_pdf", [False, True])
async def test_the_receipt_is_fetched_until_it_is_there_and_kept(
    live_app: FastAPI, desk: Desk, platform: Any, world: Any, as_pdf: bool
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(bill_not_ready=1, bill_as_pdf=as_pdf)
    await platform.decide(await paying.pay_address(desk, demand_id, world.payer.id))
    assert await receipts.fetch_next(desk)
    assert [row.path for row in await world.rows("select path from receipt")] == [None]
    assert not await receipts.fetch_next(desk)
    await make_due(desk.database)
    assert await receipts.fetch_next(desk)
    (row,) = await world.rows("select path, kept_at from receipt")
    assert row.path.startswith(f"receipts/{demand_id}/")
    assert (await desk.database.objects.read(row.path)).startswith(b"%PDF-")
    await make_due(desk.database)
    assert not await receipts.fetch_next(desk)
