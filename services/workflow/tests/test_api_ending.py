"""The API of the ends before a result and of events kept for decision, with each answer to what is refused."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from kit.tx import run_sql
from workflow.domain.slips import REFUSAL, STOP_NOTICE

pytestmark = pytest.mark.db
BASE = "/api/workflow/v1"
OFFICER = "one_stop_officer"
REASON = {"reason": "Thủ tục này không thuộc thẩm quyền của Sở.", "where_to_go": "Cục An toàn bức xạ và hạt nhân."}
DECISION = {"decision_vi": "Đã chuyển kế toán hoàn lại phí cho người nộp."}


def url(dossier: UUID, rest: str = "") -> str:
    return f"{BASE}/cases/{dossier}{rest}"


async def post(client: httpx.AsyncClient, world: Any, role: str, address: str, **body: Any) -> httpx.Response:
    return await client.post(address, json=body, headers=world.bearer(role))


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def status_of(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.json()["status"]["number"])


async def test_a_refusal_by_api(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    empty = await post(client, world, OFFICER, url(dossier, "/refusal"), reason=" ")
    assert problem(empty) == (409, "request-incomplete")
    assert [one["field"] for one in empty.json()["field_errors"]] == ["reason"]
    assert problem(await post(client, world, "case_officer", url(dossier, "/refusal"), **REASON)) == (
        404, "case-not-found",
    )  # fmt: skip
    leader = await post(client, world, "department_leader", url(dossier, "/refusal"), **REASON)
    assert problem(leader) == (403, "not-yours")
    stale = await post(client, world, OFFICER, url(dossier, "/refusal"), **REASON, version=7)
    assert problem(stale) == (409, "changed-meanwhile")
    refused = await post(client, world, OFFICER, url(dossier, "/refusal"), **REASON)
    assert status_of(refused) == 3
    assert [slip["form"] for slip in refused.json()["slips"]] == [REFUSAL]
    assert refused.json()["actions"] == []
    again = await post(client, world, OFFICER, url(dossier, "/refusal"), **REASON)
    assert problem(again) == (409, "not-allowed-now")
    assert again.json()["sentence_vi"] == "Hồ sơ đã bị từ chối tiếp nhận."


async def test_a_stop_by_api(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    early = await post(client, world, OFFICER, url(dossier, "/stop"))
    assert problem(early) == (409, "not-allowed-now")
    assert "Không có yêu cầu dừng" in early.json()["sentence_vi"]
    await world.ask_stop(dossier, "2025-03-14 09:00")
    not_so = await post(client, world, OFFICER, url(dossier, "/stop-refusal"), reason="Kết quả đã ký rồi.")
    assert problem(not_so) == (409, "not-allowed-now")
    stopped = await post(client, world, OFFICER, url(dossier, "/stop"))
    assert status_of(stopped) == 8
    assert [slip["form"] for slip in stopped.json()["slips"]][-1] == STOP_NOTICE
    assert stopped.json()["left_working_minutes"] is None


async def test_a_refused_stop_by_api(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.finished()
    await world.ask_stop(dossier, "2025-03-22 09:00")
    empty = await post(client, world, OFFICER, url(dossier, "/stop-refusal"), reason="")
    assert problem(empty) == (409, "request-incomplete")
    answer = await post(client, world, OFFICER, url(dossier, "/stop-refusal"), reason="Kết quả đã ký rồi.")
    assert status_of(answer) == 9
    assert len(await world.said("StopRefused")) == 1


async def test_a_closing_by_api(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    without = await post(client, world, OFFICER, url(dossier, "/closing"))
    assert problem(without) == (409, "not-allowed-now")
    async with world.database.transaction() as tx:
        await run_sql(tx, "update cases set answer_by = '2025-04-04 17:00+07' where dossier_id = :id", id=dossier)
    await world.at("2025-04-04 18:00")
    early = await post(client, world, OFFICER, url(dossier, "/closing"))
    assert (problem(early), early.json()["until"]) == ((409, "too-early"), "2025-04-04T17:00:00+07:00")
    await world.at("2025-04-07 08:00")
    assert status_of(await post(client, world, OFFICER, url(dossier, "/closing"))) == 8
    assert (await world.case(dossier)).ground == "not_paid"


async def test_events_that_wait_for_a_decision_by_api(client: httpx.AsyncClient, world: Any) -> None:
    dossier, other = await world.file(), await world.file()
    await world.pay(dossier, "2025-03-04 09:00")
    listed = (await client.get(f"{BASE}/undecided", headers=world.bearer(OFFICER))).json()
    (event,) = listed["events"]
    assert (listed["total"], event["kind"], event["status"], event["case_id"]) == (1, "fee_paid", 1, str(dossier))
    clerk = (await client.get(f"{BASE}/undecided", headers=world.bearer("clerk"))).json()
    assert clerk["events"] == []
    address = url(dossier, f"/undecided/{event['number']}/decision")
    assert problem(await post(client, world, OFFICER, address, decision_vi="")) == (409, "request-incomplete")
    assert problem(await post(client, world, "case_officer", address, **DECISION)) == (404, "case-not-found")
    assert problem(await post(client, world, OFFICER, address, **DECISION, version=99)) == (409, "changed-meanwhile")
    elsewhere = url(other, f"/undecided/{event['number']}/decision")
    assert problem(await post(client, world, OFFICER, elsewhere, **DECISION)) == (404, "event-not-found")
    assert status_of(await post(client, world, OFFICER, address, **DECISION)) == 1
    again = await post(client, world, OFFICER, address, **DECISION)
    assert (problem(again), again.json()["decision_vi"]) == ((409, "already-decided"), DECISION["decision_vi"])
    (kept,) = (await client.get(url(dossier, "/undecided"), headers=world.bearer(OFFICER))).json()
    assert (kept["decided_by"], kept["decision_vi"]) == ("Nguyễn Thị Thu Hà", DECISION["decision_vi"])


async def test_an_event_of_a_case_one_sees_but_may_not_decide_on(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_issue()
    await world.withdraw(dossier, "2025-03-24 09:00")
    (kept,) = (await client.get(url(dossier, "/undecided"), headers=world.bearer("clerk"))).json()
    answer = await post(client, world, "clerk", url(dossier, f"/undecided/{kept['number']}/decision"), **DECISION)
    assert problem(answer) == (403, "not-yours")


@pytest.mark.parametrize("rest", ["/refusal", "/stop", "/stop-refusal", "/closing", "/undecided/1/decision"])
async def test_applicants_and_strangers_end_nothing(client: httpx.AsyncClient, world: Any, rest: str) -> None:
    dossier = await world.file()
    body = {"reason": "Một lý do đủ dài.", "decision_vi": "Một quyết định."}
    assert problem_type(await client.post(url(dossier, rest), json=body)) == (401, "not-signed-in")
    citizen = await client.post(url(dossier, rest), json=body, headers=world.bearer("applicant"))
    assert problem_type(citizen) == (403, "not-allowed")


def problem_type(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]
