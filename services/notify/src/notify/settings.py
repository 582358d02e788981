"""What the environment must say to notify. No default for a secret; only `main` reads it."""

from typing import Literal

from pydantic import Field, SecretStr

from kit.settings import ServiceSettings


class NotifySettings(ServiceSettings):
    """Where mail and short messages are handed over."""

    smtp_host: str = Field(description="the mail server letters are handed to")
    smtp_port: int = Field(description="its port: 25, 587, or 465 with tls")
    smtp_tls: bool = Field(default=False, description="speak TLS from the first byte (port 465)")
    smtp_starttls: Literal["never", "if_offered", "always"] = Field(
        default="if_offered", description="whether to go over to TLS on a plain connection"
    )
    smtp_username: str | None = Field(default=None, description="sign in to the mail server as this account")
    smtp_password: SecretStr | None = Field(default=None, description="that account's password")
    smtp_timeout_seconds: float = Field(default=20, gt=0, description="how long handing over one letter may take")
    mail_from: str = Field(description="the address letters come from", pattern=r"^[^@\s]+@[^@\s]+$")
    mail_from_name: str | None = Field(default=None, description="the name beside it; the office's where none is given")
    sms_url: str | None = Field(default=None, description="the short-message gateway; none: no short messages")
    sms_api_key: SecretStr | None = Field(default=None, description="the gateway's ApiKey")
    sms_secret_key: SecretStr | None = Field(default=None, description="the gateway's SecretKey")
    sms_brandname: str = Field(default="MOTCUA", max_length=11, description="the registered sender of short messages")
    sms_timeout_seconds: float = Field(default=20, gt=0, description="how long a call of the gateway may take")
