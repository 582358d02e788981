"""Sign-in by OpenID Connect: pages by session, APIs by bearer token. Every route declares who may call it."""

import warnings
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import RedirectResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.middleware.sessions import SessionMiddleware

from kit.pages.forms import checked
from kit.problems import Problem
from kit.settings import ServiceSettings

with warnings.catch_warnings(record=True):  # Authlib would rather have httpx's successor; ours is httpx
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.starlette_client import OAuth

API_AUDIENCE = "motcua-api"
SESSION_SECONDS = 8 * 3600
ALGORITHMS = ["RS256"]
DECLARED = HTTPBearer(auto_error=False, scheme_name="bearer", bearerFormat="JWT")  # for the documents; decides nothing


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the provider's claims say. `roles` are plain words; `unit` belongs to `office`."""

    id: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    office: str | None = None
    unit: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    organisation: str | None = None

    def has(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))


class NotSignedIn(Exception):
    """Nobody is signed in, or the token does not hold."""


class NotAllowed(Exception):
    """The person's roles do not allow this."""


class SignInFailed(Exception):
    """The provider's answer cannot be used."""


PROBLEMS = {
    NotSignedIn: Problem(
        HTTPStatus.UNAUTHORIZED, "not-signed-in", "Sign in first", "Ông/bà chưa đăng nhập",
        "Ông/bà vui lòng đăng nhập để tiếp tục.",
    ),
    NotAllowed: Problem(
        HTTPStatus.FORBIDDEN, "not-allowed", "Your role does not allow this", "Không có quyền thực hiện",
        "Tài khoản của ông/bà không có quyền làm việc này. Nếu cần, hãy đăng nhập bằng tài khoản khác.",
    ),
    SignInFailed: Problem(
        HTTPStatus.BAD_GATEWAY, "sign-in-failed", "Sign-in did not succeed", "Đăng nhập không thành công",
        "Hệ thống định danh không trả lời đúng. Ông/bà vui lòng thử đăng nhập lại.",
    ),
}  # fmt: skip


def person_of(claims: dict[str, Any]) -> Person:
    """The person of a set of verified claims."""
    optional = ("office", "unit", "email", "phone", "title", "organisation")
    found = {name: claims.get(name) for name in optional}
    roles = frozenset(claims.get("roles") or [])
    return Person(id=claims["sub"], name=claims.get("name") or claims["sub"], roles=roles, **found)


class Tokens:
    """Verifies bearer tokens by the issuer's published keys, which are read again when an unknown key signs."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._keys: KeySet | None = None
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": API_AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def person(self, token: str) -> Person:
        """Raises NotSignedIn where the token does not hold, SignInFailed where the keys cannot be read."""
        for fresh in (False, True):
            try:
                claims = jwt.decode(token, await self._key_set(fresh=fresh), algorithms=ALGORITHMS).claims
                self._claims.validate(claims)
                return person_of(claims)
            except (JoseError, ValueError) as error:
                if fresh:
                    raise NotSignedIn("the bearer token does not hold") from error
        raise AssertionError("unreachable")

    async def _key_set(self, *, fresh: bool) -> KeySet:
        if self._keys is None or fresh:
            try:
                async with httpx.AsyncClient(timeout=10) as client:
                    metadata = (await client.get(f"{self.issuer}/.well-known/openid-configuration")).raise_for_status()
                    keys = (await client.get(metadata.json()["jwks_uri"])).raise_for_status()
            except httpx.HTTPError as error:
                raise SignInFailed("the identity provider does not answer") from error
            self._keys = KeySet.import_key_set(keys.json())
        return self._keys


def anyone() -> None:
    """Declares that a route is open to all."""


async def _signed_in(request: Request) -> Person:
    if person := await find_person(request):
        return person
    raise NotSignedIn("no session and no bearer token")


async def find_person(request: Request) -> Person | None:
    """The person of this request, if any: the bearer token on API paths, the session on pages."""
    if request.url.path.startswith("/api/"):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        tokens: Tokens = request.app.state.tokens
        person = await tokens.person(token) if scheme.lower() == "bearer" and token else None
    else:
        stored = request.session.get("person")
        person = Person(**{**stored, "roles": frozenset(stored["roles"])}) if stored else None
    request.state.person = person
    return person


def allow(*roles: str) -> Callable[..., Awaitable[Person]]:
    """A dependency: somebody signed in with one of these roles (any role where none is named)."""

    async def allowed(
        request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(DECLARED)] = None
    ) -> Person:
        person = await _signed_in(request)
        if roles and not person.has(*roles):
            raise NotAllowed(f"one of these roles is needed: {', '.join(roles)}")
        return person

    allowed.allows = roles  # type: ignore[attr-defined]
    return allowed


open_to_all = Depends(anyone)
MaybePerson = Annotated[Person | None, Depends(find_person)]


def install(app: FastAPI, settings: ServiceSettings, *, service: str, base: str) -> None:
    """Sessions limited to `base`, and the sign-in pages under it."""
    app.state.tokens = Tokens(settings.issuer)
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings.session_secret.get_secret_value(),
        session_cookie=f"motcua_{service}",
        path=base,
        max_age=SESSION_SECONDS,
        same_site="lax",
        https_only=settings.public_url.startswith("https://"),
    )
    provider = OAuth()
    provider.register(
        name="provider",
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value(),
        server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    app.include_router(routes(provider, settings.public_url, base.rstrip("/")))


def routes(provider: OAuth, public_url: str, base: str) -> APIRouter:
    """`sign-in`, `signed-in` (where the provider sends people back) and `sign-out` under `base`."""
    router = APIRouter(include_in_schema=False, dependencies=[open_to_all])
    home = base or "/"

    @router.get(f"{base}/sign-in")
    async def sign_in(request: Request, then: str = home) -> Response:
        request.session["then"] = then if is_own_path(then) else home
        try:
            answer: Response = await provider.provider.authorize_redirect(request, f"{public_url}{base}/signed-in")
        except httpx.HTTPError as error:
            raise SignInFailed("the identity provider does not answer") from error
        return answer

    @router.get(f"{base}/signed-in")
    async def signed_in(request: Request) -> Response:
        try:
            token = await provider.provider.authorize_access_token(request)
        except (OAuthError, JoseError, httpx.HTTPError, ValueError) as error:
            raise SignInFailed(str(error)) from error
        person = person_of(token["userinfo"])
        then = request.session.get("then", home)
        request.session.clear()
        request.session["person"] = asdict(person) | {"roles": sorted(person.roles)}
        return RedirectResponse(then, HTTPStatus.SEE_OTHER)

    @router.post(f"{base}/sign-out", dependencies=[Depends(checked)])
    async def sign_out(request: Request) -> Response:
        request.session.clear()
        return RedirectResponse(home, HTTPStatus.SEE_OTHER)

    return router


def is_own_path(path: str) -> bool:
    """Whether a path leads back to us and nowhere else."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))


def sign_in_address(request: Request, base: str) -> str:
    """Where a person who is not signed in goes, and comes back from."""
    then = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{base.rstrip('/')}/sign-in?then={quote(then, safe='/')}"
