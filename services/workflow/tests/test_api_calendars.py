"""The calendar by HTTP: what counts, drafts, previews that page on, approval, and each answer to what is refused."""

from datetime import date
from typing import Any

import httpx
import pytest

from kit.tx import Database
from workflow import handlers, store

from .calendar_roads import roads, write

pytestmark = pytest.mark.db
API = "/api/workflow/v1/calendar"
ADMIN, LEADER = "calendar_admin", "department_leader"
SATURDAY = {
    "day": "2025-04-12",
    "kind": "working_saturday",
    "name_vi": "Làm bù",
    "source": {"act": "Công văn thử nghiệm"},
}
WHY = "Theo công văn thử nghiệm."


async def post(client: httpx.AsyncClient, world: Any, role: str, rest: str, body: Any = None) -> httpx.Response:
    return await client.post(f"{API}{rest}", json=body or {}, headers=world.bearer(role))


async def get(client: httpx.AsyncClient, world: Any, rest: str = "", role: str = ADMIN, **query: Any) -> Any:
    answer = await client.get(f"{API}{rest}", params=query, headers=world.bearer(role))
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


@pytest.mark.proves("B12")
async def test_a_calendar_by_api_from_draft_to_progress(
    client: httpx.AsyncClient, world: Any, database: Database
) -> None:
    await world.at("2025-04-01 08:00")
    await write(database, found := roads(300, seed=2))
    draft = await post(client, world, ADMIN, "/drafts", {"why_vi": WHY, "based_on": "2026.1", "days": [SATURDAY]})
    assert draft.status_code == 201
    assert "chưa ghi ngày hoán đổi" in draft.json()["warnings_vi"][0]
    rest = f"/drafts/{draft.json()['id']}"
    lines = await all_lines(client, world, rest)
    assert (await get(client, world))["facts"]["version"] == "2026.1", "a preview changes nothing"
    approved = await post(client, world, LEADER, f"{rest}/approval")
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    while await handlers.apply_next(database):
        pass
    newest = (await get(client, world, "/versions"))["versions"][0]
    assert newest["version"] == "2025.1"
    assert newest["progress"]["moved"] == len(lines)
    for line in lines:
        case = await world.ask(store.find_case, line["dossier_id"])
        assert case.deadline_at.isoformat() == line["due_at"], "what was shown before is what came"
        assert line["why"][0]["day"] == "2025-04-12"
    assert newest["progress"]["looked_at"] == sum(road.case.deadline_at is not None for road in found)


async def all_lines(client: httpx.AsyncClient, world: Any, rest: str) -> list[dict[str, Any]]:
    """The whole preview, a few lines at a time."""
    lines: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        part = await get(client, world, f"{rest}/preview", lines=7, **after)
        lines += part["lines"]
        if part["after"] is None:
            assert len({line["dossier_id"] for line in lines}) == len(lines) > 10
            return lines
        after = {"after": part["after"]}


async def test_each_refusal_has_its_answer(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2025-04-01 08:00")
    asked = {"why_vi": WHY, "days": [SATURDAY]}
    draft = (await post(client, world, ADMIN, "/drafts", asked)).json()
    assert problem(await post(client, world, ADMIN, f"/drafts/{draft['id']}/approval")) == (403, "own-draft")
    assert problem(await post(client, world, "case_officer", "/drafts", asked)) == (403, "not-yours")
    assert problem(await post(client, world, LEADER, "/drafts/999/approval")) == (404, "calendar-not-found")
    other = (await post(client, world, ADMIN, "/drafts", asked | {"until": "2026-12-31"})).json()
    assert (await post(client, world, LEADER, f"/drafts/{draft['id']}/approval")).status_code == 200
    assert problem(await post(client, world, LEADER, f"/drafts/{draft['id']}/approval")) == (409, "already-decided")
    assert problem(await post(client, world, LEADER, f"/drafts/{other['id']}/approval")) == (409, "stale-draft")
    assert problem(await post(client, world, ADMIN, "/drafts", asked | {"based_on": "2026.1"})) == (409, "stale-draft")
    wrong = await post(client, world, ADMIN, "/drafts", {"why_vi": WHY, "removed": ["2025-04-13"]})
    assert wrong.json()["field_errors"][0]["field"] == "days.2025-04-13"
    malformed = await post(client, world, ADMIN, "/drafts", {"why_vi": WHY, "days": [{"day": "2025-02-30"}]})
    assert malformed.status_code == 422
    missing = await client.get(f"{API}?version=1999.1", headers=world.bearer(ADMIN))
    assert problem(missing) == (404, "calendar-not-found")
    assert (await post(client, world, ADMIN, f"/drafts/{other['id']}/dropping")).json()["state"] == "dropped"


async def test_it_says_when_its_years_run_out(client: httpx.AsyncClient, world: Any) -> None:
    await world.at("2026-11-30 08:00")
    assert (await get(client, world))["ends_soon"] is True
    asked = {"why_vi": "Bổ sung năm 2027.", "until": date(2027, 12, 31).isoformat()}
    draft = (await post(client, world, ADMIN, "/drafts", asked)).json()
    assert draft["version"] == "2026.2"
    await post(client, world, LEADER, f"/drafts/{draft['id']}/approval")
    found = await get(client, world, role="auditor")
    assert (found["facts"]["version"], found["ends_soon"], found["days_ahead"]) == ("2026.2", False, 396)
    assert found["record"]["effective_to"] == "2027-12-31"
