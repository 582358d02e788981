"""Every page in every state, read as strictly as a careful reader."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from kit.testing.pages import Page, read_page
from kit.testing.people import client_of, session_cookie
from notify.handlers import sending
from notify.handlers.sending import PostRoom

pytestmark = pytest.mark.db
NOWHERE = "00000000-0000-4000-8000-000000000000"
TOKEN = "a-form-token"


async def visit(app: FastAPI, person: Any, path: str, **form: str) -> Any:
    """GET, or POST where a form is given; with the form's token."""
    cookies = session_cookie("notify", person, form_token=TOKEN) if person else {}
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        if form:
            return await client.post(path, data={"form_token": TOKEN, **form})
        return await client.get(path)


async def page(app: FastAPI, person: Any, path: str, status: int = 200) -> Page:
    answer = await visit(app, person, path)
    assert answer.status_code == status, answer.text
    return read_page(answer.text)


async def a_message(world: Any) -> Any:
    """A dossier's first message; its row."""
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    (row,) = await world.rows("select * from message")
    return row


async def test_an_empty_log_says_why(app: FastAPI, world: Any) -> None:
    assert "Chưa có tin nào" in (await page(app, world.auditor, "/messages")).text


@pytest.mark.proves("E02")
@pytest.mark.parametrize("role", ["auditor", "operator", "template_admin"])
async def test_the_log_shows_every_message_with_its_address_masked(
    app: FastAPI, room: PostRoom, world: Any, role: str
) -> None:
    row = await a_message(world)
    assert await sending.send_next(room)
    found = await page(app, getattr(world, role), "/messages")
    assert found.h1 == "Nhật ký gửi tin"
    assert found.link("Đã nhận hồ sơ") == f"/messages/{row.id}"
    for words in ("T-H00.15-250303-0001", "n•••@mau.example", "Đã gửi", "Email"):
        assert words in found.text
    assert "nop@" not in found.text


async def test_the_log_is_filtered_by_state_and_dossier(app: FastAPI, world: Any) -> None:
    road = await world.dossier()
    await world.give(*road.whole())
    for query, many in (("", 11), ("state=queued", 11), ("state=sent", 0), ("dossier=H00.15-250313-0001", 11)):
        found = await page(app, world.auditor, f"/messages?{query}")
        rows = [link for link in found.links if link.href.startswith("/messages/") and len(link.href) > 40]
        assert len([row for row in rows if "static" not in row.href and "look" not in row.href]) == many
    none = await page(app, world.auditor, "/messages?dossier=nobody%00&state=never")
    assert none.link("Bỏ lọc") == "/messages"
    chosen = await page(app, world.auditor, "/messages?state=queued&dossier=T-H00.15-250303-0001")
    (filters,) = [form for form in chosen.forms if form.method == "get"]
    assert filters.fields == {"state": "queued", "dossier": "T-H00.15-250303-0001"}


async def test_a_long_log_is_read_page_by_page(app: FastAPI, world: Any) -> None:
    await a_message(world)
    await world.run(
        "insert into message (id, dossier_id, template, channel, about, facts, state, created_at, try_at, attempts) "
        "select gen_random_uuid(), dossier_id, template, channel, n::text, facts, state, created_at, try_at, attempts "
        "from message, generate_series(1, 60) n"
    )
    first = await page(app, world.auditor, "/messages")
    second = await page(app, world.auditor, first.link("Trang sau"))
    assert "11 tin trên trang này" in second.text
    assert second.link("Trang trước") == "/messages"


@pytest.mark.proves("E02")
async def test_one_message_shows_its_words_without_the_name_and_every_attempt(
    app: FastAPI, room: PostRoom, mailbox: Any, world: Any
) -> None:
    row = await a_message(world)
    waiting = await page(app, world.auditor, f"/messages/{row.id}")
    assert "Chưa gửi lần nào" in waiting.text
    await mailbox.tell(refuse_temporarily=1)
    await sending.send_next(room)
    await world.make_due()
    await sending.send_next(room)
    found = await page(app, world.auditor, f"/messages/{row.id}")
    assert found.h1 == "Đã nhận hồ sơ – Email"
    for words in ("Các lần gửi (2)", "chưa được, sẽ thử lại", "451", "bên nhận đã nhận", "Sở đã nhận hồ sơ"):
        assert words in found.text
    assert "Bệnh viện" not in found.text
    assert not [form for form in found.forms if form.action.endswith("/resend")]


async def test_a_template_administrator_sends_a_failed_message_again(app: FastAPI, world: Any) -> None:
    row = await a_message(world)
    await world.run("update message set state = 'failed', reason = '550 5.1.1 No such address here'")
    found = await page(app, world.template_admin, f"/messages/{row.id}")
    assert "550 5.1.1" in found.text
    action = found.form("/resend").action
    answer = await visit(app, world.template_admin, action, go="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/messages/{row.id}")
    again = await visit(app, world.template_admin, action, go="1")
    assert again.status_code == 409
    assert "đang chờ gửi" in read_page(again.text).errors["message"]


async def an_unknown_short_message(world: Any) -> Any:
    road = await world.dossier()
    await world.give((road.submitted(), 1), (road.supplement_requested(), 1))
    await world.run("update message set state = 'unknown', attempts = 1 where channel = 'sms'")
    (row,) = await world.rows("select * from message where channel = 'sms'")
    return row


@pytest.mark.parametrize(
    ("action", "state", "said"), [("/arrival", "sent", ["supplement_asked"]), ("/resend", "queued", [])]
)
async def test_a_person_decides_on_a_short_message_whose_outcome_is_unknown(
    app: FastAPI, world: Any, action: str, state: str, said: list[str]
) -> None:
    row = await an_unknown_short_message(world)
    found = await page(app, world.template_admin, f"/messages/{row.id}")
    assert "Chưa rõ tin đã đến hay chưa" in found.text
    answer = await visit(app, world.template_admin, found.form(action).action, go="1")
    assert answer.status_code == 303
    (decided,) = await world.rows("select * from message where channel = 'sms'")
    assert decided.state == state
    assert [event.template for event in await world.said()] == said
    again = await visit(app, world.template_admin, found.form("/arrival").action, go="1")
    assert again.status_code == 409
    await page(app, world.template_admin, f"/messages/{row.id}")


async def test_nobody_decides_while_the_message_is_being_handed_over(app: FastAPI, world: Any) -> None:
    row = await an_unknown_short_message(world)
    columns = "system, about, number, began_at, lease_until"
    values = "'sms', :id, 1, clock_timestamp(), clock_timestamp() + interval '30 s'"
    await world.run(f"insert into kit_call ({columns}) values ({values})", id=str(row.id))
    found = await page(app, world.template_admin, f"/messages/{row.id}")
    assert not [form for form in found.forms if form.method == "post" and str(row.id) in form.action]
    assert "đang gửi" in found.text


async def test_only_a_template_administrator_decides(app: FastAPI, world: Any) -> None:
    row = await an_unknown_short_message(world)
    found = await page(app, world.auditor, f"/messages/{row.id}")
    assert not [form for form in found.forms if str(row.id) in form.action]


async def test_a_short_message_has_a_page_too(app: FastAPI, world: Any) -> None:
    road = await world.dossier()
    await world.give((road.supplement_requested(), 1))
    for row in await world.rows("select id, channel from message"):
        found = await page(app, world.auditor, f"/messages/{row.id}")
        assert ("Tin nhắn SMS" in found.h1) == (row.channel == "sms")


async def test_my_inbox_shows_what_i_was_told_and_nobody_elses(app: FastAPI, world: Any) -> None:
    row = await a_message(world)
    moved = await visit(app, world.applicant, "/messages")
    assert (moved.status_code, moved.headers["location"]) == (303, "/messages/mine")
    found = await page(app, world.applicant, "/messages/mine")
    assert found.link("Đã nhận hồ sơ") == f"/messages/mine/{row.id}"
    assert "Chưa có thông báo nào" in (await page(app, world.stranger, "/messages/mine")).text


async def test_one_of_my_messages_reads_as_it_was_written(app: FastAPI, world: Any) -> None:
    row = await a_message(world)
    found = await page(app, world.applicant, f"/messages/mine/{row.id}")
    assert found.h1 == "Đã nhận hồ sơ"
    assert "Sở đã nhận hồ sơ của ông/bà" in found.text
    assert found.link("Mở hồ sơ") == f"/dossiers/{row.dossier_id}"
    await world.run("update message set state = 'failed', reason = '550 no'")
    assert "không đến được hộp thư" in (await page(app, world.applicant, f"/messages/mine/{row.id}")).text


async def test_not_mine_is_not_there(app: FastAPI, world: Any) -> None:
    row = await a_message(world)
    found = await page(app, world.stranger, f"/messages/mine/{row.id}", status=404)
    assert found.h1 == "Không tìm thấy thông báo"
    await page(app, world.auditor, f"/messages/{uuid4()}", status=404)
    await page(app, world.applicant, f"/messages/{row.id}", status=403)


@pytest.mark.parametrize("path", ["/messages", "/messages/mine", f"/messages/{NOWHERE}"])
async def test_who_is_not_signed_in_is_taken_to_sign_in_and_back(app: FastAPI, path: str) -> None:
    answer = await visit(app, None, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/messages/sign-in?then=/messages")


async def test_a_form_without_its_token_is_refused(app: FastAPI, world: Any) -> None:
    row = await a_message(world)
    cookies = session_cookie("notify", world.template_admin)
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        assert (await client.post(f"/messages/{row.id}/resend")).status_code == 403
