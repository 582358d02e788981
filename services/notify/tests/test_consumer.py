"""What notify hears: each occasion makes one message per channel, whatever comes again and in whatever order."""

from typing import Any

import pytest

from kit.consume import Consumer, deliver
from kit.testing.events import a_record, shuffled
from kit.tx import Database
from notify.consumer import KEEPS, REACTS

pytestmark = pytest.mark.db

WHOLE_ROAD = sorted(
    [
        ("received", "email", "queued"),
        ("supplement_asked", "email", "queued"),
        ("supplement_asked", "sms", "queued"),
        ("supplement_received", "email", "queued"),
        ("fee_due", "email", "queued"),
        ("fee_paid", "email", "queued"),
        ("accepted", "email", "queued"),
        ("in_process", "email", "queued"),
        ("result_ready", "email", "queued"),
        ("result_ready", "sms", "queued"),
        ("returned", "email", "queued"),
    ]
)


async def test_a_dossiers_road_makes_a_message_at_every_stop(world: Any) -> None:
    road = await world.dossier()
    await world.give(*road.whole())
    assert sorted(await world.messages()) == WHOLE_ROAD


OF_THE_CLOCK = ("deadline_moved", "closing_announced")
TURNS = sorted(
    [("withdrawn", "email"), ("clock_restarted", "email"), ("result_posted", "email")]
    + [("demand_cancelled", "email"), ("refund_decided", "email")]
    + [
        (template, channel)
        for template in (
            "refused",
            "stopped",
            "stop_refused",
            "reappointed",
            "apology",
            "result_corrected",
            "deadline_moved",
            "closing_announced",
        )
        for channel in ("email", "sms")
    ]
)


async def test_every_turn_is_told_once_however_often_it_is_said(world: Any) -> None:
    road = await world.dossier()
    for _ in range(2):
        await world.give(*road.whole(), *road.turns())
        await world.run("delete from kit_inbox")  # as after a rebuild that runs what it must not
    told = sorted((template, channel) for template, channel, _ in await world.messages())
    assert told == sorted([*TURNS, *((template, channel) for template, channel, _ in WHOLE_ROAD)])


async def test_a_check_that_a_calendar_moved_is_told_to_nobody(world: Any) -> None:
    road = await world.dossier()
    await world.give(*road.whole()[:1], (road.accepted(), 1), (road.deadline_moved("check"), 2))
    assert "deadline_moved" not in [template for template, _, _ in await world.messages()]
    (row,) = await world.rows("select due_at from dossier")
    assert row.due_at == road.accepted().due_at


async def test_an_appointment_moved_there_and_back_is_told_twice(world: Any) -> None:
    road = await world.dossier()
    there = road.deadline_moved()
    back = there.model_copy(update={"due_at": there.previous_due_at, "previous_due_at": there.due_at})
    await world.give(*road.whole()[:1], (road.accepted(), 1), (there, 2), (back, 3))
    told = [(template, channel) for template, channel, _ in await world.messages() if template == "deadline_moved"]
    assert sorted(told) == [("deadline_moved", channel) for channel in ("email", "email", "sms", "sms")]
    (row,) = await world.rows("select due_at from dossier")
    assert row.due_at == there.previous_due_at


async def test_a_new_date_is_remembered_for_later_letters(world: Any) -> None:
    road = await world.dossier()
    await world.give(*road.whole()[:1], (road.accepted(), 1), (road.reappointed(), 2))
    (row,) = await world.rows("select due_at from dossier")
    assert row.due_at == road.reappointed().due_at


async def test_a_result_posted_again_with_its_barcode_is_told_once(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.result_posted(None), 1), (road.result_posted(), 2))
    assert await world.messages() == [("result_posted", "email", "queued")]


async def test_further_steps_make_no_further_message(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.step_started(), 1), (road.step_started("appraise"), 2), (road.step_started("sign"), 3))
    assert await world.messages() == [("in_process", "email", "queued")]


async def test_a_second_supplement_round_makes_a_second_message(world: Any) -> None:
    road = await world.dossier()
    await world.give((road.supplement_requested(1), 1), (road.supplement_requested(2), 2))
    assert [template for template, channel, _ in await world.messages() if channel == "email"] == [
        "supplement_asked",
        "supplement_asked",
    ]


async def test_what_is_said_again_makes_no_second_message(database: Database, world: Any) -> None:
    road = await world.dossier()
    await world.give(*road.whole())
    await world.run("delete from kit_inbox")  # as after a rebuild that runs what it must not
    await world.give(*road.whole())
    assert sorted(await world.messages()) == WHOLE_ROAD


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_delivery_makes_the_same_messages(database: Database, world: Any, seed: int) -> None:
    roads = [await world.dossier() for _ in range(2)]
    records = [
        a_record(event, sequence=number, offset=number * 10 + place)
        for place, road in enumerate(roads)
        for event, number in road.whole()
    ]
    consumer = Consumer("notify", KEEPS, REACTS)
    for record in shuffled(records, seed):
        await deliver(database, consumer, [record])
    assert sorted(await world.messages()) == sorted(WHOLE_ROAD * 2)
    rows = await world.rows("select code, received_at, applicant_id from dossier")
    assert {(row.code, row.received_at, row.applicant_id) for row in rows} == {
        ("H00.15-250313-0001", world.at, world.applicant.id)
    }


@pytest.mark.proves("L07", "R18")
async def test_nothing_kept_about_a_dossier_names_its_applicant(world: Any) -> None:
    road = await world.dossier(email="nop@mau.example", phone="0912345678")
    await world.give(*road.whole(), *road.turns())
    (row,) = await world.rows(
        "select (select string_agg(d::text, '') from dossier d) || "
        "(select string_agg(m::text, '') from message m) as everything"
    )
    for personal in ("Trần Văn Nộp", "Bệnh viện", "nop@", "0912345678"):
        assert personal not in row.everything
