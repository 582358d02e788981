"""Letters of apology with the one new date, and results found wrong with their further results."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from kit.now import read_now
from kit.testing.databases import set_clock
from workflow import handlers, store
from workflow.domain.apology import Apology, Wanted, window
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, NoSuchCase, NotAllowedNow, NotYours, WorkflowError, WrongBytes
from workflow.domain.law import calendar_of
from workflow.domain.status import Status
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
REASON = "Hội đồng thẩm định phải họp lại."


async def in_process(world: Any) -> Any:
    """A case with the case officer."""
    dossier = await world.accepted()
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    return dossier


async def draft(
    world: Any, dossier: Any, new_due_on: date | None, *, reason: str = REASON, unit: str = "radiation", by: str = ""
) -> Any:
    staff = world.staff(by or "case_officer")
    wanted = Wanted(reason, unit, new_due_on)
    return await world.do(handlers.draft_apology, dossier, wanted, staff=staff, seen_version=None)


async def approve(world: Any, dossier: Any) -> Any:
    leader = world.staff("department_leader")
    return await world.do(handlers.apologise, dossier, staff=leader, seen_version=None)


def fields(refused: Any) -> list[str]:
    return [field for field, _ in refused.value.field_errors]


async def later_working_day(world: Any, dossier: Any) -> date:
    case: Case = await world.case(dossier)
    assert case.due_at is not None
    return calendar_of(case).add_working_days(case.due_at.date(), 3)


@pytest.mark.proves("D17", "R06", "R07")
async def test_an_apology_with_a_new_date_moves_the_due_and_keeps_the_first(world: Any) -> None:
    dossier = await in_process(world)
    before = await world.case(dossier)
    on = await later_working_day(world, dossier)
    await draft(world, dossier, on)
    waiting = await world.case(dossier)
    assert (waiting.apology_drafted_at is not None, waiting.due_at) == (True, before.due_at)
    assert await world.said("DossierReappointed") == []
    await approve(world, dossier)
    case = await world.case(dossier)
    assert case.due_at.date() == on
    assert case.due_at.timetz() == before.due_at.timetz()
    assert (case.deadline_at, case.first_due_at, case.status) == (case.due_at, before.first_due_at, 4)
    assert case.late_from.date() == on + timedelta(days=1)
    assert (case.apology_drafted_at, case.reappointed_at is not None) == (None, True)
    said = (await world.said("DossierReappointed"))[-1]
    assert (said.previous_due_at, said.due_at, said.first_due_at) == (before.due_at, case.due_at, before.first_due_at)
    assert [one.kind for one in await world.ask(store.ledger, dossier)][-1] == "re_appointed"
    assert await world.said("ApologySent") == []


@pytest.mark.proves("R07", "D17")
async def test_a_second_apology_gives_no_new_date(world: Any) -> None:
    dossier = await in_process(world)
    on = await later_working_day(world, dossier)
    await draft(world, dossier, on)
    await approve(world, dossier)
    due_at = (await world.case(dossier)).due_at
    with pytest.raises(DecisionIncomplete) as refused:
        await draft(world, dossier, on + timedelta(days=30))
    assert fields(refused) == ["new_due_on"]
    await draft(world, dossier, None)
    await approve(world, dossier)
    case = await world.case(dossier)
    assert case.due_at == due_at
    assert (await world.said("ApologySent"))[-1].due_at == due_at
    assert len(await world.said("DossierReappointed")) == 1


@pytest.mark.proves("R07")
async def test_on_the_due_date_a_letter_may_still_go_but_no_new_date(world: Any) -> None:
    dossier = await in_process(world)
    on = await later_working_day(world, dossier)
    case = await world.case(dossier)
    await draft(world, dossier, on)
    await set_clock(world.database, case.due_at)
    await approve(world, dossier)
    after = await world.case(dossier)
    assert (after.due_at, after.reappointed_at) == (case.due_at, None)
    assert len(await world.said("ApologySent")) == 1
    with pytest.raises(DecisionIncomplete) as refused:
        await draft(world, dossier, on)
    assert fields(refused) == ["new_due_on"]


@pytest.mark.proves("R07")
async def test_the_day_before_the_due_date_is_the_last_for_a_new_date(world: Any) -> None:
    dossier = await in_process(world)
    case = await world.case(dossier)
    assert window(case).last_on == case.due_at.date() - timedelta(days=1)
    await set_clock(world.database, (case.due_at - timedelta(days=1)).replace(hour=23, minute=50))
    await draft(world, dossier, await later_working_day(world, dossier))
    await approve(world, dossier)
    assert (await world.case(dossier)).reappointed_at is not None


@pytest.mark.parametrize(
    ("days", "reason", "unit", "wrong"),
    [
        (3, " ", "radiation", ["reason_vi"]),
        (3, "x" * 5001, "radiation", ["reason_vi"]),
        (3, REASON, "nowhere", ["unit_at_fault"]),
        (0, REASON, "radiation", ["new_due_on"]),
        (-1, REASON, "radiation", ["new_due_on"]),
        (None, "", "", ["reason_vi", "unit_at_fault"]),
    ],
)
async def test_a_letter_needs_its_reason_the_unit_at_fault_and_a_later_working_day(
    world: Any, days: int | None, reason: str, unit: str, wrong: list[str]
) -> None:
    dossier = await in_process(world)
    case = await world.case(dossier)
    on = case.due_at.date() + timedelta(days=days) if days is not None else None
    with pytest.raises(DecisionIncomplete) as refused:
        await draft(world, dossier, on, reason=reason, unit=unit)
    assert fields(refused) == wrong


@pytest.mark.parametrize("on", [date(2025, 4, 30), date(2025, 5, 10), date(2999, 1, 1)])
async def test_a_holiday_a_weekend_or_a_year_without_a_calendar_is_no_new_date(world: Any, on: date) -> None:
    dossier = await in_process(world)
    with pytest.raises(DecisionIncomplete) as refused:
        await draft(world, dossier, on)
    assert fields(refused) == ["new_due_on"]


async def test_only_a_leader_sends_an_apology_and_only_one_that_was_drafted(world: Any) -> None:
    dossier = await in_process(world)
    with pytest.raises(NotAllowedNow):
        await approve(world, dossier)
    await draft(world, dossier, None, by="division_head")
    await draft(world, dossier, None)
    assert len(await world.ask(store.apologies, dossier)) == 1
    with pytest.raises(NotYours):
        await world.do(handlers.apologise, dossier, staff=world.staff("division_head"), seen_version=None)
    with pytest.raises(NotYours):
        await draft(world, dossier, None, by="department_leader")


@pytest.mark.proves("R07")
async def test_two_leaders_at_once_give_one_new_date(world: Any) -> None:
    dossier = await in_process(world)
    await draft(world, dossier, await later_working_day(world, dossier))
    found = await asyncio.gather(approve(world, dossier), approve(world, dossier), return_exceptions=True)
    assert sorted(isinstance(one, WorkflowError) for one in found) == [False, True]
    assert len(await world.said("DossierReappointed")) == 1


@pytest.mark.proves("D17", "R07")
async def test_the_database_itself_refuses_a_second_new_date(world: Any) -> None:
    dossier = await in_process(world)
    case = await world.case(dossier)
    first = Apology(1, REASON, "radiation", case.due_at, case.due_at + timedelta(days=7), "p", case.accepted_at)
    async with world.database.transaction() as tx:
        await store.put_apology(tx, dossier, first)
        await store.put_apology(tx, dossier, replace(first, number=2))

    async def approve_row(number: int) -> None:
        async with world.database.transaction() as tx:
            await store.approve_apology(tx, dossier, number, "p-leader", await read_now(tx))

    found = await asyncio.gather(approve_row(1), approve_row(2), return_exceptions=True)
    refused = [one for one in found if one]
    assert [type(one) for one in refused] == [IntegrityError]
    assert "apology_new_date_once" in str(refused[0])


@pytest.mark.proves("R06", "D17")
async def test_after_a_new_date_lateness_is_told_against_both_dues(world: Any) -> None:
    dossier = await world.to_issue()
    first = (await world.case(dossier)).due_at
    async with world.database.transaction() as tx:
        case = await store.lock_case(tx, dossier)
        await store.save_case(tx, case.changed(step="approve", role="department_leader"))
        await store.save_case(tx, (await store.lock_case(tx, dossier)).changed(step="issue", role="clerk"))
    on = await later_working_day(world, dossier)
    await draft(world, dossier, on)
    await approve(world, dossier)
    await set_clock(world.database, first + timedelta(days=1))
    await world.do(handlers.issue, dossier, staff=world.staff("clerk"), seen_version=None)
    case = await world.case(dossier)
    assert (case.lateness, case.lateness_first, case.apology_drafted_at) == ("early", "late", None)
    said = (await world.said("DossierFinished"))[-1]
    assert (said.lateness, said.lateness_first, said.first_due_at) == ("early", "late", first)


async def correct(world: Any, dossier: Any, reason: str = "Sai số sê-ri của máy thứ hai.", **said: Any) -> Any:
    officer = world.staff("case_officer")
    conclusion = said.pop("conclusion", "Sử dụng 03 thiết bị, máy thứ hai số SN-002.")
    return await world.do(
        handlers.draw_up_correction, dossier, reason, conclusion, ("Kiểm định hằng năm.",), staff=officer,
        seen_version=None, **said,
    )  # fmt: skip


async def sign(world: Any, dossier: Any, sha256: str | None = None, by: str = "department_leader") -> Any:
    case = await world.case(dossier)
    digest = sha256 or (case.correction.sha256 if case.correction else "0" * 64)
    return await world.do(handlers.sign_correction, dossier, digest, staff=world.staff(by), seen_version=None)


@pytest.mark.proves("R16", "C07")
async def test_a_result_found_wrong_gets_a_further_one_and_keeps_its_status(world: Any) -> None:
    dossier = await world.finished()
    first = await world.case(dossier)
    assert (first.results, [one.code for one in await world.ask(store.results, dossier)]) == (1, [first.result_code])
    await correct(world, dossier)
    drawn = await world.case(dossier)
    assert (drawn.result, drawn.result_code, drawn.conclusion) == (first.result, first.result_code, first.conclusion)
    await sign(world, dossier)
    case = await world.case(dossier)
    assert (case.status, case.results, case.correction) == (Status.FINISHED, 2, None)
    assert case.result_code == first.code + "-KQ2"
    assert (case.result.sha256, case.conclusion) == (drawn.correction.sha256, drawn.correction.conclusion)
    assert (case.lateness, case.finished_at, case.result_number) == (
        first.lateness, first.finished_at, first.result_number,
    )  # fmt: skip
    said = (await world.said("ResultCorrected"))[-1]
    assert (said.result_code, said.replaces, said.result.sha256) == (
        case.result_code,
        first.result_code,
        case.result.sha256,
    )
    second = (await world.ask(store.results, dossier))[1]
    assert (second.number, second.reason_vi, second.kind) == (2, "Sai số sê-ri của máy thứ hai.", "granted")


@pytest.mark.proves("R16", "C07")
async def test_after_it_was_returned_a_result_may_be_corrected_again_and_again(world: Any) -> None:
    dossier = await world.finished()
    await world.collect(dossier, "2025-03-24 09:00")
    for number in (2, 3):
        await correct(world, dossier)
        await sign(world, dossier)
        case = await world.case(dossier)
        assert (case.status, case.result_code[-4:]) == (Status.RETURNED, f"-KQ{number}")
    assert [one.replaces[-4:] for one in await world.said("ResultCorrected")] == ["-KQ1", "-KQ2"]


async def test_a_correction_is_signed_by_a_leader_and_only_as_it_was_drawn_up(world: Any) -> None:
    dossier = await world.finished()
    with pytest.raises(NotAllowedNow):
        await sign(world, dossier)
    await correct(world, dossier)
    with pytest.raises(WrongBytes):
        await sign(world, dossier, "0" * 64)
    with pytest.raises(NotYours):
        await sign(world, dossier, by="case_officer")
    with pytest.raises((NotYours, NoSuchCase)):
        await world.do(
            handlers.draw_up_correction, dossier, "Sai.", "Nội dung kết luận mới.", (), staff=world.staff("clerk"),
            seen_version=None,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "conclusion", "wrong"),
    [
        ("", "Sử dụng 03 thiết bị.", ["reason_vi"]),
        ("Sai.", "ngắn", ["conclusion"]),
        (" ", "", ["reason_vi", "conclusion"]),
    ],
)
async def test_a_correction_says_what_was_wrong_and_what_is_right(
    world: Any, reason: str, conclusion: str, wrong: list[str]
) -> None:
    dossier = await world.finished()
    with pytest.raises(DecisionIncomplete) as refused:
        await correct(world, dossier, reason, conclusion=conclusion)
    assert fields(refused) == wrong
