"""Report II.06 as a page, a file and by API; the leader's desk."""

from typing import Any

import httpx
import pytest

from kit.testing.pages import read_page
from workflow.domain.errors import NoSuchPeriod
from workflow.domain.period import a_month, a_quarter, a_year, between, named

pytestmark = pytest.mark.db
LEADER, OFFICER = "department_leader", "one_stop_officer"
II_06 = "/officer/reports/ii-06"


@pytest.mark.proves("G01")
async def test_the_report_leads_from_each_number_to_its_dossiers(client: httpx.AsyncClient, world: Any) -> None:
    await world.finished("2025-03-21 08:00")
    opened = await world.accepted()
    answer = await client.get(f"{II_06}?period=2025-03&by=unit", headers=world.browser(LEADER))
    page = read_page(answer.text)
    assert "Số kiểm tra khớp" in page.text
    assert "2 = 1 + 1" in page.text
    within = next(link.href for link in page.links if "column=12" in link.href and "key=" in link.href)
    behind = read_page((await client.get(within, headers=world.browser(LEADER))).text)
    assert behind.h1 == "Cột 12: trong hạn"
    assert behind.link("000.00.15.H00-250313") == f"/officer/cases/{opened}"


async def test_an_empty_report_says_so(client: httpx.AsyncClient, world: Any) -> None:
    answer = await client.get(f"{II_06}?from=2024-01-01&to=2024-01-31", headers=world.browser(LEADER))
    assert "không có hồ sơ nào" in read_page(answer.text).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?period=2025-13", 400),
        ("?from=2025-03-31&to=2025-03-01", 400),
        ("?from=yesterday", 400),
        ("?period=9999", 400),
        ("?by=colour", 404),
        ("/dossiers?period=2025&column=14", 404),
        ("/dossiers?period=2025&column=3&key=nothing", 404),
    ],
)
async def test_a_report_that_cannot_be_is_refused(
    client: httpx.AsyncClient, world: Any, query: str, status: int
) -> None:
    answer = await client.get(f"{II_06}{query}", headers=world.browser(LEADER))
    assert answer.status_code == status
    assert read_page(answer.text).h1 in ("Kỳ báo cáo không đúng", "Không tìm thấy danh sách")


@pytest.mark.proves("E01", "G03")
async def test_the_file_has_a_total_and_the_control_sum(client: httpx.AsyncClient, world: Any) -> None:
    await world.finished("2025-03-21 08:00")
    answer = await client.get(f"{II_06}.csv?period=2025-03", headers=world.browser(LEADER))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("(1) STT,(2) Lĩnh vực giải quyết,")
    assert lines[-2] == ",Tổng số,1,1,0,0,1,1,0,0,0,0,0"
    assert "cột 3 = cột 7 + cột 11: khớp" in lines[-1]


@pytest.mark.proves("G03")
async def test_the_api_says_the_same_as_the_page(client: httpx.AsyncClient, world: Any) -> None:
    await world.finished("2025-03-21 08:00")
    await world.accepted()
    query = {"from": "2025-03-01", "to": "2025-03-31", "by": "procedure"}
    answer = await client.get("/api/workflow/v1/reports/ii-06", params=query, headers=world.bearer(LEADER))
    assert answer.json()["total"]["3"] == 2
    assert answer.json()["agrees"] is True
    page = await client.get(II_06, params=query, headers=world.browser(LEADER))
    assert "2 = 1 + 1" in read_page(page.text).text


@pytest.mark.parametrize(
    "query", [{"from": "2025-03-31", "to": "2025-03-01"}, {"from": "0001-01-01", "to": "2025-01-01"}]
)
async def test_the_api_refuses_a_period_that_is_none(client: httpx.AsyncClient, world: Any, query: Any) -> None:
    answer = await client.get("/api/workflow/v1/reports/ii-06", params=query, headers=world.bearer(LEADER))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:motcua:problem:period-wrong")


def test_periods_have_names() -> None:
    for text, words in (("2025", "năm 2025"), ("2025-Q2", "quý II/2025"), ("2025-02", "tháng 2/2025")):
        assert named(text).words_vi == words
    assert (named("2025-q4"), named("2024-02").last.day) == (a_quarter(2025, 4), 29)
    assert between(a_year(2025).first, a_month(2025, 2).last).words_vi == "từ 01/01/2025 đến 28/02/2025"
    for text in ("", "2025-Q5", "2025-00", "25", "1999", "2200", "2025-03-01"):
        with pytest.raises(NoSuchPeriod):
            named(text)


@pytest.mark.proves("G06", "B11")
async def test_the_leader_sees_what_will_be_late_and_with_whom(client: httpx.AsyncClient, world: Any) -> None:
    signing, waiting = await world.to_sign(), await world.accepted()
    await world.at("2025-03-25 09:00")
    page = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text)
    assert any(link.href == f"/officer/cases/{signing}/step" for link in page.links)
    assert "Bước đã dùng hết thời gian được giao" in page.text  # the assignment took more than its share
    assert any(link.href == f"/officer/cases/{waiting}" for link in page.links)
    await world.at("2025-05-05 09:00")
    late = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text)
    assert "Đã quá hạn" in late.text
    assert "Tháng này chưa có hồ sơ nào giải quyết xong." in late.text


async def test_the_desk_is_calm_when_nothing_waits(client: httpx.AsyncClient, world: Any) -> None:
    text = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text).text
    assert "Không hồ sơ nào sắp quá hạn." in text
    assert "Không có kết quả nào chờ ký." in text


async def test_the_case_page_shows_both_dues_money_and_letters(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    text = read_page((await client.get(f"/officer/cases/{dossier}", headers=world.browser(OFFICER))).text).text
    for words in (
        "Hẹn lần đầu",
        "Hẹn hiện tại",
        "không đổi",
        "Đã nộp (trên nền tảng thanh toán)",
        "Chưa có thư hay tin",
    ):
        assert words in text
