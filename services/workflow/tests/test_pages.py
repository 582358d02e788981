"""The officers' pages, each read strictly, and the road through their forms."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kit.testing.pages import Page, read_page
from workflow import store
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Outcome, Status, Verdict

pytestmark = pytest.mark.db
HTML = {"accept": "text/html"}


async def get(client: httpx.AsyncClient, world: Any, role: str, path: str) -> Page:
    answer = await client.get(path, headers=world.browser(role))
    assert answer.status_code == 200, answer.text[:500]
    return read_page(answer.text)


async def send(
    client: httpx.AsyncClient, world: Any, role: str, page: Page, action: str, **typed: str
) -> httpx.Response:
    """Fill in a page's form and send it."""
    form = page.form(action)
    return await client.post(
        form.action, data={**form.fields, **typed}, headers=world.browser(role), follow_redirects=False
    )


def case_path(dossier: UUID, rest: str = "") -> str:
    return f"/officer/cases/{dossier}{rest}"


async def test_the_queue_opens_on_my_work(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, "one_stop_officer", "/officer")
    assert page.h1 == "Việc của tôi"
    assert page.link("T-H00.15-250303-0001") == case_path(dossier)
    assert "còn 5 ngày làm việc" in page.text or "còn 4 ngày 7 giờ làm việc" in page.text


async def test_an_empty_queue_says_why_and_what_to_do(client: httpx.AsyncClient, world: Any) -> None:
    page = await get(client, world, "one_stop_officer", "/officer")
    assert "Không có việc nào đang chờ" in page.text


@pytest.mark.parametrize("name", ["today", "week", "overdue", "waiting", "open", "returned", "all"])
async def test_every_filter_is_a_page(client: httpx.AsyncClient, world: Any, name: str) -> None:
    await world.file()
    page = await get(client, world, "one_stop_officer", f"/officer/queue/{name}")
    assert page.h1


async def test_the_search_finds_without_diacritics(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    found = await get(client, world, "one_stop_officer", "/officer/queue/all?q=benh+vien")
    assert found.link("T-H00.15-250303-0001") == case_path(dossier)
    lost = await get(client, world, "one_stop_officer", "/officer/queue/all?q=nha+khoa")
    assert "Không có hồ sơ nào khớp với “nha khoa”" in lost.text


async def test_the_road_by_pages(client: httpx.AsyncClient, world: Any) -> None:
    dossier, officer = await world.file(), "one_stop_officer"
    page = await get(client, world, officer, case_path(dossier))
    assert "Bệnh viện Đa khoa Mẫu" in page.text
    lacking = {"verdict-emergency-plan": "lacking", "note-emergency-plan": "Thiếu phần ứng phó khi mất điện."}
    saved = await send(client, world, officer, page, "/check", rest="good", **lacking)
    assert (saved.status_code, saved.headers["location"]) == (303, case_path(dossier, "#check"))

    page = await get(client, world, officer, case_path(dossier))
    assert page.link("Yêu cầu bổ sung") == case_path(dossier, "/supplement")
    page = await get(client, world, officer, case_path(dossier, "/supplement"))
    assert "Thiếu phần ứng phó khi mất điện." in page.text
    preview = await client.get(case_path(dossier, "/supplement/preview"), headers=world.browser(officer))
    assert preview.content.startswith(b"%PDF-")
    assert (await send(client, world, officer, page, "/supplement")).status_code == 303
    page = await get(client, world, officer, case_path(dossier))
    assert "Chờ bổ sung" in page.text
    assert "Đang chờ người nộp" in page.text

    await world.supplement(dossier, "2025-03-10 14:00", {"emergency-plan": 1})
    page = await get(client, world, officer, case_path(dossier))
    await send(client, world, officer, page, "/check", **{"verdict-emergency-plan": "good"})
    page = await get(client, world, officer, case_path(dossier, "/validity"))
    assert "12.600.000" in page.text
    preview = await client.get(case_path(dossier, "/validity/preview"), headers=world.browser(officer))
    assert preview.content.startswith(b"%PDF-")
    await send(client, world, officer, page, "/validity")
    await world.pay(dossier, "2025-03-13 09:00")

    page = await get(client, world, "division_head", case_path(dossier, "/step"))
    await send(client, world, "division_head", page, "/step")
    page = await get(client, world, "case_officer", case_path(dossier, "/step"))
    said = {"outcome": "granted", "conclusion": "Sử dụng 03 thiết bị X-quang.", "conditions": "Một.\n\nHai."}
    await send(client, world, "case_officer", page, "/step", **said)
    page = await get(client, world, "division_head", case_path(dossier, "/step"))
    preview = await client.get(case_path(dossier, "/result/preview"), headers=world.browser("division_head"))
    assert preview.content.startswith(b"%PDF-")
    await send(client, world, "division_head", page, "/step")
    page = await get(client, world, "department_leader", case_path(dossier, "/step"))
    await send(client, world, "department_leader", page, "/sign-off", confirmed="yes")
    page = await get(client, world, "clerk", case_path(dossier, "/step"))
    assert "Đặng Hồng Sơn" in page.text
    await send(client, world, "clerk", page, "/issue")
    case = await world.case(dossier)
    assert (case.status, case.conditions) == (Status.FINISHED, ("Một.", "Hai."))
    page = await get(client, world, "clerk", case_path(dossier))
    assert "Sớm hạn" in page.text


async def test_the_leader_sends_the_second_supplement_round(client: httpx.AsyncClient, world: Any) -> None:
    dossier, officer, leader = await world.file(), "one_stop_officer", "department_leader"
    lacking = {"verdict-emergency-plan": "lacking", "note-emergency-plan": "Thiếu phần ứng phó khi mất điện."}
    page = await get(client, world, officer, case_path(dossier))
    await send(client, world, officer, page, "/check", rest="good", **lacking)
    page = await get(client, world, officer, case_path(dossier, "/supplement"))
    await send(client, world, officer, page, "/supplement")
    await world.supplement(dossier, "2025-03-10 14:00", {"emergency-plan": 1})
    page = await get(client, world, officer, case_path(dossier))
    await send(client, world, officer, page, "/check", **lacking)

    page = await get(client, world, officer, case_path(dossier))
    assert "Yêu cầu bổ sung lần 2 cần lãnh đạo Sở phát hành." in page.text
    turned_away = await client.get(case_path(dossier, "/supplement"), headers=world.browser(officer))
    assert turned_away.status_code == 303
    page = await get(client, world, leader, case_path(dossier))
    assert page.link("Yêu cầu bổ sung") == case_path(dossier, "/supplement")
    page = await get(client, world, leader, case_path(dossier, "/supplement"))
    assert (await send(client, world, leader, page, "/supplement")).status_code == 303
    case = await world.case(dossier)
    assert (case.status, case.round) == (Status.WAITING_FOR_SUPPLEMENT, 2)


async def test_a_lacking_component_without_a_sentence_is_shown_again(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, "one_stop_officer", case_path(dossier))
    typed = {"verdict-emergency-plan": "lacking", "verdict-application": "good"}
    answer = await send(client, world, "one_stop_officer", page, "/check", **typed)
    assert answer.status_code == 422
    again = read_page(answer.text)
    assert list(again.errors) == ["note-emergency-plan"]
    assert again.form("/check").fields["verdict-application"] == "good"


async def test_the_second_officer_keeps_what_was_typed(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, "one_stop_officer", case_path(dossier))
    await send(client, world, "one_stop_officer", page, "/check", **{"verdict-application": "good"})
    typed = {"verdict-emergency-plan": "lacking", "note-emergency-plan": "Cần bản có chữ ký."}
    answer = await send(client, world, "one_stop_officer", page, "/check", **typed)
    assert answer.status_code == 409
    again = read_page(answer.text)
    assert "Nguyễn Thị Thu Hà vừa cập nhật" in again.errors["form"]
    assert again.form("/check").fields["note-emergency-plan"] == "Cần bản có chữ ký."


async def test_an_appraisal_without_a_conclusion_keeps_what_was_typed(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    page = await get(client, world, "division_head", case_path(dossier, "/step"))
    await send(client, world, "division_head", page, "/step")
    page = await get(client, world, "case_officer", case_path(dossier, "/step"))
    answer = await send(client, world, "case_officer", page, "/step", conclusion="ngắn", note="nội bộ")
    assert answer.status_code == 422
    again = read_page(answer.text)
    assert sorted(again.errors) == ["conclusion", "outcome"]
    assert again.form("/step").fields["note"] == "nội bộ"


async def test_a_form_that_is_refused_leaves_nothing_behind(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    before = await world.case(dossier)
    page = await get(client, world, "division_head", case_path(dossier, "/step"))
    answer = await send(client, world, "division_head", page, "/step", assignee_id="p-nobody")
    assert answer.status_code == 422
    assert list(read_page(answer.text).errors) == ["assignee_id"]
    assert await world.case(dossier) == before
    assert await world.ask(store.find_staff, "p-division_head") is None  # was noted before the refusal


async def test_a_sign_off_needs_the_tick(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign()
    page = await get(client, world, "department_leader", case_path(dossier, "/step"))
    assert "chưa phải chữ ký số" in page.text
    answer = await send(client, world, "department_leader", page, "/sign-off")
    assert answer.status_code == 422
    assert list(read_page(answer.text).errors) == ["confirmed"]
    forged = await send(client, world, "department_leader", page, "/sign-off", confirmed="yes", sha256="0" * 64)
    assert forged.status_code == 409
    assert read_page(forged.text).errors


async def test_a_decision_made_twice_says_so(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_issue()
    page = await get(client, world, "clerk", case_path(dossier, "/step"))
    first = await send(client, world, "clerk", page, "/issue")
    second = await send(client, world, "clerk", page, "/issue")
    assert (first.status_code, second.status_code) == (303, 409)
    assert "vừa cập nhật" in read_page(second.text).errors["form"]


async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    answer = await client.post(
        case_path(dossier, "/check"), data={"version": "1"}, headers=world.browser("one_stop_officer")
    )
    assert answer.status_code == 403
    assert read_page(answer.text).h1 == "Trang đã mở quá lâu"


async def test_the_clock_page_counts_day_by_day(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    page = await get(client, world, "case_officer", case_path(dossier, "/clock"))
    assert "Thứ Ba, 08/04/2025" in page.text
    assert "ra đúng hạn đã ghi" in page.text


async def test_the_page_of_a_case_at_each_end_of_the_road_reads_well(client: httpx.AsyncClient, world: Any) -> None:
    finished = await world.finished()
    page = await get(client, world, "department_leader", case_path(finished))
    assert "Có kết quả" in page.text
    await world.collect(finished, "2025-03-22 20:00")
    page = await get(client, world, "one_stop_officer", case_path(finished))
    assert "Đã trả kết quả" in page.text


async def test_a_refusal_on_substance_is_shown_as_one(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign(Outcome.REFUSED)
    page = await get(client, world, "department_leader", case_path(dossier, "/step"))
    assert "Đề nghị từ chối" in page.text


async def test_an_unexpected_payment_is_shown_for_decision(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    await world.pay(dossier, "2025-03-04 09:00")
    page = await get(client, world, "one_stop_officer", case_path(dossier))
    assert "cần người quyết định" in page.text


async def test_a_file_opens_beside_the_form(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    page = await get(client, world, "one_stop_officer", case_path(dossier, "?file=2"))
    assert "Mở riêng" in page.text
    answer = await client.get(case_path(dossier, "/files/2"), headers=world.browser("one_stop_officer"))
    assert answer.headers["content-type"] == "application/pdf"


async def test_strangers_find_nothing(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    for role, path in (("case_officer", case_path(dossier)), ("one_stop_officer", case_path(uuid4()))):
        answer = await client.get(path, headers=world.browser(role))
        assert answer.status_code == 404
        assert read_page(answer.text).h1 == "Không tìm thấy hồ sơ"
    away = await client.get("/officer", headers=HTML)
    assert (away.status_code, away.headers["location"]) == (303, "/officer/sign-in?then=/officer")
    citizen = await client.get("/officer", headers=world.browser("applicant"))
    assert citizen.status_code == 403
    assert read_page(citizen.text)


def test_every_verdict_has_its_word() -> None:
    from workflow.web.words import VERDICT

    assert set(VERDICT) == set(Verdict)
    assert CheckItem("x", Verdict.GOOD).note == ""
