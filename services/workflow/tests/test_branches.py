"""A department with a branch: what the branch resolves lies with the branch's people, and with nobody of a division."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from rules.catalogue import load
from workflow import handlers, reads
from workflow.domain.access import Staff
from workflow.domain.errors import DecisionIncomplete, NoSuchCase
from workflow.domain.status import Outcome
from workflow.domain.steps import Decision
from workflow.reads import Question

pytestmark = pytest.mark.db
BRANCH = "metrology"
GRANT = Decision(outcome=Outcome.GRANTED, conclusion="Đủ điều kiện theo hồ sơ đã nộp.")


def of_branch(role: str, id: str) -> Staff:
    return Staff(id, "Người của chi cục", frozenset({role}), "demo-dost", BRANCH)


HEAD, OFFICER = of_branch("division_head", "p-branch-head"), of_branch("case_officer", "p-branch-officer")


async def accepted_for_branch(world: Any) -> UUID:
    """A dossier received at the desk that the branch resolves."""
    at = await world.at("2025-03-03 08:30")
    event = (await world.submitted(at)).model_copy(update={"resolving_unit": BRANCH})
    await world.hear(event)
    await world.valid(event.dossier_id)
    await world.pay(event.dossier_id, "2025-03-13 09:00")
    return event.dossier_id  # type: ignore[no-any-return]


async def mine(world: Any, staff: Staff) -> list[UUID]:
    found = await world.do(reads.find_cases, staff, Question("mine"))
    return [row.case.dossier_id for row in found.rows]


def test_the_office_says_which_unit_resolves_what() -> None:
    office = load().office("demo-dost")
    metrology = [one for one in load().procedures if one.field_id == "standards-metrology-quality"]
    assert metrology
    for one in load().procedures:
        on = one.effective_from
        assert (office.resolving_unit(one, on) == BRANCH) == (one in metrology)


@pytest.mark.proves("D03")
async def test_a_dossier_received_at_the_desk_lies_with_the_branch_that_resolves_it(world: Any) -> None:
    dossier = await accepted_for_branch(world)
    case = await world.case(dossier)
    assert (case.receiving_unit, case.unit, case.role) == ("one-stop", BRANCH, "division_head")
    assert case.units == ("one-stop", BRANCH)
    assert await mine(world, HEAD) == [dossier]
    assert await mine(world, world.staff("division_head")) == []


async def test_a_branch_goes_its_road_with_its_own_people(world: Any) -> None:
    dossier = await accepted_for_branch(world)
    other = await world.accepted()
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=HEAD, seen_version=None)
    assert await mine(world, OFFICER) == [dossier]
    assert await mine(world, world.staff("case_officer")) == []
    await world.do(handlers.finish_step, dossier, "appraise", GRANT, staff=OFFICER, seen_version=None)
    assert (await world.case(dossier)).unit == BRANCH
    await world.do(handlers.finish_step, dossier, "review", Decision(), staff=HEAD, seen_version=None)
    leader = world.staff("department_leader")
    assert await mine(world, leader) == [dossier]
    await world.do(handlers.send_back, dossier, "Xem lại.", staff=leader, seen_version=None)
    assert await mine(world, HEAD) == [dossier]
    assert await mine(world, world.staff("division_head")) == [other]


async def test_neither_side_sees_or_touches_the_others_cases(world: Any) -> None:
    of_the_branch, of_the_division = await accepted_for_branch(world), await world.accepted()
    head = world.staff("division_head")
    for dossier, stranger in ((of_the_branch, head), (of_the_division, HEAD), (of_the_division, OFFICER)):
        with pytest.raises(NoSuchCase):
            await world.ask(reads.see_case, stranger, dossier)
        with pytest.raises(NoSuchCase):
            await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=stranger, seen_version=None)
        with pytest.raises(NoSuchCase):
            await world.do(handlers.reassign, dossier, None, None, "x", staff=stranger, seen_version=None)
    desk = world.staff("one_stop_officer")
    for dossier in (of_the_branch, of_the_division):
        assert (await world.ask(reads.see_case, desk, dossier)).dossier_id == dossier


@pytest.mark.proves("D10")
async def test_a_leader_moves_a_case_to_the_branch_and_it_stays_there(world: Any) -> None:
    dossier = await world.accepted()
    await world.at("2025-03-14 09:00")
    leader = world.staff("department_leader")
    await world.ask(handlers.note_staff, HEAD)
    await world.do(handlers.reassign, dossier, HEAD.id, BRANCH, "Thuộc chi cục", staff=leader, seen_version=None)
    case = await world.case(dossier)
    assert (case.unit, case.holder_id, case.resolving_unit) == (BRANCH, HEAD.id, "radiation")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=HEAD, seen_version=None)
    await world.do(handlers.finish_step, dossier, "appraise", GRANT, staff=OFFICER, seen_version=None)
    case = await world.case(dossier)
    assert (case.unit, case.role) == (BRANCH, "division_head")
    with pytest.raises(DecisionIncomplete):
        await world.do(handlers.reassign, dossier, None, "clerical", "x", staff=HEAD, seen_version=None)


async def test_by_http_a_stranger_is_told_that_there_is_no_such_case(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await accepted_for_branch(world)
    for path in (f"/api/workflow/v1/cases/{dossier}", f"/api/workflow/v1/cases/{dossier}/letters"):
        answer = await client.get(path, headers=world.bearer("case_officer"))
        assert answer.status_code == 404
