"""Once an applicant was erased payments knows no pay page of theirs; ledger and receipts stay as they are."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from contracts.intake import ApplicantErased
from contracts.payments import PayerErased
from kit.testing.pages import read_page
from kit.testing.people import client_of, session_cookie
from payments import reads, store
from payments.domain.errors import DemandNotFound
from payments.handlers import paying
from payments.handlers.asking import Desk

pytestmark = pytest.mark.db


async def erase(world: Any, dossier_id: Any) -> Any:
    (world.database.objects.folder / f"contacts/{dossier_id}/1.json").unlink()
    event = ApplicantErased(dossier_id=dossier_id, erasure_id=uuid4(), erased_at=world.at)
    await world.give((event, 2))
    return event


async def test_pay_pages_are_forgotten_and_the_ledger_stays(world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await world.run(
        "insert into attempt "
        "(id, demand_id, reference, sent_time, amount_vnd, started_at, ask_at, state, asked, pay_url) values "
        "(gen_random_uuid(), :id, 'MC1', '20250303090000', 1, now(), now(), 'failed', 0, 'https://pay.example/1')",
        id=demand_id,
    )
    before = await world.rows("select to_jsonb(b) from booking b union all select to_jsonb(e) from entry e")
    event = await erase(world, dossier_id)
    assert [row.pay_url for row in await world.rows("select pay_url from attempt")] == [None]
    assert await world.rows("select to_jsonb(b) from booking b union all select to_jsonb(e) from entry e") == before
    (said,) = await world.said(PayerErased)
    assert said.erasure_id == event.erasure_id
    assert [(one.kind, one.count) for one in said.removed] == [("attempt", 1)]


async def test_a_payer_who_is_gone_is_named_nowhere(app: FastAPI, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await erase(world, dossier_id)
    async with world.database.transaction() as tx:
        demand = await store.load_demand(tx, demand_id)
        assert demand is not None
        assert await reads.payer_of(tx, demand) == ""
    async with client_of(app, cookies=session_cookie("payments", world.cashier)) as client:
        page = read_page((await client.get(f"/pay/desk/{demand_id}")).text)
    assert "đã xóa theo yêu cầu" in page.text


async def test_nobody_can_begin_to_pay_in_the_name_of_who_is_gone(desk: Desk, world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    await erase(world, dossier_id)
    with pytest.raises(DemandNotFound):
        await paying.pay_address(desk, demand_id, world.payer.id)
