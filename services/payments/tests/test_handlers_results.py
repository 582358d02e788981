"""What a result of the platform does: once, whole, and only when it is genuine and fits."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from contracts.payments import FeePaid
from kit.now import TIME_ZONE, read_now
from kit.outside import real_now
from kit.tx import Database
from payments import store
from payments.domain import digest
from payments.domain.attempt import Attempt, AttemptState
from payments.domain.partner import Partner
from payments.handlers import results
from payments.main import partner_of

pytestmark = pytest.mark.db
PAID_AT = datetime(2025, 3, 13, 9, 5, 30, tzinfo=TIME_ZONE)


@pytest.fixture
def partner(world: Any) -> Partner:
    return partner_of(world.settings())


async def an_attempt(database: Database, demand_id: UUID, **more: Any) -> Attempt:
    """An attempt that is open at the platform."""
    async with database.transaction() as tx:
        now = await real_now(tx)
        attempt = Attempt(
            id=uuid4(),
            demand_id=demand_id,
            reference=f"MC{uuid4().hex[:18]}",
            sent_time="20250313090000",
            amount_vnd=12_600_000,
            started_at=now,
            ask_at=now + timedelta(hours=1),
            state=AttemptState.OPEN,
            pay_url="http://127.0.0.1:9/pay",
        )
        attempt = replace(attempt, **more)
        await store.add_attempt(tx, attempt)
    return attempt


def told(attempt: Attempt, world: Any, *, secret: str | None = None, **changed: Any) -> bytes:
    message = {
        "LoaiBanTin": "CONFIRM",
        "MaLoi": "00",
        "MaDoiTac": world.partner_code,
        "MaThamChieu": attempt.reference,
        "SoTien": attempt.amount_vnd,
        "MaTienTe": "VND",
        "MaGiaoDich": "PP00000001",
        "MaNganHang": "999901",
        "ThoiGianGD": "20250313090530",
        "ThongTinGiaoDich": "THANH TOAN",
    } | changed
    message["MaXacThuc"] = digest.digest(digest.RESULT, message, secret or world.secret)
    return orjson.dumps(message)


async def take(database: Database, partner: Partner, body: bytes) -> str:
    """Give a notification; the code we reply with."""
    async with database.transaction() as tx:
        reply = await results.take_notification(tx, body, partner, now=await read_now(tx))
    return reply["MaLoi"]


async def verdicts(world: Any) -> list[str]:
    return [row.verdict for row in await world.rows("select verdict from platform_message order by id")]


async def differences(world: Any) -> list[tuple[Any, ...]]:
    query = "select kind, expected_vnd, received_vnd from difference order by noticed_at"
    return [tuple(row) for row in await world.rows(query)]


async def demand_state(world: Any) -> str:
    (row,) = await world.rows("select state from demand")
    return str(row.state)


@pytest.mark.proves("R02")
async def test_a_genuine_success_pays_the_demand_at_the_moment_the_platform_reports(
    database: Database, world: Any, partner: Partner
) -> None:
    dossier_id, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    assert await take(database, partner, told(attempt, world)) == "00"
    (said,) = await world.said(FeePaid)
    assert (said.dossier_id, said.demand_id, said.amount_vnd) == (dossier_id, demand_id, 12_600_000)
    assert (said.paid_at, said.way, said.transaction_code) == (PAID_AT, "payment_platform", "PP00000001")
    (row,) = await world.rows("select state, paid_at from demand")
    assert (row.state, row.paid_at) == ("paid", PAID_AT)
    balances = await world.rows(
        "select account, sum(debit_vnd - credit_vnd) as b from entry group by account order by 1"
    )
    assert [(row.account, row.b) for row in balances] == [
        ("fees", -12_600_000),
        ("owed_by_applicants", 0),
        ("payment_platform", 12_600_000),
    ]
    assert len(await world.rows("select 1 from receipt")) == 1


@pytest.mark.proves("D22")
async def test_a_repeated_success_is_acknowledged_and_changes_nothing(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    body = told(await an_attempt(database, demand_id), world)
    assert [await take(database, partner, body) for _ in range(3)] == ["00", "00", "00"]
    assert len(await world.said(FeePaid)) == 1
    assert await verdicts(world) == ["paid", "repeated", "repeated"]


@pytest.mark.proves("D22")
async def test_two_notifications_at_the_same_moment_pay_once(database: Database, world: Any, partner: Partner) -> None:
    _, demand_id = await world.open_demand()
    body = told(await an_attempt(database, demand_id), world)
    codes = await asyncio.gather(*(take(database, partner, body) for _ in range(4)))
    assert codes == ["00"] * 4
    assert len(await world.said(FeePaid)) == 1
    assert sorted(await verdicts(world)) == ["paid", "repeated", "repeated", "repeated"]


@pytest.mark.proves("L05")
async def test_a_forged_notification_changes_nothing_and_is_kept_for_a_person(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    body = told(attempt, world, secret="a guess")
    assert [await take(database, partner, body) for _ in range(2)] == ["99", "99"]
    assert await demand_state(world) == "open"
    assert await world.said(FeePaid) == []
    assert await verdicts(world) == ["forged", "forged"]
    assert await differences(world) == [("forged", None, 12_600_000)]


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'"x"', b"\xff\x00", b'{"MaLoi": "00\x00"}'])
async def test_a_message_that_cannot_be_read_is_kept_and_not_taken(
    database: Database, world: Any, partner: Partner, body: bytes
) -> None:
    assert await take(database, partner, body) == "99"
    assert await verdicts(world) == ["unreadable"]


async def test_a_message_that_names_another_partner_is_forged(database: Database, world: Any, partner: Partner) -> None:
    _, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    assert await take(database, partner, told(attempt, world, MaDoiTac="SOMEBODY")) == "99"
    assert await verdicts(world) == ["forged"]


async def test_a_message_that_leaves_our_code_out_is_genuine_all_the_same(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    message = orjson.loads(told(await an_attempt(database, demand_id), world))
    del message["MaDoiTac"]
    assert await take(database, partner, orjson.dumps(message)) == "00"
    assert await verdicts(world) == ["paid"]


async def test_a_genuine_message_about_an_unknown_reference_is_kept_for_a_person(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    assert await take(database, partner, told(attempt, world, MaThamChieu="nobody")) == "99"
    assert await differences(world) == [("unknown_reference", None, 12_600_000)]


async def test_a_message_without_reference_is_found_by_its_dossier_code(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    (row,) = await world.rows("select arrival_number from demand")
    assert await take(database, partner, told(attempt, world, MaThamChieu="", MaHoSo=row.arrival_number)) == "00"
    assert await demand_state(world) == "paid"


async def test_a_wrong_amount_is_not_booked_but_kept_once_for_a_person(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    body = told(await an_attempt(database, demand_id), world, SoTien=12_601_000)
    assert [await take(database, partner, body) for _ in range(2)] == ["00", "00"]
    assert await demand_state(world) == "open"
    assert await world.said(FeePaid) == []
    assert await differences(world) == [("wrong_amount", 12_600_000, 12_601_000)]


async def test_a_failure_is_recorded_and_acknowledged_and_a_late_success_still_counts(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    assert await take(database, partner, told(attempt, world, MaLoi="18")) == "00"
    (row,) = await world.rows("select state, platform_code from attempt")
    assert (row.state, row.platform_code) == ("failed", "18")
    assert await take(database, partner, told(attempt, world)) == "00"
    assert await demand_state(world) == "paid"


async def test_a_second_payment_of_a_paid_demand_is_kept_for_a_person_and_not_booked(
    database: Database, world: Any, partner: Partner
) -> None:
    _, demand_id = await world.open_demand()
    first = await an_attempt(database, demand_id, state=AttemptState.SET_ASIDE, pay_url=None)
    second = await an_attempt(database, demand_id)
    assert await take(database, partner, told(second, world)) == "00"
    assert await take(database, partner, told(first, world, MaGiaoDich="PP2")) == "00"
    assert len(await world.said(FeePaid)) == 1
    assert await differences(world) == [("paid_twice", 12_600_000, 12_600_000)]


async def test_money_for_a_replaced_demand_is_kept_for_a_person(
    database: Database, world: Any, partner: Partner
) -> None:
    dossier_id, demand_id = await world.open_demand()
    attempt = await an_attempt(database, demand_id)
    await world.give((world.fee_requested(dossier_id, notice="2"), 2))
    assert await take(database, partner, told(attempt, world)) == "00"
    assert await world.said(FeePaid) == []
    assert await differences(world) == [("paid_too_late", 12_600_000, 12_600_000)]


async def test_amounts_beyond_32_bits_are_paid_whole(database: Database, world: Any, partner: Partner) -> None:
    dossier_id = uuid4()
    await world.give((world.submitted(dossier_id), 1), (world.fee_requested(dossier_id, amount_vnd=3 * 10**9), 1))
    (row,) = await world.rows("select id from demand")
    attempt = await an_attempt(database, row.id, amount_vnd=3 * 10**9)
    assert await take(database, partner, told(attempt, world)) == "00"
    (said,) = await world.said(FeePaid)
    assert said.amount_vnd == 3 * 10**9
