"""The JSON API: who sees what, resending, and every error answer."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from kit.testing.people import bearer, client_of
from notify.api import PROBLEMS

pytestmark = pytest.mark.db
NOWHERE = "00000000-0000-4000-8000-000000000000"
BASE = "/api/notify/v1"


async def call(app: FastAPI, method: str, path: str, person: Any = None, **options: Any) -> Any:
    headers = bearer(person) if person else {}
    async with client_of(app) as client:
        return await client.request(method, f"{BASE}{path}", headers=headers, **options)


def problem_of(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["type"]).removeprefix("urn:motcua:problem:")


async def a_road(world: Any) -> Any:
    road = await world.dossier()
    await world.give(*road.whole())
    return road


async def test_an_auditor_sees_messages_by_dossier_and_state_page_by_page(app: FastAPI, world: Any) -> None:
    road = await a_road(world)
    other = await world.dossier()
    await world.give((other.submitted(), 1))
    found = (await call(app, "GET", f"/messages?dossier_id={road.dossier_id}", world.auditor)).json()
    assert len(found) == 11
    assert {one["dossier"] for one in found} == {"H00.15-250313-0001"}
    assert (await call(app, "GET", "/messages?state=sent", world.auditor)).json() == []
    path = f"/messages?dossier_id={road.dossier_id}&after={found[4]['id']}"
    assert (await call(app, "GET", path, world.operator)).json() == found[5:]


async def test_an_applicant_sees_their_own_messages_only(app: FastAPI, world: Any) -> None:
    await a_road(world)
    mine = (await call(app, "GET", "/messages", world.applicant)).json()
    assert len(mine) == 11
    assert (await call(app, "GET", f"/messages/{mine[0]['id']}", world.applicant)).json() == mine[0]
    assert (await call(app, "GET", "/messages", world.stranger)).json() == []
    answer = await call(app, "GET", f"/messages/{mine[0]['id']}", world.stranger)
    assert (answer.status_code, problem_of(answer)) == (404, "message-not-found")


async def test_no_answer_names_the_applicant_or_an_address(app: FastAPI, world: Any) -> None:
    await a_road(world)
    answer = await call(app, "GET", "/messages", world.auditor)
    for personal in ("Trần Văn Nộp", "Bệnh viện", "nop@"):
        assert personal not in answer.text


async def test_a_failed_message_is_sent_again_and_one_that_waits_is_409(app: FastAPI, world: Any) -> None:
    road = await world.dossier()
    await world.give((road.submitted(), 1))
    await world.run("update message set state = 'failed', reason = '550 no'")
    (one,) = (await call(app, "GET", "/messages", world.auditor)).json()
    again = await call(app, "POST", f"/messages/{one['id']}/resend", world.template_admin)
    assert (again.status_code, again.json()["state"], again.json()["reason"]) == (202, "queued", None)
    twice = await call(app, "POST", f"/messages/{one['id']}/resend", world.template_admin)
    assert (twice.status_code, problem_of(twice)) == (409, "not-allowed-now")


async def test_a_message_that_is_not_there_is_404(app: FastAPI, world: Any) -> None:
    for method, path in (("GET", f"/messages/{uuid4()}"), ("POST", f"/messages/{uuid4()}/resend")):
        answer = await call(app, method, path, world.template_admin)
        assert (answer.status_code, problem_of(answer)) == (404, "message-not-found")


@pytest.mark.parametrize("query", ["dossier_id=x", "state=lost", "after=1"])
async def test_a_question_that_cannot_be_read_is_422(app: FastAPI, world: Any, query: str) -> None:
    answer = await call(app, "GET", f"/messages?{query}", world.auditor)
    assert (answer.status_code, problem_of(answer)) == (422, "malformed")


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/messages", "clerk"),
        ("GET", f"/messages/{NOWHERE}", "clerk"),
        ("POST", f"/messages/{NOWHERE}/resend", "auditor"),
    ],
)
async def test_every_route_wants_somebody_with_the_right_role(
    app: FastAPI, world: Any, method: str, path: str, role: str
) -> None:
    answer = await call(app, method, path)
    assert (answer.status_code, problem_of(answer)) == (401, "not-signed-in")
    answer = await call(app, method, path, world.person(role))
    assert (answer.status_code, problem_of(answer)) == (403, "not-allowed")


def test_every_problem_speaks_vietnamese_with_a_sentence() -> None:
    assert all(problem.title_vi and problem.sentence_vi for problem in PROBLEMS.values())
