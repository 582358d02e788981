"""The platform's messages: shapes, codes, and how an answer is made from a transaction. No I/O, no clock."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator

from sandbox.payment_platform import digest

# The platform's own list of MaLoi is not public. These are the codes of KeyPay, a channel of the same portal, whose
# meaning portals show to their users; the partner must not build on any but 00.
OK, PARTNER, DIGEST, REFERENCE, NOT_FOUND, ALREADY, AMOUNT = "00", "01", "02", "03", "04", "06", "11"
CANCELLED, VERSION, KIND, CURRENCY, OTHER = "18", "30", "31", "33", "99"

PAID, PENDING, FAILED = "1", "3", "4"  # TrangThaiGD; 2 is not described by any source


class Item(BaseModel):
    model_config = ConfigDict(extra="allow")

    NoiDung: str
    SoTien: StrictStr


class Fee(BaseModel):
    model_config = ConfigDict(extra="allow")

    LoaiPhiLePhi: str | int
    MaPhiLePhi: str | int
    TenPhiLePhi: str
    SoTien: str | int


class Receipt(BaseModel):
    """`ThongTinBienLai`: the digest does not cover it. Fields that only a fine needs may be missing for a fee."""

    model_config = ConfigDict(extra="allow")

    MaDichVu: str | int
    MaDVC: str = ""
    TenDVC: str = ""
    MaTTHC: str = ""
    TenTTHC: str = ""
    MaDonVi: str = ""
    TenDonVi: str = ""
    MaHoSo: str = ""
    TKThuHuong: str = ""
    MaNHThuHuong: str = ""
    TenTKThuHuong: str = ""
    PhiLePhi: list[Fee] = Field(default_factory=list)
    NoiDungThanhToan: str
    HoTenNguoiNop: str
    SoCMNDNguoiNop: str
    DiaChiNguoiNop: str
    MaCoQuanQD: str
    TenCoQuanQD: str
    DSKhoanNop: list[Item] = Field(min_length=1)

    @model_validator(mode="after")
    def _fee_of_a_procedure_is_whole(self) -> "Receipt":
        needed = "MaDVC TenDVC MaTTHC TenTTHC MaDonVi TenDonVi MaHoSo TKThuHuong MaNHThuHuong TenTKThuHuong PhiLePhi"
        missing = [name for name in needed.split() if not getattr(self, name)]
        if str(self.MaDichVu) == "2" and missing:
            raise ValueError(f"MaDichVu 2 needs {', '.join(missing)}")
        return self


class Init(BaseModel):
    """A partner asks for a payment. Every value is text, also the amount."""

    model_config = ConfigDict(extra="allow", strict=True)

    LoaiBanTin: str
    PhienBan: str
    MaDoiTac: str
    MaThamChieu: str = Field(min_length=1, max_length=255)
    SoTien: str
    LoaiHinhThanhToan: str
    MaKenhThanhToan: str
    MaThietBi: str
    NgonNgu: str
    MaTienTe: str
    MaNganHang: str
    ThongTinGiaoDich: str
    ThoiGianGD: str = Field(min_length=1)  # not read as a time: partners send odd ones, and it is only a key later
    Ip: str
    MaXacThuc: str
    ThongTinBienLai: Receipt


class Lookup(BaseModel):
    """QUERY and GET_BILL. `ThoiGianGD` is the second key: exactly what INIT said."""

    model_config = ConfigDict(extra="allow", strict=True)

    LoaiBanTin: str
    PhienBan: str
    MaDoiTac: str
    MaThamChieu: str
    ThoiGianGD: str
    MaXacThuc: str


@dataclass(frozen=True)
class Transaction:
    """One payment as the platform knows it. `code` is its MaLoi, empty while the payer has not decided."""

    id: int
    token: str
    asked: dict[str, Any]
    made_at: str
    code: str = ""
    bank: str = ""
    settled_at: str = ""

    @property
    def reference(self) -> str:
        return str(self.asked["MaThamChieu"])

    @property
    def amount_vnd(self) -> int:
        return int(self.asked["SoTien"])

    @property
    def receipt(self) -> dict[str, Any]:
        return dict(self.asked["ThongTinBienLai"])

    @property
    def dossier_code(self) -> str:
        return str(self.receipt.get("MaHoSo", ""))

    @property
    def platform_code(self) -> str:
        """MaGiaoDich: exists once the payer has decided."""
        return f"PP{self.id:08d}" if self.code else ""

    @property
    def state(self) -> str:
        return "open" if not self.code else "paid" if self.code == OK else "failed"

    @property
    def wire_time(self) -> str:
        """ThoiGianGD of the result: `yyyyMMddHHmmss`, local, by the platform's clock."""
        return self.settled_at[:19].translate({ord(c): None for c in "-T:"})


def result(transaction: Transaction, kind: str, secret: str, **changed: Any) -> dict[str, Any]:
    """The notification of a settled transaction, signed; `changed` is what is said against better knowledge."""
    asked = transaction.asked
    said = {
        "LoaiBanTin": kind,
        "MaLoi": transaction.code,
        "MaDoiTac": asked["MaDoiTac"],
        "MaThamChieu": transaction.reference,
        "SoTien": transaction.amount_vnd,
        "MaTienTe": asked["MaTienTe"],
        "MaGiaoDich": transaction.platform_code,
        "MaNganHang": transaction.bank,
        "ThoiGianGD": transaction.wire_time,
        "ThongTinGiaoDich": asked["ThongTinGiaoDich"],
        "MaHoSo": transaction.dossier_code,
        **changed,
    }
    return {**said, "MaXacThuc": digest.digest(digest.NOTIFICATION, said, secret)}


def query_answer(transaction: Transaction, kind: str, secret: str, *, pending: bool) -> dict[str, Any]:
    """The fields of the notification and TrangThaiGD. MaLoi says that it could answer, not that it is paid."""
    state = {"open": PENDING, "paid": PAID, "failed": FAILED}[transaction.state]
    return {
        **result(transaction, kind, secret, MaLoi=OK),
        "MoTaLoi": "",
        "TrangThaiGD": PENDING if pending else state,
    }
