"""`MaXacThuc`: what each message signs, and how. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

# The order is the protocol; the secret comes last. In INIT the text stands before the time, in the notification after.
INIT = [
    "LoaiBanTin",
    "PhienBan",
    "MaDoiTac",
    "MaThamChieu",
    "SoTien",
    "LoaiHinhThanhToan",
    "MaKenhThanhToan",
    "MaThietBi",
    "NgonNgu",
    "MaTienTe",
    "MaNganHang",
    "ThongTinGiaoDich",
    "ThoiGianGD",
    "Ip",
]
NOTIFICATION = [
    "LoaiBanTin",
    "MaLoi",
    "MaDoiTac",
    "MaThamChieu",
    "SoTien",
    "MaTienTe",
    "MaGiaoDich",
    "MaNganHang",
    "ThoiGianGD",
    "ThongTinGiaoDich",
]
LOOKUP = ["LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"]  # QUERY and GET_BILL


def digest(order: list[str], message: Mapping[str, Any], secret: str) -> str:
    """Lower-case hex SHA-256 of the values joined by `|`; an empty value keeps its place, a number is written bare."""
    values = [str(message.get(name, "")) for name in order]
    return hashlib.sha256("|".join([*values, secret]).encode()).hexdigest()


def is_right(order: list[str], message: Mapping[str, Any], secret: str) -> bool:
    shown = str(message.get("MaXacThuc", ""))
    return hmac.compare_digest(shown.encode(), digest(order, message, secret).encode())
