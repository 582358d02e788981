"""The due day: what is late only from midnight (R05) is due today until then, in every list, file and answer."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from kit.now import TIME_ZONE
from kit.testing.databases import set_clock
from kit.testing.pages import read_page
from kit.tx import run_sql
from rules import due as rule
from rules.due import Limit
from workflow import reads
from workflow.domain import clock
from workflow.domain.law import calendar_of
from workflow.reads import Question

pytestmark = [pytest.mark.db, pytest.mark.proves("R05")]
LEADER, OFFICER = "department_leader", "one_stop_officer"
DUE_DAY = "2025-04-08"  # of a dossier accepted on 13 March: due by 17:30, late from midnight


async def lists_of(world: Any, dossier: Any, text: str) -> set[str]:
    """The lists by time that show the case at that moment."""
    now, staff = await world.at(text), world.staff(LEADER)
    found = {name: await world.ask(reads.find_cases, staff, Question(name), now) for name in ("today", "overdue")}
    counts = await world.ask(reads.count, staff, now)
    assert {name: counts[name] for name in found} == {name: page.total for name, page in found.items()}
    return {name for name, page in found.items() if dossier in [row.case.dossier_id for row in page.rows]}


@pytest.mark.parametrize(
    ("at", "lists", "words"),
    [
        ("2025-04-07 23:59", set(), "sắp đến hạn, còn"),
        ("2025-04-08 00:00", {"today"}, "hạn hôm nay, còn"),
        ("2025-04-08 17:28", {"today"}, "hạn hôm nay, còn 1 phút làm việc"),
        ("2025-04-08 17:30", {"today"}, "hạn hôm nay"),
        ("2025-04-08 18:00", {"today"}, "hạn hôm nay"),
        ("2025-04-08 23:59", {"today"}, "hạn hôm nay"),
        ("2025-04-09 00:00", {"overdue"}, "quá hạn"),
        ("2025-04-09 09:00", {"overdue"}, "quá hạn 1 giờ"),
    ],
)
async def test_a_limit_in_days_is_late_from_midnight(
    client: httpx.AsyncClient, world: Any, at: str, lists: set[str], words: str
) -> None:
    dossier = await world.accepted()
    assert await lists_of(world, dossier, at) == lists
    for path in (
        "/officer/queue/all",
        f"/officer/cases/{dossier}",
        "/officer/queue/all.csv",
        "/officer/queue/all/print",
    ):
        text = (await client.get(path, headers=world.browser(LEADER))).text
        assert words in text, path
        assert ("time-left-red" in text) == (lists == {"overdue"} and ".csv" not in path and "print" not in path), path


async def test_past_the_due_minute_of_a_day_limit_nothing_is_said_to_be_late(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    async with world.database.transaction() as tx:  # R04 with another start: due at ten on its last day
        await run_sql(
            tx, "update cases set deadline_at = :at, due_at = :at", at=datetime.fromisoformat(f"{DUE_DAY}T10:00+07:00")
        )
    await world.at(f"{DUE_DAY} 10:30")
    for path in ("/officer/queue/today", f"/officer/cases/{dossier}", "/officer/queue/today.csv", "/officer/leader"):
        text = (await client.get(path, headers=world.browser(LEADER))).text
        assert "hạn hôm nay" in text, path
        assert "quá hạn 30 phút" not in text, path
    line = (await client.get("/api/workflow/v1/cases?filter=today", headers=world.bearer(LEADER))).json()["cases"][0]
    assert (line["left_working_minutes"], line["is_late"]) == (-30, False)
    held = (await client.get(f"/api/workflow/v1/cases/{dossier}/clock", headers=world.bearer(LEADER))).json()
    assert (held["left_working_minutes"], held["is_late"]) == (-30, False)
    desk = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text)
    assert "Đã quá hạn" not in desk.text
    await world.at("2025-04-09 00:00")
    late = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text)
    assert "Đã quá hạn" in late.text
    line = (await client.get("/api/workflow/v1/cases?filter=overdue", headers=world.bearer(LEADER))).json()["cases"][0]
    assert line["is_late"] is True


async def test_the_leader_is_told_what_will_be_late_at_midnight(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    case = await world.case(dossier)
    await world.at(f"{case.deadline_at:%Y-%m-%d} 18:00")
    page = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text)
    assert "Hạn hôm nay: chưa xong trong hôm nay là muộn" in page.text
    assert any(link.href == f"/officer/cases/{dossier}" for link in page.links)
    assert "Đã quá hạn" not in page.text


@pytest.mark.parametrize(
    ("at", "lists", "words"),
    [
        ("10:28", {"today"}, "hạn hôm nay, còn 1 phút làm việc"),
        ("10:30", {"today"}, "hạn hôm nay"),
        ("10:31", {"overdue"}, "quá hạn 1 phút làm việc"),
        ("23:59", {"overdue"}, "quá hạn"),
    ],
)
async def test_a_limit_in_hours_is_late_from_the_next_minute(
    client: httpx.AsyncClient, world: Any, at: str, lists: set[str], words: str
) -> None:
    dossier = await world.file()
    case = await world.case(dossier)
    calendar = calendar_of(case)
    due = rule.due(Limit(value=8, unit="working_hours"), await world.at("2025-03-03 10:30"), calendar)
    async with world.database.transaction() as tx:
        query = "update cases set deadline_at = :at, late_from = :late"
        await run_sql(tx, query, at=due.at, late=rule.missed_at(due))
    assert f"{due.at:%H:%M}" == "10:30"
    assert await lists_of(world, dossier, f"{due.at:%Y-%m-%d} {at}") == lists
    assert words in (await client.get("/officer/queue/all.csv", headers=world.browser(OFFICER))).text


async def test_what_no_clock_runs_for_is_never_late(world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    case = await world.case(dossier)
    assert case.deadline_at is None
    assert not clock.is_late(case, case.received_at + timedelta(days=900))


async def at_risk(world: Any, at: datetime) -> list[Any]:
    """What the leader's desk says will be late, at that moment."""
    await set_clock(world.database, at)
    return list((await world.ask(reads.find_desk, world.staff(LEADER), at)).at_risk)


async def fires_at(world: Any, about: str, kind: str) -> datetime:
    async with world.database.transaction() as tx:
        query = "select fire_at from timer where about = :about and kind = :kind"
        at: datetime = (await run_sql(tx, query, about=about, kind=kind)).scalar_one()
        return at.astimezone(TIME_ZONE)


@pytest.mark.parametrize("percents", [(25, 10), (60, 10)])
async def test_the_desk_shows_a_case_from_its_first_warning_on(
    client: httpx.AsyncClient, world: Any, monkeypatch: pytest.MonkeyPatch, percents: tuple[int, int]
) -> None:
    """By the office's setting, at the moment for which the timer is laid."""
    for module in ("domain.timers", "reads.desk"):
        monkeypatch.setattr(f"workflow.{module}.warn_at_percent_left", lambda _: percents)
    dossier = await world.file()
    warned_at = await fires_at(world, "check", "near1")
    assert warned_at.date() < (await world.case(dossier)).deadline_at.date()
    assert await at_risk(world, warned_at - timedelta(seconds=1)) == []
    (row,) = await at_risk(world, warned_at)
    assert (row.row.case.dossier_id, row.percent_left) == (dossier, percents[0])
    page = read_page((await client.get("/officer/leader", headers=world.browser(LEADER))).text)
    assert f"Còn không quá {percents[0]} % thời hạn" in page.text


async def test_the_desk_shows_a_step_from_its_first_late_minute_on(world: Any) -> None:
    """The moment at which its miss is said, a minute after its end."""
    await world.accepted("2025-03-13 09:00")
    missed_at = await fires_at(world, "step", "missed")
    assert await at_risk(world, missed_at - timedelta(seconds=1)) == []
    (row,) = await at_risk(world, missed_at)
    assert (row.is_step_late, row.step_due_at) == (True, missed_at - timedelta(minutes=1))
