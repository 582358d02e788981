"""Signing in at the central provider: officers and citizens through one door, which alone says who they are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import Depends, FastAPI

from kit import problems, signin
from kit.embedded import free_port
from kit.settings import ServiceSettings
from kit.signin import Person, allow
from kit.testing.people import a_person, bearer, settings_of
from kit.testing.programs import sandbox_program

HOME = "http://localhost:9"
NO_DATABASE, NO_OBJECTS = "postgresql+asyncpg://nobody@127.0.0.1:9/none", "file:///none"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider of the sandbox, which stands for the national one."""
    folder: Path = tmp_path_factory.mktemp("identity")
    port = free_port()
    address = f"http://127.0.0.1:{port}/id"
    client = {"id": "test", "secret": "client-secret-of-a-test", "redirect_uris": [f"{HOME}/thing/signed-in"]}
    said = {"FOLDER": str(folder), "CONTROL_TOKEN": "of-the-tests", "ISSUER": address, "CLIENTS": json.dumps([client])}
    with sandbox_program("identity", port, said):
        yield address


@pytest.fixture
def app(issuer: str) -> FastAPI:
    found = FastAPI()
    settings = settings_of(ServiceSettings, NO_DATABASE, NO_OBJECTS, issuer=issuer)
    signin.install(found, settings, service="thing", base="/thing")
    problems.install(found, signin.PROBLEMS)

    @found.get("/thing/me")
    @found.get("/api/thing/v1/me")
    async def me(person: Annotated[Person, Depends(allow())]) -> dict[str, Any]:
        return {"id": person.id, "roles": sorted(person.roles), "unit": person.unit}

    return found


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME)


async def at_the_provider(address: str, person_id: str) -> str:
    """What a person does there: choose themselves. Returns where the provider sends them."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = (await browser.get(address)).text
        action, asked = (re.search(f'{one}="([^"]+)"', page) for one in ("action", 'name="request" value'))
        assert action
        assert asked
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        answer = await browser.post(origin + action[1], data={"request": asked[1], "person": person_id})
    return str(answer.headers["location"])


@pytest.mark.proves("A02")
@pytest.mark.parametrize(
    ("person_id", "roles", "unit"),
    [("p-case-officer", ["case_officer"], "radiation"), ("p-applicant-hospital", ["applicant"], None)],
)
async def test_officers_and_citizens_sign_in_at_the_one_provider(
    app: FastAPI, issuer: str, person_id: str, roles: list[str], unit: str | None
) -> None:
    async with client_of(app) as client:
        assert (await client.get("/thing/me")).status_code == 401
        away = (await client.get("/thing/sign-in?then=/thing/me")).headers["location"]
        assert away.startswith(f"{issuer}/authorize?")
        back = await client.get(await at_the_provider(away, person_id))
        assert (back.status_code, back.headers["location"]) == (303, "/thing/me")
        assert (await client.get("/thing/me")).json() == {"id": person_id, "roles": roles, "unit": unit}


async def test_an_answer_nobody_asked_the_provider_for_signs_nobody_in(app: FastAPI) -> None:
    async with client_of(app) as client:
        assert (await client.get("/thing/signed-in?code=guessed&state=guessed")).status_code == 502
        assert (await client.get("/thing/me")).status_code == 401


@pytest.mark.proves("L05")
async def test_a_token_the_provider_did_not_sign_is_refused(app: FastAPI, issuer: str) -> None:
    forged = bearer(a_person("department_leader"), iss=issuer)
    async with client_of(app) as client:
        assert (await client.get("/api/thing/v1/me", headers=forged)).status_code == 401
