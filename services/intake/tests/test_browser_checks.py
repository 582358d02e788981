"""What the browser finds wrong with a sheet is what the server finds: the same schema, in Chromium, for every form."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from playwright.sync_api import Page
from starlette.middleware.sessions import SessionMiddleware

from intake.domain.flaws import form_flaws
from intake.main import citizen_pages
from intake.web import form_schema, sheets
from intake.web.calling import show
from kit.testing.browser import chromium, served
from rules import catalogue as law
from rules import filling
from rules.records.form import Form
from rules.testing import OFFICE_ID, broken_dossiers, day_of_filing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CATALOGUE = law.load()
SCHEMA_CODES = {"required", "type", "format", "minimum", "maximum", "maxLength", "must_be_true"}
TYPED = {"string", "text", "phone", "email", "date", "integer", "decimal", "boolean"}
FOUND = """() => {
  document.addEventListener('submit', (event) => event.preventDefault());
  document.querySelector('form[data-schema]').requestSubmit();
  return [...document.querySelectorAll('.error-summary a')].map((one) => one.getAttribute('href').slice(1));
}"""
Sheet = dict[str, Any]


class Drawn:
    """One sheet on a page of its own, as filing draws it; no database is needed to draw."""

    def __init__(self) -> None:
        self.form: Form = CATALOGUE.forms[0]
        self.values: Sheet = {}
        self.app = FastAPI()
        citizen_pages(OFFICE_ID).install(self.app)
        self.app.add_middleware(SessionMiddleware, secret_key="of a test")
        self.app.include_router(form_schema.router)
        self.app.add_api_route("/sheet", self.page)

    async def page(self, request: Request) -> Response:
        return show(
            request,
            "filing_sheet.html",
            form=self.form,
            parts=sheets.layout(self.form, self.values, english="lang=en" in str(request.url)),
            errors=[],
            sheet=1,
            total=1,
            tabs=[],
            steps=[],
            may_copy=False,
            may_remove=False,
            action="/sheet",
            papers_href="/papers",
            schema_href=form_schema.schema_href(self.form, request),
        )


@pytest.fixture(scope="module")
def drawn() -> Iterator[tuple[Drawn, Page, str]]:
    with looked_at() as found:
        yield found


@contextmanager
def looked_at() -> Iterator[tuple[Drawn, Page, str]]:
    here = Drawn()
    with chromium() as browser, served(here.app) as address:
        page = browser.new_page()
        yield here, page, address
        page.close()


def found_in_browser(drawn: tuple[Drawn, Page, str], form: Form, values: Sheet) -> set[str]:
    here, page, address = drawn
    here.form, here.values = form, values
    page.goto(f"{address}/sheet")
    page.wait_for_selector("form[data-checks=ready]")
    return set(page.evaluate(FOUND))


def found_by_server(form: Form, values: Sheet) -> set[str]:
    """What the schema says of what a browser would send; checks across fields are the server's alone."""
    text = {key: sheets_text(value) for key, value in values.items()}
    flaws = form_flaws(form.id, [filling.tidy(form, text)], CATALOGUE)
    return {"-".join(map(str, flaw.path)) for flaw in flaws if flaw.code in SCHEMA_CODES}


def sheets_text(value: Any) -> Any:
    if isinstance(value, list):
        return [{key: sheets_text(cell) for key, cell in row.items()} for row in value]
    return value if isinstance(value, bool) else str(value)


def broken_sheets(form: Form) -> list[Sheet]:
    """Sheets of a form with one thing wrong each that can be typed, from a procedure that uses it."""
    users = [one for one in CATALOGUE.procedures if form.id in one.form_ids]
    found: list[Sheet] = []
    for procedure in users[:1]:
        assert day_of_filing(procedure)
        for one in broken_dossiers(procedure, catalogue=CATALOGUE):
            if one.form_id == form.id and one.what in SCHEMA_CODES and can_be_typed(form, one.path):
                found.append(dict(one.dossier.forms[form.id][0]))
    return found


def can_be_typed(form: Form, path: tuple[Any, ...]) -> bool:
    field = form.field(str(path[0]))
    if field and len(path) == 3:
        field = next((column for column in field.columns if column.key == path[2]), None)
    return field is not None and field.type in TYPED


USED = [form for form in CATALOGUE.forms if any(form.id in one.form_ids for one in CATALOGUE.procedures)]


@pytest.mark.parametrize("form", USED, ids=lambda form: form.id)
def test_the_browser_finds_what_the_server_finds(drawn: tuple[Drawn, Page, str], form: Form) -> None:
    cases: list[Sheet] = [{}, *broken_sheets(form)[::4][:10]]
    for values in cases:
        assert found_in_browser(drawn, form, values) == found_by_server(form, values), values


def test_a_question_is_hidden_until_it_is_asked(drawn: tuple[Drawn, Page, str]) -> None:
    here, page, address = drawn
    here.form = next(one for one in USED if any(field.condition for field in one.fields()))
    here.values = {}
    page.goto(f"{address}/sheet")
    field = next(one for one in here.form.fields() if one.condition)
    assert field.condition is not None
    part = page.locator(f"[data-when]:has([name='{field.key}'])")
    assert part.is_hidden()
    asker = page.locator(f"[name='{field.condition.field}']")
    if asker.first.get_attribute("type") == "radio":
        page.locator(f"[name='{field.condition.field}'][value='{field.condition.values[0]}']").check()
    else:
        asker.select_option(field.condition.values[0])
    assert part.is_visible()


def test_an_error_stands_beside_its_field_and_goes_when_it_is_mended(drawn: tuple[Drawn, Page, str]) -> None:
    here, page, address = drawn
    here.form = next(one for one in USED if any(field.type == "phone" for field in one.fields()))
    here.values = {}
    page.goto(f"{address}/sheet?lang=en")
    page.wait_for_selector("form[data-checks=ready]")
    key = next(field.key for field in here.form.fields() if field.type == "phone")
    page.fill(f"#{key}", "12")
    page.locator(f"#{key}").blur()
    told = page.locator(f"#{key}-error")
    assert "must be a telephone number" in told.inner_text()
    assert page.locator(f"#{key}").get_attribute("aria-invalid") == "true"
    page.fill(f"#{key}", "0912 345 678")
    page.locator(f"#{key}").blur()
    assert told.count() == 0
