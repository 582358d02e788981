"""Five people without a mouse: a dentist on a telephone, a post-room clerk, an officer, an applicant, a leader.

Everything is reached by Tab and pressed by key; axe-core and the strict reader look at every page they stop at.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.people import ByKeys

from kit.now import TIME_ZONE
from kit.testing.browser import chromium
from motcua.demo.actions import Actions
from motcua.demo.others import Case, Other, has
from motcua.demo.story import Walk
from motcua.stack import Stack
from rules.testing import some_files, some_sheets

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.browser,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(600),
]
PHONE = 360
DEVICES = 5
DENTIST = {
    "name": "Lê Thị Bảo Ngọc",
    "email": "bao.ngoc@nhakhoa-mau.example",
    "phone": "0900000102",
    "address": "Số 21 đường Hàng Me, thành phố Mẫu, tỉnh Mẫu",
}


class Stage:
    """The machine, its clock, and what happened before somebody comes to the keyboard."""

    def __init__(self, machine: Stack) -> None:
        self.machine = machine
        self.actions = Actions(machine)
        self._aside = ThreadPoolExecutor(1)  # the browser's driver has this thread's event loop

    def at(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        moment = datetime(2025, month, day, hour, minute, tzinfo=TIME_ZONE)
        self._aside.submit(self.machine.move_clock, moment).result()

    def happened(self, one: Other, *turns: Any) -> Case:
        """These turns of a demo's dossier, one after the other; the case once each has come through."""
        case = one.look()
        for act, is_done in turns:
            act(case)
            case = Walk(self.machine).settle(one.key, one.look, partial(_seen, is_done))
        return case

    def close(self) -> None:
        self.actions.close()
        self._aside.shutdown()


def _seen(is_done: Any, case: Case) -> bool:
    return bool(case) and bool(is_done(case))


@contextmanager
def stage(machine: Stack) -> Iterator[Stage]:
    found = Stage(machine)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def at_keyboard(machine: Stack, person_id: str | None, home: str, width: int = 1440) -> Iterator[ByKeys]:
    with chromium() as browser:
        somebody = ByKeys(browser, machine.url, person_id, home, width)
        yield somebody
        somebody.close()


@pytest.mark.proves("K07", "B05")
def test_a_dentist_files_five_devices_on_a_telephone(machine: Stack, tmp_path: Path) -> None:
    sheets = some_sheets(*["dental"] * DEVICES)
    with stage(machine) as before, at_keyboard(machine, "p-applicant-dentist", "", PHONE) as dentist:
        before.at(5, 5, 20)
        dentist.go("/filing/new?procedure=xray-licence-new-2021")
        dentist.press("Bắt đầu hồ sơ mới")
        for name, value in DENTIST.items():
            dentist.fill(name, value)
        dentist.press("Lưu và tiếp tục")
        for form_id, filled in sheets.items():
            for number, sheet in enumerate(filled, start=1):
                dentist.page.wait_for_url(f"**/forms/{form_id}*")
                dentist.fill_sheet(sheet)
                if number in (1, DEVICES):
                    dentist.look(f"40-phone-{form_id}-{number}")
                with dentist.page.expect_navigation():
                    dentist.press("Lưu và tiếp tục")
        staff = len(sheets["F142-III-01"][0].get("staff_rows", [])) + 1
        for component, count in some_files(DEVICES, staff).items():
            papers = [[component, f"{component}-{number}.pdf", component] for number in range(1, count + 1)]
            dentist.upload(dentist.page.locator(f"#paper-{component}"), papers, tmp_path)
        dentist.look("41-phone-papers")
        dentist.press("Tiếp tục")
        assert "9.000.000 ₫" in dentist.words  # five times two million, at nine tenths online
        dentist.look("42-phone-check")
        dentist.press("Gửi hồ sơ")
        dentist.page.wait_for_url("**/sent")
        assert "T-H00.15-250505-" in dentist.words


@pytest.mark.proves("D01", "K07")
def test_the_post_room_registers_a_parcel(machine: Stack, tmp_path: Path) -> None:
    scan = [["device-sheets", "phieu-khai-bao.pdf", "Phiếu khai báo thiết bị X-quang"]]
    with stage(machine) as before, at_keyboard(machine, "p-post-clerk", "") as clerk:
        before.at(5, 6, 9)
        clerk.go("/desk/post")
        clerk.look("43-post-room")
        parcel = {"postal_item": "RB473124829VN", "stamped_on": "06/05/2025", "stamped_at": "0805"}
        for name, value in parcel.items():
            clerk.fill(name, value)
        clerk.press("Mở bưu gửi")
        clerk.page.wait_for_url("**/desk/registrations/*")
        sender = {"name": "Đinh Văn Phúc", "organisation": "Phòng khám Đa khoa An Mẫu", "phone": "0900000104"}
        for name, value in sender.items():
            clerk.fill(name, value)
        clerk.fill("q", "khai báo thiết bị x-quang")
        with clerk.page.expect_navigation():
            clerk.page.keyboard.press("Enter")
        with clerk.page.expect_navigation():
            clerk.push(clerk.page.locator('button[name="procedure"][value="xray-declaration-2021"]'))
        clerk.fill("originals-device-sheets", 1)
        file = tmp_path / scan[0][1]
        clerk.choose(clerk.page.locator('input[name="scan-device-sheets"]'), [str(clerk.paper(file, scan[0][2]))])
        clerk.look("44-parcel")
        clerk.press("Vào sổ và in giấy biên nhận")
        clerk.page.wait_for_url("**/desk/receipts/*")
        assert "T-H00.15-250506-" in clerk.words
        clerk.look("45-receipt")


@pytest.mark.proves("D06", "K07")
def test_an_officer_refuses_at_reception(machine: Stack) -> None:
    with stage(machine) as before, at_keyboard(machine, "p-one-stop-officer", "/officer") as officer:
        before.at(5, 7, 9)
        one = Other(before.actions, "refused", "", "dentist")
        case = before.happened(one, (one.file_online, has(1)))
        officer.until("/officer", lambda words: case["arrival_number"] in words)
        officer.press(case["arrival_number"])
        officer.page.wait_for_url("**/officer/cases/*")
        officer.look("46-case-to-refuse")
        officer.unfold("Các việc khác")
        officer.push(officer.page.locator('main a[href$="/refusal"]').first)
        officer.page.wait_for_url("**/refusal")
        officer.press("Từ chối tiếp nhận")
        officer.page.get_by_role("alert").wait_for()
        officer.look("47-refusal-without-reason")
        for name, value in one.facts["refusal"].items():
            officer.fill(name, value)
        officer.press("Từ chối tiếp nhận")
        officer.page.wait_for_url(f"**/officer/cases/{case['id']}")
        assert "Không tiếp nhận" in officer.words
        officer.look("48-refused")


@pytest.mark.proves("R09", "K07")
def test_an_applicant_withdraws(machine: Stack) -> None:
    with stage(machine) as before, at_keyboard(machine, "p-applicant-dentist", "", PHONE) as dentist:
        before.at(3, 20, 9)
        one = Other(before.actions, "withdrawn", "", "dentist")
        case = before.happened(one, (one.file_online, has(1)), (one.ask_supplement, has(5)))
        track = f"/dossiers/{case['id']}"
        dentist.until(track, lambda words: "Cần ông/bà bổ sung" in words)
        dentist.look("49-track-to-withdraw")
        dentist.push(dentist.page.locator(f'main a[href="{track}/withdrawal"]').first)
        dentist.page.wait_for_url("**/withdrawal")
        dentist.look("50-withdrawal")
        dentist.fill("reason", one.facts["withdrawal"]["reason"])
        with dentist.page.expect_navigation():
            dentist.press("Rút hồ sơ này")
        dentist.until(track, lambda words: "Đã rút" in words)
        dentist.look("51-withdrawn")


@pytest.mark.proves("D17", "R07", "K07")
def test_a_leader_approves_an_apology(machine: Stack) -> None:
    with stage(machine) as before, at_keyboard(machine, "p-department-leader", "/officer") as leader:
        before.at(5, 9, 9)
        one = Other(before.actions, "certificate", "", "one_stop_officer")
        one.facts["apology"]["new_due_on"] = "2025-05-30"
        accepted = ((one.register, has(1)), (one.find_valid, one.is_payable), (one.take_cash, has(4)))
        case = before.happened(one, *accepted, (one.draft_apology, one.has_apology_draft))
        leader.go("/officer/queue/apology")
        leader.look("52-apologies")
        leader.press(case["code"])
        leader.page.wait_for_url("**/officer/cases/*")
        leader.push(leader.page.locator('main a[href$="/apology"]').first)
        leader.page.wait_for_url("**/apology")
        leader.look("53-apology")
        leader.press("Duyệt và gửi thư")
        leader.page.wait_for_url(f"**/officer/cases/{case['id']}")
        assert "30/05/2025" in leader.words
        leader.look("54-apology-sent")
