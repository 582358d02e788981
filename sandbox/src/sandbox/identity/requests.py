"""An authorization request, read and judged. Decides only; answers are made elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.identity.clients import Client

CHALLENGE = re.compile(r"^[A-Za-z0-9_-]{43}$")  # base64url of a SHA-256, RFC 7636 §4.2


class NotForThem(Exception):
    """The client or its address is unknown, so nothing may be sent there: the page says it instead."""


class Refused(Exception):
    """The answer goes back to the client as an error (RFC 6749 §4.1.2.1)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True)
class Asked:
    """A request that may be shown to a person."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str | None
    nonce: str | None
    challenge: str | None


def find_client(clients: Mapping[str, Client], said: Mapping[str, str]) -> Client:
    """Raises NotForThem. Only after this may an answer be redirected."""
    client = clients.get(said.get("client_id", ""))
    if client is None:
        raise NotForThem("client_id")
    if not client.may_return_to(said.get("redirect_uri", "")):
        raise NotForThem("redirect_uri")
    return client


def judge(client: Client, said: Mapping[str, str]) -> Asked:
    """Raises Refused."""
    if said.get("response_type") != "code":
        raise Refused("unsupported_response_type", "only the code flow is spoken here")
    if "openid" not in said.get("scope", "").split():
        raise Refused("invalid_scope", "scope must contain openid")
    if "none" in said.get("prompt", "").split():
        raise Refused("login_required", "a person has to choose who to be")
    return Asked(
        client_id=client.id,
        redirect_uri=said["redirect_uri"],
        scope=said["scope"],
        state=said.get("state"),
        nonce=said.get("nonce"),
        challenge=_challenge(client, said),
    )


def _challenge(client: Client, said: Mapping[str, str]) -> str | None:
    challenge = said.get("code_challenge")
    if challenge is None:
        if client.is_public:
            raise Refused("invalid_request", "a client without a secret must use PKCE")
        return None
    if said.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "code_challenge_method must be S256")
    if not CHALLENGE.match(challenge):
        raise Refused("invalid_request", "code_challenge is not the base64url of a SHA-256")
    return challenge
