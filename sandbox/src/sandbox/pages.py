"""The shell of every sandbox page, its style sheet and what templates may call. No page needs a script."""

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from sandbox import clock

# No outside request, no script, nobody may frame the page. form-action stays open: after a form the payer and
# the person signing in are sent on to another address, which the directive would also stop.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def money(amount_vnd: int) -> str:
    """`12.600.000 ₫`, as the law's forms write it."""
    return f"{amount_vnd:,}".replace(",", ".") + "\u00a0₫"


class Pages:
    """Renders the templates; `prefix` is the path under which this program's pages stand."""

    def __init__(self, prefix: str) -> None:
        self._templates = Environment(
            loader=PackageLoader("sandbox"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(money=money, spoken=clock.spoken)
        self._templates.globals["prefix"] = prefix

    def show(self, template: str, status_code: int = 200, **said: Any) -> HTMLResponse:
        text = self._templates.get_template(template).render(said)
        return HTMLResponse(text, status_code=status_code, headers=SECURITY)


def show_errors(app: FastAPI, shown: Pages, now: Callable[[], datetime]) -> None:
    """A person who took a wrong address gets a page; a program gets JSON."""

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if "text/html" not in request.headers.get("accept", ""):
            return await http_exception_handler(request, error)
        return shown.show("error.html", error.status_code, now=now(), status=error.status_code)

    app.add_exception_handler(HTTPException, answer)


def router(prefix: str) -> APIRouter:
    """The style sheet, and the health address at the program's own port."""
    routes = APIRouter()
    style = files("sandbox").joinpath("static", "sandbox.css").read_text(encoding="utf-8")

    @routes.get(f"{prefix}/sandbox.css", include_in_schema=False)
    async def style_sheet() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @routes.get("/healthz", tags=["health"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return routes
