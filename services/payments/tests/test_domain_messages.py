"""What is sent to the platform, what its results mean, and what it is answered."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from payments.domain import digest
from payments.domain.answer import Standing, read_answer
from payments.domain.attempt import Attempt, AttemptState
from payments.domain.demand import Demand, DemandState
from payments.domain.partner import Partner, Payment, init_message, question, short
from payments.domain.result import Verdict, judge, read_result, read_time, reply, write_time
from rules.calendar import HANOI

AT = datetime(2025, 3, 13, 2, 0, tzinfo=UTC)
PARTNER = Partner(
    code="PARTNER01", secret="SANDBOX-SECRET-1", version="1.0.6", payment_type="PAY", channel="1", device="1",
    language="vi-VN", currency="VND", bank="PAYMENT", service_kind="2", service_suffix=".01", fee_code="2",
    server_ip="10.0.0.1", account="1", account_bank="2", account_name="3", payer_id_filler="000000000",
)  # fmt: skip
PAYMENT = Payment(
    reference="MC1", sent_time="20250313090000", amount_vnd=12_600_000, dossier_code="T-H00.15-250303-0001",
    procedure_code="2.002380", procedure_name="Cấp giấy phép", agency_code="H00.15", agency_name="Sở Mẫu",
    fee_kind="1", fee_name="Phí thẩm định", payer_name="Bệnh viện Mẫu", payer_address="",
)  # fmt: skip
ATTEMPT = Attempt(
    id=uuid4(), demand_id=uuid4(), reference="MC1", sent_time="T", amount_vnd=120_000, started_at=AT, ask_at=AT,
    state=AttemptState.OPEN, pay_url="http://pay",
)  # fmt: skip
DEMAND = Demand(
    id=ATTEMPT.demand_id, dossier_id=uuid4(), notice="n", arrival_number="T-1", procedure_id="p",
    procedure_version="1", office="o", contact="c", lines=(), factor="1", amount_vnd=120_000, legal_basis=(),
    demanded_at=AT,
)  # fmt: skip
TOLD = {
    "LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaThamChieu": "MC1", "SoTien": 120000, "MaTienTe": "VND",
    "MaGiaoDich": "PP1", "MaNganHang": "999901", "ThoiGianGD": "20250313090530", "ThongTinGiaoDich": "X",
    "MaXacThuc": "d",
}  # fmt: skip


def judged(attempt: Attempt = ATTEMPT, demand: Demand = DEMAND, **changed: Any) -> Verdict:
    return judge(read_result(TOLD | changed), attempt, demand, currency="VND")


def test_init_carries_every_field_with_its_amount_as_text_and_a_right_digest() -> None:
    message = init_message(PARTNER, PAYMENT)
    assert set(digest.INIT) < set(message)
    assert message["SoTien"] == "12600000"
    assert message["ThongTinGiaoDich"] == "THANH TOAN HO SO T-H00.15-250303-0001"
    assert digest.is_genuine(digest.INIT, message, PARTNER.secret)


def test_the_receipt_block_names_service_unit_account_fee_and_payer() -> None:
    block = init_message(PARTNER, PAYMENT)["ThongTinBienLai"]
    assert (block["MaDVC"], block["MaTTHC"], block["MaHoSo"]) == ("2.002380.01", "2.002380", "T-H00.15-250303-0001")
    assert block["PhiLePhi"] == [
        {"LoaiPhiLePhi": "1", "MaPhiLePhi": "2", "TenPhiLePhi": "Phí thẩm định", "SoTien": "12600000"}
    ]
    assert block["DSKhoanNop"][0]["SoTien"] == "12600000"
    assert block["SoCMNDNguoiNop"] == "000000000"
    assert block["MaCoQuanQD"] == block["MaDonVi"] == "H00.15"
    assert block["SoQD"] == ""


def test_a_name_that_is_too_long_is_cut_as_the_platform_wants_it() -> None:
    assert short("a" * 250) == "a" * 250
    assert short("a" * 251) == "a" * 200 + "..."


def test_a_question_is_signed() -> None:
    message = question(PARTNER, "QUERY", "MC1", "T")
    assert digest.is_genuine(digest.QUERY, message, PARTNER.secret)


def test_the_secret_is_not_shown_by_printing_the_partner() -> None:
    assert PARTNER.secret not in repr(PARTNER)


def test_times_are_vietnams_wall_clock() -> None:
    assert read_time("20250313090530") == datetime(2025, 3, 13, 9, 5, 30, tzinfo=HANOI)
    assert write_time(AT) == "20250313090000"


@pytest.mark.parametrize("text", ["", "2025-03-13", "20251313090530", "2025031309053", "20250313096060"])
def test_a_time_that_is_none_is_none(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize(
    ("attempt_state", "demand_state", "changed", "verdict"),
    [
        ("open", "open", {}, Verdict.PAID),
        ("started", "open", {}, Verdict.PAID),
        ("failed", "open", {}, Verdict.PAID),
        ("set_aside", "open", {"SoTien": "120000"}, Verdict.PAID),
        ("open", "open", {"SoTien": 121000}, Verdict.WRONG_AMOUNT),
        ("open", "open", {"SoTien": 119999.5}, Verdict.WRONG_AMOUNT),
        ("open", "open", {"SoTien": None}, Verdict.WRONG_AMOUNT),
        ("open", "open", {"SoTien": -120000}, Verdict.WRONG_AMOUNT),
        ("open", "open", {"MaTienTe": "USD"}, Verdict.WRONG_AMOUNT),
        ("open", "open", {"ThoiGianGD": "soon"}, Verdict.WRONG_TIME),
        ("open", "paid", {}, Verdict.PAID_TWICE),
        ("open", "replaced", {}, Verdict.PAID_TOO_LATE),
        ("paid", "paid", {}, Verdict.REPEATED),
        ("paid", "paid", {"MaGiaoDich": "PP2"}, Verdict.PAID_TWICE),
        ("open", "open", {"MaLoi": "18"}, Verdict.FAILURE_NOTED),
        ("open", "open", {"MaLoi": ""}, Verdict.FAILURE_NOTED),
        ("paid", "paid", {"MaLoi": "18"}, Verdict.REPEATED),
    ],
)
def test_a_result_is_judged_by_amount_then_state(
    attempt_state: str, demand_state: str, changed: dict[str, Any], verdict: Verdict
) -> None:
    attempt = replace(ATTEMPT, state=AttemptState(attempt_state), transaction_code="PP1")
    demand = replace(DEMAND, state=DemandState(demand_state))
    assert judged(attempt, demand, **changed) is verdict


@pytest.mark.parametrize("verdict", Verdict)
def test_the_platform_is_answered_00_unless_the_message_was_not_taken(verdict: Verdict) -> None:
    answer = reply(verdict, TOLD, partner_code="PARTNER01")
    not_taken = verdict in (Verdict.FORGED, Verdict.UNREADABLE, Verdict.UNKNOWN_REFERENCE)
    assert answer["MaLoi"] == ("99" if not_taken else "00")
    assert set(answer) == {"MaLoi", "MoTaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc"}
    assert (answer["MaXacThuc"], answer["MaThamChieu"], answer["MaDoiTac"]) == ("d", "MC1", "PARTNER01")


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ({"MaLoi": "00", "TrangThaiGD": "1"}, Standing.PAID),
        ({"MaLoi": "00", "TrangThaiGD": 1}, Standing.PAID),
        ({"MaLoi": "00", "TrangThaiGD": "2"}, Standing.PENDING),
        ({"MaLoi": "00", "TrangThaiGD": "3"}, Standing.PENDING),
        ({"MaLoi": "00", "TrangThaiGD": "4"}, Standing.FAILED),
        ({"MaLoi": "00", "TrangThaiGD": "9"}, Standing.UNKNOWN),
        ({"MaLoi": "04", "TrangThaiGD": "1"}, Standing.UNKNOWN),
        ({"MaLoi": "00"}, Standing.UNKNOWN),
    ],
)
def test_an_answer_says_how_the_transaction_stands(said: dict[str, Any], standing: Standing) -> None:
    answer = read_answer(TOLD | said if "TrangThaiGD" in said else said)
    assert answer.standing is standing
    assert (answer.result.code == "00") == (standing is Standing.PAID)
