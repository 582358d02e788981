"""What the identity sandbox's environment must say."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from sandbox.identity.clients import Client
from sandbox.settings import Settings


class IdentitySettings(Settings):
    issuer: str = Field(description="the issuer as the world sees it, with the front door's path, without a last slash")
    prefix: str | None = Field(None, description="path under which requests arrive; the issuer's path when left out")
    clients: list[Client] = Field(description="JSON list of who may ask for a sign-in")
    people_file: Path | None = Field(None, description="YAML file of people; the package's own when left out")
    token_seconds: int = Field(8 * 3600, description="how long id and access tokens hold, in real time", gt=0)

    @field_validator("issuer")
    @classmethod
    def _issuer_is_an_address(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("an issuer is an http or https address without query and fragment")
        return issuer.rstrip("/")

    @property
    def path(self) -> str:
        return urlsplit(self.issuer).path if self.prefix is None else self.prefix.rstrip("/")
