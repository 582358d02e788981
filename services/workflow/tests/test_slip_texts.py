"""Every slip of both generations, rendered and read again: each field of the law stands on it, with its diacritics."""

import io
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pypdf
import pytest

from kit.now import TIME_ZONE
from rules.catalogue import load
from rules.fees import FeeQuote
from rules.records.procedure import Procedure
from rules.records.slip import SlipKey
from workflow import gateways
from workflow.domain import slips
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.budgets import Account, Line
from workflow.domain.case import Case, StoredFile
from workflow.domain.checklist import CheckItem
from workflow.domain.dossier import Dossier, FiledFile
from workflow.domain.fee import quote_of
from workflow.domain.opinion import Opinion
from workflow.domain.period import Period
from workflow.domain.slips import Data, Letter
from workflow.domain.status import Outcome, Status, Verdict

OFFICE = load().office("demo-dost")
PROCEDURE = load().procedure("xray-licence-new-2021")
CODE, TOKEN = "000.00.15.H00-250313-0001", "Qk1vZ2hpY29kZS1pc2gtMTI"
TRACK, VERIFY = f"https://motcua.example/lookup?code={CODE}", f"https://motcua.example/officer/verify/{TOKEN}"
GENERATIONS = {2018: "2025-03-13 09:05", 2025: "2025-10-20 09:05"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


@dataclass(frozen=True)
class Applicant:
    name: str = "Trần Minh Khôi"
    organisation: str | None = "Bệnh viện Đa khoa Mẫu"
    email: str = "ky.thuat@benhvien-mau.example"
    phone: str | None = "0900 000 101"
    address: str | None = "Số 5 đường Hòa Bình, phường Nguyễn Thượng Hiền, thành phố Mẫu, tỉnh Mẫu"


STAFF = Staff(
    "p-1",
    "Nguyễn Thị Thu Hà",
    frozenset({"one_stop_officer"}),
    OFFICE.id,
    "one-stop",
    "Công chức tiếp nhận",
    "0200 3 000 101",
)
LEADER = Staff("p-9", "Đặng Hồng Sơn", frozenset({"department_leader"}), OFFICE.id, "leadership", "Phó Giám đốc Sở")


def a_case(**changes: Any) -> Case:
    """An accepted case at its second step; filed online in March 2025."""
    facts: dict[str, Any] = {
        "dossier_id": UUID(int=7),
        "arrival_number": "T-H00.15-250303-0001",
        "procedure_id": PROCEDURE.id,
        "procedure_version": PROCEDURE.version,
        "channel": "online",
        "origin": "this_portal",
        "office": OFFICE.id,
        "receiving_unit": "one-stop",
        "resolving_unit": "radiation",
        "applicant_id": "p-applicant",
        "applicant_name": "Bệnh viện Đa khoa Mẫu",
        "contact_path": "contacts/7/1.json",
        "received_at": moment("2025-03-03 08:30"),
        "last_piece_at": moment("2025-03-03 08:30"),
        "status": Status.IN_PROCESS,
        "since": moment("2025-03-14 10:00"),
        "unit": "radiation",
        "units": ("one-stop", "radiation"),
        "role": "case_officer",
        "step": "appraise",
        "code": CODE,
        "fee_vnd": 12_600_000,
        "paid_at": moment("2025-03-13 09:00"),
        "accepted_at": moment("2025-03-13 09:05"),
        "started_at": moment("2025-03-13 09:00"),
        "due_at": moment("2025-04-07 09:00"),
        "first_due_at": moment("2025-04-07 09:00"),
        "calendar_version": "2025-1",
        "readings": ("R02", "R03", "R04"),
        "checker_id": STAFF.id,
        "answer_by": moment("2025-03-24 17:30"),
        "stop_asked_at": moment("2025-03-20 14:02"),
        "outcome": Outcome.GRANTED,
        "conclusion": "Sử dụng 03 thiết bị X-quang chẩn đoán trong y tế.",
        "conditions": ("Kiểm định thiết bị trước khi sử dụng.",),
        "result_code": f"{CODE}-KQ1",
        "result_number": "07/GP-SKHCN",
    }
    return Case(**{**facts, **changes})


def a_file(number: int, component: str, package: int = 1) -> FiledFile:
    return FiledFile(number, package, component, f"{number}.pdf", "application/pdf", 1, StoredFile("p", "0" * 64, 1))


def a_dossier(procedure: Procedure = PROCEDURE) -> Dossier:
    uploads = [one.code for one in procedure.components if one.accepts == "upload"]
    forms: dict[str, list[dict[str, Any]]] = {one.form_id: [{}] for one in procedure.components if one.form_id}
    return Dossier(forms, tuple(a_file(number, code) for number, code in enumerate(uploads, 1)))


def a_letter(key: SlipKey, at: datetime, *, is_preview: bool = False) -> Letter:
    form = load().slip(key, at.date())
    return Letter(OFFICE, form, None if is_preview else 7, at, TRACK, "" if is_preview else VERIFY)


def quote() -> FeeQuote:
    sheets = {"F142-III-07": [{"device_type": "ct"}, {"device_type": "general"}, {"device_type": "general"}]}
    found = quote_of(PROCEDURE, a_case(), Dossier(sheets))
    assert found is not None
    return found


HAND_OVERS = [
    slips.HandOver(
        ("Bộ phận Một cửa", STAFF.name),
        ("Phòng Quản lý", "Vũ Đình Long"),
        moment("2025-03-13 09:05"),
        "Phân công",
        480,
        120,
    ),
    slips.HandOver(
        ("Phòng Quản lý", "Vũ Đình Long"),
        ("Phòng Quản lý", "Phạm Quốc Dũng"),
        moment("2025-03-13 11:05"),
        "Thẩm định",
        960,
        1300,
        "Chờ số liệu đo",
    ),
    slips.HandOver(
        ("Phòng Quản lý", "Phạm Quốc Dũng"), ("Lãnh đạo Sở", LEADER.name), moment("2025-03-17 10:00"), "Ký duyệt", 480
    ),
]
SUMS = Account(
    (
        Line(("Tiếp nhận, trước bước đầu tiên",), (), 0, 5, has_budget=False),
        Line(("Phân công thụ lý",), ("assign",), 480, 120),
        Line(("Thẩm định hồ sơ", "Soát xét"), ("appraise", "review"), 960, 1300),
        Line(("Ký duyệt",), ("approve",), 480, 0),
    ),
    1920,
    1425,
)
OPINION = Opinion(
    2,
    "Sở Y tế tỉnh Mẫu",
    "Điều kiện hoạt động của phòng X-quang số 2.",
    date(2025, 3, 28),
    moment("2025-03-17 10:00"),
    "p-2",
)
APOLOGY = Apology(
    1,
    "Thiết bị đo kiểm hỏng, phải đo lại.",
    "radiation",
    moment("2025-04-07 09:00"),
    moment("2025-04-14 09:00"),
    "p-2",
    moment("2025-04-03 09:00"),
)
ITEMS = [CheckItem(one.code, Verdict.LACKING, f"Bổ sung lần nữa: {one.name_vi}.") for one in PROCEDURE.components[:2]]
REFUSED = slips.Refused("Cơ sở không thuộc địa bàn tỉnh.", "Sở Khoa học và Công nghệ nơi đặt thiết bị.", STAFF)


def the_register(head: Letter) -> Data:
    entries = [
        slips.Entry(
            1, a_case(status=Status.RETURNED, returned_at=moment("2025-04-04 15:00")), PROCEDURE, 9, Applicant()
        ),
        slips.Entry(2, a_case(status=Status.STOPPED, ground="requested"), PROCEDURE, 9, None),
        slips.Entry(
            3,
            a_case(return_way="postal", returned_at=moment("2025-04-05 10:30")),
            PROCEDURE,
            8,
            Applicant(),
            "RR123456785VN",
        ),
    ]
    return slips.register(head, Period(date(2025, 3, 1), date(2025, 3, 31)), entries)


def the_result(head: Letter, replaced: slips.Replaced | None = None, **changes: Any) -> Data:
    forms = [load().form(form_id) for form_id in PROCEDURE.form_ids]
    return slips.result(head, a_case(**changes), PROCEDURE, a_dossier(), forms, replaced)


WRITERS: dict[SlipKey, Callable[[Letter], Data]] = {
    "acceptance": lambda head: slips.acceptance_slip(
        head, a_case(), PROCEDURE, Applicant(), a_dossier(), STAFF, "001085000123"
    ),
    "supplement": lambda head: slips.supplement(
        head, a_case(), PROCEDURE, Applicant(), slips.Asked(2, ITEMS, STAFF), "001085000123"
    ),
    "refusal": lambda head: slips.refusal(head, a_case(code=None), PROCEDURE, Applicant(), REFUSED, "001085000123"),
    "apology": lambda head: slips.apology(head, a_case(), PROCEDURE, Applicant(), APOLOGY, LEADER),
    "stop": lambda head: slips.stop_notice(head, a_case(), PROCEDURE, Applicant(), STAFF),
    "control": lambda head: slips.control_slip(head, a_case(), PROCEDURE, a_dossier(), HAND_OVERS, SUMS),
    "register": the_register,
    "fee-notice": lambda head: slips.fee_notice(head, a_case(code=None), PROCEDURE, Applicant(), quote(), STAFF),
    "opinion": lambda head: slips.opinion_request(head, a_case(), PROCEDURE, OPINION, STAFF),
    "result": the_result,
}


async def drawn(key: SlipKey, generation: int, *, is_preview: bool = False) -> bytes:
    head = a_letter(key, moment(GENERATIONS[generation]), is_preview=is_preview)
    return await gateways.render(head.layout, WRITERS[key](head))


SCIENCE = load().procedure("science-organisation-registration")


@pytest.mark.proves("R23")
@pytest.mark.parametrize(("procedure", "waits"), [(PROCEDURE, True), (SCIENCE, False)])
async def test_a_fee_notice_says_whether_the_dossier_waits_for_the_fee(procedure: Procedure, waits: bool) -> None:
    head, case = a_letter("fee-notice", moment(GENERATIONS[2025])), a_case(paid_at=None, code=None if waits else CODE)
    data = slips.fee_notice(head, case, procedure, Applicant(), quote(), STAFF)
    text = read(await gateways.render(head.layout, data))
    assert ("được tiếp nhận ngay khi tiền được ghi nhận" in text) is waits
    assert ("được tiếp nhận và giải quyết ngay, không chờ phí" in text) is not waits
    assert case.shown_code in text


@pytest.mark.proves("R23")
async def test_form_01_of_a_dossier_that_owes_its_fee_says_so() -> None:
    head = a_letter("acceptance", moment(GENERATIONS[2025]))
    for paid_at, words in ((None, "nộp theo thông báo phí"), (moment("2025-03-13 09:00"), "đã nộp lúc")):
        case = a_case(paid_at=paid_at)
        data = slips.acceptance_slip(head, case, PROCEDURE, Applicant(), a_dossier(), STAFF)
        assert words in read(await gateways.render(head.layout, data))


def read(pdf: bytes) -> str:
    """The text, its white space made one: lines break where they must."""
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text)


BOTH: list[SlipKey] = ["acceptance", "supplement", "refusal", "apology", "stop", "control", "register"]
ALONE: list[SlipKey] = ["fee-notice", "opinion", "result"]
ALL = [(key, generation) for key in BOTH for generation in GENERATIONS] + [(key, 2025) for key in ALONE]
HEAD = [
    "ỦY BAN NHÂN DÂN TỈNH MẪU",
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
]
NUMBERED = {2018: ["01", "02", "03", "04", "-", "05", "06"], 2025: ["01", "02", "03", "04", "05", "06", "07"]}
APPLICANT = [
    "Bệnh viện Đa khoa Mẫu",
    "Trần Minh Khôi",
    "Số 5 đường Hòa Bình, phường Nguyễn Thượng Hiền, thành phố Mẫu, tỉnh Mẫu",
    "0900 000 101",
    "ky.thuat@benhvien-mau.example",
]
PROCEDURE_WORDS = ["Sử dụng thiết bị", "quang chẩn đoán trong y tế", "mã thủ tục 2.002380"]
CONTACT = ["Nguyễn Thị Thu Hà", "Công chức tiếp nhận", "Bộ phận Tiếp nhận và Trả kết quả", "0200 3 000 101"]
CITED = ["Nghị định 142/2020/NĐ-CP"]

# Every field that the law's templates have, by form; the head stands on each.
FIELDS: dict[SlipKey, list[str]] = {
    "acceptance": [
        *APPLICANT, *PROCEDURE_WORDS, *CITED, f"Mã hồ sơ: {CODE}", "Quyển số: 2025 Số thứ tự: 7", "001085000123",
        "Bộ phận tiếp nhận: Bộ phận Tiếp nhận và Trả kết quả",
        "Trích yếu: Giấy phép tiến hành công việc bức xạ – Bệnh viện Đa khoa Mẫu",
        "Hình thức nộp: Trực tuyến; số tiếp nhận ban đầu T-H00.15-250303-0001",
        "Tên thành phần hồ sơ", "Bản chính", "Chứng thực", "Bản sao", "Điện tử", "(số lượng: 01 bộ)",
        "Thời hạn giải quyết theo quy định: 25 ngày, tính từ khi nhận đủ hồ sơ hợp lệ và phí",
        "Thời gian nhận hồ sơ: 08 giờ 30 phút, ngày 03/03/2025",
        "bắt đầu tính thời hạn: 09 giờ 00 phút, ngày 13/03/2025",
        "Thời gian hẹn trả kết quả: trước 09 giờ 00 phút, thứ Hai, ngày 07/04/2025",
        "Phí, lệ phí: 12.600.000 đồng, đã nộp lúc 09 giờ 00 phút, ngày 13/03/2025",
        "Nhận kết quả: trực tuyến", "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ", STAFF.name, "chưa ký số",
        "R02, R03, R04", "0200 3 000 100",
    ],
    "supplement": [
        *APPLICANT, *PROCEDURE_WORDS, *CONTACT, *CITED, CODE, "001085000123", "(lần 2)", "Số lượng", "bản điện tử",
        *[item.note for item in ITEMS], "Thời hạn bổ sung: trước 17 giờ 30 phút, thứ Hai, ngày 24/03/2025",
        "Thời hạn giải quyết được tính lại từ đầu", "NGƯỜI HƯỚNG DẪN",
    ],
    "refusal": [
        *APPLICANT, *PROCEDURE_WORDS, *CONTACT, *CITED, "T-H00.15-250303-0001", "001085000123", REFUSED.reason,
        f"Nơi tiếp nhận, giải quyết: {REFUSED.where_to_go}", "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ", "khiếu nại",
    ],
    "apology": [
        "Bệnh viện Đa khoa Mẫu", "Cấp giấy phép tiến hành", "2.002380", CODE, "08 giờ 30 phút, ngày 03/03/2025",
        "trước 09 giờ 00 phút, thứ Hai, ngày 07/04/2025", "Đơn vị để chậm: Phòng Quản lý An toàn bức xạ",
        f"Lý do: {APOLOGY.reason_vi}", "xin lỗi", "trước 09 giờ 00 phút, thứ Hai, ngày 14/04/2025", "Nơi nhận:",
        "Như trên", "Lưu: VT.", "PHÓ GIÁM ĐỐC SỞ", LEADER.name,
    ],
    "stop": [
        *APPLICANT, *PROCEDURE_WORDS, *CONTACT, *CITED, f"Mã hồ sơ: {CODE}", "14 giờ 02 phút, ngày 20/03/2025",
        "gửi trực tuyến", "đang giải quyết", "dừng giải quyết hồ sơ từ 09 giờ 05 phút", "không có giấy tờ phải trả lại",
        "Phí đã nộp: 12.600.000 đồng", "không quyết định việc hoàn trả",
    ],
    "control": [
        CODE, "2.002380", "Bệnh viện Đa khoa Mẫu", "Nhận hồ sơ: 08:30 03/03/2025",
        "Thời hạn giải quyết: 25 ngày; bắt đầu tính 09:00 13/03/2025",
        "trước 09 giờ 00 phút, thứ Hai, ngày 07/04/2025", "Tên thành phần hồ sơ",
        "Giao", "Nhận", "Thời gian giao", "Tiến độ", "Ký nhận", "11:05 13/03/2025", "480 / 120", "960 / 1300",
        "480 / 120 còn 360", "960 / 1300 vượt 340", "480 / –", "Sớm hạn", "Quá hạn", "Ghi chú: Chờ số liệu đo",
        "Thời gian theo bước", "Thẩm định hồ sơ + Soát xét 960 1300 −340", "trước bước đầu tiên không tính riêng 5 −5",
        "Cộng 1920 1425 495", "Vũ Đình Long", "Phạm Quốc Dũng",
    ],
    "register": [
        "Quyển số 2025, tháng 3/2025", "Mã hồ sơ", "Tên thủ tục", "Số giấy tờ",
        "Chủ hồ sơ, địa chỉ, số điện thoại", "Đơn vị giải quyết", "Nhận hồ sơ", "Hẹn trả", "Trả kết quả", "Hình thức",
        "Ký nhận, bằng chứng trả", CODE, "0900 000 101", "Phòng Quản lý An toàn bức xạ", "08:30 03/03/2025",
        "09:00 07/04/2025", "15:00 04/04/2025", "Trực tuyến", "Bưu chính", "RR123456785VN", "Dừng giải quyết",
        "Cộng: 3 hồ sơ",
    ],
    "fee-notice": [
        *APPLICANT, *CONTACT, "T-H00.15-250303-0001", "2.002380", "12.600.000", "Mười hai triệu sáu trăm nghìn đồng",
        "Thông tư 287/2016/TT-BTC", "08 giờ 30 phút, ngày 03/03/2025", "Số: 07/TB",
    ],
    "opinion": [
        "Kính gửi: Sở Y tế tỉnh Mẫu", f"V/v lấy ý kiến về hồ sơ {CODE} (lần 2)", "Bệnh viện Đa khoa Mẫu",
        OPINION.question,
        "trước hết ngày 28/03/2025", "không dừng", "Nơi nhận:", *CONTACT, *CITED,
    ],
    "result": [
        f"Mã kết quả: {CODE}-KQ1", "Số: 07/GP-SKHCN", "Bệnh viện Đa khoa Mẫu", CODE, "CẤP PHÉP", "03 năm",
        "Sử dụng 03 thiết bị X", "Kiểm định thiết bị trước khi sử dụng", "chưa phải chữ ký số",
    ],
}  # fmt: skip


@pytest.mark.proves("B14", "R01", "R15")
@pytest.mark.parametrize(("key", "generation"), ALL)
async def test_every_field_of_the_law_stands_on_its_slip(key: SlipKey, generation: int) -> None:
    text = read(await drawn(key, generation))
    wanted = [*HEAD, *FIELDS[key], "ngày 13 tháng 3 năm 2025" if generation == 2018 else "ngày 20 tháng 10 năm 2025"]
    wanted = wanted[:-1] if key == "result" else wanted  # dated by the record of its approval
    assert [one for one in wanted if squeezed(one) not in squeezed(text)] == []


def squeezed(text: str) -> str:
    """Without any white space, and without what only allows a line to break: both depend on the layout."""
    return re.sub(r"\s|\u200b", "", unicodedata.normalize("NFC", text))


@pytest.mark.proves("R01", "B14")
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("key", BOTH)
async def test_the_forms_number_act_and_paper_are_those_of_its_day(key: SlipKey, generation: int) -> None:
    pdf = await drawn(key, generation)
    number = NUMBERED[generation][BOTH.index(key)]
    act = {2018: "Thông tư 01/2018/TT-VPCP", 2025: "Thông tư 03/2025/TT-VPCP"}[generation]
    assert (f"Mẫu số {number}, {act}" in read(pdf)) == (number != "-")
    assert ("Mẫu số" in read(pdf)) == (number != "-")
    assert size_of(pdf) == paper(key, generation)


def size_of(pdf: bytes) -> tuple[int, int]:
    """Width and height in millimetres."""
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def paper(key: SlipKey, generation: int) -> tuple[int, int]:
    if key == "register":
        return 297, 210
    return (148, 210) if generation == 2018 and key != "stop" else (210, 297)


@pytest.mark.parametrize(("key", "generation"), ALL)
async def test_a_preview_is_marked_has_no_number_and_nothing_to_check(key: SlipKey, generation: int) -> None:
    text = read(await drawn(key, generation, is_preview=True))
    assert "BẢN XEM TRƯỚC" in text
    assert "chưa có số và mã kiểm tra" in text
    assert VERIFY not in squeezed(text)
    assert "Số: 07/TB" not in text


@pytest.mark.parametrize(("key", "generation"), ALL)
async def test_a_slip_that_went_out_names_where_to_check_it(key: SlipKey, generation: int) -> None:
    pdf = await drawn(key, generation)
    assert VERIFY in squeezed(read(pdf))
    assert "XEM TRƯỚC" not in read(pdf)
    assert linked(pdf) >= {VERIFY}


def linked(pdf: bytes) -> set[str]:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return {str(note.get_object()["/A"]["/URI"]) for page in pages for note in page.get("/Annots", [])}


async def test_a_file_that_a_supplement_replaced_is_not_counted() -> None:
    code = next(one.code for one in PROCEDURE.components if one.accepts == "upload")
    files = (a_file(1, code), a_file(2, code), a_file(3, code, package=2))
    counted = slips.acceptance_slip(
        a_letter("acceptance", moment(GENERATIONS[2018])), a_case(), PROCEDURE, Applicant(), Dossier({}, files), None
    )
    assert [one["electronic"] for one in counted["components"]] == ["1"]


@pytest.mark.parametrize("channel", ["direct", "postal"])
def test_papers_that_came_in_are_counted_beside_their_scans(channel: str) -> None:
    one = next(one for one in PROCEDURE.components if one.accepts == "upload" and one.copies)
    head = a_letter("acceptance", moment(GENERATIONS[2018]))
    dossier = Dossier({}, (a_file(1, one.code),))
    said = slips.acceptance_slip(head, a_case(channel=channel), PROCEDURE, Applicant(), dossier, STAFF)
    counts = said["components"][0]
    assert (counts["original"], counts["plain"]) == (str(one.originals or ""), str(one.copies))
    assert counts["electronic"] == "1"


async def test_a_person_who_files_alone_is_named_once() -> None:
    head = a_letter("acceptance", moment(GENERATIONS[2025]))
    person = Applicant(organisation=None, phone=None, address=None)
    said = slips.acceptance_slip(head, a_case(), PROCEDURE, person, a_dossier(), STAFF)
    text = read(await gateways.render(head.layout, said))
    assert text.count("Trần Minh Khôi") == 1
    assert "Người nộp hồ sơ:" not in text
    assert "Điện thoại" not in text
    assert "Số định danh" not in text


@pytest.mark.proves("R07")
@pytest.mark.parametrize("generation", GENERATIONS)
async def test_an_apology_without_a_new_date_says_that_the_due_stays(generation: int) -> None:
    head = a_letter("apology", moment(GENERATIONS[generation]))
    letter = replace(APOLOGY, new_due_at=None)
    text = read(
        await gateways.render(head.layout, slips.apology(head, a_case(), PROCEDURE, Applicant(), letter, LEADER))
    )
    assert "không có ngày hẹn mới" in text
    assert "14/04/2025" not in text


@pytest.mark.proves("R16")
async def test_a_further_result_names_the_one_it_replaces_and_why() -> None:
    head = a_letter("result", moment(GENERATIONS[2025]))
    replaced = slips.Replaced(f"{CODE}-KQ1", "Ghi sai số máy.")
    text = read(await gateways.render(head.layout, the_result(head, replaced, result_code=f"{CODE}-KQ2")))
    assert f"Thay thế kết quả {CODE}-KQ1" in text
    assert "Lý do thay thế: Ghi sai số máy." in text


async def test_a_refusal_on_substance_gives_its_reason() -> None:
    head = a_letter("result", moment(GENERATIONS[2025]))
    text = read(await gateways.render(head.layout, the_result(head, outcome=Outcome.REFUSED, result_number=None)))
    assert "THÔNG BÁO KHÔNG CẤP" in text
    assert "CẤP PHÉP" not in text


async def test_a_year_that_has_ended_is_closed_in_its_register() -> None:
    head = a_letter("register", moment("2026-01-05 08:00"))
    period = Period(date(2025, 1, 1), date(2025, 12, 31))
    text = read(await gateways.render(head.layout, slips.register(head, period, [])))
    assert "Cộng: 0 hồ sơ. Sổ năm 2025 đã khóa" in text
    open_still = slips.register(a_letter("register", moment("2025-12-31 17:00")), period, [])
    assert open_still["closed"] == ""


LONG = "Công ty Trách nhiệm hữu hạn Một thành viên Thiết bị Y tế và Chẩn đoán Hình ảnh – Chi nhánh thành phố Mẫu " * 2


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_sixty_components_and_long_names_run_over_pages_with_the_heading_again(generation: int) -> None:
    parts = [PROCEDURE.components[n % len(PROCEDURE.components)] for n in range(60)]
    named = [
        one.model_copy(update={"code": f"c{n}", "name_vi": f"{one.name_vi}, phần {n}", "form_id": None})
        for n, one in enumerate(parts, 1)
    ]
    procedure = PROCEDURE.model_copy(update={"components": tuple(named)})
    dossier = Dossier({}, tuple(a_file(n, one.code) for n, one in enumerate(named, 1)))
    head = a_letter("acceptance", moment(GENERATIONS[generation]))
    applicant = Applicant(organisation=LONG, address=LONG)
    said = slips.acceptance_slip(head, a_case(channel="direct"), procedure, applicant, dossier, STAFF)
    pages = [
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(await gateways.render(head.layout, said))).pages
    ]
    assert len(pages) >= 3
    assert all("Tên thành phần hồ sơ" in page for page in pages if ", phần " in page)
    text = squeezed(" ".join(pages))
    assert all(squeezed(one.name_vi) in text for one in named)
    assert squeezed(LONG) in text


async def test_what_people_typed_is_text_and_never_markup() -> None:
    typed = "#panic() *đậm* $x$ <script> \\ @ref [khối] // hết"
    head = a_letter("refusal", moment(GENERATIONS[2025]))
    refused = slips.Refused(typed, typed, STAFF)
    said = slips.refusal(head, a_case(code=None), PROCEDURE, Applicant(organisation=typed), refused)
    assert squeezed(typed) in squeezed(read(await gateways.render(head.layout, said)))


async def test_the_same_data_gives_the_same_bytes() -> None:
    assert await drawn("supplement", 2025) == await drawn("supplement", 2025)


async def test_a_warm_slip_takes_milliseconds() -> None:
    await drawn("refusal", 2025)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        await drawn("refusal", 2025)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1  # some 10 ms on an idle machine


def test_a_qr_code_is_drawn() -> None:
    assert gateways.qr_svg(VERIFY).startswith("<svg")


def test_the_personal_number_comes_from_the_sheet_that_has_it() -> None:
    form = next(one for one in load().forms if any(field.profile == "id_number" for field in one.fields()))
    key = next(field.key for field in form.fields() if field.profile == "id_number")
    assert slips.declared([form], Dossier({form.id: [{key: "001085000123"}]}), "id_number") == "001085000123"
    assert slips.declared([form], Dossier(), "id_number") == ""


@pytest.mark.proves("B09")
def test_hand_overs_go_from_the_desk_through_each_run_and_back() -> None:
    begun = [moment("2025-03-13 09:05"), moment("2025-03-13 11:05"), moment("2025-03-17 10:00")]
    runs = [
        slips.Run("assign", "radiation", "p-3", begun[0], 480, 120),
        slips.Run("appraise", "radiation", "p-2", begun[1], 960, 1300, "Chờ số liệu đo"),
        slips.Run("approve", "leadership", None, begun[2], 480, None),
    ]
    names = {STAFF.id: STAFF.name, "p-3": "Vũ Đình Long", "p-2": "Phạm Quốc Dũng"}
    open_still = slips.hand_overs(a_case(), PROCEDURE, runs, names)
    desk, division = ("Bộ phận Tiếp nhận và Trả kết quả", STAFF.name), "Phòng Quản lý An toàn bức xạ"
    assert [(one.giver, one.taker[1], one.at, one.is_late) for one in open_still] == [
        (desk, "Vũ Đình Long", begun[0], False),
        ((division, "Vũ Đình Long"), "Phạm Quốc Dũng", begun[1], True),
        ((division, "Phạm Quốc Dũng"), "", begun[2], False),
    ]
    ended = slips.hand_overs(a_case(finished_at=moment("2025-04-04 08:00")), PROCEDURE, runs, names)
    assert (ended[-1].taker, ended[-1].step_vi) == ((desk[0], ""), "Trả kết quả")
