"""Slips: their data says what it must, and each layout takes it."""

import time
from typing import Any

import pytest

from workflow import gateways
from workflow.gateways import qr_svg

HEAD = {
    "parent": "Ủy ban nhân dân tỉnh Mẫu",
    "agency": "Sở Khoa học và Công nghệ tỉnh Mẫu",
    "address": "Số 1",
    "telephone": "0200",
    "number": "01/HDHS",
    "place_date": "Mẫu, ngày 03 tháng 3 năm 2025",
    "regulation": "Mẫu số 02",
    "track_url": "http://localhost:9/lookup?code=T-1",
    "owner": "Bệnh viện #panic() *đậm* $x$ <script>",
    "submitter": "Trần Minh Khôi",
    "phone": "0900",
    "email": "a@b.example",
    "procedure": "Cấp giấy phép",
    "procedure_code": "2.002380",
    "arrival_number": "T-1",
    "received": "08 giờ 30 phút, ngày 03/03/2025",
    "round": 1,
    "basis": ["Nghị định"],
    "answer_within": "",
    "officer": "Thu Hà",
    "officer_title": "Công chức",
    "officer_phone": "0200",
    "unit": "Một cửa",
    "address_line": "",
}


def supplement(**changes: Any) -> dict[str, Any]:
    items = [{"name": f"Thành phần {n}", "reason": "Cần bổ sung. " * 20} for n in range(30)]
    return {**HEAD, "items": items, "is_preview": False, **changes}


async def test_what_people_typed_is_text_and_never_markup() -> None:
    pdf = await gateways.render("02", supplement())
    assert pdf.startswith(b"%PDF-")


async def test_a_preview_is_marked_as_one() -> None:
    assert await gateways.render("02", supplement(is_preview=True)) != await gateways.render("02", supplement())


async def test_the_same_data_gives_the_same_bytes() -> None:
    assert await gateways.render("02", supplement()) == await gateways.render("02", supplement())


async def test_a_warm_slip_takes_milliseconds() -> None:
    short = supplement(items=[{"name": "Một", "reason": "Hai"}])
    await gateways.render("02", short)
    took = []
    for number in range(5):
        began = time.perf_counter()
        await gateways.render("02", {**short, "number": str(number)})
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1  # some 10 ms on an idle machine


def test_a_qr_code_is_drawn() -> None:
    assert qr_svg("http://localhost:9/lookup?code=T-1").startswith("<svg")


@pytest.mark.db
async def test_the_law_of_the_day_stands_on_the_slip(world: Any) -> None:
    from datetime import datetime

    from kit.now import TIME_ZONE
    from workflow.domain.slips import SUPPLEMENT, Letter

    office = world.office
    before = Letter(office, SUPPLEMENT, 3, datetime(2025, 9, 14, 23, 59, tzinfo=TIME_ZONE), "u").data()
    after = Letter(office, SUPPLEMENT, None, datetime(2025, 9, 15, tzinfo=TIME_ZONE), "u", is_preview=True).data()
    assert (before["regulation"], before["number"]) == ("Mẫu số 02, Thông tư 01/2018/TT-VPCP", "03/HDHS")
    assert (after["regulation"], after["is_preview"]) == ("Mẫu số 02, Thông tư 03/2025/TT-VPCP", True)
