"""Authorization codes: sixty seconds, one use, kept in memory only. After a restart one signs in anew."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

CODE_SECONDS = 60


@dataclass(frozen=True)
class Grant:
    """What the person agreed to when the code was made."""

    client_id: str
    redirect_uri: str
    person_id: str
    scope: str
    nonce: str | None
    challenge: str | None
    auth_time: int

    def proves(self, verifier: str | None) -> bool:
        """PKCE, S256 only (RFC 7636 §4.6). A verifier where there was no challenge is refused, too."""
        if self.challenge is None or verifier is None:
            return self.challenge is None and verifier is None
        digest = hashlib.sha256(verifier.encode()).digest()
        return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), self.challenge)


class Codes:
    def __init__(self, seconds: float = CODE_SECONDS) -> None:
        self._seconds = seconds
        self._open: dict[str, tuple[float, Grant]] = {}

    def make(self, grant: Grant) -> str:
        now = time.monotonic()
        self._open = {code: kept for code, kept in self._open.items() if kept[0] > now}
        code = secrets.token_urlsafe(24)
        self._open[code] = (now + self._seconds, grant)
        return code

    def spend(self, code: str) -> Grant | None:
        """The grant, once; None when the code is unknown, spent or too old."""
        until, grant = self._open.pop(code, (0.0, None))
        return grant if until > time.monotonic() else None
