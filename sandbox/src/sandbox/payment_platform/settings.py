"""What the payment sandbox's environment must say."""

import re

from pydantic import Field, SecretStr, field_validator

from sandbox.settings import Settings

PLACES = {"MaThamChieu", "MaHoSo", "MaGiaoDich"}


class PaymentSettings(Settings):
    partner_code: str = Field(description="the partner's code (MaDoiTac)", min_length=1)
    partner_secret: SecretStr = Field(description="the secret both sides put last into each digest")
    notification_url: str = Field(description="where the partner takes the signed result of a payment")
    return_url: str = Field(description="where the payer comes back to; may hold {MaThamChieu}, {MaHoSo}, {MaGiaoDich}")
    public_url: str = Field(description="this program as browsers see it, without path, e.g. http://localhost:8080")
    bill_url: str | None = Field(None, description="host of receipt links, when it is another one than public_url")
    notification_kind: str = Field("CONFIRM", description="LoaiBanTin of a notification; not confirmed by any source")
    version: str = Field("1.0.6", description="the PhienBan that is spoken")
    retry_pauses_seconds: tuple[float, ...] = Field(
        (1, 2, 5, 10, 30, 60, 300, 900),
        description="JSON list: real pauses between tries of a notification; after the last one it is given up",
    )
    attempt_seconds: float = Field(10, description="how long the partner may take to answer a notification", gt=0)

    @field_validator("return_url")
    @classmethod
    def _places_are_known(cls, address: str) -> str:
        unknown = set(re.findall(r"{(.*?)}", address)) - PLACES
        if unknown:
            raise ValueError(f"unknown placeholder {unknown}")
        return address

    @field_validator("public_url", "bill_url")
    @classmethod
    def _no_last_slash(cls, address: str | None) -> str | None:
        return address and address.rstrip("/")
