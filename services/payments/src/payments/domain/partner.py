"""What we send to the Payment Platform: INIT, QUERY and GET_BILL, built from plain facts. Sends nothing."""

from dataclasses import dataclass, field
from typing import Any

from payments.domain import digest
from rules.plain import plain

LONGEST_NAME = 250  # the platform's limit; longer names go as their first 200 characters and three full stops
EMPTY_WHEN_A_FEE = (
    "MaLoaiHinhThuPhat", "TenLoaiHinhThuPhat", "KhoBac", "NgayQD", "SoQD", "ThoiGianViPham", "DiaDiemViPham",
    "TenNguoiViPham", "HuyenNguoiNop", "TinhNguoiNop", "TaiKhoanThuNSNN",
)  # fmt: skip


@dataclass(frozen=True)
class Partner:
    """Who we are to the platform and the constants of its messages; all of it settings (see `settings`)."""

    code: str
    secret: str = field(repr=False)
    version: str
    payment_type: str
    channel: str
    device: str
    language: str
    currency: str
    bank: str
    service_kind: str
    service_suffix: str
    fee_code: str
    server_ip: str
    account: str
    account_bank: str
    account_name: str
    payer_id_filler: str


@dataclass(frozen=True)
class Payment:
    """One transaction to be started. `fee_kind` is 1 for phí, 2 for lệ phí; `dossier_code` what the payer reads."""

    reference: str
    sent_time: str
    amount_vnd: int
    dossier_code: str
    procedure_code: str
    procedure_name: str
    agency_code: str
    agency_name: str
    fee_kind: str
    fee_name: str
    payer_name: str
    payer_address: str


def init_message(partner: Partner, payment: Payment) -> dict[str, Any]:
    """INIT with its receipt block. The digest does not cover the block."""
    text = plain(f"THANH TOAN HO SO {payment.dossier_code}")
    message: dict[str, Any] = {
        "LoaiBanTin": "INIT",
        "PhienBan": partner.version,
        "MaDoiTac": partner.code,
        "MaThamChieu": payment.reference,
        "SoTien": str(payment.amount_vnd),
        "LoaiHinhThanhToan": partner.payment_type,
        "MaKenhThanhToan": partner.channel,
        "MaThietBi": partner.device,
        "NgonNgu": partner.language,
        "MaTienTe": partner.currency,
        "MaNganHang": partner.bank,
        "ThongTinGiaoDich": text,
        "ThoiGianGD": payment.sent_time,
        "Ip": partner.server_ip,
    }
    message["MaXacThuc"] = digest.digest(digest.INIT, message, partner.secret)
    message["ThongTinBienLai"] = receipt_block(partner, payment)
    return message


def receipt_block(partner: Partner, payment: Payment) -> dict[str, Any]:
    """ThongTinBienLai of a procedure's fee: what the platform prints on the receipt."""
    service_code = f"{payment.procedure_code}{partner.service_suffix}"
    what_for = f"Nộp phí hồ sơ {payment.dossier_code}"
    amount = str(payment.amount_vnd)
    fee = {"LoaiPhiLePhi": payment.fee_kind, "MaPhiLePhi": partner.fee_code}
    return {
        "MaDichVu": partner.service_kind,
        "MaDVC": service_code,
        "TenDVC": short(payment.procedure_name),
        "MaTTHC": payment.procedure_code,
        "TenTTHC": short(payment.procedure_name),
        "MaDonVi": payment.agency_code,
        "TenDonVi": short(payment.agency_name),
        "MaHoSo": payment.dossier_code,
        "TKThuHuong": partner.account,
        "MaNHThuHuong": partner.account_bank,
        "TenTKThuHuong": partner.account_name,
        "PhiLePhi": [fee | {"TenPhiLePhi": short(payment.fee_name), "SoTien": amount}],
        "NoiDungThanhToan": what_for,
        "HoTenNguoiNop": short(payment.payer_name),
        "SoCMNDNguoiNop": partner.payer_id_filler,
        "DiaChiNguoiNop": payment.payer_address,
        "MaCoQuanQD": payment.agency_code,
        "TenCoQuanQD": short(payment.agency_name),
        "DSKhoanNop": [{"NoiDung": what_for, "SoTien": amount}],
        **dict.fromkeys(EMPTY_WHEN_A_FEE, ""),
    }


def question(partner: Partner, kind: str, reference: str, time: str) -> dict[str, Any]:
    """QUERY (`time` as INIT sent it) or GET_BILL (`time` as the result told it)."""
    message = {
        "LoaiBanTin": kind,
        "PhienBan": partner.version,
        "MaDoiTac": partner.code,
        "MaThamChieu": reference,
        "ThoiGianGD": time,
    }
    return message | {"MaXacThuc": digest.digest(digest.QUERY, message, partner.secret)}


def short(name: str) -> str:
    """A name as long as the platform takes it."""
    return name if len(name) <= LONGEST_NAME else f"{name[:200]}..."
