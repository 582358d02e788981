"""Due times come near and are missed: each said once, at its moment, by whatever worker is there."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit.now import read_now
from kit.tx import run_sql
from workflow import handlers, store
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Status, Verdict
from workflow.domain.steps import Decision
from workflow.domain.timers import Kind
from workflow.handlers import crossing
from workflow.handlers.crossing import ACTING, MEANS, SAID, Miss, Warn, cross_due, lay_missing
from workflow.main import build_worker

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Bản kế hoạch chưa có chữ ký của người đứng đầu cơ sở.")
NO_LETTERS = "delete from timer where kind like 'apology%'"


async def crossed(world: Any, text: str) -> list[Any]:
    """What is said by crossing whatever is due then."""
    before = len(await world.said())
    await world.at(text)
    while await cross_due(world.database):
        pass
    return list((await world.said())[before:])


async def timers(world: Any, dossier: UUID) -> dict[tuple[str, str], datetime]:
    query = "select about, kind, fire_at from timer where dossier_id = :id"
    async with world.database.transaction() as tx:
        now = await read_now(tx)
        return {
            (one.about, one.kind): one.fire_at.astimezone(now.tzinfo) for one in await run_sql(tx, query, id=dossier)
        }


async def sql(world: Any, statement: str, **values: Any) -> Any:
    async with world.database.transaction() as tx:
        return (await run_sql(tx, statement, **values)).all()


def short(event: Any) -> tuple[Any, ...]:
    """An event as its kind, what it is about, and its level or none."""
    return type(event).__name__, event.deadline.of, getattr(event, "level", None)


async def test_the_check_of_a_dossier_comes_near_twice_and_is_missed(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    due_at = (await world.case(dossier)).check_due_at
    found = await timers(world, dossier)
    assert [kind for _, kind in sorted(found, key=lambda one: found[one])] == ["near1", "near2", "missed"]
    assert found["check", "missed"].date() == due_at.date() + timedelta(days=1)
    assert await crossed(world, "2025-03-03 09:00") == []
    (first,) = await crossed(world, f"{found['check', 'near1']:%Y-%m-%d %H:%M}")
    assert short(first) == ("DeadlineApproaching", "check", 1)
    assert (first.code, first.deadline.due_at, first.deadline.due_version) == (None, due_at, 1)
    assert await crossed(world, f"{found['check', 'near1']:%Y-%m-%d %H:%M}") == []
    (second,) = await crossed(world, f"{found['check', 'near2']:%Y-%m-%d %H:%M}")
    assert (short(second), second.left_working_minutes < first.left_working_minutes) == (
        ("DeadlineApproaching", "check", 2),
        True,
    )
    assert await crossed(world, f"{due_at:%Y-%m-%d} 23:59") == []
    (missed,) = await crossed(world, f"{found['check', 'missed']:%Y-%m-%d %H:%M}")
    assert short(missed) == ("DeadlineMissed", "check", None)
    assert missed.missed_at == found["check", "missed"]
    what_vi = (await world.ask(store.last_change, dossier)).what_vi
    assert what_vi.startswith("Quá hạn kiểm tra hồ sơ (trước")
    assert what_vi.endswith("), chuyển vào danh sách quá hạn của lãnh đạo")  # nobody is written to
    assert await timers(world, dossier) == {}


@pytest.mark.proves("R05")
async def test_dossier_and_step_are_missed_each_at_its_own_moment(world: Any) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    await sql(world, f"{NO_LETTERS} returning 1")
    found = await timers(world, dossier)
    said = await crossed(world, f"{found['step', 'missed']:%Y-%m-%d %H:%M}")
    assert ("DeadlineMissed", "step", None) in [short(one) for one in said]
    (step,) = [one for one in said if short(one)[:2] == ("DeadlineMissed", "step")]
    assert (step.deadline.step, step.deadline.run) == ("assign", 1)
    said = await crossed(world, f"{found['dossier', 'missed']:%Y-%m-%d %H:%M}")
    (missed,) = [one for one in said if short(one) == ("DeadlineMissed", "dossier", None)]
    case = await world.case(dossier)
    assert (missed.deadline.due_at, missed.missed_at) == (case.due_at, case.late_from)
    assert missed.missed_at.date() == case.due_at.date() + timedelta(days=1)
    assert (await world.ask(store.last_change, dossier)).what_vi.startswith("Quá hạn trả kết quả")


async def test_after_a_long_stop_only_what_still_holds_is_said(world: Any) -> None:
    """Both warnings and the miss came while nobody worked: the warnings are pointless, the miss is not."""
    dossier = await world.file("2025-03-03 08:30")
    (missed,) = await crossed(world, "2025-04-01 10:00")
    assert short(missed) == ("DeadlineMissed", "check", None)
    rows = await sql(world, "select kind, is_said from crossing where dossier_id = :id order by 1", id=dossier)
    assert [tuple(row) for row in rows] == [("missed", True), ("near1", False), ("near2", False)]


async def test_of_two_warnings_taken_up_together_only_the_second_is_said(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    found = await timers(world, dossier)
    (second,) = await crossed(world, f"{found['check', 'near2']:%Y-%m-%d %H:%M}")
    assert short(second) == ("DeadlineApproaching", "check", 2)


async def test_what_is_done_in_time_is_never_said(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    await world.valid(dossier, "2025-03-03 10:00")
    assert (await world.case(dossier)).status is Status.WAITING_FOR_FEE
    assert await timers(world, dossier) == {}
    assert await crossed(world, "2025-05-05 10:00") == []


@pytest.mark.proves("R08")
async def test_a_limit_that_starts_anew_counts_its_warnings_anew(world: Any) -> None:
    dossier = await world.file("2025-03-03 08:30")
    found = await timers(world, dossier)
    await crossed(world, f"{found['check', 'near1']:%Y-%m-%d %H:%M}")
    officer = {"staff": world.staff("one_stop_officer"), "seen_version": None}
    await world.do(handlers.judge_components, dossier, world.verdicts(LACKING), **officer)
    await world.do(handlers.request_supplement, dossier, **officer)
    assert await crossed(world, "2025-03-20 08:00") == []
    await world.supplement(dossier, "2025-03-21 08:30", {LACKING.component: 1})
    again = await timers(world, dossier)
    assert again["check", "near1"] > found["check", "near1"]
    said = await crossed(world, f"{again['check', 'near1']:%Y-%m-%d %H:%M}")
    assert [(short(one), one.deadline.due_version) for one in said] == [(("DeadlineApproaching", "check", 1), 2)]


async def test_a_step_that_is_done_takes_its_timers_with_it(world: Any) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    before = await timers(world, dossier)
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    after = await timers(world, dossier)
    assert after["step", "missed"] > before["step", "missed"]
    assert after["dossier", "missed"] == before["dossier", "missed"]
    rows = await sql(world, "select distinct run from timer where about = 'step'")
    assert [row.run for row in rows] == [2]


async def test_many_workers_say_everything_once(world: Any) -> None:
    dossiers = [await world.file("2025-03-03 08:30") for _ in range(12)]
    await world.at("2025-04-01 10:00")
    await asyncio.gather(*(cross_due(world.database, most=5) for _ in range(10)))
    while await cross_due(world.database, most=5):
        pass
    said = await world.said("DeadlineMissed")
    assert sorted(one.dossier_id for one in said) == sorted(dossiers)


async def test_what_somebody_works_on_is_passed_over_and_comes_up_later(world: Any) -> None:
    held, free = await world.file("2025-03-03 08:30"), await world.file("2025-03-03 08:30")
    await world.at("2025-04-01 10:00")
    async with world.database.transaction() as tx:
        await store.lock_case(tx, held)
        assert await cross_due(world.database)
        assert [one.dossier_id for one in await world.said("DeadlineMissed")] == [free]
        assert not await cross_due(world.database)
    assert await cross_due(world.database)
    assert {one.dossier_id for one in await world.said("DeadlineMissed")} == {held, free}


async def test_every_kind_of_moment_is_a_warning_a_miss_or_an_act() -> None:
    assert set(MEANS) == set(Kind)
    assert sorted((*SAID, *ACTING)) == sorted(Kind)
    assert [meaning.level for meaning in MEANS.values() if isinstance(meaning, Warn)] == [1, 2]
    assert [kind for kind, meaning in MEANS.items() if isinstance(meaning, Miss)] == [Kind.MISSED]
    assert all(callable(MEANS[kind]) for kind in ACTING)


@pytest.mark.proves("R05")
async def test_a_draft_that_fails_for_ever_delays_no_miss(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    case = await world.case(dossier)
    tried: list[Any] = []

    def fails(*of: Any) -> Any:
        tried.append(of)
        raise RuntimeError("no letter")

    with monkeypatch.context() as patched:
        patched.setattr("workflow.handlers.apologising.proposed", fails)
        for minutes in (0, 6, 12):
            await crossed(world, f"{case.late_from + timedelta(minutes=minutes):%Y-%m-%d %H:%M}")
            (missed,) = [one for one in await world.said("DeadlineMissed") if one.deadline.of == "dossier"]
            assert missed.missed_at == case.late_from
    assert len(tried) == 3, "tried again every five minutes"
    assert ("dossier", "apology_draft") in await timers(world, dossier)
    await crossed(world, f"{case.late_from + timedelta(minutes=18):%Y-%m-%d %H:%M}")
    assert (await world.case(dossier)).apology_proposed_at is not None
    assert len([one for one in await world.said("DeadlineMissed") if one.deadline.of == "dossier"]) == 1


async def test_where_saying_fails_for_one_case_the_others_and_its_letter_still_come(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = await world.accepted("2025-03-13 09:00"), await world.file("2025-03-03 08:30")

    def event(case: Any, *of: Any, real: Any = crossing._event) -> Any:
        if case.dossier_id == broken:
            raise RuntimeError("cannot be said")
        return real(case, *of)

    with monkeypatch.context() as patched:
        patched.setattr(crossing, "_event", event)
        said = await crossed(world, "2025-04-09 10:00")
        assert {one.dossier_id for one in said} == {whole}
    assert (await world.case(broken)).apology_proposed_at is not None
    said = await crossed(world, "2025-04-09 10:06")
    assert [short(one) for one in said if one.deadline.of == "dossier"] == [("DeadlineMissed", "dossier", None)]


async def test_cases_from_before_there_were_timers_get_theirs(world: Any) -> None:
    checked, running = await world.file("2025-03-03 08:30"), await world.accepted("2025-03-13 09:00")
    await world.withdraw(await world.file("2025-03-13 10:00"), "2025-03-13 11:00")
    before = {one: await timers(world, one) for one in (checked, running)}
    async with world.database.transaction() as tx:
        await run_sql(tx, "truncate timer, deadline")
    assert await lay_missing(world.database, most=1) == 2  # of three, one ended
    assert {one: await timers(world, one) for one in (checked, running)} == before
    assert await lay_missing(world.database) == 0


async def test_a_case_that_is_held_when_timers_are_laid_gets_its_own_within_the_hour(world: Any) -> None:
    held = await world.file("2025-03-03 08:30")
    async with world.database.transaction() as tx:
        await run_sql(tx, "truncate timer, deadline")
    async with world.database.transaction() as tx:
        await store.lock_case(tx, held)
        assert await lay_missing(world.database) == 0
    assert await lay_missing(world.database) == 1
    loops = build_worker(world.settings(9), world.database).loops
    assert [one.idle_seconds for one in loops if one.name == "laying timers"] == [3600]
