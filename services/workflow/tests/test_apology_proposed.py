"""The draft of an apology that is there before anybody asks for it (R07): filled in, approved, sent."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from kit.now import TIME_ZONE
from kit.testing.pages import read_page
from kit.tx import run_sql
from workflow import handlers, store
from workflow.domain.apology import REASON_TO_FILL, Wanted, window
from workflow.domain.errors import DecisionIncomplete
from workflow.domain.law import calendar_of
from workflow.domain.steps import Decision
from workflow.handlers.crossing import cross_due

pytestmark = pytest.mark.db


async def appraised(world: Any) -> UUID:
    """A case with the case officer."""
    dossier: UUID = await world.accepted("2025-03-13 09:00")
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    return dossier


async def cross(world: Any, at: datetime) -> None:
    await world.at(f"{at:%Y-%m-%d %H:%M}")
    while await cross_due(world.database):
        pass


async def proposals(world: Any, dossier: UUID) -> list[Any]:
    rows = await world.ask(store.apologies, dossier)
    return [one for one in rows if one.approved_at is None]


@pytest.mark.proves("R07", "D17")
async def test_a_draft_lies_ready_two_working_days_before_the_due_date(world: Any) -> None:
    dossier = await appraised(world)
    case = await world.case(dossier)
    draft_at = window(case).draft_at
    assert draft_at.date() == calendar_of(case).add_working_days(case.due_at.date(), -2)
    await cross(world, draft_at.replace(hour=0))
    assert await proposals(world, dossier) == []
    await cross(world, draft_at)
    (letter,) = await proposals(world, dossier)
    assert REASON_TO_FILL in letter.reason_vi
    assert (letter.drafted_by, letter.unit_at_fault) == ("", "radiation")
    assert letter.new_due_at > case.due_at
    case = await world.case(dossier)
    assert (case.apology_proposed_at is not None, case.apology_drafted_at) == (True, None)
    assert (await world.ask(store.last_change, dossier)).what_vi.startswith("Hệ thống lập sẵn thư xin lỗi")
    await cross(world, draft_at)
    assert len(await proposals(world, dossier)) == 1


@pytest.mark.proves("R07", "D17")
async def test_the_officer_says_why_the_leader_approves_and_it_is_sent(world: Any) -> None:
    dossier = await appraised(world)
    await cross(world, window(await world.case(dossier)).draft_at)
    (letter,) = await proposals(world, dossier)
    on: date = letter.new_due_at.astimezone(TIME_ZONE).date()
    officer = {"staff": world.staff("case_officer"), "seen_version": None}
    with pytest.raises(DecisionIncomplete) as refused:
        await world.do(handlers.draft_apology, dossier, Wanted(letter.reason_vi, "radiation", on), **officer)
    assert [field for field, _ in refused.value.field_errors] == ["reason_vi"]
    reason = letter.reason_vi.replace(REASON_TO_FILL, "Hội đồng thẩm định phải họp lại.")
    await world.do(handlers.draft_apology, dossier, Wanted(reason, "radiation", on), **officer)
    case = await world.case(dossier)
    assert (case.apology_proposed_at, case.apology_drafted_at is not None) == (None, True)
    leader = world.staff("department_leader")
    await world.do(handlers.apologise, dossier, staff=leader, seen_version=None)
    (said,) = await world.said("DossierReappointed")
    assert said.due_at.astimezone(TIME_ZONE).date() == on
    assert await proposals(world, dossier) == []
    await cross(world, said.due_at)
    assert await proposals(world, dossier) == []  # one new date only


@pytest.mark.proves("R07")
async def test_a_draft_that_comes_late_promises_no_date_that_may_not_be_given(world: Any) -> None:
    dossier = await appraised(world)
    await cross(world, (await world.case(dossier)).due_at)
    (letter,) = await proposals(world, dossier)
    assert letter.new_due_at is None


async def test_nobody_is_given_a_draft_who_has_one_or_sent_one(world: Any) -> None:
    dossier = await appraised(world)
    case = await world.case(dossier)
    officer = {"staff": world.staff("case_officer"), "seen_version": None}
    await world.do(handlers.draft_apology, dossier, Wanted("Hội đồng phải họp lại.", "radiation", None), **officer)
    leader = world.staff("department_leader")
    await world.do(handlers.apologise, dossier, staff=leader, seen_version=None)
    await cross(world, window(case).draft_at)
    assert await proposals(world, dossier) == []
    assert (await world.case(dossier)).apology_proposed_at is None


@pytest.mark.proves("R07")
async def test_on_the_last_day_for_a_new_date_the_history_says_so(world: Any) -> None:
    dossier = await appraised(world)
    last_on = window(await world.case(dossier)).last_on
    await cross(world, window(await world.case(dossier)).draft_at)
    async with world.database.transaction() as tx:
        query = "select fire_at from timer where kind = 'apology_last_day'"
        remind_at = (await run_sql(tx, query)).scalar_one()
    assert remind_at.astimezone(TIME_ZONE).date() <= last_on
    await cross(world, remind_at.astimezone(window(await world.case(dossier)).draft_at.tzinfo))
    assert (await world.ask(store.last_change, dossier)).what_vi == (
        f"Nhắc: {last_on:%d/%m/%Y} là ngày cuối còn được hẹn lại (R07)"
    )


@pytest.mark.proves("R07")
async def test_page_and_api_tell_a_draft_of_the_system_from_one_of_the_division(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier = await appraised(world)
    await cross(world, window(await world.case(dossier)).draft_at)
    page = read_page((await client.get(f"/officer/cases/{dossier}", headers=world.browser("case_officer"))).text)
    assert "Hệ thống lập sẵn, chờ ghi nguyên nhân" in page.text
    answer = await client.get(f"/api/workflow/v1/cases/{dossier}/letters", headers=world.bearer("case_officer"))
    assert [one["is_proposal"] for one in answer.json()["apologies"]] == [True]
