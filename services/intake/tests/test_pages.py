"""The citizen's pages, read strictly: finding, filing in steps without scripts, following, supplementing, rating."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from contracts.intake import DossierRated, DossierSubmitted, ResultCollected, SupplementSubmitted
from kit.testing.databases import emitted, set_clock
from kit.testing.pages import Form, Page, read_page
from kit.testing.people import client_of, session_cookie
from kit.tx import Database, run_sql
from rules.testing import PROCEDURE_ID, a_staff_sheet, at, some_files, some_sheets

from .builders import KHOI, NGOC, OFFICER, Others, a_dossier, a_pdf
from .test_road import DEMAND, hear, the_road, waiting_for_supplement, with_result

pytestmark = pytest.mark.db
HTML = {"Accept": "text/html"}


class Reader:
    """A person with a browser that runs no scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page: Page
        self.status = 0
        self.path = ""

    async def open(self, path: str) -> Page:
        answer = await self.client.get(path, headers=HTML)
        return self._arrive(answer)

    async def press(self, form: Form, fields: dict[str, Any] | None = None, button: str = "", **more: Any) -> Page:
        """Send a form of the present page as a browser would, and follow where it leads."""
        pressed = dict([form.buttons[button]]) if button and form.buttons[button][0] else {}
        sent = form.fields | (fields or {}) | pressed
        answer = await self.client.post(form.action, data=sent, headers=HTML, **more)
        return self._arrive(answer)

    def _arrive(self, answer: httpx.Response) -> Page:
        assert answer.headers["content-type"].startswith("text/html"), answer.text
        self.status, self.path = answer.status_code, str(answer.url.path)
        self.page = read_page(answer.text)
        return self.page


async def reader_of(app: FastAPI, *cookies: dict[str, str]) -> AsyncIterator[Reader]:
    async with client_of(app, follow_redirects=True) as client:
        for cookie in cookies:
            client.cookies.update(cookie)
        yield Reader(client)


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app):
        yield reader


@pytest.fixture
async def khoi(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app, session_cookie("intake", KHOI)):
        yield reader


@pytest.fixture
async def ngoc(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app, session_cookie("intake", NGOC)):
        yield reader


def as_typed(sheet: dict[str, Any]) -> dict[str, str]:
    """A sheet as a browser sends it."""
    sent: dict[str, str] = {}
    for key, value in sheet.items():
        if isinstance(value, list):
            cells = {f"{key}-{n}-{name}": str(cell) for n, row in enumerate(value) for name, cell in row.items()}
            sent |= cells
        elif value is not False:
            sent[key] = "yes" if value is True else str(value)
    return sent


async def begin(reader: Reader) -> str:
    """Start a draft by its pages; where it lives."""
    await reader.open(f"/filing/new?procedure={PROCEDURE_ID}")
    await reader.press(reader.page.form("/filing"))
    return reader.path.removesuffix("/who")


async def fill_all(reader: Reader) -> str:
    """Walk through every step up to the last look; where the draft lives."""
    base = await begin(reader)
    await reader.press(reader.page.form("/who"), {"email": "khoi@benhvien.example"})
    for form_id, sheets in some_sheets().items():
        for number, sheet in enumerate(sheets, 1):
            assert reader.path == f"{base}/forms/{form_id}"
            await reader.press(reader.page.form(f"forms/{form_id}?sheet={number}"), as_typed(sheet))
            assert reader.page.errors == {}
    assert reader.path == f"{base}/papers"
    for component, count in some_files().items():
        for _ in range(count):
            await add_paper(reader, component)
    await reader.open(f"{base}/check")
    return base


async def add_paper(reader: Reader, component: str, data: bytes | None = None, name: str = "giay.pdf") -> Page:
    form = next(
        form
        for form in reader.page.forms
        if form.fields.get("component") == component and form.action.endswith("/papers")
    )
    file = (name, a_pdf(2) if data is None else data, "application/pdf")
    return await reader.press(form, files={"file": file})


@pytest.mark.proves("E09")
async def test_the_door_shows_three_ways_and_whom_to_call(visitor: Reader) -> None:
    page = await visitor.open("/")
    assert page.link("Nộp hồ sơ") == "/procedures"
    assert page.link("Tra cứu hồ sơ") == "/lookup"
    assert page.link("Hồ sơ của tôi") == "/dossiers"
    assert "Đang mở cửa đến 11:30. Giờ nhận hồ sơ hôm nay: 07:30–11:30, 13:30–17:30." in page.text
    assert "0200 3 000 000" in page.text


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2025-03-03 06:00", "Hiện đóng cửa. Mở lại 07:30 Thứ Hai, 03/03/2025"),
        ("2025-03-03 12:00", "Đang nghỉ trưa. Mở lại lúc 13:30."),
        ("2025-03-07 18:00", "Hiện đóng cửa. Mở lại 07:30 Thứ Hai, 10/03/2025"),
        ("2025-04-07 09:00", "Hôm nay nghỉ lễ: Giỗ Tổ Hùng Vương. Mở lại 07:30 Thứ Ba, 08/04/2025"),
        ("2025-03-08 09:00", "Hôm nay nghỉ cuối tuần. Mở lại 07:30 Thứ Hai, 10/03/2025"),
        ("2025-04-26 09:00", "Đang mở cửa đến 11:30."),
    ],
)
async def test_the_door_knows_when_the_desk_opens(visitor: Reader, database: Database, now: str, words: str) -> None:
    await set_clock(database, at(now))
    assert words in (await visitor.open("/")).text


async def test_a_procedure_is_found_and_shows_date_and_fee(visitor: Reader) -> None:
    page = await visitor.open("/procedures?q=giay phep x quang")
    page = await visitor.open(page.link("X-quang"))
    assert "trước 09:12 Thứ Sáu, 28/03/2025" in page.text
    assert "Giả định hồ sơ hợp lệ" in page.text
    page = await visitor.open(f"/procedures/{PROCEDURE_ID}?ct=1&general=2&mobile=x")
    assert "12.600.000 ₫" in page.text
    assert "90 %" in page.text
    assert page.link("Nộp hồ sơ") == f"/filing/new?procedure={PROCEDURE_ID}"


async def test_nothing_found_says_so(visitor: Reader) -> None:
    assert "Không tìm thấy" in (await visitor.open("/procedures?q=karaoke")).text


async def test_a_closed_door_says_since_when_and_where_to_go(visitor: Reader, database: Database) -> None:
    await set_clock(database, at("2025-07-02 09:00"))
    page = await visitor.open(f"/procedures/{PROCEDURE_ID}")
    assert "01/07/2025" in page.text
    assert not [link for link in page.links if "filing" in link.href]


async def test_an_unknown_procedure_is_a_page_with_a_sentence(visitor: Reader) -> None:
    page = await visitor.open("/procedures/none")
    assert (visitor.status, page.h1) == (404, "Không có thủ tục này")


async def test_whoever_is_not_signed_in_is_taken_to_sign_in(app: FastAPI) -> None:
    async with client_of(app) as client:
        answer = await client.get("/dossiers", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=/dossiers")


async def test_an_officer_does_not_file(app: FastAPI) -> None:
    async for officer in reader_of(app, session_cookie("intake", OFFICER)):
        await officer.open("/dossiers")
        assert officer.status == 403


async def test_a_dossier_is_filed_step_by_step_without_scripts(khoi: Reader, database: Database) -> None:
    base = await fill_all(khoi)
    assert "12.600.000 ₫" in khoi.page.text
    assert "trước 09:12 Thứ Sáu, 28/03/2025" in khoi.page.text
    assert "Máy chụp cắt lớp vi tính" in khoi.page.text
    assert "20/05/2024" in khoi.page.text
    form = khoi.page.form("/submission")
    page = await khoi.press(form)
    assert page.h1 == "Đã nhận hồ sơ của ông/bà"
    assert "T-H00.15-250303-0001" in page.text
    assert "trước 09:12 Thứ Hai, 10/03/2025" in page.text
    again = await khoi.press(form)
    assert "T-H00.15-250303-0001" in again.text
    assert "T-H00.15-250303-0001" in (await khoi.open(f"{base}/papers")).text
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    assert {flag.code: flag.files for flag in event.components}["inspection-certificates"] == 3


async def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(khoi: Reader) -> None:
    base = await begin(khoi)
    page = await khoi.press(khoi.page.form("/who"), {"name": "", "email": "không có a còng", "phone": "12"})
    assert set(page.errors) == {"name", "email", "phone"}
    assert page.form("/who").fields["email"] == "không có a còng"
    await khoi.open(f"{base}/forms/F142-III-01")
    typed = as_typed(a_staff_sheet(phone="abc", staff_total=5)) | {"staff_rows-0-birth_year": "năm"}
    page = await khoi.press(khoi.page.form("F142-III-01?sheet=1"), typed)
    assert set(page.errors) == {"phone", "staff_total", "staff_rows-0-birth_year"}
    fields = page.form("F142-III-01?sheet=1").fields
    assert (fields["phone"], fields["staff_rows-0-birth_year"], fields["staff_total"]) == ("abc", "năm", "5")


async def test_rows_are_added_and_removed_without_scripts(khoi: Reader) -> None:
    base = await begin(khoi)
    path = "F142-III-01?sheet=1"
    await khoi.open(f"{base}/forms/F142-III-01")
    page = await khoi.press(khoi.page.form(path), {"staff_rows-0-full_name": "A"}, "Thêm dòng")
    assert page.form(path).fields["staff_rows-0-full_name"] == "A"
    page = await khoi.press(page.form(path), {"staff_rows-1-full_name": "B"}, "Thêm dòng")
    assert "staff_rows-2-full_name" in page.form(path).fields
    page = await khoi.press(page.form(path), button="Xóa dòng 1")
    fields = page.form(path).fields
    assert (fields["staff_rows-0-full_name"], "staff_rows-1-full_name" in fields) == ("B", False)


async def test_what_is_known_is_filled_in_beforehand(khoi: Reader) -> None:
    base = await begin(khoi)
    who = {"email": "khoi@benhvien.example", "phone": "0912 345 678", "address": "Số 1 phố Mẫu"}
    page = await khoi.press(khoi.page.form("/who"), who)
    fields = page.form("F142-IV-01").fields
    assert fields["applicant_name"] == "Bệnh viện Mẫu"
    assert fields["addressee"] == "Sở Khoa học và Công nghệ tỉnh Mẫu"
    assert (fields["phone"], fields["address"]) == ("0912 345 678", "Số 1 phố Mẫu")
    first = as_typed(some_sheets()["F142-IV-01"][0]) | {"applicant_name": "Bệnh viện khác"}
    await khoi.press(page.form("F142-IV-01"), first)
    page = await khoi.open(f"{base}/forms/F142-III-07")
    assert page.form("sheet=1").fields["applicant_name"] == "Bệnh viện khác"


async def test_a_second_device_may_begin_from_the_first(khoi: Reader) -> None:
    base = await begin(khoi)
    await khoi.open(f"{base}/forms/F142-IV-01")
    await khoi.press(khoi.page.form("F142-IV-01"), as_typed(some_sheets()["F142-IV-01"][0]))
    await khoi.open(f"{base}/forms/F142-III-07")
    assert khoi.page.h1.endswith("(1 / 3)")
    page = await khoi.press(khoi.page.form("sheet=1"), as_typed(some_sheets()["F142-III-07"][0]))
    assert page.h1.endswith("(2 / 3)")
    page = await khoi.open(page.link("Chép từ phiếu trước"))
    assert page.form("forms/F142-III-07?sheet=2").fields["serial_no"] == "SN-0001"
    await khoi.press(page.form("forms/F142-III-07?sheet=2"), {"serial_no": "SN-9"})
    page = await khoi.open(f"{base}/forms/F142-III-07?sheet=2")
    page = await khoi.press(page.form("removal"))
    assert khoi.status == 200
    assert page.form("forms/F142-III-07?sheet=1").fields["serial_no"] == "SN-0001"


async def test_a_form_saves_itself_and_says_when(khoi: Reader) -> None:
    base = await begin(khoi)
    page = await khoi.open(f"{base}/forms/F142-IV-01")
    sent = page.form("F142-IV-01").fields | {"applicant_name": "Đang gõ dở"}
    answer = await khoi.client.post(f"{base}/forms/F142-IV-01/saved?sheet=1", data=sent)
    assert answer.text == "Đã lưu lúc 09:12"
    page = await khoi.open(f"{base}/forms/F142-IV-01")
    assert page.form("F142-IV-01").fields["applicant_name"] == "Đang gõ dở"


async def test_a_broken_file_is_refused_beside_its_paper_and_the_rest_stays(khoi: Reader) -> None:
    base = await begin(khoi)
    await khoi.open(f"{base}/papers")
    page = await add_paper(khoi, "radiation-survey", name="kiểm xạ.pdf")
    assert "kiểm xạ.pdf" in page.text
    assert "đã đọc: 2 trang" in page.text
    page = await add_paper(khoi, "emergency-plan", a_pdf()[:-200], name="kế hoạch.pdf")
    assert khoi.status == 422
    assert "kế hoạch.pdf" in page.errors["file-emergency-plan"]
    assert "bị cắt cụt" in page.errors["file-emergency-plan"]
    assert "kiểm xạ.pdf" in page.text
    page = await khoi.press(page.form("/removal"))
    assert "kiểm xạ.pdf" not in page.text


async def test_sending_without_choosing_a_file_says_so(khoi: Reader) -> None:
    base = await begin(khoi)
    await khoi.open(f"{base}/papers")
    form = next(one for one in khoi.page.forms if one.fields.get("component") == "radiation-survey")
    page = await khoi.press(form)
    assert "Hãy chọn tệp" in page.errors["file-radiation-survey"]


async def test_the_last_look_leads_to_each_place_that_needs_mending(khoi: Reader, database: Database) -> None:
    base = await begin(khoi)
    page = await khoi.open(f"{base}/check")
    hrefs = {link.href for link in page.links}
    assert f"{base}/who?check=1" in hrefs
    assert f"{base}/forms/F142-IV-01?check=1" in hrefs
    assert f"{base}/papers#paper-radiation-survey" in hrefs
    token = page.form("/removal").fields
    answer = await khoi.client.post(f"{base}/submission", data=token, headers=HTML)
    assert answer.url.path == f"{base}/check"
    assert await emitted(database) == []


async def test_a_draft_waits_among_my_dossiers_and_can_be_thrown_away(khoi: Reader) -> None:
    base = await begin(khoi)
    assert f"{base}/who" in [link.href for link in (await khoi.open("/dossiers")).links]
    assert "soạn dở" in (await khoi.open(f"/filing/new?procedure={PROCEDURE_ID}")).text
    await khoi.open(f"{base}/check")
    page = await khoi.press(khoi.page.form(f"{base}/removal"))
    assert "chưa nộp hồ sơ nào" in page.text


async def test_somebody_elses_draft_and_dossier_are_not_there(
    khoi: Reader, ngoc: Reader, client: httpx.AsyncClient
) -> None:
    base, dossier_id = await begin(khoi), await a_dossier(client)
    for path in (f"{base}/who", f"{base}/papers", f"/dossiers/{dossier_id}", f"/dossiers/{dossier_id}/sent"):
        await ngoc.open(path)
        assert ngoc.status == 404


async def test_a_form_from_elsewhere_is_refused(khoi: Reader, client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await with_result(client, database)
    answer = await khoi.client.post(f"/dossiers/{dossier_id}/result", headers=HTML)
    assert answer.status_code == 403
    assert not [one for one in await emitted(database) if isinstance(one, ResultCollected)]


async def follow(reader: Reader, dossier_id: UUID) -> Page:
    return await reader.open(f"/dossiers/{dossier_id}")


async def test_the_road_shows_where_it_is_and_what_lies_ahead(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await a_dossier(client)
    road = await the_road(Others(database, dossier_id))
    await hear(database, *road[:8])
    page = await follow(khoi, dossier_id)
    assert page.h1 == "Hồ sơ 000.00.15.H00-250313-0001"
    assert "trước 17:30 Thứ Ba, 08/04/2025" in page.text
    assert "Đang xử lý" in page.text
    assert "Phòng Quản lý An toàn bức xạ" in page.text
    assert "0200 3 000 200" in page.text
    assert "Phê duyệt và ký (sắp tới)" in page.text
    assert page.link("Giấy tiếp nhận hồ sơ").endswith("/giay-tiep-nhan.pdf")


async def test_a_fee_stands_first_with_one_button(khoi: Reader, client: httpx.AsyncClient, database: Database) -> None:
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id)))[:5])
    page = await follow(khoi, dossier_id)
    assert "12.600.000 ₫" in page.text
    assert page.link("Nộp phí") == f"/pay/{DEMAND}"


async def test_a_supplement_asks_for_exactly_what_is_missing(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database)
    page = await follow(khoi, dossier_id)
    page = await khoi.open(page.link("Bổ sung ngay"))
    assert "Giấy này sắp hết hạn." in page.text
    assert [form.fields["component"] for form in page.forms if "component" in form.fields] == [
        "inspection-certificates"
    ]
    page = await khoi.press(page.form("/answer"))
    assert (khoi.status, set(page.errors)) == (422, {"item-inspection-certificates"})
    page = await add_paper(khoi, "inspection-certificates", name="mới.pdf")
    assert "mới.pdf" in page.text
    send = page.form("/answer")
    page = await khoi.press(send)
    assert khoi.path == f"/dossiers/{dossier_id}"
    assert "Bổ sung ngay" not in page.text
    await khoi.press(send)
    events = [one for one in await emitted(database) if isinstance(one, SupplementSubmitted)]
    assert len(events) == 1


async def test_a_form_that_is_asked_for_again_begins_from_what_was_filed(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await waiting_for_supplement(client, database, "staff-sheet")
    page = await khoi.open(f"/dossiers/{dossier_id}/supplement")
    page = await khoi.open(page.link("Điền lại mẫu này"))
    form = page.form("F142-III-01")
    assert form.fields["so_full_name"] == "Phạm Thị Mẫu"
    page = await khoi.press(form, {"phone": "x"})
    assert set(page.errors) == {"phone"}
    page = await khoi.press(page.form("F142-III-01"), {"phone": "0912 345 678"})
    assert khoi.path == f"/dossiers/{dossier_id}/supplement"
    await khoi.press(page.form("/answer"))
    assert khoi.path == f"/dossiers/{dossier_id}"
    assert isinstance((await emitted(database))[-1], SupplementSubmitted)


@pytest.mark.proves("D18", "F01")
async def test_the_result_is_taken_with_one_press_and_rated(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await with_result(client, database)
    page = await follow(khoi, dossier_id)
    assert "sớm hơn hẹn" in page.text
    form = page.form("/result")
    answer = await khoi.client.post(form.action, data=form.fields, headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert len([one for one in await emitted(database) if isinstance(one, ResultCollected)]) == 1
    page = await follow(khoi, dossier_id)
    assert page.link("Kết quả giải quyết").endswith("-KQ1.pdf")
    page = await khoi.press(page.form("/rating"))
    assert set(page.errors) == {"score"}
    page = await khoi.press(page.form("/rating"), {"score": "4", "comment": "Nhanh."})
    assert "4 / 5 điểm" in page.text
    rated = [one for one in await emitted(database) if isinstance(one, DossierRated)]
    assert [one.score for one in rated] == [4]


@pytest.mark.proves("E06")
async def test_my_dossiers_put_what_waits_for_me_first(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    assert "chưa nộp hồ sơ nào" in (await khoi.open("/dossiers")).text
    await waiting_for_supplement(client, database)
    await a_dossier(client, key="k-2")
    page = await khoi.open("/dossiers")
    assert page.text.index("Đang chờ ông/bà") < page.text.index("Đang giải quyết")
    assert "T-H00.15-250303-0002" in page.text


@pytest.mark.proves("E06", "R17")
async def test_a_code_shows_the_completion_and_nothing_else(
    visitor: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await with_result(client, database)
    page = await visitor.open("/lookup?code=000.00.15.H00-250313-0001")
    assert "chặng đường" in page.text
    for hidden in ("Bệnh viện", "X-quang", "early", "sớm", "Khôi"):
        assert hidden not in page.text
    assert "Không có hồ sơ nào" in (await visitor.open("/lookup?code=x")).text
    assert visitor.status == 200
    await visitor.open("/lookup")


async def test_pages_are_made_of_a_few_queries(khoi: Reader, client: httpx.AsyncClient, database: Database) -> None:
    for number in range(3):
        await a_dossier(client, key=f"k-{number}")
    statements: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    await khoi.open("/dossiers")
    assert len(statements) <= 5, statements


async def test_what_no_store_holds_is_left_out_of_what_is_typed(khoi: Reader, visitor: Reader) -> None:
    base = await begin(khoi)
    await khoi.press(khoi.page.form("/who"), {"name": "Khôi\x00", "email": "khoi@benhvien.example"})
    assert (await khoi.open(f"{base}/who")).form("/who").fields["name"] == "Khôi"
    page = await khoi.open(f"{base}/forms/F142-IV-01")
    await khoi.press(page.form("F142-IV-01"), {"applicant_name": "A\x00B", "attachments-0-name": "C\x00"})
    fields = (await khoi.open(f"{base}/forms/F142-IV-01")).form("F142-IV-01").fields
    assert (fields["applicant_name"], fields["attachments-0-name"]) == ("AB", "C")
    await visitor.open("/lookup?code=%00x")
    assert visitor.status == 200


async def running(client: httpx.AsyncClient, database: Database) -> UUID:
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id)))[:8])
    return dossier_id


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2025-03-20 09:00", "còn 12 ngày 6 giờ làm việc"),
        ("2025-04-08 09:00", "hạn hôm nay"),
        ("2025-04-08 20:00", "hạn hôm nay"),  # a limit in days is missed at midnight (R05)
        ("2025-04-09 09:00", "Chúng tôi xin lỗi ông/bà"),
    ],
)
async def test_the_page_says_how_much_time_is_left(
    khoi: Reader, client: httpx.AsyncClient, database: Database, now: str, words: str
) -> None:
    dossier_id = await running(client, database)
    await set_clock(database, at(now))
    page = await follow(khoi, dossier_id)
    assert words in page.text
    assert "Tháng 03/2025" in page.text


async def test_more_than_fifty_dossiers_are_read_page_by_page(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await a_dossier(client)
    async with database.transaction() as tx:
        columns = "applicant_id, procedure_id, procedure_version, channel, origin, office, receiving_unit"
        columns += ", resolving_unit, contact_path, status, packages"
        await run_sql(
            tx,
            f"insert into dossier (id, arrival_number, received_at, {columns}) "
            f"select gen_random_uuid(), 'T-' || n, received_at - n * interval '1 day', {columns} "
            "from dossier, generate_series(1, 60) n",
        )
    page = await khoi.open("/dossiers")
    assert len([link for link in page.links if link.text.startswith("T-")]) == 50
    page = await khoi.open(page.link("Xem hồ sơ nộp trước đó"))
    assert len([link for link in page.links if link.text.startswith("T-")]) == 11
