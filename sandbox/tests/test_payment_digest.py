"""The digest against known answers: partner PARTNER01, secret SANDBOX-SECRET-1."""

from typing import Any

import pytest

from sandbox.payment_platform import digest

SECRET = "SANDBOX-SECRET-1"
TEXT = "THANH TOAN HO SO 000.00.01.H00-250303-0001"
SHARED = {"MaDoiTac": "PARTNER01", "MaThamChieu": "900001_0f8fad5b-d9c"}
VECTORS: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "INIT": (
        digest.INIT,
        {
            **SHARED,
            "PhienBan": "1.0.6",
            "SoTien": "120000",
            "LoaiHinhThanhToan": "PAY",
            "MaKenhThanhToan": "1",
            "MaThietBi": "1",
            "NgonNgu": "vi-VN",
            "MaTienTe": "VND",
            "MaNganHang": "PAYMENT",
            "ThongTinGiaoDich": TEXT,
            "ThoiGianGD": "20250303080000",
            "Ip": "10.0.0.1",
        },
        "5c56648df5e73403708e67badd71236022d097a2f0e7debfd9dd171a117f7f55",
    ),
    "CONFIRM": (
        digest.NOTIFICATION,
        {
            **SHARED,
            "MaLoi": "00",
            "SoTien": 120000,
            "MaTienTe": "VND",
            "MaGiaoDich": "PP0001",
            "MaNganHang": "970436",
            "ThoiGianGD": "20250303080530",
            "ThongTinGiaoDich": TEXT,
        },
        "2e9cdc72a566e1daa092b9be5ff2fdcbbcbb0bdf96e61db03fd462c2a16170e4",
    ),
    "QUERY": (
        digest.LOOKUP,
        {**SHARED, "PhienBan": "1.0.6", "ThoiGianGD": "20250303080000"},
        "41a70daeca99b5d0aba02ee2ca50ab215cf898b355dbc3928b42d11937e9f75e",
    ),
    "GET_BILL": (
        digest.LOOKUP,
        {**SHARED, "PhienBan": "1.0.6", "ThoiGianGD": "20250303080530"},
        "8c115df2444b9681f10c658494a6385b2b0fd85caf893049a4a1189901610cee",
    ),
}


@pytest.mark.parametrize("kind", VECTORS)
def test_the_digest_equals_the_known_answer(kind: str) -> None:
    order, message, expected = VECTORS[kind]
    message = {**message, "LoaiBanTin": kind}
    assert digest.digest(order, message, SECRET) == expected
    assert digest.is_right(order, {**message, "MaXacThuc": expected}, SECRET)
    assert not digest.is_right(order, {**message, "MaXacThuc": expected}, "another")
    assert not digest.is_right(order, message, SECRET)


def test_an_empty_value_keeps_its_place() -> None:
    assert digest.digest(["a", "b"], {"a": "", "b": "x"}, "s") != digest.digest(["a", "b"], {"a": "x", "b": ""}, "s")
