"""A small service of pages: every macro in both layouts, with long Vietnamese names; and a client that reads it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, FileSystemLoader
from starlette.middleware.sessions import SessionMiddleware

from kit.now import TIME_ZONE
from kit.pages import FieldError, Milestone, Office, Pages, Step
from kit.pages.forms import Checked, TokenMissing, rows
from kit.pages.months import Day, Kind, Mark

HERE = Path(__file__).parent
OFFICE = Office(
    name="Sở Khoa học và Công nghệ tỉnh Mẫu",
    telephone="0234 382 1234",
    hours="Hôm nay mở cửa đến 17:30",
    address="Quầy 7, Trung tâm Phục vụ hành chính công, 1 đường Mẫu, phường Mẫu",
)
NAVIGATION: list[tuple[str, str, int | None]] = [
    ("Việc của tôi", "/officer/", 12),
    ("Hạn hôm nay", "/officer/today", 3),
    ("Trong tuần", "/officer/week", 28),
    ("Quá hạn", "/officer/late", 1),
    ("Chờ người khác", "/officer/waiting", 1204),
    ("Lịch", "/officer/calendar", None),
]
ERRORS = [
    FieldError("organisation", "Hãy ghi tên cơ sở đúng như trong quyết định thành lập."),
    FieldError("email", "Địa chỉ thư điện tử thiếu dấu @, ví dụ ten@benhvien.vn."),
    FieldError("devices-1-count", "Số lượng phải là một số từ 1 trở lên."),
    FieldError("way", "Hãy chọn một cách nhận kết quả."),
    FieldError("agree", "Hãy đánh dấu để cam đoan nội dung là đúng."),
]


@dataclass(frozen=True)
class Person:
    name: str


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=TIME_ZONE)


ROAD = [
    Milestone("Nộp hồ sơ trực tuyến", "done", at(3, 9, 12)),
    Milestone("Kiểm tra thành phần hồ sơ", "done", at(5, 14, 30), "Đủ và hợp lệ."),
    Milestone(
        "Thẩm định hồ sơ",
        "current",
        at(13, 10, 5),
        "Phòng Quản lý chuyên ngành, bà Nguyễn Thị Minh Khai, 0234 382 1235.",
    ),
    {"word": "Phê duyệt và ký giấy phép", "state": "ahead", "time": at(4, 17, 30, 4)},
    {"word": "Trả kết quả", "state": "ahead", "time": "trước 17:30 Thứ Ba, 08/04/2025"},
]
STEPS = [Step("Người nộp", "done", "/form?who"), Step("Thủ tục", "done", "/form?what"), Step("Thiết bị", "current")]
STEPS += [Step("Giấy tờ", "ahead"), Step("Kiểm tra", "ahead"), Step("Gửi", "ahead")]
DEVICES = [
    {"kind": "ct", "maker": "Canon Medical Systems Corporation Aquilion Lightning TSX-035A", "count": "1"},
    {"kind": "xray", "maker": "Shimadzu RADspeed Pro", "count": "0"},
]
QUEUE = [
    (
        "H01.02-250303-0001",
        "Bệnh viện Đa khoa khu vực Nguyễn Đình Chiểu",
        2100,
        9600,
        {},
        ("Đang xử lý", "blue", "clock"),
    ),
    (
        "H01.02-250303-0002",
        "Phòng khám Răng Hàm Mặt Bác sĩ Trần Thị Hồng Hạnh",
        1500,
        9600,
        {},
        ("Đang xử lý", "blue", "clock"),
    ),
    (
        "H01.02-250228-0114",
        "Công ty TNHH Một thành viên Kiểm định Phương Nam",
        95,
        4800,
        {"today": True},
        ("Đang xử lý", "blue", "clock"),
    ),
    ("H01.02-250226-0099", "Trung tâm Y tế huyện A Lưới", -620, 4800, {}, ("Đang xử lý", "blue", "clock")),
    (
        "H01.02-250225-0087",
        "Bệnh viện Quốc tế Trung ương cơ sở 2",
        3000,
        4800,
        {"stopped": True},
        ("Chờ bổ sung", "amber", "hand"),
    ),
    ("H01.02-250224-0080", "Bệnh viện Mắt", 4000, 4800, {}, ("Có kết quả", "green", "file-check")),
    ("H01.02-250221-0071", "Nha khoa Việt Mỹ", 4000, 4800, {"stopped": True}, ("Đã rút", "grey", "arrow-back")),
]


def some_days() -> list[Day]:
    """April and May of 2025: a limit of eight working days over a swap and a holiday."""
    on = [date(2025, 4, 1) + timedelta(days=n) for n in range(61)]
    off = {date(2025, 4, 30): "Ngày Chiến thắng", date(2025, 5, 1): "Quốc tế Lao động", date(2025, 5, 2): "Nghỉ liền"}
    swapped, start, due = date(2025, 4, 26), date(2025, 4, 25), date(2025, 5, 9)
    marks = {
        start: (Mark("start", "bắt đầu tính, từ 09:12", "từ"),),
        date(2025, 5, 7): (Mark("today", "hôm nay"),),
        date(2025, 5, 8): (Mark("event", "ông/bà nộp phí lúc 10:00", "phí"),),
        due: (Mark("due", "hẹn trả, trước 09:12", "hẹn"),),
    }
    found, number = [], 0
    for one in on:
        kind: Kind = "holiday" if one in off else "swapped" if one == swapped else "working"
        kind = "weekend" if kind == "working" and one.weekday() > 4 else kind
        counts = start < one <= due and kind in ("working", "swapped")
        number += counts
        reason = off.get(one, "Làm bù cho thứ Sáu 2/5" if kind == "swapped" else "Nghỉ hằng tuần")
        told = start <= one <= due
        found.append(Day(one, kind, reason, number if counts else None, marks.get(one, ()), is_told=told))
    return found


def pages_of(layout: Literal["citizen", "officer"], base: str) -> Pages:
    pages = Pages(
        package="kit.pages", templates="templates", layout=layout, base=base, office=OFFICE,
        navigation=NAVIGATION if layout == "officer" else (),
        sandbox_note="Bản thử nghiệm: không có hồ sơ nào ở đây là thật.",
    )  # fmt: skip
    kits = pages.environment.loader
    assert kits is not None
    pages.environment.loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), kits])
    return pages


def demo_app(person: Person | None = None) -> FastAPI:
    """Citizen pages at `/`, officer pages at `/officer`."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(SessionMiddleware, secret_key="of-the-tests")
    citizen, officer = pages_of("citizen", "/"), pages_of("officer", "/officer")
    officer.install(app)
    citizen.install(app)

    def show(pages: Pages, path: str, template: str, **context: Any) -> None:
        @app.get(path)
        def page(request: Request) -> HTMLResponse:
            request.state.person = person
            return pages.render(request, template, **context)

    show(citizen, "/", "home.html")
    show(citizen, "/track", "track.html", road=ROAD)
    show(citizen, "/form", "form.html", steps=STEPS, devices=DEVICES, errors=[], values={})
    show(citizen, "/pay", "pay.html")
    show(citizen, "/months", "months.html", days=some_days())
    show(citizen, "/empty", "empty.html")
    show(officer, "/officer/", "queue.html", queue=QUEUE)
    show(officer, "/officer/today", "queue.html", queue=QUEUE * 700)
    show(officer, "/officer/week", "queue.html", queue=[])
    show(officer, "/officer/case", "case.html", road=ROAD, errors=ERRORS[:1])

    @app.post("/form")
    async def sent(request: Request, form: Checked) -> HTMLResponse:
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        devices = rows(form, "devices") or DEVICES
        return citizen.render(
            request, "form.html", status_code=422, steps=STEPS, devices=devices, errors=ERRORS, values=values
        )

    @app.exception_handler(TokenMissing)
    async def refused(request: Request, error: TokenMissing) -> HTMLResponse:
        return citizen.problem(
            request, 403, "Trang đã mở quá lâu", "Xin tải lại trang rồi gửi lần nữa.", "4bf92f3577b34da6"
        )

    return app


@pytest.fixture
def build_app() -> Callable[[Person | None], FastAPI]:
    return demo_app


@pytest.fixture
def person() -> Person:
    return Person("Trần Thị Bích Ngọc")


@pytest.fixture
async def client(person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody signed in who keeps her cookies."""
    transport = httpx.ASGITransport(app=demo_app(person))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as found:
        yield found


@pytest.fixture
def days() -> list[Day]:
    return some_days()


@pytest.fixture
def pages() -> Pages:
    return pages_of("citizen", "/")


@pytest.fixture
def macro(pages: Pages) -> Callable[..., str]:
    """The HTML of a line of template: `macro("{{ ui.code(x) }}", x="H1")`."""

    def render(source: str, **context: Any) -> str:
        return pages.environment.from_string(source).render(**context)

    return render
