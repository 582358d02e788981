"""A case in process: sent back, supplemented after acceptance, other agencies asked, given to others, refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from kit.testing.databases import set_clock
from rules.calendar import to_minute
from rules.catalogue import load
from workflow import handlers, store
from workflow.domain import clock
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import DecisionIncomplete, NotAllowedNow, NotYours, RequestIncomplete, WorkflowError
from workflow.domain.law import calendar_of
from workflow.domain.status import Outcome, Status, Verdict
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phần ứng phó khi mất điện.")
GRANT = Decision(outcome=Outcome.GRANTED, conclusion="Sử dụng 03 thiết bị X-quang chẩn đoán.")


async def finish(world: Any, dossier: Any, step: str, role: str, decision: Decision, id: str | None = None) -> Any:
    staff = world.staff(role, id)
    return await world.do(handlers.finish_step, dossier, step, decision, staff=staff, seen_version=None)


async def appraising(world: Any) -> Any:
    """A case with the case officer."""
    dossier = await world.accepted()
    await finish(world, dossier, "assign", "division_head", Decision())
    return dossier


async def runs(world: Any, dossier: Any) -> list[Any]:
    found = await world.ask(store.step_runs, dossier)
    return list(found)


def fields(refused: Any) -> list[str]:
    return [field for field, _ in refused.value.field_errors]


@pytest.mark.proves("D14", "R12", "B10")
async def test_a_case_sent_back_goes_to_who_did_the_step_with_what_is_left_of_its_budget(world: Any) -> None:
    dossier = await appraising(world)
    await world.at("2025-03-14 09:00")
    await finish(world, dossier, "appraise", "case_officer", GRANT, "p-second")
    before = await world.case(dossier)
    await world.at("2025-03-14 10:01")
    head = world.staff("division_head")
    await world.do(handlers.send_back, dossier, "Bổ sung căn cứ.", staff=head, seen_version=None)
    case = await world.case(dossier)
    assert (case.step, case.role, case.holder_id, case.status) == ("appraise", "case_officer", "p-second", 4)
    assert (case.due_at, case.first_due_at) == (before.due_at, before.first_due_at)
    first, again = [run for run in await runs(world, dossier) if run.step == "appraise"]
    assert again.planned_minutes == first.planned_minutes - first.used_minutes
    calendar = calendar_of(case)
    assert again.due_at == calendar.add_working_minutes(to_minute(again.started_at), again.planned_minutes)
    said = (await world.said("StepFinished"))[-1]
    assert (said.step, said.sent_back_to) == ("review", "appraise")
    assert 60 <= said.used_working_minutes <= 61, "an hour, and however long the handlers took"


@pytest.mark.proves("R12")
async def test_a_budget_that_is_used_up_leaves_nothing_and_never_less(world: Any) -> None:
    dossier = await appraising(world)
    await world.at("2025-04-10 09:00")
    await finish(world, dossier, "appraise", "case_officer", GRANT)
    await world.do(handlers.send_back, dossier, "Sửa.", staff=world.staff("division_head"), seen_version=None)
    assert (await runs(world, dossier))[-1].planned_minutes == 0


@pytest.mark.proves("D14")
async def test_a_result_drawn_up_is_discarded_when_the_leader_sends_back_and_drawn_up_anew(world: Any) -> None:
    dossier = await world.to_sign()
    before = await world.case(dossier)
    leader = world.staff("department_leader")
    await world.do(handlers.send_back, dossier, "Sửa tên thiết bị.", staff=leader, seen_version=None)
    case = await world.case(dossier)
    assert (case.step, case.result, case.result_code) == ("review", None, None)
    await finish(world, dossier, "review", "division_head", Decision())
    case = await world.case(dossier)
    assert (case.result_code, case.result_number) == (before.result_code, before.result_number)
    await world.do(handlers.sign_off, dossier, case.result.sha256, staff=leader, seen_version=None)


async def test_sending_back_says_why_and_only_where_the_step_names_one_before_it(world: Any) -> None:
    dossier = await appraising(world)
    officer, head = world.staff("case_officer"), world.staff("division_head")
    with pytest.raises(NotAllowedNow):
        await world.do(handlers.send_back, dossier, "Trả lại.", staff=officer, seen_version=None)
    await finish(world, dossier, "appraise", "case_officer", GRANT)
    with pytest.raises(NotYours):
        await world.do(handlers.send_back, dossier, "Trả lại.", staff=officer, seen_version=None)
    with pytest.raises(DecisionIncomplete) as refused:
        await world.do(handlers.send_back, dossier, "  ", staff=head, seen_version=None)
    assert fields(refused) == ["note"]


async def ask_later(world: Any, dossier: Any, role: str = "case_officer", id: str | None = None) -> Any:
    staff = world.staff(role, id)
    return await world.do(handlers.request_later_supplement, dossier, [LACKING], staff=staff, seen_version=None)


@pytest.mark.proves("D08", "R08")
async def test_a_supplement_after_acceptance_stops_the_clock_and_its_answer_starts_the_whole_limit_anew(
    world: Any,
) -> None:
    dossier = await appraising(world)
    before = await world.case(dossier)
    await world.at("2025-03-14 09:00")
    await ask_later(world, dossier, id="p-second")
    case = await world.case(dossier)
    assert (case.status, case.deadline_at, case.late_from, case.role, case.round) == (5, None, None, None, 1)
    assert [run.finished_at is None for run in await runs(world, dossier)] == [False, False]
    await world.supplement(dossier, "2025-03-24 14:00", {"emergency-plan": 1})
    case = await world.case(dossier)
    assert (case.status, case.step, case.role, case.holder_id) == (4, "appraise", "case_officer", "p-second")
    assert f"{case.started_at:%m-%d %H:%M}" == "03-24 14:00"
    assert case.due_at == case.deadline_at == clock.main_due(case, case.started_at).at
    assert case.first_due_at == before.due_at < case.due_at
    ledger = [one.kind for one in await world.ask(store.ledger, dossier)]
    assert ledger == ["check_started", "started", "paused", "restarted"]
    said = (await world.said("ClockRestarted"))[-1]
    assert (said.round, said.due_at, said.first_due_at) == (1, case.due_at, case.first_due_at)
    again = (await runs(world, dossier))[-1]
    share = next(one for one in clock.plan_of(case) if one.step.id == "appraise")
    assert again.planned_minutes == share.working_minutes
    assert again.due_at == calendar_of(case).add_working_minutes(case.started_at, share.working_minutes)
    assert "R08" in case.readings
    assert await world.parked() == []


@pytest.mark.proves("R08")
async def test_a_further_round_after_acceptance_is_the_leaders(world: Any) -> None:
    dossier = await appraising(world)
    await ask_later(world, dossier)
    await world.supplement(dossier, "2025-03-24 14:00", {"emergency-plan": 1})
    with pytest.raises(NotYours):
        await ask_later(world, dossier)
    officer = world.staff("case_officer")
    await world.do(handlers.judge_components, dossier, [LACKING], staff=officer, seen_version=None)
    leader = world.staff("department_leader")
    await world.do(handlers.request_later_supplement, dossier, staff=leader, seen_version=None)
    case = await world.case(dossier)
    assert (case.status, case.round, case.holder_id) == (5, 2, "p-case_officer")


async def test_a_later_request_names_what_lacks_and_belongs_to_the_appraisal(world: Any) -> None:
    dossier = await world.accepted()
    with pytest.raises(NotAllowedNow):
        await ask_later(world, dossier, "division_head")
    await finish(world, dossier, "assign", "division_head", Decision())
    officer = world.staff("case_officer")
    with pytest.raises(RequestIncomplete):
        await world.do(handlers.request_later_supplement, dossier, staff=officer, seen_version=None)


@pytest.mark.proves("R06")
async def test_lateness_is_judged_against_the_present_due_and_against_the_first(world: Any) -> None:
    dossier = await appraising(world)
    await ask_later(world, dossier)
    await world.supplement(dossier, "2025-03-24 14:00", {"emergency-plan": 1})
    first_due_at = (await world.case(dossier)).first_due_at
    await set_clock(world.database, first_due_at + timedelta(days=1))
    await finish(world, dossier, "appraise", "case_officer", GRANT)
    await finish(world, dossier, "review", "division_head", Decision())
    case = await world.case(dossier)
    leader = world.staff("department_leader")
    await world.do(handlers.sign_off, dossier, case.result.sha256, staff=leader, seen_version=None)
    await world.do(handlers.issue, dossier, staff=world.staff("clerk"), seen_version=None)
    case = await world.case(dossier)
    assert case.finished_at.date() > first_due_at.date()
    assert (case.lateness, case.lateness_first) == ("early", "late")


async def ask(world: Any, dossier: Any, agency: str = "Sở Y tế", answer_by: date | None = date(2025, 3, 20)) -> Any:
    officer = world.staff("case_officer")
    question = "Đề nghị cho ý kiến về địa điểm đặt máy."
    return await world.do(handlers.ask_opinion, dossier, agency, question, answer_by, staff=officer, seen_version=None)


async def record(world: Any, dossier: Any, number: int, on: date | None, answer: str) -> Any:
    officer = world.staff("case_officer")
    return await world.do(handlers.record_opinion, dossier, number, on, answer, staff=officer, seen_version=None)


@pytest.mark.proves("D12")
async def test_another_agency_is_asked_while_the_limit_runs_on(world: Any) -> None:
    dossier = await appraising(world)
    before = await world.case(dossier)
    await ask(world, dossier)
    await ask(world, dossier, "Công an tỉnh")
    case = await world.case(dossier)
    assert (case.status, case.due_at, case.deadline_at, case.open_opinions) == (4, before.due_at, before.deadline_at, 2)
    first, second = await world.ask(store.opinions, dossier)
    assert (first.number, second.number, second.agency_vi) == (1, 2, "Công an tỉnh")
    assert (first.is_overdue(date(2025, 3, 20)), first.is_overdue(date(2025, 3, 21))) == (False, True)
    await world.at("2025-03-18 09:00")
    await record(world, dossier, 2, date(2025, 3, 17), "Không có ý kiến khác.")
    case = await world.case(dossier)
    assert case.open_opinions == 1
    assert [one.answered_on for one in await world.ask(store.opinions, dossier)] == [None, date(2025, 3, 17)]
    asked, received = await world.said("OpinionAsked"), await world.said("OpinionReceived")
    assert [one.number for one in asked] == [1, 2]
    assert [(one.number, one.answered_on) for one in received] == [(2, date(2025, 3, 17))]
    with pytest.raises(DecisionIncomplete) as refused:
        await record(world, dossier, 2, date(2025, 3, 18), "Lần nữa.")
    assert fields(refused) == ["number"]


@pytest.mark.parametrize(
    ("agency", "answer_by", "wrong"),
    [
        ("", date(2025, 3, 20), "agency_vi"),
        ("Sở Y tế", None, "answer_by"),
        ("Sở Y tế", date(2025, 3, 13), "answer_by"),
        ("Sở Y tế", date(2025, 3, 22), "answer_by"),
        ("Sở Y tế", date(2025, 4, 30), "answer_by"),
        ("Sở Y tế", date(2999, 1, 1), "answer_by"),
    ],
)
async def test_a_question_needs_an_agency_and_a_working_day_to_come(
    world: Any, agency: str, answer_by: date | None, wrong: str
) -> None:
    dossier = await appraising(world)
    with pytest.raises(DecisionIncomplete) as refused:
        await ask(world, dossier, agency, answer_by)
    assert fields(refused) == [wrong]


@pytest.mark.parametrize(
    ("on", "answer", "wrong"),
    [
        (None, "Đồng ý.", "answered_on"),
        (date(2025, 3, 12), "Đồng ý.", "answered_on"),
        (date(2025, 3, 14), "Đồng ý.", "answered_on"),
        (date(2025, 3, 13), " ", "answer"),
    ],
)
async def test_an_answer_has_words_and_a_date_between_the_question_and_today(
    world: Any, on: date | None, answer: str, wrong: str
) -> None:
    dossier = await appraising(world)
    await ask(world, dossier)
    with pytest.raises(DecisionIncomplete) as refused:
        await record(world, dossier, 1, on, answer)
    assert fields(refused) == [wrong]


async def test_an_answer_without_a_question_is_not_possible(world: Any) -> None:
    dossier = await appraising(world)
    with pytest.raises(NotAllowedNow):
        await record(world, dossier, 1, date(2025, 3, 13), "Đồng ý.")


async def known(world: Any, role: str, id: str) -> None:
    await world.ask(handlers.note_staff, world.staff(role, id))


async def give(
    world: Any,
    dossier: Any,
    to: str | None,
    *,
    by: str = "division_head",
    unit: str | None = None,
    reason: str = "Vắng",
) -> Any:
    staff = world.staff(by)
    return await world.do(handlers.reassign, dossier, to, unit, reason, staff=staff, seen_version=None)


@pytest.mark.proves("D10")
async def test_the_head_gives_a_case_to_another_officer_of_the_unit(world: Any) -> None:
    dossier = await appraising(world)
    await known(world, "case_officer", "p-second")
    await give(world, dossier, "p-second")
    case = await world.case(dossier)
    assert case.holder_id == "p-second"
    said = (await world.said("CaseReassigned"))[-1]
    assert (said.unit, said.assignee.staff_id) == (case.unit, "p-second")
    with pytest.raises(NotYours):
        await finish(world, dossier, "appraise", "case_officer", GRANT)
    await give(world, dossier, None)
    assert (await world.case(dossier)).holder_id is None


async def test_a_leader_gives_the_check_to_another_one_stop_officer(world: Any) -> None:
    dossier = await world.file()
    await known(world, "one_stop_officer", "p-desk-2")
    with pytest.raises((NotYours, WorkflowError)):
        await give(world, dossier, "p-desk-2")
    await give(world, dossier, "p-desk-2", by="department_leader")
    case = await world.case(dossier)
    assert (case.status, case.holder_id) == (Status.SUBMITTED, "p-desk-2")


@pytest.mark.parametrize(
    ("to", "unit", "reason", "wrong"),
    [
        ("p-second", None, " ", ["reason"]),
        ("p-clerk", None, "Vắng", ["assignee_id"]),
        ("p-nobody", None, "Vắng", ["assignee_id"]),
        (None, "clerical", "Vắng", ["unit"]),
        (None, "nowhere", "", ["reason", "unit"]),
        (None, None, "Vắng", ["assignee_id"]),
    ],
)
async def test_who_gets_a_case_must_be_of_its_place_and_the_reason_is_said(
    world: Any, to: str | None, unit: str | None, reason: str, wrong: list[str]
) -> None:
    dossier = await appraising(world)
    await known(world, "case_officer", "p-second")
    await known(world, "clerk", "p-clerk")
    with pytest.raises(DecisionIncomplete) as refused:
        await give(world, dossier, to, unit=unit, reason=reason)
    assert fields(refused) == wrong


@pytest.mark.proves("D10", "A08")
async def test_an_absent_officers_whole_list_goes_to_another_with_an_outcome_for_each(world: Any) -> None:
    dossiers = [await appraising(world) for _ in range(3)]
    for id in ("p-absent", "p-second"):
        await known(world, "case_officer", id)
    for dossier in dossiers:
        await give(world, dossier, "p-absent")
    await ask_later(world, dossiers[1], id="p-absent")
    head = world.staff("division_head")
    found = await world.do(handlers.reassign_all, "p-absent", "p-second", "Nghỉ ốm", staff=head)
    assert {one.dossier_id: one.refused is None for one in found} == {
        dossiers[0]: True, dossiers[1]: False, dossiers[2]: True,
    }  # fmt: skip
    assert [(await world.case(one)).holder_id for one in dossiers] == ["p-second", "p-absent", "p-second"]
    for wrong_from, wrong_to, reason, wrong in (
        ("", None, "a", "from_id"),
        ("x", "x", "a", "to_id"),
        ("x", None, "", "reason"),
    ):
        with pytest.raises(DecisionIncomplete) as refused:
            await world.do(handlers.reassign_all, wrong_from, wrong_to, reason, staff=head)
        assert fields(refused) == [wrong]


@pytest.mark.proves("D15")
async def test_a_refusal_on_substance_is_a_result_without_a_licence_number(world: Any) -> None:
    dossier = await world.to_sign(Outcome.REFUSED)
    case = await world.case(dossier)
    assert case.result_number is None
    leader = world.staff("department_leader")
    await world.do(handlers.sign_off, dossier, case.result.sha256, staff=leader, seen_version=None)
    await world.do(handlers.issue, dossier, staff=world.staff("clerk"), seen_version=None)
    said = (await world.said("DossierFinished"))[-1]
    assert (said.result_kind, int(said.status)) == ("refused", 9)
    await world.collect(dossier, "2025-03-24 09:00")
    assert (await world.case(dossier)).status is Status.RETURNED


async def test_a_granting_that_turns_into_a_refusal_loses_its_licence_number(world: Any) -> None:
    dossier = await world.to_sign()
    assert (await world.case(dossier)).result_number
    leader, head = world.staff("department_leader"), world.staff("division_head")
    await world.do(handlers.send_back, dossier, "Xem lại.", staff=leader, seen_version=None)
    await world.do(handlers.send_back, dossier, "Xem lại.", staff=head, seen_version=None)
    refuse = Decision(outcome=Outcome.REFUSED, conclusion="Thiết bị không đạt kiểm định.")
    await finish(world, dossier, "appraise", "case_officer", refuse)
    await finish(world, dossier, "review", "division_head", Decision())
    case = await world.case(dossier)
    assert (case.outcome, case.result_number) == (Outcome.REFUSED, None)


def test_the_demo_calendar_knows_the_dates_these_tests_use() -> None:
    calendar = load().calendar("demo-dost")
    assert calendar.is_working_day(date(2025, 3, 20))
    assert not calendar.is_working_day(date(2025, 4, 30))
