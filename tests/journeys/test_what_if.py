"""A visitor without a mouse and without an account asks when a result would come, on a telephone and on a desk."""

import pytest
from tests.journeys.test_keys import PHONE, at_keyboard

from motcua.stack import Stack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.browser,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(600),
]
DUE = "Hẹn trả kết quả trước 17:30 Thứ Ba, 08/04/2025"


@pytest.mark.proves("K07", "B11")
@pytest.mark.parametrize("width", [PHONE, 1440])
def test_a_visitor_asks_by_keys_when_the_result_would_come(machine: Stack, width: int) -> None:
    with at_keyboard(machine, None, "", width) as visitor:
        visitor.go("/")
        visitor.look(f"60-door-{width}")
        visitor.press("Tính thử ngày trả kết quả")
        visitor.page.wait_for_url("**/what-if")
        visitor.look(f"61-what-if-empty-{width}")
        visitor.fill("procedure", "xray-licence-new-2021")
        visitor.fill("channel", "online")
        for name, on, clock in (("filed", "2025-03-03", "09:12"), ("paid", "2025-03-13", "10:05")):
            visitor.fill(f"{name}_on", on)
            visitor.fill(f"{name}_time", clock)
        with visitor.page.expect_navigation():
            visitor.press("Thêm một lần bị yêu cầu bổ sung")
        for name, on, clock in (("asked", "2025-03-05", "14:00"), ("answered", "2025-03-04", "08:00")):
            visitor.fill(f"supplements-0-{name}_on", on)
            visitor.fill(f"supplements-0-{name}_time", clock)
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Enter")
        assert "lúc bổ sung không thể trước lúc được yêu cầu" in visitor.words
        visitor.look(f"62-what-if-wrong-{width}")
        visitor.fill("supplements-0-answered_on", "2025-03-06")
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Enter")
        assert DUE in visitor.words
        assert "Từng ngày trên lịch" in visitor.words
        visitor.look(f"63-what-if-{width}")
        shared = visitor.page.url
    with at_keyboard(machine, None, "", width) as another:
        another.go(shared)
        assert DUE in another.words
