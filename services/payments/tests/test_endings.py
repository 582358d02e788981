"""A dossier ends: open demands are cancelled, money that came for nothing waits for the accountant's decision."""

from typing import Any

import pytest
from fastapi import FastAPI

from contracts.payments import DemandCancelled, RefundDecided
from contracts.workflow import DossierRefused, DossierStopped, DossierWithdrawn
from kit.testing.people import bearer, client_of, session_cookie

pytestmark = pytest.mark.db
WHOLE = 12_600_000
REFUSED = {
    "slip": {"path": "slips/a.pdf", "sha256": "0" * 64, "size": 1},
    "explanation": {"path": "requests/a.json", "sha256": "0" * 64, "size": 1},
}


@pytest.mark.proves("R09")
@pytest.mark.parametrize(
    ("cls", "more", "ground"),
    [
        (DossierWithdrawn, {}, "withdrawn"),
        (DossierStopped, {"ground": "not_paid"}, "stopped"),
        (DossierRefused, REFUSED, "refused"),
    ],
)
async def test_what_a_dossier_owes_ends_with_it(world: Any, cls: Any, more: dict[str, Any], ground: str) -> None:
    dossier_id, demand_id = await world.open_demand()
    for sequence in (2, 2, 3):
        await world.give((world.ended(cls, dossier_id, **more), sequence))
    (said,) = await world.said(DemandCancelled)
    assert (said.demand_id, said.amount_vnd, said.ground) == (demand_id, WHOLE, ground)
    (owed,) = await world.rows(
        "select sum(debit_vnd - credit_vnd) as owed from entry where account = 'owed_by_applicants'"
    )
    assert owed.owed == 0


@pytest.mark.proves("R23", "R09")
@pytest.mark.parametrize(
    ("cls", "more", "ground"),
    [(DossierWithdrawn, {}, "withdrawn"), (DossierStopped, {"ground": "requested"}, "stopped")],
)
async def test_what_an_accepted_dossier_owes_beside_its_road_ends_with_it(
    app: FastAPI, world: Any, cls: Any, more: dict[str, Any], ground: str
) -> None:
    dossier_id, demand_id = await world.open_demand_beside()
    cookies = session_cookie("payments", world.payer)
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        shown = await client.get(f"/pay/{demand_id}")
        assert "thời hạn không chờ phí" in shown.text
        assert "tiếp nhận ngay khi tiền về" not in shown.text
        assert "/attempts" in shown.text
        await world.give((world.ended(cls, dossier_id, code="H00.15-250313-0001", **more), 3))
        assert "Không còn phải nộp phí" in (await client.get(f"/pay/{demand_id}")).text
    (said,) = await world.said(DemandCancelled)
    assert (said.demand_id, said.ground) == (demand_id, ground)


async def paid_for_nothing(app: FastAPI, world: Any) -> tuple[Any, str]:
    """A dossier paid in cash and withdrawn before anybody accepted it; demand and difference."""
    dossier_id, demand_id = await world.open_demand()
    async with client_of(app) as client:
        path = f"/api/payments/v1/demands/{demand_id}/desk-receipt"
        body = {"way": "cash", "amount_vnd": WHOLE}
        assert (await client.post(path, headers=bearer(world.cashier), json=body)).status_code == 201
    for sequence in (2, 3):
        await world.give((world.ended(DossierWithdrawn, dossier_id), sequence))
    (difference,) = await world.rows("select id, kind, received_vnd from difference")
    assert (difference.kind, difference.received_vnd) == ("paid_for_ended", WHOLE)
    return demand_id, str(difference.id)


async def settle(app: FastAPI, world: Any, difference: str, **body: str) -> Any:
    async with client_of(app) as client:
        path = f"/api/payments/v1/differences/{difference}/settlement"
        return await client.post(path, headers=bearer(world.accountant), json=body)


@pytest.mark.proves("D21")
async def test_money_paid_for_a_dossier_never_accepted_is_refunded_by_decision(app: FastAPI, world: Any) -> None:
    demand_id, difference = await paid_for_nothing(app, world)
    undecided = await settle(app, world, difference, settlement="Đã gọi người nộp")
    assert (undecided.status_code, undecided.json()["type"]) == (422, "urn:motcua:problem:decision-missing")
    decided = [await settle(app, world, difference, settlement="Hoàn tiền mặt", decision="refund") for _ in range(2)]
    assert [answer.status_code for answer in decided] == [204, 404]
    (said,) = await world.said(RefundDecided)
    assert (said.demand_id, said.amount_vnd, said.decision) == (demand_id, WHOLE, "refund")
    sums = await world.rows("select account, sum(debit_vnd - credit_vnd) as left from entry group by 1 order by 1")
    assert {row.account: row.left for row in sums} == {"cash_desk": 0, "fees": 0, "owed_by_applicants": 0}


async def test_money_may_also_be_kept_and_nothing_is_booked(app: FastAPI, world: Any) -> None:
    _, difference = await paid_for_nothing(app, world)
    assert (await settle(app, world, difference, settlement="Phí đã thực hiện", decision="keep")).status_code == 204
    assert [said.decision for said in await world.said(RefundDecided)] == ["keep"]
    assert await world.rows("select 1 from booking where kind = 'refunded'") == []


async def test_an_accepted_dossier_that_stops_has_used_its_fee(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    async with client_of(app) as client:
        path = f"/api/payments/v1/demands/{demand_id}/desk-receipt"
        await client.post(path, headers=bearer(world.cashier), json={"way": "cash", "amount_vnd": WHOLE})
    await world.give((world.accepted(dossier_id), 2))
    await world.give((world.ended(DossierStopped, dossier_id, ground="requested", code="H00.15-250313-0001"), 3))
    assert await world.rows("select 1 from difference") == []


async def test_the_page_asks_for_the_decision_and_keeps_what_was_typed(app: FastAPI, world: Any) -> None:
    _, difference = await paid_for_nothing(app, world)
    cookies = session_cookie("payments", world.accountant, form_token="t")
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        path, form = f"/pay/ledger/differences/{difference}", {"form_token": "t", "settlement": "Đã gọi"}
        refused = await client.post(path, data=form)
        taken = await client.post(path, data={**form, "decision": "keep"})
    assert refused.status_code == 422
    assert "Chọn hoàn trả hay giữ lại" in refused.text
    assert "Đã gọi" in refused.text
    assert taken.status_code == 303


async def test_a_cancelled_demand_tells_the_payer_so(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await world.give((world.ended(DossierWithdrawn, dossier_id), 2))
    cookies = session_cookie("payments", world.payer)
    async with client_of(app, cookies=cookies, headers={"Accept": "text/html"}) as client:
        shown = await client.get(f"/pay/{demand_id}")
    assert "Không còn phải nộp phí" in shown.text
    assert "/attempts" not in shown.text
