"""Signed things: id and access tokens, the sign-in form's request, the remembered person. All on real time."""

import secrets
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from sandbox.identity.keys import Keys
from sandbox.identity.people import Person

API_AUDIENCE = "motcua-api"
FORM_SECONDS = 3600


class NotValid(Exception):
    """Somebody showed a signed thing that is forged, changed, expired or meant for another purpose."""


class Tokens:
    def __init__(self, keys: Keys, issuer: str, seconds: int) -> None:
        self._keys = keys
        self._issuer = issuer
        self.seconds = seconds

    def with_keys(self, keys: Keys) -> "Tokens":
        """The same issuer signing with other keys: what a forger would send."""
        return Tokens(keys, self._issuer, self.seconds)

    def id_token(self, person: Person, client_id: str, nonce: str | None, auth_time: int) -> str:
        said = {**person.claims(), "aud": client_id, "auth_time": auth_time}
        if nonce is not None:
            said["nonce"] = nonce
        return self._sign(said, "JWT")

    def access_token(self, person: Person, client_id: str, scope: str) -> str:
        """RFC 9068 shape, so that an API can check it without asking back."""
        said = {**person.claims(), "aud": API_AUDIENCE, "client_id": client_id, "scope": scope}
        return self._sign({**said, "jti": secrets.token_urlsafe(12)}, "at+jwt")

    def subject_of(self, access_token: str) -> str:
        """Raises NotValid."""
        return str(self._read(access_token, self._keys.signing, "RS256", API_AUDIENCE)["sub"])

    def client_of_hint(self, id_token: str) -> str:
        """The client an id_token was made for, also when it has expired meanwhile. Raises NotValid."""
        try:
            said = jwt.decode(id_token, self._keys.signing, algorithms=["RS256"]).claims
        except (JoseError, ValueError) as error:
            raise NotValid from error
        if said.get("iss") != self._issuer:
            raise NotValid
        return str(said.get("aud"))

    def seal(self, purpose: str, said: dict[str, Any], seconds: int = FORM_SECONDS) -> str:
        """For a form or cookie that comes back to us. Anybody can read it, nobody can change it."""
        said = {"said": said, "aud": purpose, "iss": self._issuer, "exp": int(time.time()) + seconds}
        return jwt.encode({"alg": "HS256"}, said, self._keys.forms)

    def unseal(self, purpose: str, sealed: str) -> dict[str, Any]:
        """Raises NotValid."""
        return dict(self._read(sealed, self._keys.forms, "HS256", purpose)["said"])

    def _sign(self, said: dict[str, Any], kind: str) -> str:
        now = int(time.time())
        header = {"alg": "RS256", "kid": self._keys.signing.kid, "typ": kind}
        return jwt.encode(
            header, {"iss": self._issuer, "iat": now, "exp": now + self.seconds, **said}, self._keys.signing
        )

    def _read(self, token: str, key: Key, algorithm: str, audience: str) -> dict[str, Any]:
        must = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )
        try:
            said = jwt.decode(token, key, algorithms=[algorithm]).claims
            must.validate(said)
        except (JoseError, ValueError) as error:
            raise NotValid from error
        return dict(said)
