"""Signed-in people for API and page tests: real tokens and real sessions, signed with keys of the test's own."""

import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import httpx
import orjson
from fastapi import FastAPI
from itsdangerous import TimestampSigner
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from kit.settings import ServiceSettings
from kit.signin import API_AUDIENCE, Person, Tokens

ISSUER = "http://localhost:9/id"
SESSION_SECRET = "session-secret-of-a-test"  # noqa: S105 - signs nothing but tests
_key = RSAKey.generate_key(2048, parameters={"kid": "test"}, private=True)

TEST_ENVIRONMENT = {
    "environment": "test",
    "kafka_bootstrap": "127.0.0.1:9",
    "public_url": "http://localhost:9",
    "issuer": ISSUER,
    "client_id": "test",
    "client_secret": "client-secret-of-a-test",
    "session_secret": SESSION_SECRET,
    "office": "demo-dost",
    "listen_port": 0,
}


def a_person(*roles: str, id: str = "p-test", name: str = "Nguyễn Thị Thử", **more: Any) -> Person:
    """Somebody with these roles."""
    more.setdefault("office", "demo-dost")
    more.setdefault("email", "thu@mau.example")
    return Person(id=id, name=name, roles=frozenset(roles), **more)


def bearer(person: Person, **claims: Any) -> dict[str, str]:
    """The header of an API call by this person."""
    payload = asdict(person) | {"sub": person.id, "roles": sorted(person.roles)}
    payload |= {"iss": ISSUER, "aud": API_AUDIENCE, "exp": int(time.time()) + 600} | claims
    return {"Authorization": f"Bearer {jwt.encode({'alg': 'RS256', 'kid': 'test'}, payload, _key)}"}


def session_cookie(service: str, person: Person, **more: Any) -> dict[str, str]:
    """The cookie of a browser in which this person is signed in to a service's pages."""
    stored = {"person": asdict(person) | {"roles": sorted(person.roles)}} | more
    value = TimestampSigner(SESSION_SECRET).sign(b64encode(orjson.dumps(stored))).decode()
    return {f"motcua_{service}": value}


@asynccontextmanager
async def client_of(app: FastAPI, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client that talks to the application without a server; tokens hold when signed by `bearer`."""
    tokens: Tokens = app.state.tokens
    tokens._keys = KeySet([_key])
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:9", **options) as client:
        yield client


def settings_of(cls: type[ServiceSettings], database_url: str, objects_url: str, **more: Any) -> Any:
    """Settings for a test, with nothing read from the environment but what is given here."""
    return cls(**{**TEST_ENVIRONMENT, "database_url": database_url, "objects_url": objects_url, **more})
