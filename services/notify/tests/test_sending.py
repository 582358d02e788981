"""Letters and short messages over real sockets to the sandbox: taken over, put off, refused, cut off, repeated."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from contracts.notify import MessageSent
from notify.handlers import sending
from notify.handlers.sending import PostRoom

pytestmark = pytest.mark.db


async def a_received_dossier(world: Any, email: str) -> Any:
    road = await world.dossier(email=email)
    await world.give((road.submitted(), 1))
    return road


async def the_message(world: Any) -> Any:
    (row,) = await world.rows("select * from message")
    return row


async def outcomes(world: Any) -> list[str]:
    rows = await world.rows("select coalesce(outcome, 'begun') as outcome from kit_call order by id")
    return [row.outcome for row in rows]


async def test_a_letter_arrives_and_is_said_to_be_sent(room: PostRoom, mailbox: Any, world: Any) -> None:
    road = await a_received_dossier(world, "one@mau.example")
    assert await sending.send_next(room)
    assert not await sending.send_next(room)
    (letter,) = await mailbox.arrived("one@mau.example")
    message = await the_message(world)
    assert letter["message_id"] == f"<{message.id}@sokhcn.mau.example>"
    assert letter["subject"] == "Đã nhận hồ sơ T-H00.15-250303-0001"
    assert (message.state, message.shown_to, message.attempts) == ("sent", "o•••@mau.example", 1)
    (said,) = await world.said()
    assert isinstance(said, MessageSent)
    assert (said.dossier_id, said.message_id, said.template, said.channel) == (
        road.dossier_id,
        message.id,
        "received",
        "email",
    )


async def test_a_passing_refusal_is_tried_again_with_growing_pauses(room: PostRoom, mailbox: Any, world: Any) -> None:
    await a_received_dossier(world, "two@mau.example")
    await mailbox.tell(refuse_temporarily=3)
    pauses = []
    for _ in range(3):
        await world.make_due()
        assert await sending.send_next(room)
        assert not await sending.send_next(room)
        (row,) = await world.rows("select state, extract(epoch from try_at - clock_timestamp())::float s from message")
        assert row.state == "queued"
        pauses.append(row.s)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0]
    await world.make_due()
    assert await sending.send_next(room)
    assert len(await mailbox.arrived("two@mau.example")) == 1
    assert await outcomes(world) == ["try_again", "try_again", "try_again", "done"]


async def test_an_address_that_does_not_exist_fails_for_good_with_the_reason(
    room: PostRoom, mailbox: Any, world: Any
) -> None:
    await a_received_dossier(world, "nobody@mau.example")
    await mailbox.tell(unknown_addresses=["nobody@mau.example"])
    await sending.send_next(room)
    message = await the_message(world)
    assert (message.state, message.shown_to) == ("failed", "n•••@mau.example")
    assert message.reason.startswith("550")
    assert await world.said() == []
    await world.make_due()
    assert not await sending.send_next(room)


@pytest.mark.parametrize("mood", ["drop_before_keeping", "drop_after_keeping"])
async def test_a_line_that_was_cut_is_tried_again_under_the_same_message_id(
    room: PostRoom, mailbox: Any, world: Any, mood: str
) -> None:
    address = f"{mood}@mau.example"
    await a_received_dossier(world, address)
    await mailbox.tell(**{mood: 1})
    await sending.send_next(room)
    assert (await the_message(world)).state == "queued"
    await world.make_due()
    await sending.send_next(room)
    (letter,) = await mailbox.arrived(address)  # one message, however often it arrived
    assert letter["arrivals"] == (2 if mood == "drop_after_keeping" else 1)
    assert await outcomes(world) == ["unknown", "done"]
    assert len(await world.said()) == 1


@pytest.mark.proves("J08")
async def test_a_mail_server_that_is_away_loses_nothing(room: PostRoom, world: Any, mailbox: Any) -> None:
    from notify.main import post_room

    await a_received_dossier(world, "away@mau.example")
    nobody = post_room(world.settings(), world.database)
    await sending.send_next(nobody)
    message = await the_message(world)
    assert message.state == "queued"
    assert message.try_at > message.created_at - timedelta(days=1)
    await world.make_due()
    await sending.send_next(room)
    assert len(await mailbox.arrived("away@mau.example")) == 1


async def test_a_process_that_died_while_sending_leaves_a_trace_and_the_letter_goes_again(
    room: PostRoom, mailbox: Any, world: Any
) -> None:
    await a_received_dossier(world, "killed@mau.example")
    await mailbox.tell(slow_seconds=20)
    going = asyncio.create_task(sending.send_next(room))
    async with asyncio.timeout(30):
        while await outcomes(world) != ["begun"]:  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.02)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert await outcomes(world) == ["begun"]
    assert not await sending.send_next(room)
    await mailbox.calm_down()
    await world.make_due()
    assert await sending.send_next(room)
    assert await outcomes(world) == ["unknown", "done"]


async def test_a_message_waits_until_it_is_known_whom_it_is_for(room: PostRoom, mailbox: Any, world: Any) -> None:
    road = await world.dossier(email="early@mau.example")
    await world.give((road.fee_demanded(), 1))
    assert not await sending.send_next(room)
    await world.give((road.submitted(), 1))
    assert await sending.send_next(room)
    assert await sending.send_next(room)
    assert len(await mailbox.arrived("early@mau.example")) == 2


async def test_two_workers_send_a_letter_once(room: PostRoom, mailbox: Any, world: Any) -> None:
    await a_received_dossier(world, "both@mau.example")
    assert sorted(await asyncio.gather(*(sending.send_next(room) for _ in range(3)))) == [False, False, True]
    (letter,) = await mailbox.arrived("both@mau.example")
    assert letter["arrivals"] == 1


@pytest.mark.parametrize("email", ["no address", "a@b\r\nBcc: all@mau.example", "đường@mau.example"])
async def test_an_address_that_is_none_fails_for_good_and_smuggles_nothing(
    room: PostRoom, mailbox: Any, world: Any, email: str
) -> None:
    await a_received_dossier(world, email)
    await sending.send_next(room)
    assert (await the_message(world)).state == "failed"
    assert await mailbox.arrived("all@mau.example") == []


async def test_whoever_gave_no_mail_address_is_skipped_with_the_reason(room: PostRoom, world: Any) -> None:
    await a_received_dossier(world, "")
    await sending.send_next(room)
    message = await the_message(world)
    assert (message.state, message.reason) == ("skipped", "the applicant gave no mail address")


TURNS = [
    ("refused", "không được tiếp nhận", "khong duoc tiep nhan"),
    ("withdrawn", "đã rút", ""),
    ("stopped", "đã dừng giải quyết", "da dung giai quyet"),
    ("stop_refused", "không dừng được", "khong dung duoc, tiep tuc giai quyet"),
    ("reappointed", "Sở xin lỗi", "tre hen, da hen lai, xin loi"),
    ("apology", "Sở xin lỗi", "tre hen, xin loi"),
    ("clock_restarted", "thời hạn tính lại", ""),
    ("result_corrected", "có kết quả đính chính", "co ket qua dinh chinh"),
    ("result_posted", "đang trên đường bưu chính", ""),
    ("demand_cancelled", "không phải nộp phí", ""),
    ("refund_decided", "hoàn lại", ""),
]


@pytest.mark.proves("E02", "J05")
@pytest.mark.parametrize(("turn", "subject", "short"), TURNS)
async def test_every_turn_arrives_as_a_mail_and_where_urgent_as_a_short_message(
    room: PostRoom, mailbox: Any, world: Any, turn: str, subject: str, short: str
) -> None:
    place = next(index for index, (name, *_) in enumerate(TURNS) if name == turn)
    address, phone = f"{turn}@mau.example", f"09123457{place:02}"
    road = await world.dossier(email=address, phone=phone)
    await world.give((road.submitted(), 1), (getattr(road, turn)(), 1))
    await world.run("delete from message where template = 'received'")
    while await sending.send_next(room):
        pass
    (letter,) = await mailbox.arrived(address)
    assert subject in letter["subject"]
    texts = [one["text"] for one in await mailbox.arrived(phone)]
    sender = "So Khoa hoc va Cong nghe tinh Mau"
    assert texts == ([f"{sender}: ho so T-H00.15-250303-0001 {short}."] if short else [])


async def test_a_name_with_line_ends_smuggles_no_header(room: PostRoom, mailbox: Any, world: Any) -> None:
    road = await world.dossier(email="smuggle@mau.example", name="Nộp\r\nBcc: all2@mau.example", organisation=None)
    await world.give((road.submitted(), 1))
    await sending.send_next(room)
    assert await mailbox.arrived("all2@mau.example") == []


async def test_an_erased_contact_fails_for_good(room: PostRoom, world: Any) -> None:
    road = await a_received_dossier(world, "erased@mau.example")
    (world.database.objects.folder / f"contacts/{road.dossier_id}/1.json").unlink()
    await sending.send_next(room)
    assert "not there any more" in (await the_message(world)).reason


async def a_supplement(world: Any, **contact: Any) -> Any:
    """A dossier whose supplement was asked for; only its short message is left to send."""
    road = await world.dossier(**contact)
    await world.give((road.submitted(), 1), (road.supplement_requested(), 1))
    await world.run("delete from message where channel = 'email'")
    return road


async def test_a_short_message_says_only_code_and_status(room: PostRoom, mailbox: Any, world: Any) -> None:
    await a_supplement(world, phone="0912345601")
    await sending.send_next(room)
    (arrived,) = await mailbox.arrived("0912345601")
    assert arrived["text"] == "So Khoa hoc va Cong nghe tinh Mau: ho so T-H00.15-250303-0001 can bo sung."
    message = await the_message(world)
    assert (message.state, message.shown_to) == ("sent", "•••601")


async def test_without_a_telephone_a_short_message_is_skipped_with_the_reason(room: PostRoom, world: Any) -> None:
    await a_supplement(world)
    await sending.send_next(room)
    message = await the_message(world)
    assert (message.state, message.reason) == ("skipped", "the applicant gave no telephone number")


async def test_a_short_message_whose_outcome_is_unknown_waits_for_a_person(
    room: PostRoom, mailbox: Any, world: Any
) -> None:
    await a_supplement(world, phone="0912345602")
    await mailbox.tell(sms_fail_http=1)
    await sending.send_next(room)
    assert (await the_message(world)).state == "unknown"
    await world.make_due()
    assert not await sending.send_next(room)
    assert await outcomes(world) == ["unknown"]


@pytest.mark.parametrize(("code", "state"), [("99", "failed"), ("108", "failed"), ("103", "queued"), ("124", "sent")])
async def test_the_gateways_codes_are_read_as_its_table_says(
    room: PostRoom, mailbox: Any, world: Any, code: str, state: str
) -> None:
    await a_supplement(world, phone="0912345603")
    await mailbox.tell(sms_code=code)
    await sending.send_next(room)
    assert (await the_message(world)).state == state
