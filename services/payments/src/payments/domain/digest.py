"""MaXacThuc: the Payment Platform's digest. SHA-256 over values in a fixed order, joined by bars, the secret last."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

# The order is not the messages' own: the result notification has the time before the text, INIT after it.
INIT = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan", "MaThietBi",
    "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip",
)  # fmt: skip
RESULT = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang", "ThoiGianGD",
    "ThongTinGiaoDich",
)  # fmt: skip
QUERY = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
GET_BILL = QUERY


def digest(order: Sequence[str], values: Mapping[str, Any], secret: str) -> str:
    """Lower-case hex. What is missing keeps its place as an empty value."""
    told = [as_text(values.get(name)) for name in order]
    return hashlib.sha256("|".join([*told, secret]).encode()).hexdigest()


def is_genuine(order: Sequence[str], values: Mapping[str, Any], secret: str) -> bool:
    """Whether the message's own MaXacThuc is right; takes the same time wherever it differs."""
    shown = as_text(values.get("MaXacThuc"))
    return hmac.compare_digest(digest(order, values, secret).encode(), shown.encode())


def as_text(value: Any) -> str:
    """A value as it is digested: amounts as bare integers, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
