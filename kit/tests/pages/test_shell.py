"""Both layouts, the headers of every page, the error page, and templates that must not guess."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import TemplateRuntimeError, UndefinedError

from kit.pages import Milestone, Pages
from kit.testing.pages import BrokenPage, read_page

PATHS = ["/", "/track", "/form", "/pay", "/empty", "/officer/", "/officer/week", "/officer/case"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signed_in", [True, False])
async def test_every_page_reads_well(
    build_app: Callable[[Any], FastAPI], person: Any, path: str, signed_in: bool
) -> None:
    transport = httpx.ASGITransport(app=build_app(person if signed_in else None))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        page = read_page((await client.get(path)).text)
    assert page.title == f"{page.h1} – Motcua"
    assert ("Đăng xuất" in page.text, "Đăng nhập" in page.text) == (signed_in, not signed_in)
    assert ("Trần Thị Bích Ngọc" in page.text) is signed_in


async def test_every_page_carries_its_headers(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/")).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


async def test_signing_in_comes_back_to_the_page(build_app: Callable[[Any], FastAPI]) -> None:
    transport = httpx.ASGITransport(app=build_app(None))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        page = read_page((await client.get("/officer/?q=a&b=1")).text)
    assert page.link("Đăng nhập") == "/officer/sign-in?then=%2Fofficer%2F%3Fq%3Da%26b%3D1"


async def test_the_navigation_counts_and_marks_where_one_is(client: httpx.AsyncClient) -> None:
    page = read_page((await client.get("/officer/week")).text)
    assert "Chờ người khác 1.204" in page.text
    here = [element for element in page.root.iter("a") if element.get("aria-current") == "page"]
    assert [element.get("href") for element in here] == ["/officer/week"]


async def test_the_road_marks_the_present_step_and_says_what_is_planned(client: httpx.AsyncClient) -> None:
    page = read_page((await client.get("/track")).text)
    steps = [element for element in page.root.iter("li") if element.get("aria-current") == "step"]
    assert len(steps) == 1
    assert "09:12 Thứ Hai, 03/03/2025" in page.text
    assert "Dự kiến 17:30 Thứ Sáu, 04/04/2025" in page.text
    assert "Thẩm định hồ sơ (đang ở bước này)" in page.text


def answer_in(app: FastAPI, answer: Callable[[Request], HTMLResponse]) -> None:
    app.add_api_route("/answer", answer, methods=["GET"], response_class=HTMLResponse)


async def get(app: FastAPI, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
        return await client.get(path)


async def test_the_error_page_says_what_to_do_and_the_number_to_read_out(pages: Pages) -> None:
    app = FastAPI()
    pages.install(app)
    assert id(app.state.pages) == id(pages)

    def answer(request: Request) -> HTMLResponse:
        return pages.problem(request, 500, "Hệ thống gặp lỗi", "Xin thử lại sau ít phút.", "4bf92f35")

    answer_in(app, answer)
    response = await get(app, "/answer")
    page = read_page(response.text)
    assert response.status_code == 500
    assert page.h1 == "Hệ thống gặp lỗi"
    assert "Xin thử lại sau ít phút." in page.text
    assert "4bf92f35" in page.text


async def test_a_failure_s_page_offers_no_form_whose_token_would_not_be_kept(pages: Pages) -> None:
    app = FastAPI()

    def answer(request: Request) -> HTMLResponse:
        request.state.person = "Trần Thị Bích Ngọc"
        request.scope["session"] = {}
        return pages.problem(request, 500, "Hệ thống gặp lỗi", "Xin thử lại.")

    answer_in(app, answer)
    page = read_page((await get(app, "/answer")).text)
    assert "Trần Thị Bích Ngọc" in page.text
    assert page.forms == []


async def test_a_name_the_page_was_not_given_is_an_error(pages: Pages) -> None:
    with pytest.raises(UndefinedError):
        pages.environment.from_string("{{ nothing_given }}").render()


def test_a_page_without_a_heading_cannot_be_rendered(pages: Pages) -> None:
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    with pytest.raises(TemplateRuntimeError, match="Required block 'heading' not found"):
        pages.render(request, "headless.html")


def test_a_timeline_takes_plain_mappings_and_milestones_alike(macro: Callable[..., str]) -> None:
    plain = macro("{{ ui.timeline(x) }}", x=[{"word": "Nộp", "state": "done"}])
    assert plain == macro("{{ ui.timeline(x) }}", x=[Milestone("Nộp", "done")])


def test_macros_may_be_imported_by_name(macro: Callable[..., str]) -> None:
    source = '{% from "macros/ui.html" import code, badge %}{{ code("H1") }}{{ badge("Mới nộp", "blue", "inbox") }}'
    assert "<code>H1</code>" in macro(source)


def test_sentences_go_through_the_catalogue(macro: Callable[..., str]) -> None:
    assert macro("{{ _('Bước %(now)s / %(whole)s', now=2, whole=6) }}") == "Bước 2 / 6"


async def test_the_page_that_reads_well_would_be_caught_if_it_did_not(client: httpx.AsyncClient) -> None:
    html = (await client.get("/form")).text
    with pytest.raises(BrokenPage, match="carries no token"):
        read_page(html.replace('name="form_token"', 'name="other"'))


def test_a_service_s_own_template_comes_before_the_kit_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "a_service_of_pages"
    (package / "web/templates").mkdir(parents=True)
    (package / "web/static").mkdir()
    (package / "__init__.py").touch()
    (package / "web/templates/problem.html").write_text("ours")
    (package / "web/static/ours.css").write_text("main { color: black; }")
    monkeypatch.syspath_prepend(tmp_path)
    pages = Pages(
        package="a_service_of_pages", templates="web/templates", static="web/static", layout="officer", base="/x"
    )
    assert pages.environment.get_template("problem.html").render() == "ours"
    assert pages.assets.href("ours.css") == f"/x/static/{pages.assets.version}/ours.css"
    assert pages.assets.href("motcua.css")
