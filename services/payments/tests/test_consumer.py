"""What payments hears: demands are opened once, in any order of delivery, and found by both codes."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.payments import FeeDemanded
from kit.consume import Consumer, deliver
from kit.testing.events import a_record, shuffled
from kit.tx import Database
from payments.consumer import KEEPS, REACTS

pytestmark = pytest.mark.db


@pytest.mark.proves("D21", "R11")
async def test_a_fee_notice_opens_one_demand_and_says_so(world: Any) -> None:
    dossier_id, demand_id = await world.open_demand()
    (said,) = await world.said(FeeDemanded)
    assert (said.dossier_id, said.demand_id, said.amount_vnd) == (dossier_id, demand_id, 12_600_000)
    entries = await world.rows("select account, debit_vnd, credit_vnd from entry order by id")
    assert [tuple(entry) for entry in entries] == [
        ("owed_by_applicants", 12_600_000, 0),
        ("fees", 0, 12_600_000),
    ]


async def test_the_same_notice_said_again_opens_nothing(world: Any) -> None:
    dossier_id, _ = await world.open_demand()
    await world.give((world.fee_requested(dossier_id), 1))
    await world.give((world.fee_requested(dossier_id), 2))
    assert len(await world.said(FeeDemanded)) == 1


async def test_a_newer_notice_replaces_an_open_demand_and_takes_its_booking_back(world: Any) -> None:
    dossier_id, _ = await world.open_demand()
    await world.give((world.fee_requested(dossier_id, notice="2", amount_vnd=9_000_000), 2))
    states = await world.rows("select state, amount_vnd from demand order by amount_vnd")
    assert [tuple(row) for row in states] == [("open", 9_000_000), ("replaced", 12_600_000)]
    (owed,) = await world.rows(
        "select sum(debit_vnd - credit_vnd) as owed from entry where account = 'owed_by_applicants'"
    )
    assert owed.owed == 9_000_000
    assert len(await world.said(FeeDemanded)) == 2


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_delivery_gives_the_same_demand(database: Database, world: Any, seed: int) -> None:
    dossiers = [uuid4() for _ in range(3)]
    records = []
    for number, dossier in enumerate(dossiers):
        records.append(a_record(world.submitted(dossier), sequence=1, offset=number))
        records.append(a_record(world.fee_requested(dossier), sequence=1, offset=2 * number))
        last = world.accepted(dossier, code=f"H00.15-250313-000{number}")
        records.append(a_record(last, sequence=2, offset=2 * number + 1))
    consumer = Consumer("payments", KEEPS, REACTS)
    for record in shuffled(records, seed):
        await deliver(database, consumer, [record])
    found = await world.rows(
        "select o.applicant_id, o.code, d.state from demand d join dossier o on o.id = d.dossier_id order by o.code"
    )
    assert [tuple(row) for row in found] == [(world.payer.id, f"H00.15-250313-000{n}", "open") for n in range(3)]
