"""What an outage of the database or the object store means to people: a sentence each. Mends nothing."""

import logging
from collections.abc import Iterator
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError, InterfaceError

from kit.objects import StoreAway
from kit.problems import Problem, RenderPage, answer
from kit.tx import DatabaseAway

log = logging.getLogger(__name__)
_AGAIN = "Những gì đã được xác nhận vẫn còn nguyên. Ông/bà vui lòng thử lại sau ít phút; gửi lại không bị ghi hai lần."
AWAY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "database-away", "The database does not answer", "Hệ thống tạm gián đoạn",
    f"Phần này của hệ thống đang tạm ngừng vì cơ sở dữ liệu không trả lời. {_AGAIN}",
)  # fmt: skip
BUSY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "database-busy", "The database has too much to do", "Hệ thống đang quá tải",
    f"Hiện có quá nhiều người dùng cùng lúc nên chưa xử lý được. {_AGAIN}",
)  # fmt: skip
READ_ONLY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "database-read-only", "The database takes no changes", "Hiện chỉ xem được",
    f"Hệ thống đang được bảo trì: xem được, nhưng chưa ghi thêm được gì. {_AGAIN}",
)  # fmt: skip
DISK_FULL = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "database-full", "The database's disk is full", "Hệ thống chưa ghi được",
    f"Chỗ lưu trữ của hệ thống đã đầy nên chưa ghi thêm được gì; người vận hành phải xử lý. {_AGAIN}",
)  # fmt: skip
STORE_AWAY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE, "object-store-away", "The object store does not work", "Kho tệp không dùng được",
    f"Kho lưu tệp đang đầy hoặc không trả lời, nên chưa lưu hay mở tệp được. {_AGAIN}",
)  # fmt: skip

BY_STATE = (  # the beginning of an SQLSTATE; the first that fits
    ("25006", READ_ONLY),
    ("53100", DISK_FULL),
    ("53", BUSY),  # connections, memory
    ("40", BUSY),  # deadlock, serialization
    ("55P03", BUSY),  # lock limit
    ("57014", BUSY),  # statement limit
    ("25P0", BUSY),  # transaction limits
    ("08", AWAY),
    ("57P", AWAY),  # shutdown, crash, starting
    ("58", AWAY),  # the machine below it
)
OUTAGES = (DBAPIError, DatabaseAway, StoreAway, TimeoutError, ConnectionError)


def install(app: FastAPI, *, page: RenderPage | None = None) -> None:
    """Answer every outage with its sentence; what else comes by these classes stays unexpected."""

    async def answered(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem is None:
            raise error
        log.warning("a request could not be served: %s (%s)", problem.title, type(error).__name__)
        return answer(request, problem, problem.title, page=page)

    for cls in OUTAGES:
        app.add_exception_handler(cls, answered)


def problem_of(error: BaseException) -> Problem | None:
    """The answer for an error that is an outage of our parts; none for any other."""
    if isinstance(error, StoreAway):
        return STORE_AWAY
    for state in _states(error):
        if found := next((problem for begins, problem in BY_STATE if state.startswith(begins)), None):
            return found
    return AWAY if _is_cut_off(error) else None


def _states(error: BaseException | None) -> Iterator[str]:
    """The SQLSTATEs of an error and of what it came from."""
    while error is not None:
        yield getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None) or ""
        error = error.__cause__


def _is_cut_off(error: BaseException) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, InterfaceError)
    return isinstance(error, (DatabaseAway, TimeoutError, ConnectionError))
