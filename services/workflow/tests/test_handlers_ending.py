"""Every end before a result: refused, withdrawn, stopped, closed; and what is kept for a person to decide."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.facts import ReturnWay
from kit.now import TIME_ZONE
from kit.tx import run_sql
from workflow import handlers, reads, store
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import (
    AlreadyDecided,
    ChangedMeanwhile,
    DecisionIncomplete,
    NoSuchCase,
    NoSuchEvent,
    NotAllowedNow,
    NotYours,
    TooEarly,
)
from workflow.domain.status import Status, Verdict
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phần ứng phó khi mất điện.")
REASON = "Thủ tục này không thuộc thẩm quyền của Sở."
WHERE = "Cục An toàn bức xạ và hạt nhân, số 113 Trần Duy Hưng, Hà Nội."
DECISION = "Đã gọi điện trả lời người nộp, hồ sơ tiếp tục."


async def refuse(world: Any, dossier: Any, reason: str = REASON, **more: Any) -> Any:
    said = {"staff": world.staff("one_stop_officer"), "seen_version": None, **more}
    return await world.do(handlers.refuse, dossier, reason, WHERE, **said)


async def waiting_for_supplement(world: Any) -> Any:
    dossier = await world.file("2025-03-03 08:30")
    await world.at("2025-03-05 10:00")
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, dossier, world.verdicts(LACKING), staff=officer, seen_version=None)
    await world.do(handlers.request_supplement, dossier, staff=officer, seen_version=None)
    return dossier


async def waiting_for_fee(world: Any) -> Any:
    dossier = await world.file()
    await world.valid(dossier)
    return dossier


async def undecided(world: Any) -> list[Any]:
    async with world.database.transaction() as tx:
        query = "select kind, status, reason_vi, id, decided_at from undecided_event order by id"
        return list((await run_sql(tx, query)).all())


async def ledger(world: Any, dossier: Any) -> list[str]:
    return [one.kind for one in await world.ask(store.ledger, dossier)]


async def last_words(world: Any, dossier: Any) -> str:
    return str((await world.ask(store.last_change, dossier)).what_vi)


@pytest.mark.proves("D06")
async def test_a_refusal_at_reception_sends_form_03_and_ends_the_case(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    await world.at("2025-03-04 09:00")
    case = await refuse(world, dossier)
    assert (case.status, case.role, case.deadline_at, case.late_from) == (Status.REFUSED_AT_RECEPTION, None, None, None)
    (said,) = await world.said("DossierRefused")
    assert said.handler.staff_id == "p-one_stop_officer"
    explanation = json.loads(await world.database.objects.get(said.explanation))
    assert explanation == {"reason": REASON, "where_to_go": WHERE}
    assert (await world.database.objects.get(said.slip)).startswith(b"%PDF-")
    assert await ledger(world, dossier) == ["check_started", "stopped"]
    assert await last_words(world, dossier) == "Từ chối tiếp nhận hồ sơ"
    assert REASON not in said.model_dump_json()  # what an officer writes may name somebody


async def test_a_refusal_needs_a_reason_and_leaves_nothing_without_one(world: Any) -> None:
    dossier = await world.file()
    before = await world.case(dossier)
    for reason in ("", "  ngắn  ", "x" * 5001):
        with pytest.raises(DecisionIncomplete) as refused:
            await refuse(world, dossier, reason)
        assert [field for field, _ in refused.value.field_errors] == ["reason"]
    assert await world.case(dossier) == before


async def test_refusing_is_the_one_stop_officers_and_only_before_acceptance(world: Any) -> None:
    dossier = await world.file()
    with pytest.raises(NotYours):
        await refuse(world, dossier, staff=world.staff("department_leader"))
    with pytest.raises(NoSuchCase):
        await refuse(world, dossier, staff=world.staff("case_officer"))
    with pytest.raises(ChangedMeanwhile):
        await refuse(world, dossier, seen_version=99)
    await refuse(world, dossier)
    with pytest.raises(NotAllowedNow):
        await refuse(world, dossier)
    with pytest.raises(NotAllowedNow):
        await refuse(world, await world.accepted())
    assert len(await world.said("DossierRefused")) == 1


@pytest.mark.proves("R09")
async def test_a_withdrawal_ends_a_case_wherever_it_is_before_the_signature(world: Any) -> None:
    made = {
        Status.SUBMITTED: await world.file(),
        Status.WAITING_FOR_SUPPLEMENT: await waiting_for_supplement(world),
        Status.WAITING_FOR_FEE: await waiting_for_fee(world),
        Status.IN_PROCESS: await world.to_sign(),
    }
    for status, dossier in made.items():
        assert (await world.case(dossier)).status is status
        had_a_clock = (await world.case(dossier)).deadline_at is not None
        await world.withdraw(dossier, "2025-03-14 09:00")
        case = await world.case(dossier)
        assert (case.status, case.role, case.step, case.deadline_at) == (Status.WITHDRAWN, None, None, None)
        assert ("stopped" in await ledger(world, dossier)) is had_a_clock
        assert [run for run in await world.ask(store.step_runs, dossier) if run.finished_at is None] == []
        assert await last_words(world, dossier) == "Người nộp rút hồ sơ"
    said = await world.said("DossierWithdrawn")
    assert [one.code is not None for one in said] == [False, False, False, True]
    assert await world.parked() == []
    assert await undecided(world) == []


@pytest.mark.proves("R09")
@pytest.mark.parametrize("when", ["signed", "finished", "returned"])
async def test_a_withdrawal_after_the_signature_is_kept_for_decision(world: Any, when: str) -> None:
    dossier = await (world.to_issue() if when == "signed" else world.finished())
    if when == "returned":
        await world.collect(dossier, "2025-03-22 20:00")
    before = (await world.case(dossier)).status
    await world.withdraw(dossier, "2025-03-24 09:00")
    assert (await world.case(dossier)).status is before
    ((kind, status, reason, *_),) = await undecided(world)
    assert (kind, status) == ("withdrawal_requested", int(before))
    assert "không rút được nữa" in reason
    assert await world.said("DossierWithdrawn") == []
    assert await world.parked() == []


async def test_a_withdrawal_that_comes_again_changes_nothing(world: Any) -> None:
    dossier = await world.file()
    await world.withdraw(dossier, "2025-03-04 09:00")
    await world.withdraw(dossier, "2025-03-04 09:01")
    assert len(await world.said("DossierWithdrawn")) == 1
    assert "Nhận lại yêu cầu rút hồ sơ" in await last_words(world, dossier)
    assert await undecided(world) == []


async def test_the_clock_stops_when_the_applicant_asked_not_when_we_heard(world: Any) -> None:
    dossier = await world.file()
    await world.withdraw(dossier, "2025-03-04 09:00")
    stopped = (await world.ask(store.ledger, dossier))[-1]
    assert (f"{stopped.at:%Y-%m-%d %H:%M}", stopped.basis) == ("2025-03-04 09:00", "R09")


@pytest.mark.proves("D16", "R09")
async def test_a_request_to_stop_is_answered_with_form_05(world: Any) -> None:
    dossier = await world.accepted()
    officer = world.staff("one_stop_officer")
    with pytest.raises(NotAllowedNow) as refused:
        await world.do(handlers.stop, dossier, staff=officer, seen_version=None)
    assert "Không có yêu cầu dừng" in refused.value.facts["sentence_vi"]
    await world.ask_stop(dossier, "2025-03-14 09:00")
    asked = await world.case(dossier)
    assert (asked.status, f"{asked.stop_asked_at:%H:%M}") == (Status.IN_PROCESS, "09:00")
    assert await world.ask(reads.applicants_words, asked) == "Đơn vị tạm ngừng dự án."
    with pytest.raises(NotYours):
        await world.do(handlers.stop, dossier, staff=world.staff("division_head"), seen_version=None)
    await world.at("2025-03-14 10:00")
    case = await world.do(handlers.stop, dossier, staff=officer, seen_version=None)
    assert (case.status, case.ground, case.stop_asked_at, case.deadline_at) == (Status.STOPPED, "requested", None, None)
    (said,) = await world.said("DossierStopped")
    assert (said.ground, said.code, said.due_at) == ("requested", case.code, case.due_at)
    assert (await world.database.objects.get(said.slip)).startswith(b"%PDF-")
    assert (await ledger(world, dossier))[-1] == "stopped"
    assert [run for run in await world.ask(store.step_runs, dossier) if run.finished_at is None] == []


@pytest.mark.proves("D16", "R09")
@pytest.mark.parametrize("when", ["signed", "finished"])
async def test_a_request_to_stop_after_the_signature_is_refused_with_a_reason(world: Any, when: str) -> None:
    dossier = await (world.to_issue() if when == "signed" else world.finished())
    officer = world.staff("one_stop_officer")
    await world.ask_stop(dossier, "2025-03-24 09:00")
    before = await world.case(dossier)
    with pytest.raises(NotAllowedNow):
        await world.do(handlers.stop, dossier, staff=officer, seen_version=None)
    with pytest.raises(DecisionIncomplete):
        await world.do(handlers.refuse_stop, dossier, " ", staff=officer, seen_version=None)
    answer = "Kết quả đã được ký ngày 21/3, mời đơn vị nhận kết quả."
    case = await world.do(handlers.refuse_stop, dossier, answer, staff=officer, seen_version=None)
    assert (case.status, case.stop_asked_at, case.step) == (before.status, None, before.step)
    (said,) = await world.said("StopRefused")
    assert json.loads(await world.database.objects.get(said.explanation)) == {"reason": answer}
    with pytest.raises(NotAllowedNow):
        await world.do(handlers.refuse_stop, dossier, answer, staff=officer, seen_version=None)


async def test_a_stop_is_not_refused_while_it_is_still_possible(world: Any) -> None:
    dossier = await world.accepted()
    await world.ask_stop(dossier, "2025-03-14 09:00")
    staff = world.staff("one_stop_officer")
    with pytest.raises(NotAllowedNow) as refused:
        await world.do(handlers.refuse_stop, dossier, "Không dừng được nữa.", staff=staff, seen_version=None)
    assert "chưa được ký duyệt" in refused.value.facts["sentence_vi"]


async def test_a_stop_asked_for_twice_is_noted_and_before_acceptance_kept_for_decision(world: Any) -> None:
    dossier = await world.accepted()
    await world.ask_stop(dossier, "2025-03-14 09:00")
    await world.ask_stop(dossier, "2025-03-14 09:05", "Lần nữa.")
    assert await world.ask(reads.applicants_words, await world.case(dossier)) == "Đơn vị tạm ngừng dự án."
    for early in (await world.file(), await waiting_for_supplement(world), await waiting_for_fee(world)):
        await world.ask_stop(early, "2025-03-14 10:00")
        assert (await world.case(early)).stop_asked_at is None
    assert [row[:2] for row in await undecided(world)] == [("stop_requested", one) for one in (1, 5, 6)]
    assert "rút hồ sơ chứ không dừng" in (await undecided(world))[0][2]


async def test_a_withdrawal_answers_an_open_request_to_stop(world: Any) -> None:
    dossier = await world.accepted()
    await world.ask_stop(dossier, "2025-03-14 09:00")
    await world.withdraw(dossier, "2025-03-14 09:30", "Rút hẳn.")
    case = await world.case(dossier)
    assert (case.status, case.stop_asked_at) == (Status.WITHDRAWN, None)
    assert await world.ask(reads.applicants_words, case) == "Rút hẳn."


async def set_answer_by(world: Any, dossier: Any, text: str) -> None:
    """The limit an act would give; no procedure of these tests has one."""
    at = datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)
    async with world.database.transaction() as tx:
        await run_sql(tx, "update cases set answer_by = :at where dossier_id = :id", at=at, id=dossier)


@pytest.mark.proves("D09", "R09")
@pytest.mark.parametrize(("waits", "ground"), [("supplement", "not_supplemented"), ("fee", "not_paid")])
async def test_a_case_nobody_answers_is_closed_without_form_05_once_the_limit_has_passed(
    world: Any, waits: str, ground: str
) -> None:
    dossier = await (waiting_for_supplement(world) if waits == "supplement" else waiting_for_fee(world))
    officer = world.staff("one_stop_officer")
    with pytest.raises(NotAllowedNow) as refused:
        await world.do(handlers.close_unanswered, dossier, staff=officer, seen_version=None)
    assert refused.value.lacking == "answer_limit"
    await set_answer_by(world, dossier, "2025-04-04 17:00")
    await world.at("2025-04-04 23:59")
    with pytest.raises(TooEarly):
        await world.do(handlers.close_unanswered, dossier, staff=officer, seen_version=None)
    await world.at("2025-04-05 00:00")
    case = await world.do(handlers.close_unanswered, dossier, staff=officer, seen_version=None)
    assert (case.status, case.ground, case.answer_by) == (Status.STOPPED, ground, None)
    (said,) = await world.said("DossierStopped")
    assert (said.ground, said.slip, said.code) == (ground, None, None)


@pytest.mark.proves("D16", "R08", "R09")
async def test_a_case_that_waits_for_a_later_supplement_is_stopped_withdrawn_or_closed_too(world: Any) -> None:
    officer, items = world.staff("one_stop_officer"), world.verdicts(LACKING)
    waiting = []
    for _ in range(3):
        dossier = await world.accepted()
        head = world.staff("division_head")
        await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
        by = {"staff": world.staff("case_officer"), "seen_version": None}
        await world.do(handlers.request_later_supplement, dossier, items, **by)
        waiting.append(dossier)
    stopped, withdrawn, closed = waiting
    await world.ask_stop(stopped, "2025-03-17 09:00")
    case = await world.do(handlers.stop, stopped, staff=officer, seen_version=None)
    assert (case.status, case.ground, case.step) == (Status.STOPPED, "requested", None)
    await world.withdraw(withdrawn, "2025-03-17 09:00")
    assert (await world.case(withdrawn)).status is Status.WITHDRAWN
    await set_answer_by(world, closed, "2025-03-20 17:00")
    await world.at("2025-03-24 08:00")
    case = await world.do(handlers.close_unanswered, closed, staff=officer, seen_version=None)
    assert (case.status, case.ground) == (Status.STOPPED, "not_supplemented")
    assert [one.ground for one in await world.said("DossierStopped")] == ["requested", "not_supplemented"]
    assert all(one.code for one in await world.said("DossierStopped"))


async def test_what_comes_after_an_end_is_kept_for_decision(world: Any) -> None:
    dossier = await waiting_for_fee(world)
    await world.withdraw(dossier, "2025-03-06 09:00")
    await world.pay(dossier, "2025-03-06 10:00")
    assert [row[:2] for row in await undecided(world)] == [("fee_paid", 7)]
    other = await waiting_for_supplement(world)
    await world.withdraw(other, "2025-03-06 09:00")
    await world.supplement(other, "2025-03-06 10:00", {"emergency-plan": 1})
    assert [row[:2] for row in await undecided(world)] == [("fee_paid", 7), ("supplement_submitted", 7)]


async def decide(world: Any, dossier: Any, number: int, said: str = DECISION, **more: Any) -> Any:
    by = {"staff": world.staff("one_stop_officer"), "seen_version": None, **more}
    return await world.do(handlers.decide_undecided, dossier, number, said, **by)


async def test_a_decision_is_written_once_with_who_and_what(world: Any) -> None:
    dossier = await world.file()
    await world.pay(dossier, "2025-03-04 09:00")
    ((*_, number, _decided),) = await undecided(world)
    with pytest.raises(DecisionIncomplete):
        await decide(world, dossier, number, "ok")
    with pytest.raises(NoSuchEvent):
        await decide(world, dossier, number + 1)
    with pytest.raises(NoSuchEvent):
        await decide(world, await world.file(), number)
    version = (await world.case(dossier)).version
    case = await decide(world, dossier, number, seen_version=version)
    assert (case.status, case.version) == (Status.SUBMITTED, version + 1)
    assert await last_words(world, dossier) == "Quyết định về tin đã nộp phí đến ngoài dự kiến"
    with pytest.raises(AlreadyDecided) as refused:
        await decide(world, dossier, number)
    assert DECISION in refused.value.facts["sentence_vi"]
    (kept,) = await world.ask(reads.find_undecided_of, world.staff("one_stop_officer"), dossier)
    assert (kept.decision_vi, kept.decided_by) == (DECISION, "Nguyễn Thị Thu Hà")


async def test_officers_of_the_case_and_leaders_decide_nobody_else(world: Any) -> None:
    dossier = await world.to_issue()
    await world.withdraw(dossier, "2025-03-24 09:00")
    ((*_, number, _decided),) = await undecided(world)
    with pytest.raises(NotYours):
        await decide(world, dossier, number, staff=world.staff("clerk"))
    assert await world.ask(reads.count_undecided, world.staff("clerk")) == 0
    for role in ("one_stop_officer", "case_officer", "division_head", "department_leader"):
        assert await world.ask(reads.count_undecided, world.staff(role)) == 1, role
        found = await world.ask(reads.find_all_undecided, world.staff(role))
        assert [one.number for one in found.rows] == [number]
    early = await world.file()
    await world.pay(early, "2025-03-24 10:00")
    assert await world.ask(reads.count_undecided, world.staff("case_officer")) == 1  # the other is not theirs to see
    await decide(world, dossier, number, staff=world.staff("case_officer"))
    assert await world.ask(reads.count_undecided, world.staff("case_officer")) == 0


async def test_words_that_were_erased_are_simply_not_there(world: Any) -> None:
    dossier = await world.accepted()
    await world.ask_stop(dossier, "2025-03-14 09:00")
    case = await world.case(dossier)
    (world.database.objects.folder / case.stop_request.path).unlink()
    assert await world.ask(reads.applicants_words, case) == ""


async def test_an_answered_supplement_ends_the_wait(world: Any) -> None:
    dossier = await waiting_for_supplement(world)
    await set_answer_by(world, dossier, "2025-04-04 17:00")
    await world.supplement(dossier, "2025-03-10 14:00", {"emergency-plan": 1})
    assert (await world.case(dossier)).answer_by is None


async def test_the_case_keeps_how_the_applicant_wants_the_result(world: Any) -> None:
    at = await world.at("2025-03-03 08:30")
    for way, kept in ((None, "online"), (ReturnWay.POSTAL, "postal"), (ReturnWay.COUNTER, "counter")):
        event = (await world.submitted(at)).model_copy(update={"return_way": way})
        await world.hear(event)
        assert (await world.case(event.dossier_id)).return_way == kept


async def test_a_receiving_unit_may_be_another_than_the_resolving_one(world: Any) -> None:
    case = await world.case(await world.accepted())
    assert case.receiving_unit != case.resolving_unit
    assert case.units == (case.receiving_unit, case.resolving_unit)
    await world.withdraw(case.dossier_id, "2025-03-14 09:00")
    ended = await world.case(case.dossier_id)
    assert (ended.unit, ended.units) == (case.receiving_unit, case.units)
    assert ended.since - case.since > timedelta(0)
