"""The JSON API of a case in process: each command by HTTP, and each answer to what is refused."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from workflow import handlers
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
BASE = "/api/workflow/v1"


def url(dossier: UUID, rest: str = "") -> str:
    return f"{BASE}/cases/{dossier}{rest}"


async def post(client: httpx.AsyncClient, world: Any, role: str, address: str, **body: Any) -> httpx.Response:
    return await client.post(address, json=body, headers=world.bearer(role))


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def wrong_fields(answer: httpx.Response) -> list[str]:
    assert problem(answer) == (409, "request-incomplete")
    assert all(one["sentence_vi"] for one in answer.json()["field_errors"])
    return [one["field"] for one in answer.json()["field_errors"]]


async def appraising(world: Any) -> UUID:
    """A case with the case officer."""
    dossier: UUID = await world.accepted()
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    return dossier


async def test_a_case_is_sent_back_with_a_note(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign()
    refused = await post(client, world, "department_leader", url(dossier, "/send-back"), note=" ")
    assert wrong_fields(refused) == ["note"]
    sent = await post(client, world, "department_leader", url(dossier, "/send-back"), note="Sửa tên thiết bị.")
    assert (sent.status_code, sent.json()["step"], sent.json()["result"]) == (200, "review", None)
    again = await post(client, world, "clerk", url(dossier, "/send-back"), note="x")
    assert problem(again) == (404, "case-not-found")


async def test_a_later_supplement_is_asked_for_in_one_call(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    asked = {"items": [{"component": "emergency-plan", "reason": "Thiếu phần mất điện."}]}
    path = url(dossier, "/later-supplement-requests")
    assert wrong_fields(await post(client, world, "case_officer", path)) == ["items"]
    found = (await post(client, world, "case_officer", path, **asked)).json()
    assert (found["status"]["number"], found["round"], found["deadline_at"]) == (5, 1, None)
    assert problem(await post(client, world, "case_officer", path, **asked)) == (409, "not-allowed-now")
    await world.supplement(dossier, "2025-03-24 14:00", {"emergency-plan": 1})
    assert problem(await post(client, world, "case_officer", path, **asked)) == (403, "not-yours")


async def test_another_agency_is_asked_and_its_answer_recorded(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    path = url(dossier, "/opinions")
    question = {"agency_vi": "Sở Y tế", "question": "Đề nghị cho ý kiến.", "answer_by": "2025-03-20"}
    holiday = await post(client, world, "case_officer", path, **{**question, "answer_by": "2025-04-30"})
    assert wrong_fields(holiday) == ["answer_by"]
    assert (await post(client, world, "case_officer", path, **question)).status_code == 200
    said = {"answered_on": "2025-03-13", "answer": "Đồng ý."}
    assert wrong_fields(await post(client, world, "case_officer", path + "/9/answer", **said)) == ["number"]
    assert (await post(client, world, "case_officer", path + "/1/answer", **said)).status_code == 200
    letters = (await client.get(url(dossier, "/letters"), headers=world.bearer("case_officer"))).json()
    assert [(one["number"], one["answered_on"], one["is_overdue"]) for one in letters["opinions"]] == [
        (1, "2025-03-13", False)
    ]


async def test_an_apology_is_drafted_and_sent(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    draft, send = url(dossier, "/apology-draft"), url(dossier, "/apology")
    wanted = {"reason_vi": "Hội đồng họp lại.", "unit_at_fault": "radiation", "new_due_on": "2025-05-12"}
    assert problem(await post(client, world, "department_leader", send)) == (409, "not-allowed-now")
    past = await post(client, world, "case_officer", draft, **{**wanted, "new_due_on": "2025-03-14"})
    assert wrong_fields(past) == ["new_due_on"]
    assert (await post(client, world, "case_officer", draft, **wanted)).status_code == 200
    assert problem(await post(client, world, "case_officer", send)) == (403, "not-yours")
    sent = (await post(client, world, "department_leader", send)).json()
    assert sent["due_at"].startswith("2025-05-12T")
    assert sent["first_due_at"] < sent["due_at"]
    letters = (await client.get(url(dossier, "/letters"), headers=world.bearer("auditor"))).json()
    assert letters["apologies"][0]["approved_at"]
    assert "hẹn lại một lần" in letters["no_new_date_vi"]
    clock = (await client.get(url(dossier, "/clock"), headers=world.bearer("case_officer"))).json()
    assert clock["agrees"] is True


async def test_a_case_is_given_to_another_person(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    await world.ask(handlers.note_staff, world.staff("case_officer", "p-second"))
    path = url(dossier, "/assignment")
    assert wrong_fields(await post(client, world, "division_head", path, reason="")) == ["reason"]
    stranger = await post(client, world, "division_head", path, assignee_id="p-nobody", reason="Vắng")
    assert wrong_fields(stranger) == ["assignee_id"]
    given = await post(client, world, "division_head", path, assignee_id="p-second", reason="Vắng")
    assert given.json()["holder"] == "Phạm Quốc Dũng"
    refused = await post(client, world, "case_officer", path, assignee_id="p-second", reason="Vắng")
    assert problem(refused) == (403, "not-yours")


async def test_an_absent_persons_list_is_given_away(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    for id in ("p-absent", "p-second"):
        await world.ask(handlers.note_staff, world.staff("case_officer", id))
    await post(client, world, "division_head", url(dossier, "/assignment"), assignee_id="p-absent", reason="Giao việc")
    body = {"from_id": "p-absent", "to_id": "p-second", "reason": "Nghỉ ốm"}
    assert problem(await post(client, world, "case_officer", f"{BASE}/absences", **body)) == (403, "not-yours")
    found = (await post(client, world, "division_head", f"{BASE}/absences", **body)).json()
    assert [(one["id"], one["is_moved"], one["reason_vi"]) for one in found] == [(str(dossier), True, "")]
    assert (await world.case(dossier)).holder_id == "p-second"


async def test_a_result_is_corrected(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.finished()
    path, sign = url(dossier, "/correction"), url(dossier, "/correction/sign-off")
    said = {"reason_vi": "Sai số sê-ri.", "conclusion": "Sử dụng 03 thiết bị, số SN-002.", "conditions": ["", "A."]}
    assert problem(await post(client, world, "department_leader", sign, sha256="0" * 64)) == (409, "not-allowed-now")
    empty = await post(client, world, "case_officer", path, **{**said, "reason_vi": ""})
    assert wrong_fields(empty) == ["reason_vi"]
    assert (await post(client, world, "case_officer", path, **said)).status_code == 200
    drawn = (await client.get(url(dossier, "/letters"), headers=world.bearer("auditor"))).json()["correction"]
    assert (drawn["code"][-4:], drawn["conditions"]) == ("-KQ2", ["A."])
    assert problem(await post(client, world, "department_leader", sign, sha256="0" * 64)) == (409, "wrong-bytes")
    signed = (await post(client, world, "department_leader", sign, sha256=drawn["sha256"])).json()
    assert (signed["result"]["code"][-4:], signed["result"]["sha256"]) == ("-KQ2", drawn["sha256"])
    letters = (await client.get(url(dossier, "/letters"), headers=world.bearer("auditor"))).json()
    assert [one["code"][-4:] for one in letters["results"]] == ["-KQ1", "-KQ2"]


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        ("/send-back", {"note": "x"}),
        ("/later-supplement-requests", {}),
        ("/opinions", {"agency_vi": "x", "question": "x"}),
        ("/opinions/1/answer", {"answer": "x"}),
        ("/apology-draft", {"reason_vi": "x", "unit_at_fault": "x"}),
        ("/apology", {}),
        ("/assignment", {"reason": "x"}),
        ("/correction", {"reason_vi": "x", "conclusion": "x"}),
        ("/correction/sign-off", {"sha256": "0" * 64}),
    ],
)
async def test_what_is_not_there_or_was_changed_is_said_so_of_every_command(
    client: httpx.AsyncClient, world: Any, rest: str, body: dict[str, Any]
) -> None:
    missing = await post(client, world, "case_officer", url(uuid4(), rest), **body)
    assert problem(missing) == (404, "case-not-found")
    dossier = await appraising(world)
    stale = await post(client, world, "case_officer", url(dossier, rest), **body, version=1)
    assert problem(stale) == (409, "changed-meanwhile")
    applicant = await post(client, world, "applicant", url(dossier, rest), **body)
    assert problem(applicant)[0] == 403
