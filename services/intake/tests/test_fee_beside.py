"""A fee beside the road (R23): the dossier goes on as it is, its applicant sees what to pay and can pay it."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from contracts.envelope import Event
from contracts.payments import FeeDemanded, FeePaid
from intake.domain.road import Moment, road
from kit.testing.pages import Page
from kit.tx import Database
from rules import catalogue as law
from rules.records.status import Status
from rules.testing import at

from .builders import Others, send, upload
from .test_domain_dossier import a_dossier
from .test_domain_road import shown
from .test_every_procedure import a_sample, body_of, khoi, on_its_day, visitor
from .test_pages import Reader
from .test_road import DEMAND, hear, track

__all__ = ["khoi", "visitor"]
SCIENCE = law.load().procedure("science-organisation-registration")
STEPS = [step.id for step in SCIENCE.steps]
AT = at("2025-03-05 10:00")
MOMENTS = [
    Moment("submitted", at("2025-03-03 09:12")),
    Moment("check_started", at("2025-03-03 09:13"), "0"),
    Moment("dossier_accepted", AT, "c-1"),
    Moment("fee_asked_beside", AT),
    Moment("step_started", AT, STEPS[0]),
]
PAID = Moment("fee_paid", at("2025-03-07 09:00"), "d-1")


@pytest.mark.proves("R23")
def test_the_road_tells_of_the_fee_and_stays_at_its_step() -> None:
    dossier = a_dossier(Status.IN_PROCESS)
    begun = ["submitted:done", "check:done", "accepted:done", "fee_asked:done"]
    ahead = [*(f"{step}:ahead" for step in STEPS[1:]), "result:ahead", "returned:ahead"]
    here = f"{STEPS[0]}:current"
    assert shown(road(dossier, MOMENTS, SCIENCE, None)) == [*begun, here, *ahead]
    assert shown(road(dossier, [*MOMENTS, PAID], SCIENCE, None)) == [*begun, "fee_paid:done", here, *ahead]


def test_money_that_comes_after_the_end_is_no_place_on_the_road() -> None:
    ended = [*MOMENTS, Moment("dossier_withdrawn", at("2025-03-06 09:00"))]
    for moments in (ended, [*ended, PAID]):
        assert shown(road(a_dossier(Status.WITHDRAWN), moments, SCIENCE, None))[-1] == "ended:done"
    assert shown(road(a_dossier(Status.WITHDRAWN), [*ended, PAID], SCIENCE, None)).count("ended:done") == 1


async def filed(client: httpx.AsyncClient, database: Database) -> Others:
    await on_its_day(database, SCIENCE)
    body = body_of(SCIENCE, a_sample(SCIENCE, 0), await upload(client, "any"))
    answer = await send(client, body)
    assert answer.status_code == 201, answer.text
    return Others(database, UUID(answer.json()["id"]))


def by_payments(others: Others) -> tuple[Event, Event]:
    facts: dict[str, Any] = {"demand_id": DEMAND, "amount_vnd": 3_000_000}
    facts |= {"dossier_id": others.dossier_id, "contact": f"contacts/{others.dossier_id}/1.json"}
    way = {"way": "payment_platform", "transaction_code": "T1"}
    return FeeDemanded(demanded_at=AT, **facts), FeePaid(paid_at=PAID.at, **way, **facts)


async def begun(others: Others) -> list[Event]:
    """What workflow says when such a dossier is found valid, in one transaction."""
    asked = await others.fee_requested(AT, 3_000_000, status=2)
    return [others.check_started(at("2025-03-03 09:13")), await others.accepted(AT), asked]


async def follow(khoi: Reader, others: Others) -> Page:
    return await khoi.open(f"/dossiers/{others.dossier_id}")


@pytest.mark.db
@pytest.mark.proves("R23")
async def test_the_applicant_sees_what_to_pay_while_the_dossier_goes_on(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others = await filed(client, database)
    demanded, paid = by_payments(others)
    await hear(database, *await begun(others))
    assert (await track(client, others.dossier_id))["status"] == 2
    await hear(database, *await begun(others), others.step_started(AT, STEPS[0]), demanded)
    page = await follow(khoi, others)
    for words in ("Đang xử lý", "Phí chưa nộp", "thời hạn không chờ phí", "3.000.000 ₫"):
        assert words in page.text
    assert page.link("Nộp phí") == f"/pay/{DEMAND}"
    facts = await track(client, others.dossier_id)
    assert (facts["status"], facts["fees"][0]["pay_path"]) == (4, f"/pay/{DEMAND}")
    assert "fee_notice" in [one["kind"] for one in facts["documents"]]
    said = [*await begun(others), others.step_started(AT, STEPS[0])]
    await hear(database, *said, demanded, paid)
    page = await follow(khoi, others)
    assert "Phí chưa nộp" not in page.text
    assert "Đã nộp 3.000.000 ₫" in page.text
    assert (await track(client, others.dossier_id))["status"] == 4


@pytest.mark.db
@pytest.mark.proves("R23")
async def test_a_supplement_and_a_fee_are_asked_for_side_by_side(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others = await filed(client, database)
    demanded, _ = by_payments(others)
    lacking = await others.supplement_requested(at("2025-03-10 09:00"), SCIENCE.components[0].code)
    await hear(database, *await begun(others), others.step_started(AT, STEPS[0]), lacking, demanded)
    page = await follow(khoi, others)
    assert page.link("Bổ sung ngay")
    assert page.link("Nộp phí") == f"/pay/{DEMAND}"
