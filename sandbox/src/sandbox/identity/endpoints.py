"""What programs ask of an OpenID provider: discovery, keys, tokens, userinfo. Shows no page."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from sandbox.control import Control
from sandbox.identity import keys as key_file
from sandbox.identity.clients import Client
from sandbox.identity.codes import Codes, Grant
from sandbox.identity.keys import Keys
from sandbox.identity.moods import IdentityMoods
from sandbox.identity.people import Person
from sandbox.identity.signin import everything_said
from sandbox.identity.tokens import NotValid, Tokens

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CLAIMS = "sub iss aud exp iat auth_time nonce name email phone title roles office unit account_kind organisation"


def discovery(issuer: str) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0 §3."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/end_session",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": CLAIMS.split(),
        "authorization_response_iss_parameter_supported": True,
    }


class TokenError(Exception):
    """RFC 6749 §5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status


def shown_credentials(request: Request, said: dict[str, str]) -> tuple[str, str | None]:
    """Client id and secret from the Basic header (both form-encoded, RFC 6749 §2.3.1) or from the form."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return said.get("client_id", ""), said.get("client_secret")
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenError("invalid_client", "the Basic header cannot be read", 401) from error
    return unquote_plus(name), unquote_plus(secret)


class Endpoints:
    def __init__(
        self,
        clients: dict[str, Client],
        people: dict[str, Person],
        keys: Keys,
        tokens: Tokens,
        codes: Codes,
        control: Control[IdentityMoods],
    ) -> None:
        self._clients = clients
        self._people = people
        self._keys = keys
        self._tokens = tokens
        self._codes = codes
        self._control = control

    async def jwks(self) -> dict[str, Any]:
        return self._keys.public()

    async def token(self, request: Request) -> JSONResponse:
        await self._control.dawdle()
        if self._control.take("fail_token"):
            return JSONResponse({"error": "temporarily_unavailable"}, 503, NO_STORE)
        try:
            said = await everything_said(request)
            client = self._authenticated(*shown_credentials(request, said))
            return JSONResponse(self._tokens_for(self._redeemed(client, said)), headers=NO_STORE)
        except TokenError as refused:
            headers = {**NO_STORE, "WWW-Authenticate": "Basic"} if refused.status == 401 else NO_STORE
            body = {"error": refused.error, "error_description": refused.description}
            return JSONResponse(body, refused.status, headers)

    async def userinfo(self, request: Request) -> JSONResponse:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            person = self._people.get(self._tokens.subject_of(token)) if scheme.lower() == "bearer" else None
        except NotValid:
            person = None
        if person is None:
            headers = {**NO_STORE, "WWW-Authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, headers)
        return JSONResponse(person.claims(), headers=NO_STORE)

    def _authenticated(self, client_id: str, secret: str | None) -> Client:
        client = self._clients.get(client_id)
        if client is None or not client.knows_secret(secret):
            raise TokenError("invalid_client", "unknown client or wrong secret", 401)
        return client

    def _redeemed(self, client: Client, said: dict[str, str]) -> Grant:
        """The code is spent by any try that names it, so that a guess cannot be repeated."""
        if "grant_type" not in said:
            raise TokenError("invalid_request", "grant_type is missing")
        if said["grant_type"] != "authorization_code":
            raise TokenError("unsupported_grant_type", "only authorization_code is spoken here")
        if "code" not in said:
            raise TokenError("invalid_request", "code is missing")
        grant = self._codes.spend(said["code"])
        if grant is None:
            raise TokenError("invalid_grant", "the code is unknown, spent or too old")
        if grant.client_id != client.id or grant.redirect_uri != said.get("redirect_uri"):
            raise TokenError("invalid_grant", "the code was made for another client or redirect_uri")
        if not grant.proves(said.get("code_verifier")):
            raise TokenError("invalid_grant", "code_verifier does not fit code_challenge")
        return grant

    def _tokens_for(self, grant: Grant) -> dict[str, Any]:
        person = self._people[grant.person_id]
        nonce = "not-the-nonce-you-asked-for" if self._control.take("wrong_nonce") else grant.nonce
        signer = self._tokens.with_keys(key_file.fresh()) if self._control.take("foreign_signature") else self._tokens
        return {
            "access_token": self._tokens.access_token(person, grant.client_id, grant.scope),
            "id_token": signer.id_token(person, grant.client_id, nonce, grant.auth_time),
            "token_type": "Bearer",
            "expires_in": self._tokens.seconds,
            "scope": grant.scope,
        }


def router(prefix: str, issuer: str, endpoints: Endpoints) -> APIRouter:
    routes = APIRouter(prefix=prefix, tags=["openid"])
    described = discovery(issuer)

    @routes.get("/.well-known/openid-configuration")
    async def well_known() -> dict[str, Any]:
        return described

    routes.add_api_route("/jwks", endpoints.jwks, methods=["GET"])
    routes.add_api_route("/token", endpoints.token, methods=["POST"], response_model=None)
    routes.add_api_route("/userinfo", endpoints.userinfo, methods=["GET", "POST"], response_model=None)
    return routes
