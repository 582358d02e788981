"""Settings say what they are for, and no secret is known before somebody gives it."""

import re
from typing import get_args

import pytest
from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from kit.settings import ServiceSettings
from motcua.programs import SERVICES, service_of
from sandbox.identity.settings import IdentitySettings
from sandbox.mail.settings import MailSettings
from sandbox.payment_platform.settings import PaymentSettings

SECRET = re.compile(r"secret|password|bearer|(^|_)(token|key|credential)$")
SANDBOX: list[type[BaseSettings]] = [IdentitySettings, PaymentSettings, MailSettings]
ALL = [ServiceSettings, *(service_of(name).settings for name in SERVICES), *SANDBOX]


def is_secret(name: str, field: FieldInfo) -> bool:
    """By its name, or because its type hides it from logs."""
    return bool(SECRET.search(name)) or SecretStr in (field.annotation, *get_args(field.annotation))


def known_secrets(settings: type[BaseSettings]) -> list[str]:
    """Secrets with a default other than none at all."""
    fields = settings.model_fields.items()
    return [
        name
        for name, field in fields
        if is_secret(name, field) and not field.is_required() and field.default is not None
    ]


def open_secrets(settings: type[BaseSettings]) -> list[str]:
    """Secrets by name whose type would print them in a log or a traceback."""
    fields = settings.model_fields.items()
    return [n for n, f in fields if SECRET.search(n) and SecretStr not in (f.annotation, *get_args(f.annotation))]


def unexplained(settings: type[BaseSettings]) -> list[str]:
    """Settings without a description."""
    return [name for name, field in settings.model_fields.items() if not (field.description or "").strip()]


@pytest.mark.parametrize("settings", ALL, ids=lambda cls: cls.__name__)
def test_no_secret_has_a_default(settings: type[BaseSettings]) -> None:
    assert known_secrets(settings) == []


@pytest.mark.parametrize("settings", ALL, ids=lambda cls: cls.__name__)
def test_no_secret_can_be_printed(settings: type[BaseSettings]) -> None:
    assert open_secrets(settings) == []


@pytest.mark.parametrize("settings", ALL, ids=lambda cls: cls.__name__)
def test_every_setting_says_what_it_is_for(settings: type[BaseSettings]) -> None:
    assert unexplained(settings) == []


@pytest.mark.parametrize("settings", ALL, ids=lambda cls: cls.__name__)
def test_settings_do_not_change_while_a_service_runs(settings: type[BaseSettings]) -> None:
    assert settings.model_config.get("frozen") is True
    assert settings.model_config.get("env_prefix") == ("MOTCUA_SANDBOX_" if settings in SANDBOX else "MOTCUA_")


class Planted(BaseSettings):
    """Settings in which everything is wrong."""

    session_secret: SecretStr = SecretStr("changeme")
    smtp_password: str = Field(default="", description="for the mail server")
    api_key: str
    database_url: SecretStr = Field(default=SecretStr("postgresql://me:me@localhost/me"), description="of the service")
    session_minutes: int = Field(default=30, description="no secret")


def test_wrong_settings_would_be_seen() -> None:
    assert known_secrets(Planted) == ["session_secret", "smtp_password", "database_url"]
    assert open_secrets(Planted) == ["smtp_password", "api_key"]
    assert unexplained(Planted) == ["session_secret", "api_key"]
