"""People in a browser: each with a window of their own, what they press and type, and pictures of what they saw."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, ViewportSize
from playwright.sync_api import TimeoutError as NothingCame

from kit.testing.pages import read_page
from motcua.demo.papers import make_paper

PICTURES = Path(__file__).resolve().parents[2] / "build" / "journey"
PATIENCE_MS = 30_000
WIDE, HIGH = 1440, 900
MOST_TABS = 400
MOST_PRESSES = 4
SERIOUS = ("serious", "critical")


class Somebody:
    """A person at a browser. Every page they stop at is read strictly and photographed at 360 and 1440 px.

    Without a `person_id` it is a visitor, who does not sign in.
    """

    def __init__(self, browser: Browser, address: str, person_id: str | None, home: str, width: int = WIDE) -> None:
        self.address, self.window = address, ViewportSize(width=width, height=HIGH)
        self.context: BrowserContext = browser.new_context(
            locale="vi-VN",
            base_url=address,
            viewport=self.window,
            reduced_motion="reduce",  # else a page is judged while a colour is still on its way to another
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if person_id is not None:
            self._sign_in(person_id, home)

    def _hear(self, message: ConsoleMessage) -> None:
        """What the browser complains of; that a broken upload is answered 422 was asked for."""
        if message.type == "error" and "422" not in message.text:
            self.complaints.append(f"{message.text} {message.location}")

    def _sign_in(self, person_id: str, home: str) -> None:
        self.page.goto(f"{home}/sign-in")
        self.push(self.page.locator(f'button[name="person"][value="{person_id}"]').first)
        self.page.wait_for_url(lambda url: url.startswith(self.address) and "/id/" not in url)

    def close(self) -> None:
        self.context.close()
        assert not self.complaints, self.complaints

    def go(self, path: str) -> None:
        self.page.goto(path)

    def press(self, words: str) -> None:
        """The button or link with these words in the page's matter."""
        main = self.page.locator("main")
        self.push(main.get_by_role("button", name=words).or_(main.get_by_role("link", name=words)).first)

    def push(self, button: Locator) -> None:
        button.click()

    def unfold(self, words: str) -> None:
        """Open what is folded under these words."""
        self.push(self.page.locator("main summary").filter(has_text=words).first)

    def look(self, name: str) -> None:
        """Read the page as a strict reader does, ask axe-core, and keep a picture of it at both widths."""
        read_page(self.page.content())
        found = Axe().run(self.page).response["violations"]
        wrong = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]
        assert not wrong, f"{name}: {wrong}"
        (PICTURES / name).parent.mkdir(parents=True, exist_ok=True)
        for width in (360, WIDE):
            self.page.set_viewport_size({"width": width, "height": HIGH})
            self.page.screenshot(path=str(PICTURES / f"{name}-{width}.png"), full_page=True)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide in a window of {width} px"
        self.page.set_viewport_size(self.window)

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
                    self.push(self.page.locator(f'button[name="add_row"][value="{name}"]'))
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
        files = [str(self.paper(folder / name, title)) for _, name, title in papers]
        self.choose(section.locator('input[type="file"]'), files)
        with self.page.expect_navigation():
            self.push(section.get_by_role("button", name="Tải lên"))

    def paper(self, file: Path, title: str) -> Path:
        """A real PDF to be chosen."""
        file.write_bytes(make_paper(title, "Nội dung minh hoạ."))
        return file

    def choose(self, field: Locator, files: list[str]) -> None:
        field.set_input_files(files)


class ByKeys(Somebody):
    """Somebody without a mouse: reaches everything by Tab, presses Enter or Space, types; never clicks."""

    def push(self, button: Locator) -> None:
        self.reach(button)
        self.page.keyboard.press("Enter")

    def reach(self, element: Locator) -> None:
        """Tab to an element. Raises AssertionError where no Tab gets there."""
        self._tab_until(lambda: bool(element.evaluate("e => e === document.activeElement")), str(element))

    def _tab_until(self, is_there: Callable[[], bool], what: str) -> None:
        for _ in range(MOST_TABS):
            if is_there():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {what}")

    def fill(self, name: str, value: Any) -> None:
        field = self.page.locator(f'main [name="{name}"]')
        kind = field.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        by_kind = {"checkbox": self._tick, "select": self._select, "date": self._date, "time": self._time}
        if kind == "radio":
            self._pick(name, str(value))
        else:
            by_kind.get(kind, self._type)(field, value)

    def _pick(self, name: str, value: str) -> None:
        """A radio group: Tab leads into it, arrows along it."""
        inside = f"() => document.activeElement.name === {name!r}"
        self._tab_until(lambda: bool(self.page.evaluate(inside)), name)
        self.page.keyboard.press("Space")
        self._press_until("ArrowDown", f"() => document.activeElement.value === {value!r}", value)

    def _press_until(self, key: str, is_so: str, what: str) -> None:
        for _ in range(MOST_TABS):
            if self.page.evaluate(is_so):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"no {key} leads to {what}")

    def _tick(self, field: Locator, value: Any) -> None:
        self.reach(field)
        if field.is_checked() != bool(value):
            self.page.keyboard.press("Space")

    def _select(self, field: Locator, value: Any) -> None:
        self.reach(field)
        self._press_until("ArrowDown", f"() => document.activeElement.value === {str(value)!r}", str(value))

    def _date(self, field: Locator, value: Any) -> None:
        """A date field takes day, month and year as one types them here, or in the order the browser asks for."""
        year, month, day = str(value).split("-")
        self.reach(field)
        for typed in (f"{day}{month}{year}", f"{month}{day}{year}"):
            self.page.keyboard.type(typed)
            if field.input_value() == str(value):
                return
            for _ in range(2):  # back to its first part
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"no order of digits gives {value}: {field.input_value()}")

    def _time(self, field: Locator, value: Any) -> None:
        """A time field takes hours and minutes, and in some browsers which half of the day it is."""
        self.reach(field)
        clock = datetime.strptime(str(value), "%H:%M")  # noqa: DTZ007 - a time of day alone
        for typed in (f"{clock:%H%M}", f"{clock:%I%M%p}"):
            self.page.keyboard.type(typed)
            if field.input_value() == str(value):
                return
            for _ in range(2):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"no order of digits gives {value}: {field.input_value()}")

    def _type(self, field: Locator, value: Any) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(str(value))

    def choose(self, field: Locator, files: list[str]) -> None:
        """Press until the browser asks for files: a busy one lets a key go by; a person sees it and presses again."""
        for _ in range(MOST_PRESSES):
            self.reach(field)
            try:
                with self.page.expect_file_chooser(timeout=5_000) as asked:
                    self.page.keyboard.press("Space")
            except NothingCame:
                continue
            asked.value.set_files(files)
            return
        raise AssertionError(f"no key opens the choice of files of {field}")
