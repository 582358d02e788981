"""A result over the counter or by post: told once, proven, and nothing lost when the postal service fails."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from kit.embedded import free_port
from kit.testing.pages import read_page
from kit.tx import Database, run_sql
from workflow import handlers
from workflow.domain.errors import DecisionIncomplete, NotAllowedNow, NotYours
from workflow.domain.posting import HandOver, Receiver
from workflow.domain.status import Status
from workflow.handlers import parcels
from workflow.handlers.parcels import PostDesk
from workflow.main import post_desk

pytestmark = pytest.mark.db
RECEIVER = Receiver("Bệnh viện Đa khoa Mẫu", "Số 5 đường Hòa Bình, thành phố Mẫu, tỉnh Mẫu", "0900000101")
TAKEN = HandOver("Trần Minh Khôi", "Căn cước", is_authorised=True)


@pytest.fixture
def desk(world: Any, database: Database, postman: Any) -> PostDesk:
    return post_desk(world.settings(postman.port), database)


async def posted(world: Any) -> UUID:
    """A finished dossier whose result the officer gave to the post."""
    dossier_id: UUID = await world.finished()
    officer = world.staff("one_stop_officer")
    await world.do(handlers.post_result, dossier_id, RECEIVER, staff=officer, seen_version=None)
    return dossier_id


async def due_again(database: Database) -> None:
    """As if the pause before the next try were over."""
    async with database.transaction() as tx:
        await run_sql(tx, "update dispatch set next_try_at = clock_timestamp() where next_try_at is not null")


async def all_read(desk: PostDesk) -> None:
    while await parcels.track_next(desk):
        pass


@pytest.mark.proves("D18")
async def test_a_result_over_the_counter_is_returned_with_its_proof(world: Any, database: Database) -> None:
    dossier_id = await world.finished()
    officer = world.staff("one_stop_officer")
    await world.do(handlers.hand_over, dossier_id, TAKEN, staff=officer, seen_version=None)
    case = await world.case(dossier_id)
    assert case.status is Status.RETURNED
    (said,) = await world.said("DossierReturned")
    assert (said.way, said.returned_at) == ("counter", case.returned_at)
    proof = orjson.loads(await database.objects.get(said.proof))
    assert (proof["receiver"], proof["is_authorised"], proof["by"]) == ("Trần Minh Khôi", True, officer.id)
    assert "Trần" not in said.model_dump_json()


async def test_only_the_one_stop_officer_hands_over_and_only_what_is_finished(world: Any) -> None:
    finished, running = await world.finished(), await world.accepted()
    with pytest.raises(NotYours):
        await world.do(handlers.hand_over, finished, TAKEN, staff=world.staff("case_officer"), seen_version=None)
    with pytest.raises(NotAllowedNow):
        await world.do(handlers.hand_over, running, TAKEN, staff=world.staff("one_stop_officer"), seen_version=None)


@pytest.mark.proves("D18")
@pytest.mark.parametrize(
    ("said", "field"), [(HandOver("", "Căn cước"), "receiver"), (HandOver("Trần Minh Khôi", ""), "shown")]
)
async def test_a_hand_over_says_who_and_what_was_shown(world: Any, said: HandOver, field: str) -> None:
    dossier_id = await world.finished()
    with pytest.raises(DecisionIncomplete) as refused:
        await world.do(handlers.hand_over, dossier_id, said, staff=world.staff("one_stop_officer"), seen_version=None)
    assert [name for name, _ in refused.value.field_errors] == [field]


@pytest.mark.proves("D18", "J05")
async def test_a_result_by_post_is_ordered_tracked_and_returned_when_delivered(
    world: Any, database: Database, desk: PostDesk, postman: Any
) -> None:
    dossier_id = await posted(world)
    assert await parcels.order_next(desk)
    assert not await parcels.order_next(desk)
    (said,) = await world.said("ResultPosted")
    order = next(one for one in postman.orders() if one["order_number"] == said.order_number)
    for code in (1, 2, 5):
        postman.happen(code)
    await all_read(desk)
    case = await world.case(dossier_id)
    assert case.status is Status.RETURNED
    (returned,) = await world.said("DossierReturned")
    assert returned.way == "postal"
    proof = orjson.loads(await database.objects.get(returned.proof))
    assert (proof["order_number"], proof["item"]) == (said.order_number, order["item"])


@pytest.mark.proves("J08")
async def test_an_order_whose_answer_was_lost_is_the_same_order_again(
    world: Any, database: Database, desk: PostDesk, postman: Any
) -> None:
    await posted(world)
    postman.told(drop_after_keeping=1)
    assert await parcels.order_next(desk)
    assert await world.said("ResultPosted") == []
    assert not await parcels.order_next(desk), "it rests before it tries again"
    await due_again(database)
    assert await parcels.order_next(desk)
    (said,) = await world.said("ResultPosted")
    order = next(one for one in postman.orders() if one["order_number"] == said.order_number)
    assert order["asked_times"] == 2


async def test_a_refused_order_leaves_the_result_to_be_posted_anew(world: Any, desk: PostDesk, postman: Any) -> None:
    dossier_id = await posted(world)
    postman.told(refuse_order=1)
    assert await parcels.order_next(desk)
    assert await world.said("ResultPosted") == []
    officer = world.staff("one_stop_officer")
    await world.do(handlers.post_result, dossier_id, RECEIVER, staff=officer, seen_version=None)
    assert await parcels.order_next(desk)
    (said,) = await world.said("ResultPosted")
    assert said.order_number.endswith("-BC2")


async def test_what_is_on_its_way_is_not_posted_twice(world: Any) -> None:
    dossier_id = await posted(world)
    with pytest.raises(NotAllowedNow):
        await posted_again(world, dossier_id)


async def posted_again(world: Any, dossier_id: UUID) -> None:
    officer = world.staff("one_stop_officer")
    await world.do(handlers.post_result, dossier_id, RECEIVER, staff=officer, seen_version=None)


async def test_a_parcel_that_came_back_can_be_sent_again(world: Any, desk: PostDesk, postman: Any) -> None:
    dossier_id = await posted(world)
    await parcels.order_next(desk)
    for code in (1, 4, 6, 7):
        postman.happen(code)
    await all_read(desk)
    assert (await world.case(dossier_id)).status is Status.FINISHED
    await posted_again(world, dossier_id)


async def test_a_tracking_that_repeats_itself_tells_nothing_twice(world: Any, desk: PostDesk, postman: Any) -> None:
    await posted(world)
    await parcels.order_next(desk)
    postman.happen(5)
    await all_read(desk)
    postman.told(repeat_events=2, fail_tracking=1)
    assert not await parcels.track_next(desk)
    assert await parcels.track_next(desk)
    assert len(await world.said("DossierReturned")) == 1


async def test_two_workers_order_a_parcel_once(world: Any, desk: PostDesk, postman: Any) -> None:
    await posted(world)
    assert sorted(await asyncio.gather(parcels.order_next(desk), parcels.order_next(desk))) == [False, True]
    assert len(await world.said("ResultPosted")) == 1


async def test_a_result_collected_online_meanwhile_stays_returned(world: Any, desk: PostDesk, postman: Any) -> None:
    dossier_id = await posted(world)
    await parcels.order_next(desk)
    await world.collect(dossier_id, "2025-03-24 08:00")
    postman.happen(5)
    await all_read(desk)
    (returned,) = await world.said("DossierReturned")
    assert returned.way == "online"


@pytest.mark.parametrize(
    ("receiver", "field"),
    [
        (Receiver("", "Số 5 đường Hòa Bình"), "name"),
        (Receiver("Bệnh viện", ""), "address"),
        (Receiver("Bệnh viện", "Số 5 đường Hòa Bình", "0" * 30), "phone"),
    ],
)
async def test_a_parcel_needs_its_address(world: Any, receiver: Receiver, field: str) -> None:
    dossier_id = await world.finished()
    officer = world.staff("one_stop_officer")
    with pytest.raises(DecisionIncomplete) as refused:
        await world.do(handlers.post_result, dossier_id, receiver, staff=officer, seen_version=None)
    assert [name for name, _ in refused.value.field_errors] == [field]


async def test_the_pages_hand_over_and_post(client: httpx.AsyncClient, world: Any) -> None:
    first, second = await world.finished(), await world.finished("2025-03-21 09:00")
    officer = world.browser("one_stop_officer")
    asked = await client.get(f"/officer/cases/{first}/posting", headers=officer)
    page = read_page(asked.text)
    assert "Bệnh viện Đa khoa Mẫu" in asked.text
    form = {**page.form("/posting").fields, "address": ""}
    refused = await client.post(f"/officer/cases/{first}/posting", headers=officer, data=form)
    assert refused.status_code == 422
    assert "address" in read_page(refused.text).errors
    form["address"] = RECEIVER.address
    assert (await client.post(f"/officer/cases/{first}/posting", headers=officer, data=form)).status_code == 303
    hand = read_page((await client.get(f"/officer/cases/{second}/hand-over", headers=officer)).text)
    form = {**hand.form("/hand-over").fields, "receiver": "Trần Minh Khôi", "shown": "Căn cước"}
    assert (await client.post(f"/officer/cases/{second}/hand-over", headers=officer, data=form)).status_code == 303
    assert (await world.case(second)).status is Status.RETURNED


async def test_the_api_posts_to_the_contact_where_nothing_else_is_said(client: httpx.AsyncClient, world: Any) -> None:
    dossier_id = await world.finished()
    path, headers = f"/api/workflow/v1/cases/{dossier_id}", world.bearer("one_stop_officer")
    assert (await client.post(f"{path}/posting", headers=headers, json={})).status_code == 200
    (parcel,) = (await client.get(f"{path}/parcels", headers=headers)).json()
    assert parcel["state_vi"] == "Đang gửi đơn tới bưu điện"
    taken = await client.post(f"{path}/hand-over", headers=headers, json={"receiver": "A B", "shown": "Căn cước"})
    assert taken.status_code == 200


@pytest.mark.proves("J08")
async def test_without_the_postal_service_an_order_waits(world: Any, database: Database) -> None:
    await posted(world)
    desk = post_desk(world.settings(free_port()), database)
    assert await parcels.order_next(desk)
    assert not await parcels.order_next(desk)
    async with database.transaction() as tx:
        row = (await run_sql(tx, "select state, attempts, next_try_at - clock_timestamp() as rest from dispatch")).one()
    assert (row.state, row.attempts) == ("to_order", 1)
    assert row.rest < timedelta(minutes=1)
