"""Builds the web side every service has: errors, sign-in, pages, health, metrics, traces."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit import checks, health, outages, parked_pages, problems, signin, telemetry
from kit.consume import Consumer
from kit.health import Health
from kit.pages import Pages
from kit.pages.forms import TokenMissing
from kit.problems import Problem
from kit.settings import ServiceSettings
from kit.tx import Database

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # anybody may say another word
TOKEN_MISSING = Problem(
    HTTPStatus.FORBIDDEN, "form-token-missing", "The form is too old", "Trang đã mở quá lâu",
    "Trang này đã mở quá lâu hoặc được gửi từ nơi khác. Ông/bà quay lại, tải lại trang rồi gửi lần nữa.",
)  # fmt: skip


def new_app(
    *,
    service: str,
    settings: ServiceSettings,
    database: Database,
    pages: Pages,
    table: problems.ErrorTable,
    base: str,
    consumer: Consumer | None = None,
) -> FastAPI:
    """An application with everything but the service's own routes. `base` is where its pages live.

    With its `consumer` it has the operator's pages on what that parked.
    """

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(
        title=f"Motcua {service}",
        version="1",
        lifespan=living,
        openapi_url=f"/api/{service}/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.database, app.state.settings, app.state.service = database, settings, service
    signin.install(app, settings, service=service, base=base)
    pages.install(app)
    ours: problems.ErrorTable = {**signin.PROBLEMS, **parked_pages.PROBLEMS, TokenMissing: TOKEN_MISSING}
    known: Mapping[type[Exception], Problem] = {**ours, **table}
    problems.install(app, known, page=page_with(pages))
    outages.install(app, page=page_with(pages))
    app.add_exception_handler(signin.NotSignedIn, send_to_sign_in(pages, base))
    app.state.health = health_of_api(service, database)
    app.include_router(operator_routes())
    if consumer:
        app.state.consumer = consumer
        app.include_router(parked_pages.router, prefix=base.rstrip("/"))
    app.add_middleware(Observed)
    return app


def health_of_api(service: str, database: Database) -> Health:
    """What an API needs: its database. Not the brokers: what it says waits in the outbox."""
    needed = {"tables": checks.tables(database, service)}
    return Health(service, "api", starts=needed, works={"database": checks.database(database)})


def page_with(pages: Pages) -> problems.RenderPage:
    """Errors as pages of this service."""

    def page(request: Request, status: int, title_vi: str, sentence_vi: str, trace_id: str) -> Response:
        return pages.problem(request, status, title_vi, sentence_vi, trace_id)

    return page


def send_to_sign_in(pages: Pages, base: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    """People are taken to sign in and back; API clients get the problem."""

    async def answer(request: Request, error: Exception) -> Response:
        by_htmx = "hx-request" in request.headers  # it would put the provider's page into ours
        if request.method == "GET" and problems.wants_page(request) and not by_htmx:
            return RedirectResponse(signin.sign_in_address(request, base), HTTPStatus.SEE_OTHER)
        problem = signin.PROBLEMS[signin.NotSignedIn]
        return problems.answer(request, problem, problems.detail(error), page=page_with(pages))

    return answer


def operator_routes() -> APIRouter:
    """Health and metrics; the front door does not pass them on."""
    router = APIRouter(include_in_schema=False, dependencies=[signin.open_to_all])
    router.include_router(health.routes())

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


class Observed:
    """A span and a measurement per request, by route template: never by a path with ids in it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = [500]

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        parent = dict(scope["headers"]).get(b"traceparent", b"").decode() or None
        began = time.perf_counter()
        with telemetry.span(f"{scope['method']} request", parent=parent):
            try:
                await self.app(scope, receive, watched)
            finally:
                seconds = time.perf_counter() - began
                method = scope["method"] if scope["method"] in METHODS else "other"
                telemetry.REQUESTS.labels(method, template_of(scope), status[0]).observe(seconds)


def template_of(scope: Scope) -> str:
    """The whole template of the route that answered, prefixes of its routers included; `none` where none did.

    A route of an included router knows only its own part; FastAPI keeps the whole beside it.
    """
    whole = scope.get("fastapi", {}).get("effective_route_context")
    return getattr(whole or scope.get("route"), "path", "none")
