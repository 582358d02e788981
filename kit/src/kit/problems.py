"""Errors as answers: problem+json (RFC 9457) for APIs, a page with a sentence for people. The only room that maps."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from kit import tracing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """What a class of errors means to a client. `slug` never changes meaning; `title` is the same for each slug."""

    status: HTTPStatus
    slug: str
    title: str
    title_vi: str
    sentence_vi: str = ""

    @property
    def type(self) -> str:
        return f"urn:motcua:problem:{self.slug}"


ErrorTable = Mapping[type[Exception], Problem]
RenderPage = Callable[[Request, int, str, str, str], Response]

MALFORMED = Problem(
    HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", "The request cannot be read", "Không đọc được yêu cầu",
    "Nội dung gửi lên không đúng dạng. Ông/bà vui lòng kiểm tra rồi gửi lại.",
)  # fmt: skip
UNEXPECTED = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "Something went wrong on our side", "Hệ thống gặp lỗi",
    "Lỗi thuộc về hệ thống, không phải của ông/bà. Những gì đã gửi và được xác nhận vẫn còn nguyên.",
)  # fmt: skip
HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "10"},
}
BY_STATUS = {
    404: Problem(
        HTTPStatus.NOT_FOUND, "not-found", "There is nothing here", "Không tìm thấy",
        "Địa chỉ này không có, hoặc ông/bà không có quyền xem.",
    ),
    405: Problem(
        HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "This cannot be done here", "Không thực hiện được",
        "Thao tác này không dùng được ở địa chỉ này.",
    ),
    413: Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The request is too large", "Nội dung quá lớn",
        "Nội dung gửi lên vượt quá giới hạn cho phép.",
    ),
}  # fmt: skip


def install(app: FastAPI, table: ErrorTable, *, page: RenderPage | None = None) -> None:
    """Make every error of `table` the answer it stands for; the unexpected is 500 with a trace id."""

    async def known(request: Request, error: Exception) -> Response:
        problem = next(table[cls] for cls in type(error).__mro__ if cls in table)
        return answer(request, problem, detail(error), page=page, facts=getattr(error, "facts", None))

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = [{"pointer": "/".join(map(str, e["loc"])), "detail": e["msg"]} for e in error.errors()]
        return answer(request, MALFORMED, errors[0]["detail"], page=page, facts={"errors": errors})

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        plain = Problem(HTTPStatus(error.status_code), "http", "The request failed", "Không thực hiện được")
        return answer(request, BY_STATUS.get(error.status_code, plain), str(error.detail), page=page)

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected", exc_info=error)
        return answer(request, UNEXPECTED, f"trace {tracing.trace_id()}", page=page)

    for cls in table:
        app.add_exception_handler(cls, known)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def detail(error: Exception) -> str:
    """What an error says of itself, for API clients."""
    return str(error) or type(error).__name__


def wants_page(request: Request) -> bool:
    """People's browsers ask for HTML; API paths never get a page."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def answer(
    request: Request, problem: Problem, detail: str, *, page: RenderPage | None, facts: dict[str, Any] | None = None
) -> Response:
    """The answer in the form the client asked for."""
    headers = HEADERS.get(problem.status, {})
    if page is not None and wants_page(request):
        sentence = (facts or {}).get("sentence_vi") or problem.sentence_vi or problem.title_vi
        shown = page(request, problem.status, problem.title_vi, sentence, tracing.trace_id())
        shown.headers.update(headers)
        return shown
    body = {"type": problem.type, "title": problem.title, "status": int(problem.status), "detail": detail}
    body |= {"title_vi": problem.title_vi, "trace_id": tracing.trace_id()} | (facts or {})
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
