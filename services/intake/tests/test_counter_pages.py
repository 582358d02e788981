"""The clerks' pages, read strictly: a person at the counter, a parcel, scans, the receipt, requests to end."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from contracts.intake import DossierSubmitted, StopRequested, SupplementSubmitted, WithdrawalRequested
from contracts.package import Manifest
from kit.testing.databases import emitted, set_clock
from kit.testing.pages import Page
from kit.testing.people import session_cookie
from kit.tx import Database
from rules.testing import PROCEDURE_ID, at, some_files, some_sheets

from .builders import KHOI, Others, a_dossier, a_pdf
from .desk_builders import ELSEWHERE, FORMS, HA_AT_THE_DESK, ITEM, TAM, by_post, register
from .test_pages import Reader, as_typed, reader_of
from .test_road import hear, the_road, waiting_for_supplement

pytestmark = pytest.mark.db
WHO = {"name": "Đinh Văn Tám", "phone": "0912 345 678"}
LICENCE = "giay phep thiet bi x-quang chan doan"
PARCEL = {"postal_item": ITEM, "stamped_on": "03/03/2025", "stamped_at": "0840", "sender": "Phòng khám Mẫu"}


@pytest.fixture
async def ha(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app, session_cookie("intake", HA_AT_THE_DESK)):
        yield reader


@pytest.fixture
async def tam(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app, session_cookie("intake", TAM)):
        yield reader


def scan(*components: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [(f"scan-{one}", (f"{one}.pdf", a_pdf(2), "application/pdf")) for one in components]


def numbers(*components: str) -> dict[str, str]:
    return {f"originals-{one}": "1" for one in components} | {f"copies-{one}": "2" for one in components}


async def begin(ha: Reader) -> Page:
    await ha.open("/desk/counter")
    new = next(form for form in ha.page.forms if "Người mới" in form.buttons)
    return await ha.press(new)


def the_form(reader: Reader) -> Any:
    return next(form for form in reader.page.forms if form.action == reader.path)


async def choose(reader: Reader, **fields: str) -> Page:
    """Write down who it is, look for the licence and choose it."""
    await reader.press(the_form(reader), WHO | fields | {"q": LICENCE}, "Tìm")
    return await reader.press(the_form(reader), {}, licence_button(reader))


def licence_button(reader: Reader) -> str:
    return button_of(reader, PROCEDURE_ID)


def button_of(reader: Reader, wanted: str) -> str:
    buttons: dict[str, tuple[str, str]] = the_form(reader).buttons
    return next(words for words, (_, value) in buttons.items() if value == wanted)


async def fill(reader: Reader, *scanned: str, **fields: str) -> Page:
    wanted = scanned or (*FORMS, *some_files())
    return await reader.press(the_form(reader), numbers(*FORMS, *some_files()) | fields, files=scan(*wanted))


async def test_a_person_at_the_counter_is_registered_on_one_screen(ha: Reader, database: Database) -> None:
    await begin(ha)
    await choose(ha)
    page = await fill(ha, return_way="postal", return_address="Số 3 phố Mẫu")
    assert ha.status == 200
    assert "đã đọc: 2 trang" in page.text
    page = await ha.press(the_form(ha), {"items-ct": "1", "items-general": "2"})
    assert "14.000.000 ₫" in page.text
    page = await ha.press(the_form(ha), {}, "Vào sổ và in giấy biên nhận")
    assert ha.path.startswith("/desk/receipts/"), page.errors
    assert page.h1 == "Giấy biên nhận hồ sơ"
    assert "T-H00.15-250303-0001" in page.text
    assert "Qua bưu chính, Số 3 phố Mẫu" in page.text
    assert "Đinh Văn Tám" in page.text
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    assert (event.channel, event.origin, event.return_way) == ("direct", "counter", "postal")
    assert event.registered_by
    assert event.registered_by.staff_id == HA_AT_THE_DESK.id
    again = await ha.open("/desk/counter")
    assert "T-H00.15-250303-0001" in again.text


async def test_a_second_press_registers_nothing_more(ha: Reader, database: Database) -> None:
    await begin(ha)
    await choose(ha)
    await fill(ha)
    await ha.press(the_form(ha), {"items-ct": "1"})
    form = the_form(ha)
    first = await ha.press(form, {}, "Vào sổ và in giấy biên nhận")
    assert "Giấy biên nhận" in first.h1
    await ha.press(form, {}, "Vào sổ và in giấy biên nhận")
    assert ha.path.startswith("/desk/receipts/")
    assert len(await emitted(database)) == 1


@pytest.mark.proves("H04")
async def test_a_paper_only_shown_is_not_scanned_and_the_receipt_says_so(ha: Reader, database: Database) -> None:
    await begin(ha)
    await choose(ha)
    scanned = [one for one in (*FORMS, *some_files()) if one != "establishment"]
    await fill(ha, *scanned, **{"shown-establishment": "yes"})
    page = await ha.press(the_form(ha), {"items-ct": "1"}, "Vào sổ và in giấy biên nhận")
    assert "chỉ đối chiếu, đã trả lại" in page.text, page.errors
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    assert {one.code: one.digitised for one in event.components}["establishment"] is False


async def test_everything_wrong_is_told_beside_its_field_and_what_was_typed_stays(
    ha: Reader, database: Database
) -> None:
    await begin(ha)
    page = await ha.press(the_form(ha), {"name": "Tám"}, "Vào sổ và in giấy biên nhận")
    assert page.errors == {"procedure": "Hãy chọn thủ tục trước."}
    await choose(ha, name="", phone="12", email="x")
    sent = {"originals-establishment": "1", "return_way": "postal"}
    page = await ha.press(the_form(ha), sent, "Vào sổ và in giấy biên nhận")
    assert ha.status == 422
    assert {"name", "phone", "email", "return_address", "paper-establishment", "paper-application"} <= set(page.errors)
    assert "Chưa quét" in page.errors["paper-establishment"]
    assert the_form(ha).fields["phone"] == "12"
    assert await emitted(database) == []


async def test_a_number_that_is_none_loses_neither_words_nor_scans(ha: Reader) -> None:
    await begin(ha)
    await choose(ha)
    sent = {"originals-radiation-survey": "ba", "address": "Số 9"}
    page = await ha.press(the_form(ha), sent, files=scan("radiation-survey"))
    assert (ha.status, set(page.errors)) == (422, {"originals-radiation-survey"})
    fields = the_form(ha).fields
    assert (fields["originals-radiation-survey"], fields["address"]) == ("ba", "Số 9")
    assert "radiation-survey.pdf" in page.text


async def test_the_counts_of_the_list_are_filled_in_by_one_press(ha: Reader) -> None:
    await begin(ha)
    await choose(ha)
    await ha.press(the_form(ha), {"copies-radiation-survey": "4"}, "Đã nhận đủ số bản như danh mục")
    fields = the_form(ha).fields
    assert (fields["originals-application"], fields["copies-application"]) == ("1", "")
    assert (fields["originals-radiation-survey"], fields["copies-radiation-survey"]) == ("", "4")
    assert fields["copies-establishment"] == "1"


async def test_a_broken_scan_is_told_and_can_be_taken_away(ha: Reader) -> None:
    await begin(ha)
    await choose(ha)
    broken = [("scan-radiation-survey", ("kiểm xạ.pdf", a_pdf()[:-200], "application/pdf"))]
    page = await ha.press(the_form(ha), files=broken)
    assert "bị cắt cụt" in page.errors["scan-radiation-survey"]
    page = await ha.press(the_form(ha), files=scan("emergency-plan"))
    assert "emergency-plan.pdf" in page.text
    page = await ha.press(the_form(ha), {}, "Xóa emergency-plan.pdf")
    assert "emergency-plan.pdf" not in page.text


async def test_the_clerk_may_type_in_a_form(ha: Reader, database: Database) -> None:
    await begin(ha)
    await choose(ha)
    for form_id, sheets in some_sheets().items():
        await ha.press(the_form(ha), {}, button_of(ha, form_id))
        for number, sheet in enumerate(sheets, 1):
            form = next(one for one in ha.page.forms if one.action.endswith(f"forms/{form_id}?sheet={number}"))
            await ha.press(form, as_typed(sheet), "Lưu và tiếp tục")
            assert ha.page.errors == {}
    assert "Đã nhập 3 phiếu" in ha.page.text
    assert "14.000.000 ₫" in ha.page.text
    files = some_files()
    await ha.press(the_form(ha), numbers(*files), files=scan(*files))
    page = await ha.press(the_form(ha), {}, "Vào sổ và in giấy biên nhận")
    assert page.h1 == "Giấy biên nhận hồ sơ", page.errors
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    assert Manifest.model_validate_json(await database.objects.get(event.package)).forms == some_sheets()


async def test_what_is_wrong_in_a_typed_sheet_stands_beside_its_field(ha: Reader) -> None:
    await begin(ha)
    await choose(ha)
    page = await ha.press(the_form(ha), {}, button_of(ha, "F142-IV-01"))
    assert page.form("F142-IV-01").fields["applicant_name"] == "Đinh Văn Tám"
    page = await ha.press(page.form("F142-IV-01"), {"phone": "x"}, "Lưu và tiếp tục")
    assert "phone" in page.errors
    assert page.form("F142-IV-01?sheet=1").fields["phone"] == "x"


async def find(reader: Reader, words: str) -> Page:
    """Look for somebody; what is typed stands in no address (R18)."""
    await reader.open("/desk/counter")
    page = await reader.press(reader.page.form("/desk/counter/people"), {"q": words})
    assert reader.path == "/desk/counter/people"
    return page


@pytest.mark.proves("R18")
async def test_somebody_who_was_here_before_is_found_masked(ha: Reader, tam: Reader, client: httpx.AsyncClient) -> None:
    await a_dossier(client)
    for asked in ("khoi@benhvien.example", "tran minh khoi", "Bệnh viện Mẫu"):
        page = await find(ha, asked)
        assert "Trần M. Khôi" in page.text
        assert "k•••@benhvien.example" in page.text
        assert "khoi@" not in page.text.replace(asked, "")
    known = next(form for form in page.forms if "known" in form.fields)
    await ha.press(known)
    assert the_form(ha).fields["email"] == "khoi@benhvien.example"
    assert "Không có ai khớp" in (await find(ha, "0999999999")).text
    assert "Không có ai khớp" not in (await find(ha, "\0")).text


async def test_who_came_on_paper_before_keeps_the_same_id(
    ha: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    first = await register(client, await by_post(client), person=TAM)
    page = await find(ha, "0912345678")
    await ha.press(next(form for form in page.forms if "known" in form.fields))
    await choose(ha)
    await fill(ha)
    await ha.press(the_form(ha), {"items-ct": "1"})
    await ha.press(the_form(ha), {}, "Vào sổ và in giấy biên nhận")
    event = (await emitted(database))[-1]
    assert isinstance(event, DossierSubmitted)
    assert event.applicant_id == first.json()["applicant_id"]


async def open_parcel(reader: Reader, **changed: str) -> Page:
    await reader.open("/desk/post")
    return await reader.press(reader.page.form("/desk/post"), PARCEL | changed)


async def test_a_parcel_is_opened_filled_and_registered_by_its_stamp(tam: Reader, database: Database) -> None:
    page = await open_parcel(tam)
    assert page.h1 == f"Bưu gửi {ITEM}"
    assert "08:40 Thứ Hai, 03/03/2025" in page.text
    await choose(tam)
    await fill(tam)
    await tam.press(the_form(tam), {"items-dental": "1"})
    page = await tam.press(the_form(tam), {}, "Vào sổ và in giấy biên nhận")
    assert ITEM in page.text, page.errors
    (event,) = await emitted(database)
    assert isinstance(event, DossierSubmitted)
    assert (event.channel, event.origin, event.postal_item) == ("postal", "post_room", ITEM)
    assert event.received_at == at("2025-03-03 08:40")
    page = await tam.open("/desk/post")
    assert "T-H00.15-250303-0001" in page.text


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"postal_item": "EE473124828VN"}, "postal_item", "không đúng số kiểm tra"),
        ({"postal_item": ""}, "postal_item", "quét hoặc gõ"),
        ({"postal_item": "EE473124828VN", "stamped_at": ""}, "postal_item", "không đúng số kiểm tra"),
        ({"stamped_on": "31/02/2025"}, "stamped_on", "ngày trên dấu"),
        ({"stamped_at": "25:10"}, "stamped_at", "giờ và phút"),
        ({"stamped_at": "23:59"}, "stamped_on", "tương lai"),
        ({"stamped_on": "01/01/2025"}, "stamped_on", "quá 30 ngày"),
    ],
)
async def test_what_is_wrong_with_a_parcel_is_told_beside_its_field(
    tam: Reader, changed: dict[str, str], field: str, words: str
) -> None:
    page = await open_parcel(tam, **changed)
    assert (tam.status, set(page.errors)) == (
        422,
        {field} | ({"stamped_at"} if changed.get("stamped_at") == "" else set()),
    )
    assert words in page.errors[field]
    assert page.form("/desk/post").fields["sender"] == "Phòng khám Mẫu"


async def test_a_wrong_check_digit_may_be_taken_after_a_second_look(tam: Reader) -> None:
    page = await open_parcel(tam, postal_item="EE473124828VN")
    assert "Tôi đã xem lại" in page.text
    page = await tam.press(page.form("/desk/post"), {"is_overridden": "yes"})
    assert page.h1 == "Bưu gửi EE473124828VN"
    assert "Mã đã được xem lại" in page.text


async def test_a_parcel_not_finished_is_found_again(tam: Reader) -> None:
    await open_parcel(tam)
    await choose(tam, address="Số 7")
    kept = tam.path
    page = await open_parcel(tam)
    assert tam.path == kept
    assert the_form(tam).fields["address"] == "Số 7"
    page = await tam.open("/desk/post")
    assert page.link(ITEM) == kept


async def test_an_open_parcel_is_found_by_its_barcode_alone(ha: Reader, tam: Reader) -> None:
    await open_parcel(tam)
    path = tam.path
    await ha.open("/desk/post")
    page = await ha.press(ha.page.form("/desk/post"), {"postal_item": ITEM})
    assert ha.path == path
    assert "Hồ Thị Minh Tâm đang làm hồ sơ này" in page.text


async def test_a_parcel_that_was_registered_is_refused_with_the_first_one(
    tam: Reader, client: httpx.AsyncClient
) -> None:
    await register(client, await by_post(client), person=TAM)
    page = await open_parcel(tam)
    assert (tam.status, set(page.errors)) == (409, {"postal_item"})
    page = await tam.open(page.link("Xem lần vào sổ đầu"))
    assert "T-H00.15-250303-0001" in page.text


async def test_a_second_clerk_sees_who_has_it_and_may_take_it_over(ha: Reader, tam: Reader) -> None:
    await open_parcel(tam)
    form, path = the_form(tam), tam.path
    page = await ha.open(path)
    assert "Hồ Thị Minh Tâm đang làm hồ sơ này" in page.text
    assert not [words for one in page.forms for words in one.buttons if "Vào sổ" in words]
    await ha.press(page.form("/holder"))
    assert [words for one in ha.page.forms for words in one.buttons if "Vào sổ" in words]
    page = await tam.press(form, {"address": "Đang gõ dở"})
    assert tam.status == 409
    assert "Nguyễn Thị Thu Hà đang làm" in page.errors["holder"]
    assert the_form(tam).fields["address"] == "Đang gõ dở"


async def test_a_parcel_opened_by_mistake_is_put_away(tam: Reader) -> None:
    await open_parcel(tam)
    await choose(tam)
    page = await tam.press(tam.page.form("/removal"))
    assert "Chưa mở bưu gửi nào" in page.text
    page = await open_parcel(tam)
    assert page.h1 == f"Bưu gửi {ITEM}"


@pytest.mark.proves("D08")
async def test_a_supplement_is_answered_over_the_counter(
    ha: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await waiting_for_supplement(client, database)
    await set_clock(database, at("2025-03-12 09:00"))
    await begin(ha)
    page = await ha.press(the_form(ha), {"dossier_code": "t-h00.15-250303-0001"}, "Mở yêu cầu bổ sung")
    assert "Bổ sung cho hồ sơ T-H00.15-250303-0001" in page.text
    assert "Giấy này sắp hết hạn." in page.text
    page = await ha.press(the_form(ha), {}, "Vào sổ phần bổ sung")
    assert set(page.errors) == {"paper-inspection-certificates"}
    sent = {"originals-inspection-certificates": "1"}
    page = await ha.press(the_form(ha), sent, "Vào sổ phần bổ sung", files=scan("inspection-certificates"))
    assert page.h1 == "Giấy biên nhận phần bổ sung", page.errors
    event = (await emitted(database))[-1]
    assert isinstance(event, SupplementSubmitted)
    assert (event.round, event.channel) == (1, "direct")
    assert event.registered_by
    manifest = Manifest.model_validate_json(await database.objects.get(event.package))
    assert (manifest.version, manifest.origin, len(manifest.files)) == (2, "counter", 1)


@pytest.mark.proves("D08")
async def test_a_parcel_may_hold_the_answer_to_a_supplement_request(
    tam: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await waiting_for_supplement(client, database)
    await set_clock(database, at("2025-03-12 09:00"))
    await open_parcel(tam, stamped_on="12/03/2025", stamped_at="0830")
    await tam.press(the_form(tam), {"dossier_code": "T-H00.15-250303-0001"}, "Mở yêu cầu bổ sung")
    sent = {"copies-inspection-certificates": "3"}
    page = await tam.press(the_form(tam), sent, "Vào sổ phần bổ sung", files=scan("inspection-certificates"))
    assert ITEM in page.text, page.errors
    event = (await emitted(database))[-1]
    assert isinstance(event, SupplementSubmitted)
    assert (event.channel, event.received_at) == ("postal", at("2025-03-12 08:30"))


async def test_a_stamp_older_than_the_request_answers_nothing(
    tam: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await waiting_for_supplement(client, database)
    await set_clock(database, at("2025-03-12 09:00"))
    await open_parcel(tam, stamped_on="03/03/2025", stamped_at="0930")
    await tam.press(the_form(tam), {"dossier_code": "T-H00.15-250303-0001"}, "Mở yêu cầu bổ sung")
    sent = {"copies-inspection-certificates": "3"}
    page = await tam.press(the_form(tam), sent, "Vào sổ phần bổ sung", files=scan("inspection-certificates"))
    assert "trước khi cơ quan gửi yêu cầu" in page.errors["received_at"]


@pytest.mark.parametrize(
    ("code", "words"), [("T-KHONG-CO", "Không có hồ sơ nào"), ("T-H00.15-250303-0001", "không được yêu cầu")]
)
async def test_a_dossier_that_waits_for_nothing_is_told(
    ha: Reader, client: httpx.AsyncClient, code: str, words: str
) -> None:
    await a_dossier(client)
    await begin(ha)
    page = await ha.press(the_form(ha), {"dossier_code": code}, "Mở yêu cầu bổ sung")
    assert words in page.errors["dossier_code"]
    assert the_form(ha).fields["dossier_code"] == code


async def test_procedures_are_searched_forgivingly(ha: Reader) -> None:
    await begin(ha)
    await ha.press(the_form(ha), {"q": LICENCE}, "Tìm")
    assert licence_button(ha)
    page = await ha.press(the_form(ha), {"q": "karaoke"}, "Tìm")
    assert "Không có thủ tục nào khớp" in page.text


@pytest.mark.proves("R19")
async def test_a_procedure_that_is_not_taken_that_day_is_refused(ha: Reader, database: Database) -> None:
    await begin(ha)
    await ha.press(the_form(ha), {"q": LICENCE}, "Tìm")
    form, words = the_form(ha), licence_button(ha)
    await set_clock(database, at("2026-02-02 09:00"))
    page = await ha.press(form, WHO, words)
    assert "không có hiệu lực" in page.errors["q"]
    assert the_form(ha).fields["name"] == WHO["name"]


@pytest.mark.proves("R09")
async def test_a_withdrawal_is_written_down_at_the_counter(
    ha: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await a_dossier(client)
    page = await ha.open("/desk/endings?code=t-h00.15-250303-0001")
    page = await ha.press(next(form for form in page.forms if "Ghi nhận yêu cầu" in form.buttons))
    assert set(page.errors) == {"ending", "reason"}
    form = next(form for form in page.forms if "Ghi nhận yêu cầu" in form.buttons)
    page = await ha.press(form, {"ending": "withdraw", "way": "postal", "reason": "Không mua máy nữa"})
    assert "Đã ghi nhận yêu cầu" in page.text, page.errors
    event = (await emitted(database))[-1]
    assert isinstance(event, WithdrawalRequested)
    assert (event.channel, event.registered_by and event.registered_by.staff_id) == ("postal", HA_AT_THE_DESK.id)


@pytest.mark.proves("R09")
async def test_a_stop_is_written_down_after_acceptance(
    ha: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    dossier_id = await a_dossier(client)
    await hear(database, *(await the_road(Others(database, dossier_id)))[:8])
    page = await ha.open("/desk/endings?code=000.00.15.H00-250313-0001")
    form = next(form for form in page.forms if "Ghi nhận yêu cầu" in form.buttons)
    await ha.press(form, {"ending": "stop", "reason": "Chuyển cơ sở"})
    assert isinstance((await emitted(database))[-1], StopRequested)


async def test_no_dossier_of_that_code_can_be_ended(ha: Reader) -> None:
    page = await ha.open("/desk/endings?code=T-KHONG-CO")
    assert (ha.status, set(page.errors)) == (422, {"code"})


async def test_the_post_room_sees_no_counter(tam: Reader, ha: Reader) -> None:
    await tam.open("/desk/counter")
    assert tam.status == 403
    await tam.open("/desk")
    assert tam.path == "/desk/post"
    await begin(ha)
    await tam.open(ha.path)
    assert tam.status == 404


@pytest.mark.parametrize("path", ["/desk/counter", "/desk/post", "/desk/endings", f"/desk/registrations/{UUID(int=0)}"])
async def test_others_do_not_come_to_the_desk(app: FastAPI, path: str) -> None:
    for person in (KHOI, ELSEWHERE):
        async for reader in reader_of(app, session_cookie("intake", person)):
            await reader.open(path)
            assert reader.status == 403


@pytest.mark.parametrize("path", [f"/desk/registrations/{UUID(int=0)}", f"/desk/receipts/{UUID(int=0)}"])
async def test_what_is_not_there_is_not_found(ha: Reader, path: str) -> None:
    await ha.open(path)
    assert ha.status == 404
