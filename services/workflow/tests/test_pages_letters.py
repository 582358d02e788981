"""What people see of the clock at work: a draft that lies ready, the last day for a new date, what was missed."""

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from kit.testing.pages import read_page
from workflow import handlers
from workflow.domain.apology import REASON_TO_FILL, window
from workflow.domain.steps import Decision
from workflow.handlers.crossing import cross_due

pytestmark = pytest.mark.db


async def proposed(world: Any) -> UUID:
    """A case with the case officer, for which the system began a letter."""
    dossier: UUID = await world.accepted("2025-03-13 09:00")
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    await cross(world, window(await world.case(dossier)).draft_at)
    return dossier


async def cross(world: Any, at: datetime) -> None:
    await world.at(f"{at:%Y-%m-%d %H:%M}")
    while await cross_due(world.database):
        pass


async def page(client: httpx.AsyncClient, world: Any, role: str, path: str) -> str:
    answer = await client.get(f"/officer{path}", headers=world.browser(role))
    assert answer.status_code == 200
    read_page(answer.text)
    return str(answer.text)


@pytest.mark.proves("R07", "D17")
async def test_the_division_finds_the_draft_in_its_lists_and_fills_it_in(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await proposed(world)
    code = (await world.case(dossier)).code
    todo = await page(client, world, "case_officer", "/queue/apology_to_fill")
    assert code in todo
    assert "Thư xin lỗi cần ghi lý do" in todo
    case_page = await page(client, world, "case_officer", f"/cases/{dossier}")
    assert "thư xin lỗi đã lập sẵn" in case_page
    assert "Hệ thống lập sẵn, chờ ghi nguyên nhân" in case_page
    form = await page(client, world, "case_officer", f"/cases/{dossier}/apology-draft")
    assert REASON_TO_FILL in form
    assert "Muộn nhất đến" in form
    assert code not in await page(client, world, "department_leader", "/queue/apology")


@pytest.mark.proves("R07")
async def test_lists_say_that_today_is_the_last_day_for_a_new_date(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await proposed(world)
    words = "Hôm nay là ngày cuối được hẹn lại"
    assert words not in await page(client, world, "case_officer", "/queue/open")
    last_on = window(await world.case(dossier)).last_on
    while not last_on.weekday() < 5:
        last_on = last_on.replace(day=last_on.day - 1)
    await world.at(f"{last_on} 08:00")
    assert words in await page(client, world, "case_officer", "/queue/open")
    assert words in await page(client, world, "department_leader", "/leader")


async def test_what_was_missed_stands_on_the_leaders_desk_and_in_the_history(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier = await proposed(world)
    await cross(world, (await world.case(dossier)).late_from)
    desk = await page(client, world, "department_leader", "/leader")
    assert (await world.case(dossier)).code in desk.split("Đã quá hạn</h2>")[1]
    assert "Quá hạn trả kết quả" in await page(client, world, "department_leader", f"/cases/{dossier}")
