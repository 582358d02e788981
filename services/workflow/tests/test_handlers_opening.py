"""A dossier comes in: a case in status 1, the check limit running."""

from typing import Any

import pytest

from contracts.facts import Channel
from contracts.facts import Status as NationalStatus
from kit.now import TIME_ZONE
from rules.catalogue import load
from workflow import handlers, reads, store
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Status, Verdict

pytestmark = pytest.mark.db


async def test_a_filed_dossier_becomes_a_case_in_the_officers_queue(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    case = await world.case(dossier)
    assert (case.status, case.role, case.unit) == (Status.SUBMITTED, "one_stop_officer", case.receiving_unit)
    assert case.applicant_name == "Bệnh viện Đa khoa Mẫu"
    (said,) = await world.said()
    assert (type(said).__name__, said.status, said.round) == ("CheckStarted", NationalStatus.SUBMITTED, 0)
    assert f"{said.due_at.astimezone(TIME_ZONE):%Y-%m-%d %H:%M}" == "2025-03-10 08:30"  # five working days


async def test_a_dossier_filed_at_night_is_checked_from_the_next_opening(world: Any) -> None:
    dossier = await world.file("2025-03-08 21:00")  # a Saturday
    case = await world.case(dossier)
    assert f"{case.check_started_at:%Y-%m-%d %H:%M}" == "2025-03-10 07:30"


async def test_the_same_event_twice_is_one_case(world: Any) -> None:
    event = await world.submitted(await world.at("2025-03-03 08:30"))
    await world.hear(event)
    world._said[(event.topic(), event.subject)] -= 1
    await world.hear(event)
    assert len(await world.said()) == 1
    assert await world.parked() == []


async def test_a_dossier_of_an_unknown_procedure_is_parked_with_its_reason(world: Any) -> None:
    event = await world.submitted(await world.at("2025-03-03 08:30"))
    await world.hear(event.model_copy(update={"procedure_id": "no-such-procedure"}))
    assert await world.parked() == ["UnknownProcedure: no such procedure: no-such-procedure, version 1"]
    assert await world.said() == []


@pytest.mark.proves("L07", "R18")
async def test_no_event_carries_a_name(world: Any) -> None:
    await world.file()
    (said,) = await world.said()
    assert "Mẫu" not in said.model_dump_json()
    assert "Khôi" not in said.model_dump_json()


@pytest.mark.proves("R14")
async def test_a_dossier_for_whose_check_no_act_gives_a_limit_is_checked_without_a_clock(world: Any) -> None:
    unpublished = next(one for one in load().procedures if one.check_limit is None)
    event = await world.submitted(await world.at("2025-09-08 08:30"))  # the general limit for post is of 2026
    more = {"procedure_id": unpublished.id, "procedure_version": unpublished.version}
    other = {**more, "channel": Channel.POSTAL}
    await world.hear(event.model_copy(update=other))
    assert await world.parked() == []
    case = await world.case(event.dossier_id)
    assert (case.status, case.role) == (Status.SUBMITTED, "one_stop_officer")
    assert (case.check_due_at, case.deadline_at, case.late_from) == (None, None, None)
    (said,) = await world.said("CheckStarted")
    assert said.due_at is None
    assert await world.ask(store.ledger, event.dossier_id) == []
    officer = world.staff("one_stop_officer")
    view = await world.ask(reads.find_case_view, officer, event.dossier_id, await world.at("2025-09-09 08:30"))
    assert (view.clock.due_at, view.clock.days, view.row.is_stopped) == (None, [], True)


@pytest.mark.proves("D09", "R09")
async def test_a_supplement_request_says_until_when_it_may_be_answered_where_an_act_does(world: Any) -> None:
    limited = next(one for one in load().procedures if one.supplement.answer_within and one.check_limit)
    at = await world.at("2026-06-01 08:30")
    event = await world.submitted(at)
    await world.hear(event.model_copy(update={"procedure_id": limited.id, "procedure_version": limited.version}))
    officer = world.staff("one_stop_officer")
    items = [CheckItem(one.code, Verdict.LACKING, "Chưa có giấy tờ này.") for one in limited.components]
    more = {"items": items, "staff": officer, "seen_version": None}
    case = await world.do(handlers.request_supplement, event.dossier_id, **more)
    assert case.answer_by is not None
    assert case.answer_by > at


@pytest.mark.proves("B04")
def test_the_status_numbers_are_those_of_the_contracts() -> None:
    assert {one.name: int(one) for one in Status} == {one.name: int(one) for one in NationalStatus}
