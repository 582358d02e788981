"""The whole road through the pages, in Chromium: citizen, officers, payer, approver, and what each of them sees."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser
from tests.journeys.people import Somebody

from kit.now import TIME_ZONE
from kit.testing.browser import chromium
from motcua.demo import actions
from motcua.stack import Stack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.browser,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(600),
]
STORY: dict[str, Any] = yaml.safe_load(Path(actions.__file__).with_name("dossier.yaml").read_text())
CONTACT_FIELDS = ("name", "organisation", "email", "phone", "address")


class Office:
    """The people of the story, each signed in when first needed."""

    def __init__(self, browser: Browser, machine: Stack) -> None:
        self._browser, self.machine = browser, machine
        self._people: dict[str, Somebody] = {}

    def somebody(self, person_id: str, home: str) -> Somebody:
        if person_id not in self._people:
            self._people[person_id] = Somebody(self._browser, self.machine.url, person_id, home)
        return self._people[person_id]

    @property
    def citizen(self) -> Somebody:
        return self.somebody("p-applicant-hospital", "")

    def officer(self, role: str) -> Somebody:
        return self.somebody(f"p-{role}", "/officer")

    def at(self, month: int, day: int, hour: int) -> None:
        moment = datetime(2025, month, day, hour, tzinfo=TIME_ZONE)
        with ThreadPoolExecutor(1) as aside:  # the browser's driver has this thread's event loop
            aside.submit(self.machine.move_clock, moment).result()

    def close(self) -> None:
        for person in self._people.values():
            person.close()


@contextmanager
def office(machine: Stack) -> Iterator[Office]:
    with chromium() as browser:
        people = Office(browser, machine)
        yield people
        people.close()


def papers_by_component(papers: list[list[str]]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = defaultdict(list)
    for paper in papers:
        found[paper[0]].append(paper)
    return found


def file_the_dossier(citizen: Somebody, folder: Path) -> str:
    """From the home page to the arrival number; returns the dossier's path."""
    citizen.go("/")
    citizen.look("01-home")
    citizen.go("/procedures?q=x-quang")
    citizen.look("02-search")
    citizen.go(f"/procedures/{STORY['procedure_id']}")
    citizen.look("03-procedure")
    citizen.go(f"/filing/new?procedure={STORY['procedure_id']}")
    citizen.look("04-filing-begins")
    citizen.press("Bắt đầu hồ sơ mới")
    for name in CONTACT_FIELDS:
        citizen.fill(name, STORY["contact"][name])
    citizen.look("05-who")
    citizen.press("Lưu và tiếp tục")
    for form_id, sheets in STORY["forms"].items():
        for number, sheet in enumerate(sheets, start=1):
            citizen.page.wait_for_url(f"**/forms/{form_id}*")
            citizen.fill_sheet(sheet)
            citizen.look(f"06-{form_id}-{number}")
            with citizen.page.expect_navigation():
                citizen.press("Lưu và tiếp tục")
    attach_papers(citizen, folder)
    citizen.press("Tiếp tục")
    assert "12.600.000 ₫" in citizen.words
    citizen.look("09-check")
    citizen.press("Gửi hồ sơ")
    citizen.page.wait_for_url("**/sent")
    assert "T-H00.15-250303-" in citizen.words
    citizen.look("10-sent")
    return citizen.page.url.removesuffix("/sent").removeprefix(citizen.address)


def attach_papers(citizen: Somebody, folder: Path) -> None:
    citizen.look("07-papers")
    broken = folder / "hong.pdf"
    broken.write_bytes(b"%PDF-1.7 broken off")
    section = citizen.page.locator("#paper-establishment")
    section.locator('input[type="file"]').set_input_files(str(broken))
    section.get_by_role("button", name="Tải lên").click()
    citizen.page.get_by_role("alert").wait_for()
    assert "hong.pdf" in citizen.words
    citizen.look("08-broken-upload")
    for component, papers in papers_by_component(STORY["papers"]).items():
        citizen.upload(citizen.page.locator(f"#paper-{component}"), papers, folder)


def ask_for_a_supplement(officer: Somebody, dossier: str) -> None:
    asked = STORY["supplement"]
    officer.until("/officer", lambda words: "T-H00.15-250303-" in words)
    officer.look("11-queue")
    officer.go(f"/officer/cases/{dossier}")
    officer.look("12-case")
    officer.page.locator(f'[name="verdict-{asked["component"]}"][value="lacking"]').check()
    officer.fill(f"note-{asked['component']}", asked["reason"])
    with officer.page.expect_navigation():
        officer.page.locator('button[name="rest"]').click()
    officer.go(f"/officer/cases/{dossier}/supplement")
    officer.look("13-supplement-request")
    officer.press("Gửi yêu cầu bổ sung")


def answer(citizen: Somebody, track: str, folder: Path) -> None:
    citizen.until(track, lambda words: "Cần ông/bà bổ sung" in words)
    citizen.look("14-track-supplement-asked")
    citizen.press("Bổ sung ngay")
    asked = STORY["supplement"]
    assert "chưa đủ 45 ngày" in citizen.words
    citizen.upload(citizen.page.locator(f"#item-{asked['component']}"), asked["papers"], folder)
    citizen.look("15-supplement")
    citizen.press("Gửi phần bổ sung")


def find_valid(officer: Somebody, dossier: str) -> None:
    officer.until(f"/officer/cases/{dossier}", lambda words: "Mới nộp" in words)
    officer.page.locator('button[name="rest"]').click()
    officer.go(f"/officer/cases/{dossier}/validity")
    assert "12.600.000 ₫" in officer.words
    officer.look("16-validity")
    officer.press("Xác nhận hợp lệ và gửi thông báo phí")


def pay(citizen: Somebody, track: str) -> None:
    citizen.until(track, lambda words: "Cần ông/bà nộp phí" in words)
    citizen.look("17-track-fee")
    citizen.press("Nộp phí")  # payments asks to sign in for itself
    citizen.page.locator('button[name="person"][value="p-applicant-hospital"]').first.click()
    citizen.page.wait_for_url("**/pay/**")
    citizen.look("18-pay")
    citizen.press("Nộp qua Nền tảng thanh toán")
    citizen.page.wait_for_url("**/sandbox/pay/**")
    citizen.page.locator('button[name="decision"][value="pay"]').click()
    citizen.page.wait_for_url("**/pay/**")
    citizen.until(citizen.page.url, lambda words: "Đã nộp phí" in words)
    citizen.look("19-paid")


def step(officer: Somebody, dossier: str, name: str, **said: Any) -> None:
    """One step of the procedure: wait for one's turn, open its page, say what it asks, finish it."""
    officer.until(f"/officer/cases/{dossier}/step", lambda _: officer.page.locator("main form#form button").count() > 0)
    for field, value in said.items():
        officer.fill(field, value)
    officer.look(f"2{name}")
    officer.page.locator("main form#form button[type=submit]").first.click()
    officer.page.wait_for_url(f"**/officer/cases/{dossier}*")


def test_a_dossier_goes_its_whole_road_through_the_pages(machine: Stack, tmp_path: Path) -> None:
    with office(machine) as people:
        people.at(3, 3, 8)
        track = file_the_dossier(people.citizen, tmp_path)
        dossier = track.rpartition("/")[2]
        one_stop = people.officer("one-stop-officer")
        people.at(3, 4, 9)
        ask_for_a_supplement(one_stop, dossier)
        people.at(3, 6, 10)
        answer(people.citizen, track, tmp_path)
        people.at(3, 10, 14)
        find_valid(one_stop, dossier)
        people.at(3, 13, 10)
        pay(people.citizen, track)
        people.citizen.until(track, lambda words: "trước 17:30 Thứ Ba, 08/04/2025" in words)
        people.citizen.look("20-track-accepted")
        take_the_steps(people, dossier)
        take_the_result(people.citizen, track)


def take_the_steps(people: Office, dossier: str) -> None:
    case_officer = people.officer("case-officer")
    people.at(3, 14, 9)
    case_officer.go("/officer")
    assignee = "p-case-officer"
    step(people.officer("division-head"), dossier, "1-assign", assignee_id=assignee)
    people.at(3, 24, 15)
    conclusion = "Hồ sơ đầy đủ, điều kiện an toàn bức xạ đáp ứng yêu cầu; đề nghị cấp giấy phép."
    step(case_officer, dossier, "2-appraise", outcome="granted", conclusion=conclusion)
    people.at(3, 26, 9)
    step(people.officer("division-head"), dossier, "3-review")
    people.at(3, 27, 10)
    step(people.officer("department-leader"), dossier, "4-sign-off", confirmed=True)
    people.at(3, 28, 9)
    step(people.officer("clerk"), dossier, "5-issue")
    one_stop = people.officer("one-stop-officer")
    one_stop.go(f"/officer/cases/{dossier}/clock")
    one_stop.look("26-clock")
    one_stop.go("/officer/queue/all")
    one_stop.look("27-queue-all")


def take_the_result(citizen: Somebody, track: str) -> None:
    citizen.until(track, lambda words: "Đã có kết quả" in words)
    citizen.look("28-track-result")
    citizen.press("Nhận kết quả")
    citizen.until(track, lambda words: "Đã trả kết quả" in words)
    citizen.page.locator('[name="score"][value="5"]').check()
    citizen.press("Gửi đánh giá")
    citizen.until(track, lambda words: "5 / 5 điểm" in words)
    citizen.look("29-track-done")
    for words in ("Bộ phận Tiếp nhận và Trả kết quả", "17:30 Thứ Ba, 08/04/2025", "Biên lai"):
        assert words in citizen.words
    citizen.go("/dossiers")
    citizen.look("30-my-dossiers")


def test_the_other_pages_of_the_road_can_be_looked_at(machine: Stack) -> None:
    with office(machine) as people:
        for person, home, path, name in (
            ("p-accountant", "/pay", "/pay/ledger", "31-ledger"),
            ("p-auditor", "/messages", "/messages", "32-messages"),
            ("p-applicant-hospital", "/messages", "/messages/mine", "33-my-messages"),
        ):
            somebody = Somebody(people._browser, machine.url, person, home)
            somebody.go(path)
            somebody.look(name)
            somebody.close()
        stranger = people.officer("clerk")
        stranger.go("/lookup?code=000.00.15.H00-250313-0001")
        stranger.look("34-lookup")
