"""The JSON API: who sees what, and every error answer."""

from typing import Any
from uuid import uuid4

import orjson
import pytest
from fastapi import FastAPI

from kit.testing.people import bearer, client_of
from payments.api import PROBLEMS

pytestmark = pytest.mark.db
NOWHERE = "00000000-0000-4000-8000-000000000000"
BASE = "/api/payments/v1"


async def call(app: FastAPI, method: str, path: str, person: Any = None, **options: Any) -> Any:
    headers = bearer(person) if person else {}
    async with client_of(app) as client:
        return await client.request(method, f"{BASE}{path}", headers=headers, **options)


def problem_of(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title_vi"]
    return str(body["type"]).removeprefix("urn:motcua:problem:")


async def test_a_payer_sees_their_own_demands_line_by_line(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await world.open_demand(applicant_id=world.stranger.id)
    (found,) = (await call(app, "GET", "/demands", world.payer)).json()
    assert (found["id"], found["dossier_id"]) == (str(demand_id), str(dossier_id))
    assert (found["amount_vnd"], found["state"], found["progress"]) == (12_600_000, "open", "to_pay")
    assert [line["amount_vnd"] for line in found["lines"]] == [8_000_000, 6_000_000]
    one = (await call(app, "GET", f"/demands/{demand_id}", world.payer)).json()
    assert one == found


async def test_an_accountant_sees_everybodys_demands_page_by_page(app: FastAPI, world: Any) -> None:
    ids = [str((await world.open_demand())[1]) for _ in range(3)]
    found = (await call(app, "GET", "/demands", world.accountant)).json()
    assert {one["id"] for one in found} == set(ids)
    rest = (await call(app, "GET", "/demands", world.accountant, params={"after": found[0]["id"]})).json()
    assert rest == found[1:]
    assert (await call(app, "GET", "/demands?state=paid", world.accountant)).json() == []


async def test_the_dossier_code_is_shown_once_there_is_one(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await world.give((world.accepted(dossier_id), 2))
    found = (await call(app, "GET", f"/demands/{demand_id}", world.payer)).json()
    assert (found["code"], found["arrival_number"]) == ("H00.15-250313-0001", "T-H00.15-250303-0001")


@pytest.mark.parametrize("path", ["/demands/{id}", "/demands/" + NOWHERE])
async def test_not_yours_answers_like_not_there(app: FastAPI, world: Any, path: str) -> None:
    _, demand_id = await world.open_demand()
    answer = await call(app, "GET", path.format(id=demand_id), world.stranger)
    assert (answer.status_code, problem_of(answer)) == (404, "demand-not-found")
    answer = await call(app, "POST", path.format(id=demand_id) + "/attempts", world.stranger)
    assert (answer.status_code, problem_of(answer)) == (404, "demand-not-found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/demands"),
        ("GET", f"/demands/{NOWHERE}"),
        ("POST", f"/demands/{NOWHERE}/attempts"),
        ("GET", "/ledger"),
        ("POST", f"/differences/{NOWHERE}/settlement"),
    ],
)
async def test_every_route_but_the_platforms_wants_somebody_with_the_right_role(
    app: FastAPI, world: Any, method: str, path: str
) -> None:
    answer = await call(app, method, path)
    assert (answer.status_code, problem_of(answer)) == (401, "not-signed-in")
    clerk = world.person("clerk")
    answer = await call(app, method, path, clerk)
    assert (answer.status_code, problem_of(answer)) == (403, "not-allowed")


async def test_a_platform_that_does_not_answer_is_503_and_the_demand_waits(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    answer = await call(app, "POST", f"/demands/{demand_id}/attempts", world.payer)
    assert (answer.status_code, problem_of(answer)) == (503, "platform-busy")
    found = (await call(app, "GET", f"/demands/{demand_id}", world.payer)).json()
    assert found["progress"] == "to_pay"  # nobody was led to a pay page, so nobody can have paid


async def test_a_platform_that_refuses_is_502(live_app: FastAPI, platform: Any, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await platform.tell(fail_init=1)
    answer = await call(live_app, "POST", f"/demands/{demand_id}/attempts", world.payer)
    assert (answer.status_code, problem_of(answer)) == (502, "platform-refused")


async def test_paying_by_the_api_leads_to_the_platform_and_once_paid_is_409(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    answer = await call(live_app, "POST", f"/demands/{demand_id}/attempts", world.payer)
    assert answer.status_code == 201
    await platform.decide(answer.json()["pay_url"])
    found = (await call(live_app, "GET", f"/demands/{demand_id}", world.payer)).json()
    assert (found["state"], found["progress"], found["way"]) == ("paid", "paid", "payment_platform")
    again = await call(live_app, "POST", f"/demands/{demand_id}/attempts", world.payer)
    assert (again.status_code, problem_of(again)) == (409, "not-payable")


async def test_a_click_while_another_is_on_its_way_is_409(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    await world.run(
        "insert into attempt (id, demand_id, reference, sent_time, amount_vnd, started_at, ask_at, state, asked) "
        "values (:a, :d, 'r', 't', 5, now(), now() + interval '1 minute', 'started', 0)",
        a=uuid4(),
        d=demand_id,
    )
    answer = await call(app, "POST", f"/demands/{demand_id}/attempts", world.payer)
    assert (answer.status_code, problem_of(answer)) == (409, "attempt-under-way")


async def test_the_ledger_shows_receipts_of_the_day_and_every_open_difference(
    live_app: FastAPI, platform: Any, world: Any
) -> None:
    _, demand_id = await world.open_demand()
    started = await call(live_app, "POST", f"/demands/{demand_id}/attempts", world.payer)
    await platform.decide(started.json()["pay_url"])
    await call(live_app, "POST", "/platform/notification", content=b'{"MaLoi": "00", "SoTien": 5}')
    found = (await call(live_app, "GET", "/ledger", world.accountant)).json()
    assert (found["day"], found["total_vnd"]) == ("2025-03-12", 12_600_000)
    assert [line["demand_id"] for line in found["lines"]] == [str(demand_id)]
    assert [one["kind"] for one in found["differences"]] == ["forged"]
    earlier = (await call(live_app, "GET", "/ledger?day=2025-03-11", world.accountant)).json()
    assert (earlier["lines"], len(earlier["differences"])) == ([], 1)


async def test_a_settled_difference_is_gone_and_cannot_be_settled_twice(app: FastAPI, world: Any) -> None:
    await call(app, "POST", "/platform/notification", content=b'{"MaLoi": "00"}')
    (one,) = (await call(app, "GET", "/ledger", world.accountant)).json()["differences"]
    path, body = f"/differences/{one['id']}/settlement", {"settlement": "Thử nghiệm của ngân hàng"}
    assert (await call(app, "POST", path, world.accountant, json=body)).status_code == 204
    assert (await call(app, "GET", "/ledger", world.accountant)).json()["differences"] == []
    again = await call(app, "POST", path, world.accountant, json=body)
    assert (again.status_code, problem_of(again)) == (404, "difference-not-found")
    empty = await call(app, "POST", path, world.accountant, json={"settlement": ""})
    assert (empty.status_code, problem_of(empty)) == (422, "malformed")


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"{}", b"x" * 200_000, orjson.dumps({"MaThamChieu": "\x00" * 999})]
)
async def test_the_platforms_endpoint_answers_in_the_platforms_shape_whatever_comes(
    app: FastAPI, world: Any, content: bytes
) -> None:
    answer = await call(app, "POST", "/platform/notification", content=content)
    assert answer.status_code == 200
    assert answer.json()["MaLoi"] == "99"
    assert set(answer.json()) == {"MaLoi", "MoTaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc"}
    assert len(await world.rows("select 1 from platform_message")) == 1


def test_every_problem_speaks_vietnamese_with_a_sentence() -> None:
    assert all(problem.title_vi and problem.sentence_vi for problem in PROBLEMS.values())
    assert len({problem.slug for problem in PROBLEMS.values()}) == len(PROBLEMS)
