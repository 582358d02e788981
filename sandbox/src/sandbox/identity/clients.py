"""Who may ask for a sign-in, and which addresses an answer may go to. Nothing is sent anywhere else."""

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Client(BaseModel):
    """One entry of the setting. Without a secret the client is public (a program on a desk) and must use PKCE."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    secret: str | None = Field(None, min_length=1)
    redirect_uris: tuple[str, ...] = Field(min_length=1)
    post_logout_redirect_uris: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.secret is None

    def may_return_to(self, address: str) -> bool:
        """Exact match; a public client's registered loopback address holds for any port (RFC 8252 §7.3)."""
        if address in self.redirect_uris:
            return True
        return self.is_public and any(_same_loopback(address, known) for known in self.redirect_uris)

    def knows_secret(self, shown: str | None) -> bool:
        if self.secret is None:
            return shown is None
        return shown is not None and hmac.compare_digest(shown.encode(), self.secret.encode())


def _same_loopback(address: str, known: str) -> bool:
    try:
        asked, registered = urlsplit(address), urlsplit(known)
        _ = asked.port  # raises on a port that is none
    except ValueError:
        return False
    return (
        asked.scheme == registered.scheme == "http"
        and asked.hostname == registered.hostname
        and asked.hostname in LOOPBACK
        and asked.username is None
        and (asked.path, asked.query, asked.fragment) == (registered.path, registered.query, "")
    )


def by_id(clients: Iterable[Client]) -> dict[str, Client]:
    return {client.id: client for client in clients}
