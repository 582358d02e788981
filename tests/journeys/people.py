"""People in a browser: each with a window of their own, what they press and type, and pictures of what they saw."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from kit.testing.pages import read_page
from motcua.demo.papers import make_paper

PICTURES = Path(__file__).resolve().parents[2] / "build" / "journey"
PATIENCE_MS = 30_000


class Somebody:
    """A person at a browser. Every page they stop at is read strictly and photographed at 360 and 1440 px."""

    def __init__(self, browser: Browser, address: str, person_id: str, home: str) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(locale="vi-VN", base_url=address)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._sign_in(person_id, home)

    def _hear(self, message: ConsoleMessage) -> None:
        """What the browser complains of; that a broken upload is answered 422 was asked for."""
        if message.type == "error" and "422" not in message.text:
            self.complaints.append(f"{message.text} {message.location}")

    def _sign_in(self, person_id: str, home: str) -> None:
        self.page.goto(f"{home}/sign-in")
        self.page.locator(f'button[name="person"][value="{person_id}"]').first.click()
        self.page.wait_for_url(lambda url: url.startswith(self.address) and "/id/" not in url)

    def close(self) -> None:
        self.context.close()
        assert not self.complaints, self.complaints

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, words: str) -> None:
        """The button or link with these words in the page's matter."""
        main = self.page.locator("main")
        button = main.get_by_role("button", name=words).or_(main.get_by_role("link", name=words))
        button.first.click()

    def look(self, name: str) -> None:
        """Read the page as a strict reader does, and keep a picture of it at both widths."""
        read_page(self.page.content())
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width in (360, 1440):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=str(PICTURES / f"{name}-{width}.png"), full_page=True)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide in a window of {width} px"

    @property
    def words(self) -> str:
        return self.page.locator("main").inner_text().replace("\u00a0", " ")

    def until(self, path: str, seen: Callable[[str], bool]) -> None:
        """Look at a page again and again until what others have to do has come through."""
        for _ in range(PATIENCE_MS // 200):
            self.go(path)
            if seen(self.words):
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{path} never showed what was waited for: {self.words[:600]}")

    def fill_sheet(self, sheet: dict[str, Any]) -> None:
        """Type one sheet of a form, table rows included."""
        for name, value in sheet.items():
            if isinstance(value, list):
                self.fill_rows(name, value)
        for name, value in sheet.items():
            if not isinstance(value, list):
                self.fill(name, value)

    def fill_rows(self, name: str, rows: list[dict[str, Any]]) -> None:
        for number, row in enumerate(rows):
            first = next(iter(row))
            if not self.page.locator(f'[name="{name}-{number}-{first}"]').count():
                with self.page.expect_navigation():
                    self.page.locator(f'button[name="add_row"][value="{name}"]').click()
            for column, value in row.items():
                self.fill(f"{name}-{number}-{column}", value)

    def fill(self, name: str, value: Any) -> None:
        field = self.page.locator(f'main [name="{name}"]')
        kind = field.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind == "radio":
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "select":
            field.select_option(str(value))
        else:
            field.fill(str(value))

    def upload(self, section: Locator, papers: list[list[str]], folder: Path) -> None:
        """Choose real files in one paper's own form and send them."""
        files = []
        for _, name, title in papers:
            file = folder / name
            file.write_bytes(make_paper(title, "Nội dung minh hoạ."))
            files.append(str(file))
        section.locator('input[type="file"]').set_input_files(files)
        with self.page.expect_navigation():
            section.get_by_role("button", name="Tải lên").click()
