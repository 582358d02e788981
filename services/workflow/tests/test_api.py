"""The JSON API: the road by HTTP, and each answer to what is refused."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from workflow import handlers
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Verdict

pytestmark = pytest.mark.db
BASE = "/api/workflow/v1"
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phương án ứng phó khi mất điện.")


def url(dossier: UUID, rest: str = "") -> str:
    return f"{BASE}/cases/{dossier}{rest}"


def all_good(world: Any) -> dict[str, Any]:
    return {"items": [{"component": item.component, "verdict": item.verdict} for item in world.verdicts()]}


async def post(client: httpx.AsyncClient, world: Any, role: str, address: str, **body: Any) -> httpx.Response:
    return await client.post(address, json=body, headers=world.bearer(role))


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def test_the_road_by_api_up_to_the_result(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    assert (
        await post(client, world, "one_stop_officer", url(dossier, "/check-items"), **all_good(world))
    ).status_code == 200
    valid = await post(client, world, "one_stop_officer", url(dossier, "/validity"))
    assert (valid.status_code, valid.json()["status"]["number"], valid.json()["fee_vnd"]) == (200, 6, 12_600_000)
    await world.pay(dossier, "2025-03-13 09:00")
    await post(client, world, "division_head", url(dossier, "/steps/assign/completion"))
    granted = {"outcome": "granted", "conclusion": "Sử dụng 03 thiết bị X-quang.", "conditions": [" ", "Kiểm định."]}
    await post(client, world, "case_officer", url(dossier, "/steps/appraise/completion"), **granted)
    reviewed = (await post(client, world, "division_head", url(dossier, "/steps/review/completion"))).json()
    assert (reviewed["step"], reviewed["role"]) == ("approve", "department_leader")
    sha256 = reviewed["result"]["sha256"]
    pdf = await client.get(url(dossier, "/result"), headers=world.bearer("department_leader"))
    assert pdf.content.startswith(b"%PDF-")
    signed = await post(client, world, "department_leader", url(dossier, "/sign-off"), sha256=sha256)
    assert signed.json()["result"]["signed_off_by"] == "Đặng Hồng Sơn"
    issued = (await post(client, world, "clerk", url(dossier, "/issue"))).json()
    assert (issued["status"]["number"], issued["lateness"], issued["left_working_minutes"]) == (9, "early", None)
    assert issued["result"]["code"].endswith("-KQ1")


async def test_a_supplement_request_in_one_call(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    others = [one for one in all_good(world)["items"] if one["component"] != LACKING.component]
    await post(client, world, "one_stop_officer", url(dossier, "/check-items"), items=others)
    line = {"component": LACKING.component, "reason": LACKING.note}
    asked = await post(client, world, "one_stop_officer", url(dossier, "/supplement-requests"), items=[line])
    assert (asked.status_code, asked.json()["status"]["number"], asked.json()["round"]) == (200, 5, 1)
    slip = await client.get(url(dossier, "/slips/1"), headers=world.bearer("one_stop_officer"))
    assert slip.content.startswith(b"%PDF-")
    (said,) = await world.said("SupplementRequested")
    request = await world.database.objects.get(said.request)
    assert LACKING.note in request.decode()


async def test_the_queue_lists_by_time_left_and_counts(client: httpx.AsyncClient, world: Any) -> None:
    second = await world.file("2025-03-04 08:30")
    first = await world.file("2025-03-03 08:30")
    answer = (await client.get(f"{BASE}/cases", headers=world.bearer("one_stop_officer"))).json()
    assert [case["id"] for case in answer["cases"]] == [str(first), str(second)]
    assert answer["counts"] == {
        "mine": 2, "today": 0, "week": 0, "overdue": 0, "waiting": 0, "unassigned": 2, "stop_asked": 0, "apology": 0,
        "apology_to_fill": 0, "further_round": 0, "correction": 0, "to_return": 0, "open": 2,
    }  # fmt: skip
    assert answer["cases"][0]["left_working_minutes"] in (2399, 2400)  # the clock goes on


@pytest.mark.parametrize("words", ["benh vien da khoa", "Bệnh viện", "khoa", "T-H00.15-250303", "250303-0001"])
async def test_a_case_is_found_without_diacritics(client: httpx.AsyncClient, world: Any, words: str) -> None:
    dossier = await world.file("2025-03-03 08:30")
    await world.file("2025-03-04 08:30", organisation="Phòng khám Răng Hàm Mặt")
    query = {"filter": "all", "q": words}
    answer = await client.post(f"{BASE}/cases/search", json=query, headers=world.bearer("one_stop_officer"))
    assert [case["id"] for case in answer.json()["cases"]] == [str(dossier)]


async def test_the_clock_explains_itself_day_by_day(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted("2025-03-13 09:00")
    clock = (await client.get(url(dossier, "/clock"), headers=world.bearer("case_officer"))).json()
    assert clock["due_at"] == "2025-04-08T17:30:00+07:00"
    assert clock["agrees"] is True
    assert clock["readings"] == ["R02", "R03", "R04"]
    assert (clock["days"][0]["on"], clock["days"][0]["count"]) == ("2025-03-14", 1)
    last, rolled = clock["days"][-2], clock["days"][-1]
    assert (last["on"], last["count"], rolled["on"], rolled["count"]) == ("2025-04-07", 25, "2025-04-08", None)
    assert "Giỗ Tổ" in last["reason_vi"]


async def test_a_file_is_shown_as_it_was_filed(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    answer = await client.get(url(dossier, "/files/1"), headers=world.bearer("one_stop_officer"))
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer.headers["content-disposition"].startswith("inline;")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_is_not_yours_answers_like_what_is_not_there(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    for someone, address in (("case_officer", url(dossier)), ("one_stop_officer", url(uuid4()))):
        assert problem(await client.get(address, headers=world.bearer(someone))) == (404, "case-not-found")
    assert (await client.get(url(dossier), headers=world.bearer("department_leader"))).status_code == 200


async def test_nobody_and_applicants_get_nothing(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    assert problem(await client.get(url(dossier))) == (401, "not-signed-in")
    assert problem(await client.get(url(dossier), headers=world.bearer("applicant"))) == (403, "not-allowed")


async def test_a_second_officer_is_told_who_changed_what(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    seen = await client.get(url(dossier), headers=world.bearer("one_stop_officer"))
    await post(client, world, "one_stop_officer", url(dossier, "/check-items"), **all_good(world))
    headers = world.bearer("one_stop_officer", "p-second") | {"If-Match": seen.headers["etag"]}
    late = await client.post(url(dossier, "/validity"), json={}, headers=headers)
    assert problem(late) == (409, "changed-meanwhile")
    assert late.json()["changed_by"] == "Nguyễn Thị Thu Hà"
    assert "Ghi nhận xét 11 thành phần" in late.json()["change_vi"]


async def test_a_second_click_changes_nothing(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    await post(client, world, "one_stop_officer", url(dossier, "/check-items"), **all_good(world))
    first = await post(client, world, "one_stop_officer", url(dossier, "/validity"))
    second = await post(client, world, "one_stop_officer", url(dossier, "/validity"))
    assert (first.status_code, problem(second)) == (200, (409, "not-allowed-now"))
    assert len(await world.said("FeeRequested")) == 1


async def test_a_dossier_with_an_open_component_is_not_valid(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    answer = await post(client, world, "one_stop_officer", url(dossier, "/validity"))
    assert problem(answer) == (409, "check-incomplete")
    assert len(answer.json()["components"]) == 11


async def test_a_request_that_is_not_complete_is_refused(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    line = {"component": LACKING.component, "reason": LACKING.note}
    answer = await post(client, world, "one_stop_officer", url(dossier, "/supplement-requests"), items=[line])
    assert problem(answer) == (409, "request-incomplete")
    assert len(answer.json()["field_errors"]) == 10


async def test_an_appraisal_without_a_conclusion_is_refused(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    await post(client, world, "division_head", url(dossier, "/steps/assign/completion"))
    answer = await post(client, world, "case_officer", url(dossier, "/steps/appraise/completion"))
    assert problem(answer) == (409, "request-incomplete")
    assert [one["field"] for one in answer.json()["field_errors"]] == ["outcome", "conclusion"]


async def test_a_step_belongs_to_its_role(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    answer = await post(client, world, "case_officer", url(dossier, "/steps/assign/completion"))
    assert problem(answer) == (403, "not-yours")


async def test_another_step_than_the_present_one_is_refused(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    answer = await post(client, world, "division_head", url(dossier, "/steps/review/completion"))
    assert problem(answer) == (409, "not-allowed-now")


async def test_another_step_is_refused_before_the_role_is_looked_at(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    answer = await post(client, world, "department_leader", url(dossier, "/steps/review/completion"))
    assert problem(answer) == (409, "not-allowed-now")


async def test_a_further_round_is_offered_to_whoever_may_send_it(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    await ask_supplement(world, dossier)
    await world.supplement(dossier, "2025-03-10 14:00", {LACKING.component: 1})
    line = {"component": LACKING.component, "verdict": "lacking", "note": LACKING.note}
    await post(client, world, "one_stop_officer", url(dossier, "/check-items"), items=[line])
    for role, status in (("one_stop_officer", 403), ("department_leader", 200)):
        case = (await client.get(url(dossier), headers=world.bearer(role))).json()
        (offer,) = [one for one in case["actions"] if one["action"] == "request_supplement"]
        assert offer["allowed"] is (status == 200)
        stale = world.bearer(role) | {"If-Match": '"1"'}
        late = await client.post(url(dossier, "/supplement-requests"), json={}, headers=stale)
        assert problem(late) == (409, "changed-meanwhile")
        answer = await post(client, world, role, url(dossier, "/supplement-requests"))
        assert answer.status_code == status
    assert await world.database.objects.read("staff/p-department_leader.json")


async def ask_supplement(world: Any, dossier: UUID) -> None:
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, dossier, world.verdicts(LACKING), staff=officer, seen_version=None)
    await world.do(handlers.request_supplement, dossier, staff=officer, seen_version=None)


@pytest.mark.proves("R15")
async def test_only_the_bytes_of_the_result_can_be_signed_off(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign()
    answer = await post(client, world, "department_leader", url(dossier, "/sign-off"), sha256="0" * 64)
    assert problem(answer) == (409, "wrong-bytes")


async def test_what_cannot_be_read_is_malformed(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    answer = await post(client, world, "one_stop_officer", url(dossier, "/check-items"), items=[])
    assert problem(answer) == (422, "malformed")
    missing = await client.get(url(dossier, "/files/99"), headers=world.bearer("one_stop_officer"))
    assert problem(missing) == (404, "file-not-found")


async def test_an_object_that_was_erased_is_gone(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    for file in world.database.objects.folder.glob(f"packages/{dossier}/1/*-1.pdf"):
        file.unlink()
    answer = await client.get(url(dossier, "/files/1"), headers=world.bearer("one_stop_officer"))
    assert problem(answer) == (410, "file-erased")


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    document = (await client.get(f"{BASE}/openapi.json")).json()
    routes = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation.get("description") or operation.get("summary") for operation in routes)
    assert f"{BASE}/cases/{{dossier_id}}/sign-off" in document["paths"]
