"""Every page in every state, read as strictly as a careful reader."""

from typing import Any

import pytest
from fastapi import FastAPI

from kit.testing.pages import Page, read_page
from kit.testing.people import client_of, session_cookie
from payments.handlers import receipts
from payments.handlers.asking import Desk

pytestmark = pytest.mark.db
NOWHERE = "00000000-0000-4000-8000-000000000000"
TOKEN = "a-form-token"


async def visit(app: FastAPI, person: Any, path: str, **form: str) -> Any:
    """GET, or POST where a form is given; with the form's token."""
    cookies = session_cookie("payments", person, form_token=TOKEN) if person else {}
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        if form:
            return await client.post(path, data={"form_token": TOKEN, **form})
        return await client.get(path)


async def page(app: FastAPI, person: Any, path: str, status: int = 200) -> Page:
    answer = await visit(app, person, path)
    assert answer.status_code == status, answer.text
    return read_page(answer.text)


def pay_forms(found: Page) -> list[str]:
    """Where a page lets one begin to pay."""
    return [form.action for form in found.forms if form.action.endswith("/attempts")]


async def pay(app: FastAPI, platform: Any, world: Any, demand_id: Any, decision: str = "pay") -> str:
    """Through the page and the platform; where the browser comes back to, as a path."""
    answer = await visit(app, world.payer, f"/pay/{demand_id}/attempts", go="1")
    assert answer.status_code == 303
    back: str = await platform.decide(answer.headers["location"], decision)
    return back.removeprefix("http://localhost:9")


async def test_nothing_to_pay_says_so_and_what_comes(app: FastAPI, world: Any) -> None:
    found = await page(app, world.payer, "/pay")
    assert found.h1 == "Phí phải nộp"
    assert "chưa có khoản phí nào" in found.text


async def test_my_demands_are_listed_with_code_state_and_amount(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    found = await page(app, world.payer, "/pay")
    assert found.link("T-H00.15-250303-0001") == f"/pay/{demand_id}"
    assert "Chờ nộp phí" in found.text
    assert "12.600.000\xa0₫" in found.text.replace(" ₫", "\xa0₫")


async def test_a_demand_shows_its_lines_its_basis_and_one_large_button(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    found = await page(app, world.payer, f"/pay/{demand_id}")
    assert found.h1 == "Nộp phí hồ sơ"
    for words in ("Máy CT", "8.000.000", "Máy X-quang tổng hợp", "6.000.000", "nhân với 0,9", "12.600.000"):
        assert words in found.text
    assert "xác nhận ngay" in found.text
    assert "Thông tư 287/2016/TT-BTC" in found.text
    assert found.form("/attempts").method == "post"


async def test_the_button_leads_to_the_platform_and_back_to_the_truth(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    dossier_id, demand_id = await world.open_demand()
    found = await page(live_app, world.payer, await pay(live_app, platform, world, demand_id))
    assert found.h1 == "Đã nộp phí"
    assert found.link("Xem hồ sơ") == f"/dossiers/{dossier_id}"
    assert not pay_forms(found)


async def test_while_the_bank_has_not_confirmed_the_page_says_so_and_looks_again_by_itself(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(notify_never=1)
    back = await pay(live_app, platform, world, demand_id)
    answer = await visit(live_app, world.payer, back)
    found = read_page(answer.text)
    assert found.h1 == "Đang chờ ngân hàng xác nhận"
    assert "ông/bà không cần trả lại" in found.text
    assert answer.headers["refresh"] == "5"


async def test_a_payment_that_came_to_nothing_may_be_tried_again_at_once(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    found = await page(live_app, world.payer, await pay(live_app, platform, world, demand_id, "cancel"))
    assert found.h1 == "Chưa nộp được phí"
    assert found.form("/attempts")


async def test_money_that_does_not_fit_is_under_review_and_nobody_is_asked_to_pay_again(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(wrong_amount=1)
    found = await page(live_app, world.payer, await pay(live_app, platform, world, demand_id))
    assert found.h1 == "Kế toán đang kiểm tra khoản tiền"
    assert not pay_forms(found)


async def test_a_silent_platform_shows_the_form_again_with_its_sentence(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    answer = await visit(app, world.payer, f"/pay/{demand_id}/attempts", go="1")
    found = read_page(answer.text)
    assert answer.status_code == 503
    assert found.h1 == "Nộp phí hồ sơ"
    assert "ông/bà chưa bị trừ tiền" in found.errors["pay"]
    assert found.form("/attempts")


async def test_a_replaced_demand_leads_to_the_present_one(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await world.give((world.fee_requested(dossier_id, notice="2"), 2))
    found = await page(app, world.payer, f"/pay/{demand_id}")
    assert found.link("Xem khoản phí") == "/pay"
    answer = await visit(app, world.payer, f"/pay/{demand_id}/attempts", go="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/pay/{demand_id}")


async def test_the_receipt_page_waits_for_the_receipt_and_then_shows_it(
    live_app: FastAPI, platform: Any, desk: Desk, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    early = await visit(live_app, world.payer, f"/pay/{demand_id}/receipt")
    assert (early.status_code, early.headers["location"]) == (303, f"/pay/{demand_id}")
    await pay(live_app, platform, world, demand_id)
    waiting = await visit(live_app, world.payer, f"/pay/{demand_id}/receipt")
    assert "Biên lai đang được lập" in read_page(waiting.text).text
    assert waiting.headers["refresh"] == "5"
    assert (await visit(live_app, world.payer, f"/pay/{demand_id}/receipt.pdf")).status_code == 404
    assert await receipts.fetch_next(desk)
    found = await page(live_app, world.payer, f"/pay/{demand_id}/receipt")
    file = await visit(live_app, world.payer, found.link("Mở biên lai"))
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-")


@pytest.mark.proves("D21")
async def test_the_accountant_sees_the_day_with_differences_first_and_settles_them(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    await pay(live_app, platform, world, demand_id)
    _, other = await world.open_demand()
    await platform.tell(wrong_amount=1)
    await pay(live_app, platform, world, other)
    found = await page(live_app, world.accountant, "/pay/ledger")
    assert found.h1 == "Sổ thu ngày Thứ Tư, 12/03/2025"
    assert found.text.index("Chênh lệch cần xử lý (1)") < found.text.index("Đã thu: 12.600.000")
    assert "Số tiền báo về khác" in found.text
    assert found.link("T-H00.15") == f"/pay/{demand_id}"
    action = found.form("/differences/").action
    short = await visit(live_app, world.accountant, action, settlement="x")
    assert short.status_code == 422
    again = read_page(short.text)
    assert list(again.errors) == [f"settlement-{action.rsplit('/', 1)[1]}"]
    assert again.form("/differences/").fields["settlement"] == "x"
    settled = await visit(live_app, world.accountant, action, settlement="Ngân hàng đã hoàn 1.000 đồng")
    assert (settled.status_code, settled.headers["location"]) == (303, "/pay/ledger")
    assert "Không có chênh lệch nào" in (await page(live_app, world.accountant, "/pay/ledger")).text


async def test_an_empty_day_says_so(app: FastAPI, world: Any) -> None:
    found = await page(app, world.accountant, "/pay/ledger?day=2025-03-01")
    assert "Chưa có khoản thu nào" in found.text
    assert found.h1 == "Sổ thu ngày Thứ Bảy, 01/03/2025"
    await page(app, world.accountant, "/pay/ledger?day=never")


async def test_the_accountant_sees_a_demand_but_cannot_pay_it(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    assert not pay_forms(await page(app, world.accountant, f"/pay/{demand_id}"))
    answer = await visit(app, world.accountant, "/pay")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pay/ledger")


@pytest.mark.parametrize(
    "path", ["/pay/{id}", "/pay/{id}/receipt", "/pay/{id}/receipt.pdf", "/pay/return?MaThamChieu=x"]
)
async def test_not_yours_is_not_there(app: FastAPI, world: Any, path: str) -> None:
    _, demand_id = await world.open_demand()
    found = await page(app, world.stranger, path.format(id=demand_id), status=404)
    assert found.h1 == "Không tìm thấy khoản phí"


@pytest.mark.parametrize("path", [f"/pay/{NOWHERE}", "/pay/nothing", "/pay/return?MaThamChieu=%00"])
async def test_what_is_not_there_is_not_found(app: FastAPI, world: Any, path: str) -> None:
    await page(app, world.payer, path, status=404)


@pytest.mark.parametrize("path", ["/pay", "/pay/ledger", f"/pay/{NOWHERE}", "/pay/return?MaThamChieu=x"])
async def test_who_is_not_signed_in_is_taken_to_sign_in_and_back(app: FastAPI, path: str) -> None:
    answer = await visit(app, None, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/pay/sign-in?then=/pay")


async def test_the_ledger_is_the_accountants(app: FastAPI, world: Any) -> None:
    assert (await page(app, world.payer, "/pay/ledger", status=403)).h1 == "Không có quyền thực hiện"


@pytest.mark.parametrize("path", ["/pay/{id}/attempts", "/pay/ledger/differences/{id}"])
async def test_a_form_without_its_token_is_refused(app: FastAPI, world: Any, path: str) -> None:
    _, demand_id = await world.open_demand()
    both = world.person("applicant", "accountant", id=world.payer.id)
    async with client_of(app, cookies=session_cookie("payments", both), headers={"Accept": "text/html"}) as client:
        answer = await client.post(path.format(id=demand_id), data={"settlement": "abc"})
    assert answer.status_code == 403
