"""The pages in a real browser: with and without JavaScript, at both widths and both contrasts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, FilePayload, Page
from starlette.datastructures import UploadFile

from kit.pages.forms import Checked
from kit.testing.browser import chromium, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PICTURES = Path(__file__).parents[3] / "build" / "pages"  # for people to look at; git ignores it
TOO_SMALL = """() => {
  const touched = (e) => (e.matches("[type=checkbox], [type=radio]") ? e.parentElement : e);
  return [...document.querySelectorAll("button, .btn, select, summary, input:not([type=hidden]), nav a")]
    .filter((e) => e.checkVisibility() && !e.matches(".visually-hidden"))
    .filter((e) => touched(e).getBoundingClientRect().height < 43.5)
    .map((e) => `${e.outerHTML.slice(0, 90)} ${touched(e).getBoundingClientRect().height}`);
}"""
PATHS = {
    "home": "/", "track": "/track", "form": "/form", "pay": "/pay", "empty": "/empty", "months": "/months",
    "queue": "/officer/", "queue-empty": "/officer/week", "case": "/officer/case",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def app(build_app: Callable[[Any], FastAPI], person: Any) -> FastAPI:
    return build_app(person)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as found:
        yield found


@pytest.fixture
def said(page: Page) -> list[str]:
    """What the browser complains of: errors, refused content."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("contrast", ["normal", "high"])
@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("size", ["normal", "larger"])
def test_no_page_is_wider_than_its_window(browser: Browser, address: str, width: int, contrast: str, size: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": width, "height": 800}, has_touch=width == 360)
    context.add_cookies([{"name": "motcua_look", "value": f"{size}.{contrast}", "url": address}])
    page = context.new_page()
    for name, path in PATHS.items():
        page.goto(address + path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{path} is {over} px wider than {width} px"
        page.screenshot(path=PICTURES / f"{name}-{width}-{size}-{contrast}.png", full_page=True)
    context.close()


@pytest.mark.proves("K07")
def test_touch_targets_are_large_enough(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    for path in PATHS.values():
        page.goto(address + path)
        small = page.evaluate(TOO_SMALL)
        assert small == [], path
    context.close()


def test_nothing_is_refused_by_the_policy_and_nothing_fails(page: Page, said: list[str], address: str) -> None:
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(address) else outside.append(request.url))
    for path in PATHS.values():
        page.goto(address + path, wait_until="networkidle")
    assert (said, outside) == ([], [])
    assert page.evaluate("typeof htmx") == "object"


def test_two_clicks_send_once(app: FastAPI, page: Page, address: str) -> None:
    came: list[str] = []
    answer_late(app, came)
    page.goto(f"{address}/pay")
    page.evaluate("document.querySelector('main form').action = '/slow'")
    quiet = page.evaluate(
        """() => { const button = document.querySelector("main form .btn-first");
                   button.click(); button.click(); button.click();
                   return button.getAttribute("aria-disabled"); }"""
    )
    assert quiet == "true"
    page.wait_for_url("**/slow")
    assert came == ["sent"]


def answer_late(app: FastAPI, came: list[str]) -> None:
    @app.post("/slow", response_class=HTMLResponse)
    async def slow(request: Request) -> str:
        came.append("sent")
        return "<p>OK"


def test_after_going_back_the_button_can_be_pressed_again(app: FastAPI, page: Page, address: str) -> None:
    answer_late(app, [])
    page.goto(f"{address}/pay")
    page.evaluate("document.querySelector('main form').action = '/slow'")
    page.locator("main form .btn-first").click()
    page.wait_for_url("**/slow")
    page.go_back()
    assert page.locator("main form .btn-first").get_attribute("aria-disabled") is None


def test_a_code_is_copied_by_its_button(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/track")
    page.locator(".copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == "H01.02-250303-0001"
    context.close()


def test_a_chosen_file_is_named_with_its_size(page: Page, address: str) -> None:
    page.goto(f"{address}/form")
    paper: FilePayload = {"name": "Sơ đồ phòng.pdf", "mimeType": "application/pdf", "buffer": b"x" * 312_345}
    page.set_input_files("#paper", paper)
    assert page.locator("[data-file-chosen]").inner_text() == "Sơ đồ phòng.pdf (312 kB)"


def test_a_form_saves_itself_and_says_so_or_says_that_it_could_not(app: FastAPI, page: Page, address: str) -> None:
    @app.post("/form/draft", response_class=HTMLResponse)
    async def draft(form: Checked) -> HTMLResponse:
        assert not any(isinstance(value, UploadFile) for value in form.values())
        well = form["organisation"] == "A"
        return HTMLResponse("Đã lưu A" if well else "<h1>Lỗi</h1>", 200 if well else 503)

    page.goto(f"{address}/form")
    page.set_input_files("#paper", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    page.fill("#organisation", "A")
    page.locator("#email").focus()
    page.locator("#saved", has_text="Đã lưu A").wait_for()
    page.fill("#organisation", "B")
    page.locator("#email").focus()
    page.locator("#saved", has_text="Chưa lưu được").wait_for()
    assert page.locator("h1").count() == 1


def test_a_list_is_walked_by_key(page: Page, address: str) -> None:
    page.goto(f"{address}/officer/")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.innerText") == "H01.02-250303-0002"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/k")
    assert page.input_value("#q") == "j/k"


def test_the_error_summary_is_focused_and_leads_to_the_field(page: Page, address: str) -> None:
    page.goto(f"{address}/form")
    page.get_by_role("button", name="Lưu và sang bước sau").click()
    page.wait_for_selector("[data-error-summary]")
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.get_by_role("link", name="Hãy chọn một cách nhận kết quả.").click()
    assert page.evaluate("document.activeElement.id") == "way"


def test_the_first_tab_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}/officer/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.proves("K07")
def test_a_form_is_sent_and_a_look_is_chosen_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/form")
    page.fill("#organisation", "Bệnh viện Mẫu")
    page.get_by_role("button", name="Lưu và sang bước sau").click()
    assert page.input_value("#organisation") == "Bệnh viện Mẫu"
    page.goto(f"{address}/track")
    page.get_by_role("link", name="Rất lớn").click()
    assert page.locator("html").get_attribute("data-size") == "larger"
    assert page.locator(".copy").first.is_hidden()
    context.close()


def test_paper_gets_the_matter_and_not_the_controls(page: Page, address: str) -> None:
    page.goto(f"{address}/track")
    page.emulate_media(media="print")
    assert page.locator(".main-nav, .person, .look, .btn, .back-link").filter(visible=True).count() == 0
    assert page.locator("h1, .road-stop, .site-footer .footer-call").filter(visible=True).count() == 7
