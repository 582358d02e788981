"""The platform's digest: the published vectors, and what must not pass."""

import pytest

from payments.domain import digest
from payments.domain.digest import GET_BILL, INIT, QUERY, RESULT, is_genuine

SECRET = "SANDBOX-SECRET-1"
REFERENCE = "900001_0f8fad5b-d9c"
TEXT = "THANH TOAN HO SO 000.00.01.H00-250303-0001"
INIT_MESSAGE = {
    "LoaiBanTin": "INIT", "PhienBan": "1.0.6", "MaDoiTac": "PARTNER01", "MaThamChieu": REFERENCE, "SoTien": "120000",
    "LoaiHinhThanhToan": "PAY", "MaKenhThanhToan": "1", "MaThietBi": "1", "NgonNgu": "vi-VN", "MaTienTe": "VND",
    "MaNganHang": "PAYMENT", "ThongTinGiaoDich": TEXT, "ThoiGianGD": "20250303080000", "Ip": "10.0.0.1",
}  # fmt: skip
RESULT_MESSAGE = {
    "LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": "PARTNER01", "MaThamChieu": REFERENCE, "SoTien": 120000,
    "MaTienTe": "VND", "MaGiaoDich": "PP0001", "MaNganHang": "970436", "ThoiGianGD": "20250303080530",
    "ThongTinGiaoDich": TEXT,
}  # fmt: skip


def asked(kind: str, time: str) -> dict[str, str]:
    return {
        "LoaiBanTin": kind,
        "PhienBan": "1.0.6",
        "MaDoiTac": "PARTNER01",
        "MaThamChieu": REFERENCE,
        "ThoiGianGD": time,
    }


@pytest.mark.parametrize(
    ("order", "message", "wanted"),
    [
        (INIT, INIT_MESSAGE, "5c56648df5e73403708e67badd71236022d097a2f0e7debfd9dd171a117f7f55"),
        (RESULT, RESULT_MESSAGE, "2e9cdc72a566e1daa092b9be5ff2fdcbbcbb0bdf96e61db03fd462c2a16170e4"),
        (QUERY, asked("QUERY", "20250303080000"), "41a70daeca99b5d0aba02ee2ca50ab215cf898b355dbc3928b42d11937e9f75e"),
        (GET_BILL, asked("GET_BILL", "20250303080530"),
         "8c115df2444b9681f10c658494a6385b2b0fd85caf893049a4a1189901610cee"),
    ],
)  # fmt: skip
def test_a_digest_is_that_of_the_published_vector(
    order: tuple[str, ...], message: dict[str, object], wanted: str
) -> None:
    assert digest.digest(order, message, SECRET) == wanted


@pytest.mark.parametrize("field", RESULT)
def test_a_message_changed_in_any_signed_field_is_not_genuine(field: str) -> None:
    genuine = RESULT_MESSAGE | {"MaXacThuc": digest.digest(RESULT, RESULT_MESSAGE, SECRET)}
    assert is_genuine(RESULT, genuine, SECRET)
    assert not is_genuine(RESULT, genuine | {field: "x"}, SECRET)


@pytest.mark.parametrize("shown", ["", None, 7, "đ", "0" * 64, []])
def test_a_digest_that_is_no_digest_is_not_genuine(shown: object) -> None:
    assert not is_genuine(RESULT, RESULT_MESSAGE | {"MaXacThuc": shown}, SECRET)


def test_an_empty_value_keeps_its_place() -> None:
    left_out = {name: value for name, value in RESULT_MESSAGE.items() if name != "MaNganHang"}
    assert digest.digest(RESULT, left_out, SECRET) == digest.digest(RESULT, left_out | {"MaNganHang": ""}, SECRET)
    assert digest.digest(RESULT, left_out, SECRET) != digest.digest(RESULT, RESULT_MESSAGE, SECRET)


@pytest.mark.parametrize("amount", [120000, 120000.0, "120000"])
def test_an_amount_is_digested_as_a_bare_integer(amount: object) -> None:
    wanted = digest.digest(RESULT, RESULT_MESSAGE, SECRET)
    assert digest.digest(RESULT, RESULT_MESSAGE | {"SoTien": amount}, SECRET) == wanted


def test_amounts_beyond_32_bits_are_digested_whole() -> None:
    assert digest.as_text(2**31 + 1) == "2147483649"
