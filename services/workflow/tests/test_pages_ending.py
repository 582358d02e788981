"""The pages of the ends before a result and of events kept for decision, each read strictly."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from kit.testing.pages import Page, read_page
from kit.tx import run_sql
from workflow.domain.status import Status

pytestmark = pytest.mark.db
OFFICER = "one_stop_officer"
REASON = "Thủ tục này không thuộc thẩm quyền của Sở."
DECISION = "Đã chuyển kế toán hoàn lại phí cho người nộp."


def case_path(dossier: UUID, rest: str = "") -> str:
    return f"/officer/cases/{dossier}{rest}"


async def get(client: httpx.AsyncClient, world: Any, path: str, role: str = OFFICER) -> Page:
    answer = await client.get(path, headers=world.browser(role))
    assert answer.status_code == 200, answer.text[:500]
    return read_page(answer.text)


async def send(
    client: httpx.AsyncClient, world: Any, page: Page, action: str, role: str = OFFICER, **typed: str
) -> httpx.Response:
    """Fill in a page's form and send it."""
    form = page.form(action)
    data = {**form.fields, **typed}
    return await client.post(form.action, data=data, headers=world.browser(role), follow_redirects=False)


async def turned_away(client: httpx.AsyncClient, world: Any, path: str, role: str = OFFICER) -> bool:
    """Whether a page sends one back to the case, where the reason stands."""
    answer = await client.get(path, headers=world.browser(role))
    return answer.status_code == 303 and answer.headers["location"] == path.rpartition("/")[0]


async def test_a_dossier_is_refused_at_reception(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, case_path(dossier))
    assert page.link("Từ chối tiếp nhận") == case_path(dossier, "/refusal")
    page = await get(client, world, case_path(dossier, "/refusal"))
    assert "yêu cầu bổ sung" in page.text
    short = await send(client, world, page, "/refusal", reason="ngắn", where_to_go="Cục")
    assert short.status_code == 422
    again = read_page(short.text)
    assert list(again.errors) == ["reason"]
    assert again.form("/refusal").fields["where_to_go"].strip() == "Cục"
    done = await send(client, world, page, "/refusal", reason=REASON, where_to_go="Cục An toàn bức xạ")
    assert (done.status_code, done.headers["location"]) == (303, case_path(dossier))
    page = await get(client, world, case_path(dossier))
    assert "Không tiếp nhận" in page.text
    assert await turned_away(client, world, case_path(dossier, "/refusal"))


async def test_a_refusal_is_seen_before_it_is_issued(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, case_path(dossier, "/refusal"))
    fields = {**page.form("/refusal").fields, "reason": REASON, "where_to_go": ""}
    address = case_path(dossier, "/refusal/preview")
    preview = await client.post(address, data=fields, headers=world.browser(OFFICER))
    assert preview.content.startswith(b"%PDF-")
    assert (await world.case(dossier)).status is Status.SUBMITTED
    without = await client.post(address, data={"reason": REASON}, headers=world.browser(OFFICER))
    assert without.status_code == 403


async def test_a_request_to_stop_is_shown_with_the_applicants_words(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    assert await turned_away(client, world, case_path(dossier, "/stop"))
    await world.ask_stop(dossier, "2025-03-14 09:00", "Đơn vị sáp nhập & giải thể.")
    queue = await get(client, world, "/officer/queue/all")
    assert "Xin dừng" in queue.text
    page = await get(client, world, case_path(dossier))
    assert "Người nộp yêu cầu dừng giải quyết" in page.text
    assert page.link("Dừng giải quyết theo yêu cầu") == case_path(dossier, "/stop")
    assert await turned_away(client, world, case_path(dossier, "/stop-refusal"))
    assert await turned_away(client, world, case_path(dossier, "/stop"), "division_head")
    page = await get(client, world, case_path(dossier, "/stop"))
    assert "Đơn vị sáp nhập & giải thể." in page.text
    preview = await client.get(case_path(dossier, "/stop/preview"), headers=world.browser(OFFICER))
    assert preview.content.startswith(b"%PDF-")
    assert (await send(client, world, page, "/stop")).status_code == 303
    page_after = await get(client, world, case_path(dossier))
    assert "Dừng xử lý" in page_after.text
    second = await send(client, world, page, "/stop")
    assert second.status_code == 409
    assert "vừa cập nhật" in read_page(second.text).errors["form"]


async def test_a_request_that_came_too_late_is_answered(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.finished()
    await world.ask_stop(dossier, "2025-03-22 09:00")
    page = await get(client, world, case_path(dossier, "/stop-refusal"))
    assert "Đơn vị tạm ngừng dự án." in page.text
    empty = await send(client, world, page, "/stop-refusal", reason=" ")
    assert list(read_page(empty.text).errors) == ["reason"]
    assert (await send(client, world, page, "/stop-refusal", reason="Kết quả đã ký rồi.")).status_code == 303
    assert "yêu cầu dừng giải quyết" in (await get(client, world, case_path(dossier))).text


async def test_two_officers_at_once_keep_what_was_typed(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, case_path(dossier, "/refusal"))
    await send(client, world, await get(client, world, case_path(dossier)), "/check", **{"verdict-application": "good"})
    late = await send(client, world, page, "/refusal", reason=REASON)
    assert late.status_code == 409
    again = read_page(late.text)
    assert "Nguyễn Thị Thu Hà vừa cập nhật" in again.errors["form"]
    assert again.form("/refusal").fields["reason"].strip() == REASON


async def test_a_case_nobody_answered_is_closed(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    page = await get(client, world, case_path(dossier))
    assert "Chưa có văn bản nào quy định thời hạn trả lời" in page.text
    assert await turned_away(client, world, case_path(dossier, "/closing"))
    async with world.database.transaction() as tx:
        await run_sql(tx, "update cases set answer_by = '2025-04-04 17:00+07' where dossier_id = :id", id=dossier)
    page = await get(client, world, case_path(dossier))
    assert "chưa đóng hồ sơ được" in page.text
    await world.at("2025-04-07 08:00")
    assert "Hết hạn trả lời" in (await get(client, world, "/officer/queue/all")).text
    page = await get(client, world, case_path(dossier, "/closing"))
    assert "trước 17:00 Thứ Sáu, 04/04/2025" in page.text
    assert (await send(client, world, page, "/closing")).status_code == 303
    assert (await world.case(dossier)).status is Status.STOPPED


async def test_what_waits_for_a_decision_is_listed_and_decided(client: httpx.AsyncClient, world: Any) -> None:
    empty = await get(client, world, "/officer/undecided")
    assert "Không có việc nào chờ quyết định" in empty.text
    dossier = await world.file()
    await world.pay(dossier, "2025-03-04 09:00")
    queue = await get(client, world, "/officer")
    assert queue.link("Việc chờ quyết định") == "/officer/undecided"
    listed = await get(client, world, "/officer/undecided")
    address = listed.link("T-H00.15-250303-0001")
    assert (await get(client, world, case_path(dossier))).link("Xem và quyết định") == address
    page = await get(client, world, address)
    assert page.h1 == "Quyết định về tin đã nộp phí"
    short = await send(client, world, page, "/undecided/", decision_vi="ok")
    assert (short.status_code, list(read_page(short.text).errors)) == (422, ["decision_vi"])
    assert (await send(client, world, page, "/undecided/", decision_vi=DECISION)).status_code == 303
    assert DECISION in (await get(client, world, address)).text
    again = await send(client, world, page, "/undecided/", decision_vi=DECISION)
    assert again.status_code == 409
    assert "vừa cập nhật" in read_page(again.text).text
    case = await get(client, world, case_path(dossier))
    assert "cần người quyết định" not in case.text


async def test_a_late_withdrawal_is_decided_with_the_applicants_words(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_issue()
    await world.withdraw(dossier, "2025-03-24 09:00", "Chúng tôi đổi ý.")
    listed = await get(client, world, "/officer/undecided", "case_officer")
    page = await get(client, world, listed.link("H00-250313"), "case_officer")
    assert "Chúng tôi đổi ý." in page.text
    assert "Kết quả đã được ký duyệt" in page.text
    clerk = await get(client, world, "/officer", "clerk")
    assert [link.href for link in clerk.links if link.href == "/officer/undecided"] == []
    seen = await get(client, world, listed.link("H00-250313"), "clerk")
    assert "decision_vi" not in seen.form("/undecided/").fields
    refused = await send(client, world, seen, "/undecided/", "clerk", decision_vi=DECISION)
    assert refused.status_code == 403


@pytest.mark.parametrize("rest", ["/refusal", "/stop", "/stop-refusal", "/closing", "/undecided/1"])
async def test_strangers_find_none_of_it(client: httpx.AsyncClient, world: Any, rest: str) -> None:
    dossier = await world.file()
    answer = await client.get(case_path(dossier, rest), headers=world.browser("case_officer"))
    assert answer.status_code == 404
    assert read_page(answer.text).h1 == "Không tìm thấy hồ sơ"


async def test_an_event_that_is_not_there_is_not_found(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    answer = await client.get(case_path(dossier, "/undecided/99"), headers=world.browser(OFFICER))
    assert answer.status_code == 404
    assert read_page(answer.text).h1 == "Không tìm thấy việc này"


@pytest.mark.parametrize("end", ["refused", "withdrawn", "stopped"])
async def test_the_page_of_an_ended_case_reads_well(client: httpx.AsyncClient, world: Any, end: str) -> None:
    dossier = await (world.accepted() if end == "stopped" else world.file())
    if end == "refused":
        page = await get(client, world, case_path(dossier, "/refusal"))
        await send(client, world, page, "/refusal", reason=REASON)
    if end == "withdrawn":
        await world.withdraw(dossier, "2025-03-14 09:00")
    if end == "stopped":
        await world.ask_stop(dossier, "2025-03-14 09:00")
        await send(client, world, await get(client, world, case_path(dossier, "/stop")), "/stop")
    page = await get(client, world, case_path(dossier))
    assert "Các việc khác" not in page.text  # nothing is left to do
    assert "Đang chờ" not in page.text
    await get(client, world, case_path(dossier, "/clock"))
