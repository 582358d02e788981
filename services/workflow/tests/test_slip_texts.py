"""Every slip of both generations, rendered and read again: each field of the law stands on it, with its diacritics."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pypdf

from kit.now import TIME_ZONE
from rules.catalogue import load
from rules.fees import FeeQuote
from rules.records.procedure import Procedure
from rules.records.slip import SlipKey
from workflow import gateways
from workflow.domain import slips
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.case import Case, StoredFile
from workflow.domain.checklist import CheckItem
from workflow.domain.dossier import Dossier, FiledFile
from workflow.domain.fee import quote_of
from workflow.domain.opinion import Opinion
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
    forms = {one.form_id: [{}] for one in procedure.components if one.form_id}
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
    return slips.register(head, slips.Period(date(2025, 3, 1), date(2025, 3, 31)), entries)


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
    "control": lambda head: slips.control_slip(head, a_case(), PROCEDURE, a_dossier(), HAND_OVERS),
    "register": the_register,
    "fee-notice": lambda head: slips.fee_notice(head, a_case(code=None), PROCEDURE, Applicant(), quote(), STAFF),
    "opinion": lambda head: slips.opinion_request(head, a_case(), PROCEDURE, OPINION, STAFF),
    "result": the_result,
}


async def drawn(key: SlipKey, generation: int, *, is_preview: bool = False) -> bytes:
    head = a_letter(key, moment(GENERATIONS[generation]), is_preview=is_preview)
    return await gateways.render(head.layout, WRITERS[key](head))


def read(pdf: bytes) -> str:
    """The text, its white space made one: lines break where they must."""
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text)
