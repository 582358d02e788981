"""The month calendar: every day is drawn, and everything drawn is said in words."""

from collections.abc import Callable
from datetime import date, timedelta

import httpx

from kit.pages.months import Day, Mark, drawn, told
from kit.testing.pages import read_page


def test_every_day_has_a_place_of_its_own_under_its_weekday(days: list[Day]) -> None:
    months = drawn(days)
    assert [month.first for month in months] == [date(2025, 4, 1), date(2025, 5, 1)]
    for month in months:
        assert len({(cell.x, cell.y) for cell in month.cells}) == len(month.cells)
        assert all(cell.x == cell.day.on.weekday() * 48 for cell in month.cells)
        assert max(cell.y for cell in month.cells) + 58 == month.height


def test_the_table_says_all_days_told_and_joins_those_that_say_the_same(days: list[Day]) -> None:
    rows = told(days)
    assert [tuple(row) for row in rows] == [
        ("Thứ Sáu, 25/04/2025", "Bắt đầu tính, từ 09:12"),
        ("Thứ Bảy, 26/04/2025", "Ngày thứ 1; Làm bù cho thứ Sáu 2/5"),
        ("Chủ Nhật, 27/04/2025", "Nghỉ hằng tuần"),
        ("Thứ Hai, 28/04/2025 đến Thứ Ba, 29/04/2025", "Ngày thứ 2 đến ngày thứ 3"),
        ("Thứ Tư, 30/04/2025", "Ngày Chiến thắng"),
        ("Thứ Năm, 01/05/2025", "Quốc tế Lao động"),
        ("Thứ Sáu, 02/05/2025", "Nghỉ liền"),
        ("Thứ Bảy, 03/05/2025 đến Chủ Nhật, 04/05/2025", "Nghỉ hằng tuần"),
        ("Thứ Hai, 05/05/2025 đến Thứ Ba, 06/05/2025", "Ngày thứ 4 đến ngày thứ 5"),
        ("Thứ Tư, 07/05/2025", "Hôm nay; ngày thứ 6"),
        ("Thứ Năm, 08/05/2025", "Ông/bà nộp phí lúc 10:00; ngày thứ 7"),
        ("Thứ Sáu, 09/05/2025", "Hẹn trả, trước 09:12; ngày thứ 8"),
    ]


def test_days_far_apart_are_not_joined() -> None:
    first = Day(date(2025, 3, 3), is_told=True)
    assert len(told([first, Day(date(2025, 3, 5), is_told=True)])) == 2
    assert len(told([first, Day(first.on + timedelta(days=1), is_told=True)])) == 1


def test_what_happens_goes_before_the_number_in_the_drawing() -> None:
    on = date(2025, 3, 3)
    assert Day(on, counted=3, marks=(Mark("due", "hẹn trả", "hẹn"),)).short == "hẹn"
    assert Day(on, counted=3, marks=(Mark("today", "hôm nay", "nay"),)).short == "3"
    both = (Mark("event", "nộp phí", "phí"), Mark("start", "bắt đầu tính", "từ"))
    assert Day(on, marks=both).short == "từ"
    assert Day(on, "swapped").short == "bù"
    assert Day(on, "holiday").short == "nghỉ"


def test_the_table_may_be_folded_and_is_there_all_the_same(macro: Callable[..., str], days: list[Day]) -> None:
    open_, folded = (
        macro(f"{{{{ ui.months(days, 'Lịch', folded={word}) }}}}", days=days) for word in ("false", "true")
    )
    assert "<details" not in open_
    assert folded.count("<details") == 1
    assert folded[folded.index("<details") :].count("<tr>") == open_.count("<tr>") == 13


async def test_the_page_has_a_named_drawing_and_a_table_with_a_caption(client: httpx.AsyncClient) -> None:
    page = read_page((await client.get("/months")).text)
    drawings = [one for one in page.root.iter() if str(one.tag).endswith("svg") and one.get("role") == "img"]
    assert [one.get("aria-label") for one in drawings] == [
        f"Lịch tháng {month}/2025; bảng bên dưới nói từng ngày bằng chữ" for month in ("04", "05")
    ]
    table = next(page.root.iter("table"))
    assert [caption.text for caption in table.iter("caption")] == ["Từng ngày trên lịch"]
    assert {heading.get("scope") for heading in table.iter("th")} == {"col", "row"}
    assert "Ngày thứ 2 đến ngày thứ 3" in page.text
