"""A calendar is drafted, approved by a second person, and every running clock is held to it: each once."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from kit.tx import Database, run_sql
from rules.catalogue import Catalogue, load
from rules.records.calendar import CalendarRecord, SpecialDay
from rules.records.cited import Source
from workflow import handlers, store
from workflow.domain import ledger
from workflow.domain.calendars import Changes, Version
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import AlreadyDecided, CalendarWrong, NotYours, OwnDraft, StaleDraft
from workflow.domain.status import Verdict
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
SATURDAY, MONDAY = date(2025, 3, 15), date(2025, 3, 17)
WHY = "Theo công văn thử nghiệm về hoán đổi ngày làm việc."


def a_day(on: date, kind: str, pair: date | None = None, **more: Any) -> SpecialDay:
    source = Source(act="Công văn thử nghiệm")
    names = {"name_vi": "Hoán đổi", "name_en": "A swap"}
    return SpecialDay(day=on, kind=kind, source=source, paired_with=pair, **names, **more)


A_SATURDAY = Changes((a_day(SATURDAY, "working_saturday"),))


async def drafted(world: Any, changes: Changes = A_SATURDAY, **more: Any) -> Version:
    said = {"based_on": None, "staff": world.staff("calendar_admin"), **more}
    return await world.do(handlers.draft_calendar, changes, WHY, **said)  # type: ignore[no-any-return]


async def approved(world: Any, changes: Changes = A_SATURDAY) -> Version:
    draft = await drafted(world, changes)
    leader = world.staff("department_leader")
    return await world.do(handlers.approve_calendar, draft.id, staff=leader)  # type: ignore[no-any-return]


async def applied(database: Database, most: int = 200) -> None:
    while await handlers.apply_next(database, most=most):
        pass


def back_to_normal(*days: date) -> Changes:
    return Changes(removed=days)


async def test_a_working_saturday_moves_the_due_and_taking_it_back_moves_it_back(
    world: Any, database: Database
) -> None:
    checking = await world.file("2025-03-13 08:30")
    before = await world.case(checking)
    await approved(world)
    await applied(database)
    after = await world.case(checking)
    assert (before.calendar_version, after.calendar_version) == ("2026.1", "2025.1")
    assert f"{before.deadline_at:%m-%d %H:%M}" == "03-17 17:30" or after.deadline_at < before.deadline_at
    assert after.check_due_at == after.deadline_at
    await approved(world, back_to_normal(SATURDAY))
    await applied(database)
    assert (await world.case(checking)).deadline_at == before.deadline_at
    moves = await world.said("DeadlineMoved")
    assert [(one.previous_due_at, one.due_at) for one in moves] == [
        (before.deadline_at, after.deadline_at),
        (after.deadline_at, before.deadline_at),
    ]


async def test_a_check_that_began_after_hours_begins_earlier_by_the_new_calendar(
    world: Any, database: Database
) -> None:
    dossier = await world.file("2025-03-14 20:00")
    before = await world.case(dossier)
    await approved(world)
    await applied(database)
    after = await world.case(dossier)
    assert (before.check_started_at.date(), after.check_started_at.date()) == (MONDAY, SATURDAY)
    again = ledger.recomputed(after, await world.ask(store.ledger, dossier))
    assert (after.deadline_at, again) == (after.check_due_at, after.check_due_at)


async def test_an_accepted_case_moves_with_its_step_and_keeps_its_first_due(world: Any, database: Database) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    before, run = await world.case(dossier), (await world.ask(store.step_runs, dossier))[-1]
    holiday = Changes((a_day(before.due_at.date(), "holiday"),))
    version = await approved(world, holiday)
    await applied(database)
    after, run_after = await world.case(dossier), (await world.ask(store.step_runs, dossier))[-1]
    assert after.due_at > before.due_at
    assert (after.first_due_at, after.deadline_at) == (before.first_due_at, after.due_at)
    assert after.late_from > before.late_from
    assert run_after.planned_minutes >= run.planned_minutes
    found = (await world.ask(store.newest_calendar, version.office)).progress
    assert (found.looked_at, found.moved, found.kept) == (1, 1, 0)
    assert found.finished_at is not None
    [entry] = [one for one in await world.ask(store.ledger, dossier) if one.kind == "calendar_moved"]
    assert "dời từ trước" in entry.reason_vi


async def test_who_drafts_does_not_approve(world: Any, database: Database) -> None:
    draft = await drafted(world)
    with pytest.raises(OwnDraft):
        await world.do(handlers.approve_calendar, draft.id, staff=world.staff("calendar_admin"))
    with pytest.raises(NotYours):
        await world.do(handlers.approve_calendar, draft.id, staff=world.staff("case_officer"))
    with pytest.raises(NotYours):
        await drafted(world, staff=world.staff("department_leader"))
    own = "update calendar_version set approved_by = drafted_by, approved_at = now(), number = 2, object = '{}'"
    with pytest.raises(DBAPIError, match="calendar_second_person"):
        await world.ask(run_sql, own)


async def test_an_approved_version_is_never_changed(world: Any, database: Database) -> None:
    version = await approved(world)
    with pytest.raises(DBAPIError, match="never changed"):
        await world.ask(run_sql, "update calendar_version set record = '{}'")
    with pytest.raises(AlreadyDecided):
        await world.do(handlers.approve_calendar, version.id, staff=world.staff("department_leader"))
    with pytest.raises(AlreadyDecided):
        await world.do(handlers.drop_calendar_draft, version.id, staff=world.staff("calendar_admin"))


async def test_an_approval_that_failed_after_its_record_was_stored_is_repeated_on_another_day(
    world: Any, database: Database
) -> None:
    await world.at("2025-03-03 08:00")
    draft, leader = await drafted(world), world.staff("department_leader")

    async def approve_and_fail(tx: Any, now: Any) -> None:
        await handlers.approve_calendar(tx, draft.id or 0, staff=leader, now=now)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await world.do(approve_and_fail)
    await world.at("2025-03-04 08:00")
    version = await world.do(handlers.approve_calendar, draft.id, staff=leader)
    assert version.record.approved_on == date(2025, 3, 4)
    [said] = await world.said("CalendarApproved")
    assert CalendarRecord.model_validate_json(await database.objects.get(said.calendar)) == version.record


async def test_of_two_drafts_of_one_version_only_the_first_is_approved(world: Any) -> None:
    await world.at("2025-03-03 08:00")
    first, second = await drafted(world), await drafted(world, Changes((a_day(MONDAY, "holiday"),)))
    leaders = [world.staff("department_leader", id) for id in ("p-one", "p-two")]
    asked = (
        world.do(handlers.approve_calendar, draft.id, staff=leader)
        for draft, leader in zip((first, second), leaders, strict=True)
    )
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["StaleDraft", "Version"]
    [said] = await world.said("CalendarApproved")
    assert (said.subject, said.version) == (f"calendar:{first.office}", "2025.1")


async def test_two_who_approve_one_draft_at_once_approve_it_once(world: Any) -> None:
    draft = await drafted(world)
    leaders = [world.staff("department_leader", id) for id in ("p-one", "p-two")]
    asked = (world.do(handlers.approve_calendar, draft.id, staff=leader) for leader in leaders)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["AlreadyDecided", "Version"]
    assert len(await world.said("CalendarApproved")) == 1


async def test_a_draft_from_an_older_version_is_refused(world: Any) -> None:
    await world.at("2025-03-03 08:00")
    await approved(world)
    with pytest.raises(StaleDraft) as refused:
        await drafted(world, back_to_normal(SATURDAY), based_on="2026.1")
    assert refused.value.facts["newest"] == "2025.1"


async def test_a_dropped_draft_stays_to_be_read_and_is_not_approved(world: Any) -> None:
    draft = await drafted(world)
    await world.do(handlers.drop_calendar_draft, draft.id, staff=world.staff("calendar_admin"))
    assert await world.ask(store.calendar_drafts, draft.office) == []
    with pytest.raises(AlreadyDecided):
        await world.do(handlers.approve_calendar, draft.id, staff=world.staff("department_leader"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (Changes((a_day(SATURDAY, "working_saturday"), a_day(SATURDAY, "holiday"))), "hai lần"),
        (Changes(removed=(MONDAY,)), "không có trong danh sách"),
        (Changes((a_day(MONDAY, "working_saturday"),)), "không phải thứ Bảy"),
        (Changes((a_day(SATURDAY, "swapped_off"),)), "vốn đã nghỉ"),
        (Changes((a_day(SATURDAY, "working_saturday", MONDAY),)), "không ghi hoán đổi lại"),
        (Changes((a_day(date(2027, 1, 1), "holiday"),)), "ngoài các năm"),
        (Changes(until=date(2026, 6, 30)), "giữ đủ các năm"),
        (Changes(), "không thay đổi gì"),
        (Changes(schedules={"working": {"weekdays": ["mon"], "sessions": ["11:30-07:30"]}}), "phải sau giờ bắt đầu"),
        (
            Changes(schedules={"working": {"weekdays": ["mon"], "sessions": ["07:30-11:30", "11:00-17:00"]}}),
            "chồng lên nhau",
        ),
        (Changes(schedules={"working": {"weekdays": ["mon"], "sessions": ["7h-9h"]}}), "chưa đúng"),
    ],
)
async def test_what_cannot_be_a_calendar_is_refused_in_words(world: Any, changes: Changes, sentence: str) -> None:
    with pytest.raises(CalendarWrong) as refused:
        await drafted(world, changes)
    assert sentence in str(refused.value.facts["sentence_vi"])


async def test_a_whole_record_may_be_drafted_and_the_next_year_added(world: Any) -> None:
    staff = world.staff("calendar_admin")
    base = await world.ask(store.newest_calendar, staff.office)
    facts = base.record.model_dump(mode="json") | {"effective_to": "2027-12-31"}
    draft = await world.do(handlers.draft_whole_calendar, facts, WHY, based_on=None, staff=staff)
    assert draft.record.effective_to == date(2027, 12, 31)
    with pytest.raises(CalendarWrong):
        await world.do(handlers.draft_whole_calendar, facts | {"colour": "red"}, WHY, based_on=None, staff=staff)
    other = facts | {"office_id": "elsewhere"}
    with pytest.raises(CalendarWrong):
        await world.do(handlers.draft_whole_calendar, other, WHY, based_on=None, staff=staff)


async def test_a_calendar_too_short_for_a_due_keeps_it_and_says_so(world: Any, database: Database) -> None:
    await world.at("2025-03-10 08:00")
    dossier = await world.accepted("2025-03-13 09:00")
    before = await world.case(dossier)
    ending = Changes(tuple(a_day(day, "holiday") for day in weekdays_from(date(2025, 3, 14))))
    await approved(world, ending)
    await applied(database)
    after = await world.case(dossier)
    assert (after.due_at, after.calendar_version) == (before.due_at, "2025.1")
    last = (await world.ask(store.ledger, dossier))[-1]
    assert last.kind == "calendar_kept"
    assert "lịch chưa đủ năm" in last.reason_vi
    assert await world.said("DeadlineMoved") == []


def weekdays_from(first: date) -> list[date]:
    days = (date.fromordinal(n) for n in range(first.toordinal(), date(2027, 1, 1).toordinal()))
    record = load().shipped_calendar(load().offices[0].id).record
    special = {day.day for day in record.special_days if day.paired_with is None}
    return [day for day in days if day not in special]


async def test_what_comes_in_after_the_approval_counts_by_it(world: Any, database: Database) -> None:
    await world.at("2025-03-03 08:00")
    await approved(world, Changes((a_day(date(2025, 3, 4), "holiday"),)))
    case = await world.case(await world.file("2025-03-03 16:30"))
    assert (case.calendar_version, case.deadline_at.date()) == ("2025.1", date(2025, 3, 11))
    await applied(database)
    assert (await world.case(case.dossier_id)).version == case.version


@pytest.mark.proves("R01", "R08")
async def test_what_waits_is_not_moved_and_goes_on_by_the_newest_calendar(
    world: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = world.procedure.supplement.model_copy(update={"after_acceptance": "resumes"})
    procedure = world.procedure.model_copy(update={"supplement": goes_on})
    monkeypatch.setattr(Catalogue, "procedure_at", lambda *_: procedure)
    dossier = await world.accepted("2025-03-13 09:00")
    await world.do(
        handlers.finish_step, dossier, "assign", Decision(), staff=world.staff("division_head"), seen_version=None
    )
    await world.at("2025-03-20 09:00")
    lacking = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phương án ứng phó khi mất điện.")
    officer = world.staff("case_officer")
    await world.do(handlers.request_later_supplement, dossier, [lacking], staff=officer, seen_version=None)
    before = await world.case(dossier)
    await approved(world, Changes((a_day(date(2025, 3, 28), "holiday"), a_day(date(2025, 4, 8), "holiday"))))
    await applied(database)
    assert await world.case(dossier) == before
    await world.supplement(dossier, "2025-04-02 14:00", {"emergency-plan": 1})
    after = await world.case(dossier)
    again = ledger.recomputed(after, await world.ask(store.ledger, dossier))
    assert (after.calendar_version, after.due_at) == ("2025.1", again)
    assert await world.said("DeadlineMoved") == []
