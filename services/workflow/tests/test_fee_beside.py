"""A fee whose clock does not wait for it (R23): asked for when the dossier is accepted, paid whenever it comes."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from contracts.facts import Channel, Origin
from contracts.package import contact_path
from kit.testing.pages import read_page
from kit.tx import run_sql
from rules.catalogue import load
from rules.packages import counted_sheets
from workflow import handlers
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import FeeNotKnown
from workflow.domain.status import Outcome, Status, Verdict
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
SCIENCE = load().procedure("science-organisation-registration")
FEE = 3_000_000
AT = "2025-03-05 10:00"


async def filed(world: Any, text: str = "2025-03-03 08:30", **changes: Any) -> UUID:
    """A dossier of a procedure whose clock starts with the valid dossier, fee or not."""
    event = await world.submitted(await world.at(text), forms={"SOME-FORM": [{}]})
    other = {"procedure_id": SCIENCE.id, "procedure_version": SCIENCE.version, **changes}
    await world.hear(event.model_copy(update=other))
    return event.dossier_id  # type: ignore[no-any-return]


async def owing(world: Any) -> UUID:
    """Found valid, so accepted at once; its fee is asked for and not paid."""
    dossier = await filed(world)
    await world.at(AT)
    officer = world.staff("one_stop_officer")
    good = [CheckItem(one.code, Verdict.GOOD) for one in SCIENCE.components]
    await world.do(handlers.judge_components, dossier, good, staff=officer, seen_version=None)
    await world.do(handlers.find_valid, dossier, staff=officer, seen_version=None)
    return dossier


async def undecided(world: Any) -> list[tuple[str, int]]:
    async with world.database.transaction() as tx:
        return [tuple(row) for row in await run_sql(tx, "select kind, status from undecided_event order by id")]


async def pay(world: Any, dossier: UUID, text: str = "2025-03-07 09:00", amount_vnd: int = FEE) -> None:
    await world.pay(dossier, text, amount_vnd=amount_vnd)


@pytest.mark.proves("R23", "R02")
async def test_a_dossier_whose_clock_does_not_wait_is_accepted_at_once_and_its_fee_asked_for(world: Any) -> None:
    dossier = await owing(world)
    case = await world.case(dossier)
    assert (case.status, case.step, case.fee_vnd, case.paid_at) == (Status.IN_PROCESS, "assign", FEE, None)
    assert case.is_owing
    assert f"{case.started_at:%Y-%m-%d %H:%M}" == "2025-03-03 08:30"
    assert case.deadline_at == case.due_at
    said = await world.said()
    names = [(type(event).__name__, int(event.status)) for event in said]
    assert names[1:] == [("DossierAccepted", 2), ("FeeRequested", 2), ("StepStarted", 4)]
    notice = said[2]
    assert (notice.amount_vnd, notice.contact, len(notice.lines)) == (FEE, contact_path(dossier, 1), 1)
    async with world.database.transaction() as tx:
        forms = (await run_sql(tx, "select form from slip order by form")).scalars().all()
    assert list(forms) == ["acceptance", "fee-notice"]


@pytest.mark.proves("R23")
async def test_a_fee_paid_later_is_taken_and_moves_nothing(world: Any) -> None:
    dossier = await owing(world)
    before = await world.case(dossier)
    await world.pay(dossier, "2025-03-07 09:05", amount_vnd=FEE, paid="2025-03-07 09:00")
    case = await world.case(dossier)
    assert f"{case.paid_at:%Y-%m-%d %H:%M}" == "2025-03-07 09:00"
    assert case.changed(paid_at=None, version=before.version) == before
    assert not case.owes_fee
    assert len(await world.said("DossierAccepted")) == 1
    assert await undecided(world) == []
    async with world.database.transaction() as tx:
        told = (await run_sql(tx, "select what_vi from case_history where what_vi like '%nộp phí%'")).scalars().all()
    assert list(told) == ["Người nộp đã nộp phí; thời hạn không thay đổi"]


@pytest.mark.proves("R23")
async def test_a_second_payment_or_another_amount_is_for_a_person_to_decide(world: Any) -> None:
    dossier = await owing(world)
    await pay(world, dossier, amount_vnd=2_000_000)
    assert (await world.case(dossier)).is_owing
    await pay(world, dossier)
    await pay(world, dossier, "2025-03-08 09:00")
    assert await undecided(world) == [("fee_paid", 4), ("fee_paid", 4)]
    assert f"{(await world.case(dossier)).paid_at:%d}" == "07"


@pytest.mark.proves("R23")
async def test_while_a_supplement_is_awaited_the_fee_is_taken_too(world: Any) -> None:
    dossier = await owing(world)
    head, officer = world.staff("division_head"), world.staff("case_officer")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    lacking = [CheckItem(SCIENCE.components[0].code, Verdict.LACKING, "Bản này thiếu trang thứ hai.")]
    await world.do(handlers.request_later_supplement, dossier, lacking, staff=officer, seen_version=None)
    await pay(world, dossier)
    case = await world.case(dossier)
    assert (case.status, case.owes_fee) == (Status.WAITING_FOR_SUPPLEMENT, False)
    assert await undecided(world) == []


async def issued(world: Any) -> UUID:
    """Its result is issued while the fee is not paid."""
    dossier = await owing(world)
    granted = Decision(outcome=Outcome.GRANTED, conclusion="Đủ điều kiện cấp giấy chứng nhận.")
    for step, role, decision in (
        ("assign", "division_head", Decision()),
        ("appraise", "case_officer", granted),
        ("review", "division_head", Decision()),
    ):
        await world.do(handlers.finish_step, dossier, step, decision, staff=world.staff(role), seen_version=None)
    sha256 = (await world.case(dossier)).result.sha256
    leader, clerk = world.staff("department_leader"), world.staff("clerk")
    await world.do(handlers.sign_off, dossier, sha256, staff=leader, seen_version=None)
    await world.do(handlers.issue, dossier, staff=clerk, seen_version=None)
    return dossier


@pytest.mark.proves("R23")
async def test_the_result_goes_out_unpaid_and_the_fee_is_taken_after(world: Any) -> None:
    first, second = await issued(world), await issued(world)
    await world.collect(second, "2025-03-06 20:00")
    for dossier, status in ((first, Status.FINISHED), (second, Status.RETURNED)):
        assert (await world.case(dossier)).is_owing
        await pay(world, dossier)
        case = await world.case(dossier)
        assert (case.status, case.owes_fee) == (status, False)
    assert await undecided(world) == []


@pytest.mark.proves("R23", "R09")
async def test_a_withdrawn_dossier_owes_nothing_and_its_late_payment_is_decided_by_a_person(world: Any) -> None:
    dossier = await owing(world)
    await world.withdraw(dossier, "2025-03-06 09:00")
    case = await world.case(dossier)
    assert (case.status, case.owes_fee) == (Status.WITHDRAWN, False)
    await pay(world, dossier)
    assert await undecided(world) == [("fee_paid", 7)]
    assert (await world.case(dossier)).paid_at is None


@pytest.mark.proves("R23")
async def test_queue_case_and_api_say_that_the_fee_is_not_paid(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await owing(world)
    case, api = f"/officer/cases/{dossier}", f"/api/workflow/v1/cases/{dossier}"

    async def shown(path: str) -> str:
        answer = await client.get(path, headers=world.browser("division_head"))
        return read_page(answer.text).text

    async def owes() -> bool:
        return (await client.get(api, headers=world.bearer("division_head"))).json()["owes_fee"]  # type: ignore[no-any-return]

    for path in (case, "/officer"):
        assert "Phí chưa nộp" in await shown(path)
    assert await owes() is True
    await pay(world, dossier)
    for path in (case, "/officer"):
        assert "Phí chưa nộp" not in await shown(path)
    assert await owes() is False


async def test_before_it_is_found_valid_the_officer_reads_that_the_clock_does_not_wait(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier = await filed(world)
    good = [CheckItem(one.code, Verdict.GOOD) for one in SCIENCE.components]
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, dossier, good, staff=officer, seen_version=None)
    answer = await client.get(f"/officer/cases/{dossier}/validity", headers=world.browser("one_stop_officer"))
    page = read_page(answer.text)
    for words in ("3.000.000", "thời hạn của thủ tục này không chờ phí", "Xác nhận hợp lệ và tiếp nhận"):
        assert words in page.text


ON_PAPER = {"channel": Channel.DIRECT, "origin": Origin.COUNTER}


async def licence_on_paper(world: Any, items: dict[str, int]) -> UUID:
    """An X-ray licence with scans; what the clerk counted lies in the package as intake writes it."""
    forms: dict[str, list[dict[str, Any]]] = {"F142-IV-01": [{}], **counted_sheets(world.procedure, items)}
    event = await world.submitted(await world.at("2025-03-03 08:30"), forms=forms)
    await world.hear(event.model_copy(update=ON_PAPER))
    await world.at(AT)
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, event.dossier_id, world.verdicts(), staff=officer, seen_version=None)
    return event.dossier_id  # type: ignore[no-any-return]


async def test_devices_that_the_clerk_counted_on_paper_are_charged(world: Any) -> None:
    dossier = await licence_on_paper(world, {"ct": 1, "general": 2})
    await world.do(handlers.find_valid, dossier, staff=world.staff("one_stop_officer"), seen_version=None)
    case = await world.case(dossier)
    assert (case.status, case.fee_vnd) == (Status.WAITING_FOR_FEE, 14_000_000)
    (asked,) = await world.said("FeeRequested")
    assert (asked.amount_vnd, asked.factor) == (14_000_000, "1")


@pytest.mark.proves("R14")
async def test_a_fee_that_counts_nothing_is_refused_and_never_free(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await licence_on_paper(world, {})
    page = await client.get(f"/officer/cases/{dossier}/validity", headers=world.browser("one_stop_officer"))
    assert page.status_code == 409
    assert "Chưa tính được phí" in read_page(page.text).text
    with pytest.raises(FeeNotKnown):
        await world.do(handlers.find_valid, dossier, staff=world.staff("one_stop_officer"), seen_version=None)
    case = await world.case(dossier)
    assert (case.status, case.code, case.fee_vnd) == (Status.SUBMITTED, None, None)
