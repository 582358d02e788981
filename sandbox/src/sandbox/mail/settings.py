"""What the mail sandbox's environment must say."""

from pydantic import Field, SecretStr

from sandbox.settings import Settings


class MailSettings(Settings):
    smtp_port: int = Field(description="port of the SMTP receiver", ge=0, le=65535)
    sms_api_key: SecretStr = Field(description="ApiKey that senders of SMS must show")
    sms_secret_key: SecretStr = Field(description="SecretKey that senders of SMS must show")
    sms_brandname: str = Field("MOTCUA", description="the one Brandname that is registered")
