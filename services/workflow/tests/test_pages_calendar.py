"""The calendar's pages: the year in words, a draft and its mistakes, whom it would move, who approves it."""

from datetime import date, time
from typing import Any

import httpx
import pytest

from kit.testing.pages import read_page
from kit.tx import Database
from rules.catalogue import load
from workflow import handlers, store
from workflow.web.calendar_year import months_of

from .calendar_roads import OFFICE, roads, write
from .conftest import FORM_TOKEN

pytestmark = pytest.mark.db
PAGE = "/officer/calendar"
ADMIN, LEADER = "calendar_admin", "department_leader"
WHY = "Theo công văn thử nghiệm về ngày làm bù."
SATURDAY = {
    "days-0-day": "2025-04-12",
    "days-0-kind": "working_saturday",
    "days-0-name": "Làm bù",
    "days-0-source": "Công văn thử nghiệm",
}
FORM = {"until": "2026-12-31", "working": "07:30-11:30, 13:30-17:30", "saturday": "07:30-11:30, 13:30-17:30"}


async def opened(client: httpx.AsyncClient, world: Any, address: str = PAGE, role: str = ADMIN) -> Any:
    answer = await client.get(address, headers=world.browser(role))
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


async def sent(client: httpx.AsyncClient, world: Any, address: str, role: str = ADMIN, **form: Any) -> httpx.Response:
    return await client.post(address, data={"form_token": FORM_TOKEN, **form}, headers=world.browser(role))


async def a_draft(client: httpx.AsyncClient, world: Any, **more: str) -> str:
    answer = await sent(client, world, f"{PAGE}/draft", why_vi=WHY, **FORM, **SATURDAY, **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.proves("B12")
async def test_the_year_says_each_day_in_words_with_its_source(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    page = await opened(client, world, role="case_officer")
    assert page.h1 == "Lịch làm việc năm 2025"
    for words in (
        "Tháng 12/2025",
        "nghỉ lễ: Giỗ Tổ Hùng Vương",
        "thứ Bảy làm bù: Làm bù cho thứ Sáu",
        "6150/TB-BLĐTBXH",
    ):
        assert words in page.text
    assert "Soạn thay đổi" not in page.text
    assert (await opened(client, world, f"{PAGE}?year=2024")).h1.endswith("2024")
    assert (await opened(client, world, f"{PAGE}?year=1999")).h1.endswith("2025")


async def test_a_calendar_that_ends_soon_says_so(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2026-11-30 08:00")
    assert "Lịch sắp hết năm" in (await opened(client, world)).text
    await world.at("2026-09-30 08:00")
    assert "Lịch sắp hết năm" not in (await opened(client, world)).text


async def test_a_draft_is_previewed_approved_and_seen_applied(
    client: httpx.AsyncClient, world: Any, database: Database
) -> None:
    await world.at("2025-04-01 08:00")
    await write(database, roads(200, seed=4))
    place = await a_draft(client, world)
    page = await opened(client, world, place)
    assert "hồ sơ dời hạn trên trang này" in page.text
    assert "chưa ghi ngày hoán đổi" in page.text
    assert "không tự duyệt được" in page.text
    assert "chờ duyệt" in (await opened(client, world)).text
    own = await sent(client, world, f"{place}/approval")
    assert own.status_code == 403
    assert "người khác duyệt" in read_page(own.text).text
    answer = await sent(client, world, f"{place}/approval", LEADER)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#progress")
    assert "Đang tính lại" in (await opened(client, world)).text
    while await handlers.apply_next(database):
        pass
    page = await opened(client, world)
    assert "hồ sơ dời hạn. Xong lúc 08:00 Thứ Ba, 01/04/2025" in page.text
    assert "Đã duyệt" in (await opened(client, world, place)).text
    assert "Phiên bản cũ 2026.1" in (await opened(client, world, f"{PAGE}?version=2026.1")).text


async def test_each_mistake_stands_beside_its_field(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    wrong = {**SATURDAY, "days-0-kind": "swapped_off", "days-1-day": "", "days-1-kind": "holiday", "days-1-name": "Lễ"}
    answer = await sent(client, world, f"{PAGE}/draft", why_vi=WHY, **FORM, **wrong)
    page = read_page(answer.text)
    assert answer.status_code == 422
    assert "Hãy chọn ngày." in page.text
    assert "Hãy ghi số hiệu văn bản." in page.text
    del wrong["days-1-day"], wrong["days-1-kind"], wrong["days-1-name"]
    answer = await sent(client, world, f"{PAGE}/draft", why_vi=WHY, **FORM, **wrong)
    assert 'href="#days-0-day"' in answer.text
    assert "vốn đã nghỉ" in answer.text
    for field, value in (("working", "7 giờ"), ("until", "2025-01-01"), ("why_vi", "")):
        answer = await sent(client, world, f"{PAGE}/draft", **{**FORM, **SATURDAY, "why_vi": WHY, field: value})
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True), field
        read_page(answer.text)


async def test_rows_come_and_go_without_losing_what_was_typed(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    assert (await opened(client, world, f"{PAGE}/draft")).h1 == "Soạn thay đổi lịch làm việc"
    more = await sent(client, world, f"{PAGE}/draft", why_vi=WHY, add_row="days", **FORM, **SATURDAY)
    page = read_page(more.text)
    assert 'name="days-1-day"' in more.text
    assert WHY in page.text
    less = await sent(client, world, f"{PAGE}/draft", why_vi=WHY, remove_row="days-0", **FORM, **SATURDAY)
    assert "2025-04-12" not in less.text


async def test_hours_of_a_season_are_drafted_from_a_date_to_another(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    season = {
        "season_name": "Giờ mùa hè",
        "season_first": "2025-05-05",
        "season_last": "2025-09-30",
        "season_hours": "07:00-11:00, 13:30-17:30",
        "season_source": "Quyết định thử nghiệm",
    }
    place = await a_draft(client, world, **season)
    assert "Giờ mùa hè, từ 05/05/2025 đến 30/09/2025" in (await opened(client, world, place)).text
    [draft] = await world.ask(store.calendar_drafts, OFFICE.id)
    assert draft.calendar.sessions(date(2025, 5, 5))[0][0] == time(7)
    for field, value in (("season_hours", "bảy giờ"), ("season_last", ""), ("season_source", "")):
        wrong = {**FORM, **SATURDAY, **season, "why_vi": WHY, field: value}
        answer = await sent(client, world, f"{PAGE}/draft", **wrong)
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True), field
    turned = {**FORM, **season, "why_vi": WHY, "season_last": "2025-05-01"}
    assert 'href="#season_first"' in (await sent(client, world, f"{PAGE}/draft", **turned)).text


async def test_a_whole_record_comes_as_a_file(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    record = load().shipped_calendar(OFFICE.id).record.model_copy(update={"effective_to": date(2027, 12, 31)})
    form = {"form_token": FORM_TOKEN, "why_vi": WHY, **FORM}
    for data, status in ((record.model_dump_json().encode(), 303), (b"a: [", 422), (b"- 1", 422), (b"a: 1", 422)):
        answer = await client.post(
            f"{PAGE}/draft", data=form, files={"record": ("lich.json", data)}, headers=world.browser(ADMIN)
        )
        assert answer.status_code == status, data
    [draft] = await world.ask(store.calendar_drafts, OFFICE.id)
    assert draft.record.effective_to == date(2027, 12, 31)


async def test_others_read_but_do_not_draft(client: httpx.AsyncClient, world: Any) -> None:
    answer = await client.get(f"{PAGE}/draft", headers=world.browser("case_officer"))
    assert answer.status_code == 403
    assert (await client.get(PAGE, headers=world.browser("applicant"))).status_code == 403
    home = await client.get("/officer", headers=world.browser(ADMIN))
    assert (home.status_code, home.headers["location"]) == (303, PAGE)
    assert (await client.get(f"{PAGE}?version=1999.1", headers=world.browser(ADMIN))).status_code == 404


async def test_a_draft_may_be_dropped(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    place = await a_draft(client, world)
    assert (await sent(client, world, f"{place}/dropping")).status_code == 303
    assert "Đã bỏ" in (await opened(client, world, place)).text


def test_every_day_of_the_year_is_in_its_month_once() -> None:
    months = months_of(load().shipped_calendar(OFFICE.id), 2026)
    days = [cell.on for month in months for week in month.weeks for cell in week if cell]
    assert days == sorted(set(days))
    assert (len(days), {len(week) for month in months for week in month.weeks}) == (365, {7})
