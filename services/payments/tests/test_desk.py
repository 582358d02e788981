"""Money taken at the desk: booked, told and numbered once, by whom may, and never in part."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from contracts.payments import FeePaid
from kit.testing.databases import set_clock
from kit.testing.pages import Page, read_page
from kit.testing.people import bearer, client_of, session_cookie
from kit.tx import Database
from payments.domain.desk import Reception
from payments.domain.errors import NotPayable
from payments.domain.ledger import Way
from payments.handlers import desk

pytestmark = pytest.mark.db
WHOLE = 12_600_000
TOKEN = "a-form-token"


async def call(app: FastAPI, person: Any, path: str, **body: Any) -> Any:
    async with client_of(app) as client:
        return await client.post(f"/api/payments/v1{path}", headers=bearer(person), json=body)


async def visit(app: FastAPI, person: Any, path: str, **form: str) -> Any:
    cookies = session_cookie("payments", person, form_token=TOKEN)
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        return await (client.post(path, data={"form_token": TOKEN, **form}) if form else client.get(path))


async def page(app: FastAPI, person: Any, path: str, status: int = 200, **form: str) -> Page:
    answer = await visit(app, person, path, **form)
    assert answer.status_code == status, answer.text
    return read_page(answer.text)


@pytest.mark.proves("D21", "R02")
async def test_cash_pays_the_demand_at_the_receipts_time(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    answer = await call(app, world.cashier, f"/demands/{demand_id}/desk-receipt", way="cash", amount_vnd=WHOLE)
    assert (answer.status_code, answer.json()) == (201, {"receipt": "BL-2025-00001"})
    (said,) = await world.said(FeePaid)
    assert (said.dossier_id, said.way, said.amount_vnd) == (dossier_id, "cash", WHOLE)
    (receipt,) = await world.rows("select received_at from desk_receipt")
    assert said.paid_at == receipt.received_at
    entries = await world.rows("select account, debit_vnd, credit_vnd from entry order by id")
    assert [tuple(entry) for entry in entries][2:] == [("cash_desk", WHOLE, 0), ("owed_by_applicants", 0, WHOLE)]


async def test_a_second_press_takes_nothing_more(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    answers = [
        await call(app, world.cashier, f"/demands/{demand_id}/desk-receipt", way="cash", amount_vnd=WHOLE)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert len(await world.said(FeePaid)) == 1


async def test_two_desks_at_once_take_it_once_and_leave_no_gap(database: Database, world: Any) -> None:
    ids = [(await world.open_demand())[1] for _ in range(12)]
    later = world.at + timedelta(hours=1)

    async def take(demand_id: Any) -> str:
        async with database.transaction() as tx:
            reception = Reception(Way.CASH, WHOLE, later)
            return await desk.take_at_desk(tx, demand_id, reception, clerk=world.cashier, now=later)

    found = await asyncio.gather(*(take(demand_id) for demand_id in [*ids, *ids]), return_exceptions=True)
    codes = sorted(one for one in found if isinstance(one, str))
    assert codes == [f"BL-2025-{number:05}" for number in range(1, 13)]
    assert sum(isinstance(one, NotPayable) for one in found) == 12


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount_vnd": WHOLE - 1}, "amount_vnd"),
        ({"amount_vnd": WHOLE + 1}, "amount_vnd"),
        ({"way": "transfer"}, "reference"),
        ({"received_at": "2025-03-12T09:01:00+07:00"}, "received_at"),
        ({"received_at": "2025-03-11T09:00:00+07:00"}, "received_at"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field(
    app: FastAPI, world: Any, wrong: dict[str, Any], field: str
) -> None:
    _, demand_id = await world.open_demand()
    body = {"way": "cash", "amount_vnd": WHOLE, **wrong}
    answer = await call(app, world.accountant, f"/demands/{demand_id}/desk-receipt", **body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["field_errors"]] == [field]
    assert await world.said(FeePaid) == []


@pytest.mark.proves("D21")
async def test_a_transfer_is_noted_by_the_accountant_alone(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    body = {"way": "transfer", "amount_vnd": WHOLE, "reference": "FT25071000123"}
    refused = await call(app, world.cashier, f"/demands/{demand_id}/desk-receipt", **body)
    taken = await call(app, world.accountant, f"/demands/{demand_id}/desk-receipt", **body)
    assert (refused.status_code, taken.status_code) == (403, 201)
    (said,) = await world.said(FeePaid)
    assert (said.way, said.transaction_code) == ("transfer", "FT25071000123")


async def test_another_offices_demand_is_not_there(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    elsewhere = world.person("one_stop_officer", id="officer-2", office="another")
    answer = await call(app, elsewhere, f"/demands/{demand_id}/desk-receipt", way="cash", amount_vnd=WHOLE)
    assert answer.status_code == 404
    async with client_of(app) as client:
        found = await client.get("/api/payments/v1/desk/demands", headers=bearer(elsewhere))
    assert found.json() == []


@pytest.mark.proves("R10")
async def test_the_desk_finds_the_demand_by_either_code(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await world.give((world.accepted(dossier_id), 2))
    async with client_of(app) as client:
        for code in ("t-h00.15-250303-0001", "H00.15-250313-0001", ""):
            found = await client.get(f"/api/payments/v1/desk/demands?code={code}", headers=bearer(world.cashier))
            assert [one["id"] for one in found.json()] == [str(demand_id)]
        nothing = await client.get("/api/payments/v1/desk/demands?code=T-x", headers=bearer(world.cashier))
    assert nothing.json() == []


async def test_the_pages_of_the_desk_lead_from_the_code_to_the_receipt(app: FastAPI, world: Any) -> None:
    _, demand_id = await world.open_demand()
    found = await page(app, world.cashier, "/pay/desk?q=T-H00.15-250303-0001")
    assert found.link("T-H00.15-250303-0001") == f"/pay/desk/{demand_id}"
    asked = await page(app, world.cashier, f"/pay/desk/{demand_id}")
    assert "Bệnh viện Mẫu" in asked.text
    wrong = await page(app, world.cashier, f"/pay/desk/{demand_id}", 422, amount_vnd="12.000.000")
    assert "đúng 12.600.000 ₫" in wrong.errors["amount_vnd"]
    taken = await visit(app, world.cashier, f"/pay/desk/{demand_id}", amount_vnd="12.600.000")
    assert taken.headers["location"] == f"/pay/desk/{demand_id}/receipt"
    receipt = await page(app, world.cashier, taken.headers["location"])
    assert receipt.h1 == "Biên lai thu phí BL-2025-00001"
    again = await visit(app, world.cashier, f"/pay/desk/{demand_id}", amount_vnd="12.600.000")
    assert again.headers["location"] == f"/pay/desk/{demand_id}"
    payer = await page(app, world.payer, f"/pay/{demand_id}/receipt")
    assert "BL-2025-00001" in payer.text


async def test_the_accountant_notes_a_transfer_on_the_page(app: FastAPI, database: Database, world: Any) -> None:
    _, demand_id = await world.open_demand()
    path = f"/pay/desk/{demand_id}"
    form = {"way": "transfer", "amount_vnd": "12600000", "reference": "FT1234", "received_at": "khi nào đó"}
    assert "received_at" in (await page(app, world.accountant, path, 422, **form)).errors
    await set_clock(database, world.at + timedelta(hours=2))
    form["received_at"] = f"{world.at + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert (await visit(app, world.accountant, path, **form)).headers["location"] == f"{path}/receipt"


@pytest.mark.parametrize("path", ["/pay/desk", "/pay/desk/00000000-0000-4000-8000-000000000000"])
async def test_the_desk_is_not_for_payers(app: FastAPI, world: Any, path: str) -> None:
    assert (await visit(app, world.payer, path)).status_code == 403


async def test_the_one_stop_officer_begins_at_the_desk(app: FastAPI, world: Any) -> None:
    assert (await visit(app, world.cashier, "/pay")).headers["location"] == "/pay/desk"
    assert (await visit(app, world.accountant, "/pay")).headers["location"] == "/pay/ledger"
