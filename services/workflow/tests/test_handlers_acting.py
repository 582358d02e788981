"""Commands and events where they cross: two officers, late and wrong events, further rounds, hand-overs."""

import asyncio
from typing import Any

import pytest

from kit.testing.events import a_record
from kit.tx import run_sql
from workflow import handlers, reads, store
from workflow.domain.access import scope_of
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import (
    ChangedMeanwhile,
    DecisionIncomplete,
    NoSuchCase,
    NotAllowedNow,
    NotYours,
    WrongBytes,
)
from workflow.domain.status import Outcome, Status, Verdict
from workflow.domain.steps import Decision
from workflow.reads import Question

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phần ứng phó khi mất điện.")


async def ask_supplement(world: Any, dossier: Any, *, by: str = "one_stop_officer") -> None:
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, dossier, world.verdicts(LACKING), staff=officer, seen_version=None)
    await world.do(handlers.request_supplement, dossier, staff=world.staff(by), seen_version=None)


async def undecided(world: Any) -> list[Any]:
    async with world.database.transaction() as tx:
        return list((await run_sql(tx, "select kind, status, reason_vi from undecided_event order by id")).all())


@pytest.mark.proves("D08", "R08")
async def test_a_supplement_starts_the_check_limit_anew_and_looks_again_only_at_what_lacked(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    await world.at("2025-03-05 10:00")
    await ask_supplement(world, dossier)
    case = await world.case(dossier)
    assert (case.deadline_at, case.late_from, case.role) == (None, None, None)
    await world.supplement(dossier, "2025-03-10 14:00", {"emergency-plan": 1})
    case = await world.case(dossier)
    assert f"{case.check_due_at:%Y-%m-%d %H:%M}" == "2025-03-17 14:00"
    assert f"{case.last_piece_at:%Y-%m-%d %H:%M}" == "2025-03-10 14:00"
    judged = {item.component for item in await world.ask(store.judged, dossier, 1)}
    assert LACKING.component not in judged
    assert len(judged) == 10
    ledger = await world.ask(store.ledger, dossier)
    assert [(one.kind, f"{one.at:%d %H:%M}") for one in ledger] == [
        ("check_started", "03 08:30"), ("check_restarted", "10 14:00"),
    ]  # fmt: skip


@pytest.mark.proves("D07", "R08")
async def test_a_further_round_needs_the_leader(world: Any) -> None:
    dossier = await world.file()
    await ask_supplement(world, dossier)
    await world.supplement(dossier, "2025-03-10 14:00", {"emergency-plan": 1})
    with pytest.raises(NotYours):
        await ask_supplement(world, dossier)
    await ask_supplement(world, dossier, by="department_leader")
    assert (await world.case(dossier)).round == 2


@pytest.mark.proves("R02", "R21")
async def test_the_clock_starts_with_the_later_of_last_piece_and_payment(world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier, "2025-03-12 16:00")
    await world.pay(dossier, "2025-03-14 08:00", paid="2025-03-13 21:15")
    case = await world.case(dossier)
    assert f"{case.started_at:%Y-%m-%d %H:%M}" == "2025-03-13 21:15"
    assert case.code.endswith("-250314-0001")  # R21: the date of acceptance


@pytest.mark.proves("D02")
async def test_codes_of_a_day_have_no_gaps(world: Any) -> None:
    dossiers = [await world.file() for _ in range(3)]
    for dossier in dossiers:
        await world.valid(dossier)
    with pytest.raises(NotAllowedNow):
        await world.do(handlers.find_valid, dossiers[0], staff=world.staff("one_stop_officer"), seen_version=None)
    for dossier in dossiers:
        await world.pay(dossier, "2025-03-13 09:00")
    codes = [(await world.case(dossier)).code for dossier in dossiers]
    assert [code[-4:] for code in codes] == ["0001", "0002", "0003"]


@pytest.mark.proves("C05")
async def test_slips_are_numbered_without_gaps_in_a_yearly_series(world: Any) -> None:
    for _ in range(2):
        await world.accepted()
    async with world.database.transaction() as tx:
        found = (await run_sql(tx, "select form, year, number from slip order by form, number")).all()
    assert [tuple(row) for row in found] == [
        ("acceptance", 2025, 1), ("acceptance", 2025, 2), ("fee-notice", 2025, 1), ("fee-notice", 2025, 2),
    ]  # fmt: skip


async def test_a_fee_of_another_amount_is_kept_for_decision(world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    await world.pay(dossier, "2025-03-13 09:00", amount_vnd=12_000_000)
    assert (await world.case(dossier)).status is Status.WAITING_FOR_FEE
    assert [row[:2] for row in await undecided(world)] == [("fee_paid", 6)]
    await world.pay(dossier, "2025-03-13 10:00")
    assert (await world.case(dossier)).status is Status.IN_PROCESS


async def test_a_second_fee_is_kept_for_decision(world: Any) -> None:
    dossier = await world.accepted()
    await world.pay(dossier, "2025-03-14 09:00")
    assert [row[:2] for row in await undecided(world)] == [("fee_paid", 4)]
    assert len(await world.said("DossierAccepted")) == 1
    assert await world.parked() == []


async def test_a_supplement_nobody_asked_for_is_kept_for_decision(world: Any) -> None:
    dossier = await world.file()
    await world.supplement(dossier, "2025-03-04 09:00", {"emergency-plan": 1})
    assert [row[:2] for row in await undecided(world)] == [("supplement_submitted", 1)]


async def test_a_result_collected_twice_is_returned_once(world: Any) -> None:
    dossier = await world.finished()
    await world.collect(dossier, "2025-03-22 20:00", sha256="0" * 64)
    assert (await world.case(dossier)).status is Status.FINISHED
    await world.collect(dossier, "2025-03-22 20:01")
    await world.collect(dossier, "2025-03-22 20:02")
    case = await world.case(dossier)
    assert (case.status, f"{case.returned_at:%H:%M}") == (Status.RETURNED, "20:01")
    assert len(await world.said("DossierReturned")) == 1
    assert [row[:2] for row in await undecided(world)] == [("result_collected", 9)]


async def test_an_event_about_no_case_is_parked(world: Any) -> None:
    from uuid import uuid4

    await world.pay(uuid4(), "2025-03-13 09:00")
    assert await world.parked() == ["NoSuchCase: no such case, or it is not yours to see"]


async def test_of_two_officers_at_once_the_second_is_told(world: Any) -> None:
    dossier = await world.file()
    seen = (await world.case(dossier)).version
    first, second = world.staff("one_stop_officer"), world.staff("one_stop_officer", "p-second")

    async def judge(staff: Any) -> Any:
        return await world.do(handlers.judge_components, dossier, world.verdicts(), staff=staff, seen_version=seen)

    outcomes = await asyncio.gather(judge(first), judge(second), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, ChangedMeanwhile)]
    assert len(refused) == 1
    assert refused[0].facts["version"] == seen + 1


async def test_two_events_at_once_are_taken_one_after_the_other(world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    await world.at("2025-03-13 09:00")
    case = await world.case(dossier)
    pays = [
        a_record(event, sequence=1).envelope()
        for event in [await paid(world, case.dossier_id), await paid(world, case.dossier_id)]
    ]
    from contracts.payments import FeePaid

    async def take(envelope: Any) -> None:
        await world.do(handlers.take_payment, FeePaid.model_validate(envelope.data))

    await asyncio.gather(*(take(one) for one in pays))
    assert len(await world.said("DossierAccepted")) == 1
    assert len(await undecided(world)) == 1


async def paid(world: Any, dossier: Any) -> Any:
    from uuid import uuid4

    from contracts.payments import FeePaid

    case = await world.case(dossier)
    facts = {"dossier_id": dossier, "demand_id": uuid4(), "amount_vnd": case.fee_vnd, "paid_at": case.since}
    return FeePaid(**facts, way="payment_platform", transaction_code="T", contact=case.contact_path)


async def test_a_failed_commit_can_be_tried_again_with_other_bytes(world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    event = await paid(world, dossier)
    with pytest.raises(RuntimeError):
        await _pay_and_fail(world, event)
    await world.pay(dossier, "2025-03-13 09:00")
    assert (await world.case(dossier)).status is Status.IN_PROCESS


async def _pay_and_fail(world: Any, event: Any) -> None:
    from kit.now import read_now

    async with world.database.transaction() as tx:
        await handlers.take_payment(tx, event, now=await read_now(tx))
        raise RuntimeError("the process fails here")


async def test_an_assignment_names_somebody_of_the_next_steps_unit(world: Any) -> None:
    dossier = await world.accepted()
    head, officer = world.staff("division_head"), world.staff("case_officer")
    for stranger in ("p-nobody", "p-one_stop_officer"):
        with pytest.raises(DecisionIncomplete):
            await world.do(
                handlers.finish_step, dossier, "assign", Decision(assignee_id=stranger), staff=head, seen_version=None
            )
    await world.ask(handlers.note_staff, officer)
    decision = Decision(assignee_id=officer.id)
    await world.do(handlers.finish_step, dossier, "assign", decision, staff=head, seen_version=None)
    assert (await world.case(dossier)).holder_id == officer.id
    said = Decision(outcome=Outcome.GRANTED, conclusion="Đủ điều kiện cấp phép.")
    other = world.staff("case_officer", "p-other")
    with pytest.raises(NotYours):
        await world.do(handlers.finish_step, dossier, "appraise", said, staff=other, seen_version=None)
    await world.do(handlers.finish_step, dossier, "appraise", said, staff=officer, seen_version=None)


async def test_whoever_acts_has_a_published_card(world: Any) -> None:
    await world.accepted()
    card = await world.database.objects.read("staff/p-one_stop_officer.json")
    assert "Nguyễn Thị Thu Hà" in card.decode()


@pytest.mark.proves("R12")
async def test_steps_share_the_whole_limit_exactly(world: Any) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    view = await world.ask(
        reads.find_case_view, world.staff("case_officer"), dossier, await world.at("2025-03-13 10:00")
    )
    whole = view.clock.whole_minutes
    assert [step.state for step in view.steps] == ["current", "ahead", "ahead", "ahead", "ahead"]
    assert sum(step.planned_minutes for step in view.steps) == whole


@pytest.mark.proves("R15")
async def test_nothing_is_issued_that_was_not_signed_off(world: Any) -> None:
    dossier = await world.to_sign()
    with pytest.raises(WrongBytes):
        await world.do(handlers.sign_off, dossier, "0" * 64, staff=world.staff("department_leader"), seen_version=None)
    with pytest.raises(NotAllowedNow):
        await world.do(
            handlers.sign_off, await world.accepted(), "0" * 64, staff=world.staff("division_head"), seen_version=None
        )


@pytest.mark.proves("D15")
async def test_a_refusal_on_substance_is_a_result_without_a_licence_number(world: Any) -> None:
    dossier = await world.to_sign(Outcome.REFUSED)
    case = await world.case(dossier)
    assert (case.result_number, case.outcome) == (None, Outcome.REFUSED)
    leader, clerk = world.staff("department_leader"), world.staff("clerk")
    await world.do(handlers.sign_off, dossier, case.result.sha256, staff=leader, seen_version=None)
    await world.do(handlers.issue, dossier, staff=clerk, seen_version=None)
    (said,) = await world.said("DossierFinished")
    assert said.result_kind == "refused"


@pytest.mark.proves("R05")
@pytest.mark.parametrize(
    ("issued", "lateness"),
    [("2025-04-07 09:00", "early"), ("2025-04-08 23:59", "on_time"), ("2025-04-09 00:00", "late")],
)
async def test_lateness_is_judged_when_the_result_is_issued(world: Any, issued: str, lateness: str) -> None:
    case = await world.case(await world.finished(issued))
    assert (case.lateness, case.lateness_first) == (lateness, lateness)


async def test_a_preview_writes_nothing(world: Any) -> None:
    dossier = await world.file()
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, dossier, world.verdicts(LACKING), staff=officer, seen_version=None)
    before = await world.case(dossier)
    for preview in (handlers.preview_supplement, handlers.preview_fee_notice):
        assert (await world.do(preview, dossier, staff=officer)).startswith(b"%PDF-")
    assert await world.case(dossier) == before
    with pytest.raises(DecisionIncomplete):
        await world.do(handlers.preview_result, dossier, staff=officer)
    with pytest.raises(NoSuchCase):
        await world.do(handlers.preview_supplement, dossier, staff=world.staff("clerk"))


@pytest.mark.proves("L07")
async def test_lists_show_exactly_what_a_person_may_see(world: Any) -> None:
    dossiers = [await world.file(), await world.accepted(), await world.to_sign(), await world.to_issue()]
    now = await world.at("2025-03-14 08:00")
    for role in ("one_stop_officer", "case_officer", "division_head", "department_leader", "clerk"):
        staff = world.staff(role)
        found = await world.ask(reads.find_cases, staff, Question("all"), now)
        seen = {row.case.dossier_id for row in found.rows}
        assert seen == {one for one in dossiers if scope_of(staff).covers(await world.case(one))}, role


async def test_my_work_is_what_waits_for_my_role_in_my_unit(world: Any) -> None:
    checking, assigning, signing = await world.file(), await world.accepted(), await world.to_sign()
    now = await world.at("2025-03-14 08:00")
    expected = {
        "one_stop_officer": {checking},
        "division_head": {assigning},
        "case_officer": set(),
        "department_leader": {signing},
    }
    for role, dossiers in expected.items():
        found = await world.ask(reads.find_cases, world.staff(role), Question("mine"), now)
        assert {row.case.dossier_id for row in found.rows} == dossiers, role


async def test_due_today_this_week_and_overdue_are_told_apart(world: Any) -> None:
    await world.file("2025-02-24 09:30")  # check due Monday 2025-03-03
    await world.file("2025-02-26 09:00")  # due Wednesday 2025-03-05
    await world.file("2025-03-03 09:00")  # due Monday 2025-03-10
    staff = world.staff("one_stop_officer")
    for day, today, week, overdue in (("03-03", 1, 2, 0), ("03-04", 0, 1, 1), ("03-05", 1, 1, 1), ("03-10", 1, 1, 2)):
        counts = await world.ask(reads.count, staff, await world.at(f"2025-{day} 08:00"))
        assert (counts["today"], counts["week"], counts["overdue"]) == (today, week, overdue), day
