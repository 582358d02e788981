"""What the environment must say to payments. No default for a secret; only `main` reads it."""

from pydantic import Field, SecretStr

from kit.settings import ServiceSettings

_SEEN = "seen in one public system, not confirmed by the platform's own papers"


class PaymentsSettings(ServiceSettings):
    """The Payment Platform's addresses, who we are to it, and the constants of its messages."""

    platform_url: str = Field(description="what the platform's three addresses have in common, without a last slash")
    platform_init_path: str = Field(default="/init", description="where a transaction is started (INIT)")
    platform_query_path: str = Field(default="/query", description="where a transaction is asked about (QUERY)")
    platform_bill_path: str = Field(default="/get-bill", description="where a receipt is asked for (GET_BILL)")
    platform_bill_host: str | None = Field(
        default=None,
        description="scheme and host at which receipts are fetched; the platform's links point into a closed network",
    )
    platform_bearer: SecretStr | None = Field(default=None, description="where an agency's adapter asks for a token")
    platform_partner_code: str = Field(description="our code at the platform (MaDoiTac)")
    platform_secret: SecretStr = Field(description="the secret that stands last in every digest")
    platform_timeout_seconds: float = Field(default=20, gt=0, description="how long a call may take")
    platform_server_ip: str = Field(default="127.0.0.1", description="this server's own address (Ip)")
    platform_version: str = Field(default="1.0.6", description=f"PhienBan; unconfirmed: {_SEEN}")
    platform_payment_type: str = Field(default="PAY", description=f"LoaiHinhThanhToan; unconfirmed: {_SEEN}")
    platform_channel: str = Field(default="1", description=f"MaKenhThanhToan; unconfirmed: {_SEEN}")
    platform_device: str = Field(default="1", description=f"MaThietBi; unconfirmed: {_SEEN}")
    platform_language: str = Field(default="vi-VN", description=f"NgonNgu; unconfirmed: {_SEEN}")
    platform_currency: str = Field(default="VND", description=f"MaTienTe; unconfirmed: {_SEEN}")
    platform_bank: str = Field(default="PAYMENT", description=f"MaNganHang; unconfirmed: {_SEEN}")
    platform_service_kind: str = Field(default="2", description="MaDichVu: 2 is the fee of a procedure, 1 a fine")
    platform_service_suffix: str = Field(
        default=".01", description=f"what MaDVC adds to the procedure's code; unconfirmed: {_SEEN}"
    )
    platform_fee_code: str = Field(default="2", description=f"MaPhiLePhi; unconfirmed: {_SEEN}")
    platform_payer_id_filler: str = Field(
        default="000000000", description=f"SoCMNDNguoiNop, for we send no identity numbers; unconfirmed: {_SEEN}"
    )
    beneficiary_account: str = Field(description="the account the fee goes to (TKThuHuong)")
    beneficiary_bank: str = Field(description="that account's bank code (MaNHThuHuong)")
    beneficiary_name: str = Field(description="that account's holder (TenTKThuHuong)")
