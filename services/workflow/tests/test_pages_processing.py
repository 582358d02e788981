"""Pages of a case in process: each form read strictly, sent wrongly and rightly; previews; the leader's lists."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from kit.testing.pages import Page, read_page
from workflow import handlers, store
from workflow.domain.apology import Wanted
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Outcome, Status, Verdict
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Thiếu phần ứng phó khi mất điện.")


async def get(client: httpx.AsyncClient, world: Any, role: str, path: str) -> Page:
    answer = await client.get(path, headers=world.browser(role))
    assert answer.status_code == 200, answer.text[:500]
    return read_page(answer.text)


async def send(
    client: httpx.AsyncClient, world: Any, role: str, page: Page, action: str, **typed: str
) -> httpx.Response:
    """Fill in a page's form and send it."""
    form = page.form(action)
    return await client.post(
        form.action, data={**form.fields, **typed}, headers=world.browser(role), follow_redirects=False
    )


def path(dossier: UUID, rest: str = "") -> str:
    return f"/officer/cases/{dossier}{rest}"


async def appraising(world: Any) -> UUID:
    """A case with the case officer."""
    dossier: UUID = await world.accepted()
    head = world.staff("division_head")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    return dossier


async def wrong_then_right(
    client: httpx.AsyncClient, world: Any, role: str, address: str, wrong: dict[str, str], sentence: str, **right: str
) -> None:
    """The form shows what is wrong and keeps what was typed, then takes what is right."""
    page = await get(client, world, role, address)
    refused = await send(client, world, role, page, address, **wrong)
    assert refused.status_code == 422, refused.text[:300]
    again = read_page(refused.text)
    assert sentence in again.text
    for value in wrong.values():
        assert value in refused.text
    taken = await send(client, world, role, again, address, **right)
    assert taken.status_code == 303, taken.text[:3000]


async def test_the_leader_sends_a_result_back(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign()
    address = path(dossier, "/send-back")
    case_page = await get(client, world, "department_leader", path(dossier))
    assert case_page.link("Trả lại bước trước") == address
    await wrong_then_right(
        client, world, "department_leader", address, {"note": " "}, "Hãy ghi cần xem lại điều gì", note="Sửa tên."
    )
    assert (await world.case(dossier)).step == "review"
    case_page = await get(client, world, "division_head", path(dossier))
    assert "Sửa tên." in case_page.text


async def test_the_case_officer_marks_what_lacks_and_asks_for_it(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    page = await get(client, world, "case_officer", path(dossier))
    lacks = {"verdict-emergency-plan": "lacking", "note-emergency-plan": "Thiếu phần ứng phó khi mất điện."}
    saved = await send(client, world, "case_officer", page, path(dossier, "/check"), **lacks)
    assert saved.status_code == 303
    address = path(dossier, "/later-supplement")
    page = await get(client, world, "case_officer", path(dossier))
    assert page.link("Yêu cầu bổ sung khi đang giải quyết") == address
    page = await get(client, world, "case_officer", address)
    assert "Thiếu phần ứng phó khi mất điện." in page.text
    assert "tính lại từ đầu" in page.text
    pdf = await client.get(path(dossier, "/supplement/preview"), headers=world.browser("case_officer"))
    assert pdf.content.startswith(b"%PDF")
    assert (await send(client, world, "case_officer", page, address)).status_code == 303
    assert (await world.case(dossier)).status is Status.WAITING_FOR_SUPPLEMENT


async def test_a_further_round_waits_in_the_leaders_list(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    officer = world.staff("case_officer")
    await world.do(handlers.request_later_supplement, dossier, [LACKING], staff=officer, seen_version=None)
    await world.supplement(dossier, "2025-03-24 14:00", {"emergency-plan": 1})
    await world.do(handlers.judge_components, dossier, [LACKING], staff=officer, seen_version=None)
    code = (await world.case(dossier)).code
    for name in ("further_round", "mine"):
        page = await get(client, world, "department_leader", "/officer" if name == "mine" else f"/officer/queue/{name}")
        assert page.link(code) == path(dossier)
    address = path(dossier, "/later-supplement")
    page = await get(client, world, "department_leader", address)
    assert (await send(client, world, "department_leader", page, address)).status_code == 303
    page = await get(client, world, "department_leader", "/officer/queue/further_round")
    assert code not in page.text


@pytest.mark.proves("D12")
async def test_another_agency_is_asked_and_the_answer_written_down(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    ask, record = path(dossier, "/opinion"), path(dossier, "/opinion-answer")
    question = {"agency_vi": "Sở Y tế", "question": "Đề nghị cho ý kiến.", "answer_by": "2025-03-20"}
    page = await get(client, world, "case_officer", ask)
    form = page.form(ask)
    preview = await client.post(
        ask + "/preview", data={**form.fields, **question}, headers=world.browser("case_officer")
    )
    assert preview.content.startswith(b"%PDF")
    wrong = {**question, "answer_by": "2025-03-22"}
    await wrong_then_right(client, world, "case_officer", ask, wrong, "cơ quan không làm việc", **question)
    await world.at("2025-03-24 09:00")
    page = await get(client, world, "case_officer", path(dossier))
    assert "Quá hạn trả lời" in page.text
    said = {"number": "1", "answered_on": "2025-03-21", "answer": "Đồng ý."}
    late = {**said, "answered_on": "2025-03-25"}
    await wrong_then_right(client, world, "case_officer", record, late, "Ngày trả lời phải từ ngày hỏi", **said)
    page = await get(client, world, "case_officer", path(dossier))
    assert "Đã trả lời" in page.text


@pytest.mark.proves("D17", "R07")
async def test_a_letter_of_apology_goes_from_the_officer_to_the_leader(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    draft, approve = path(dossier, "/apology-draft"), path(dossier, "/apology")
    letter = {"reason_vi": "Hội đồng họp lại.", "unit_at_fault": "radiation", "gives_new_date": "yes"}
    page = await get(client, world, "case_officer", draft)
    form = page.form(draft)
    preview = await client.post(
        draft + "/preview", data={**form.fields, **letter}, headers=world.browser("case_officer")
    )
    assert preview.content.startswith(b"%PDF")
    for wrong, sentence in (
        ({**letter, "new_due_on": "2025-05-10"}, "cơ quan không làm việc"),
        ({**letter, "new_due_on": "2025-03-14"}, "Ngày hẹn lại phải sau"),
        ({**letter, "new_due_on": ""}, "Hãy chọn ngày hẹn mới"),
        ({**letter, "new_due_on": "12/5"}, "Ngày này không đọc được"),
    ):
        refused = await send(client, world, "case_officer", page, draft, **wrong)
        assert (refused.status_code, sentence in read_page(refused.text).text) == (422, True)
    sent = await send(client, world, "case_officer", page, draft, **{**letter, "new_due_on": "2025-05-12"})
    assert sent.status_code == 303
    code = (await world.case(dossier)).code
    for address in ("/officer", "/officer/queue/apology"):
        page = await get(client, world, "department_leader", address)
        assert page.link(code) == path(dossier)
    page = await get(client, world, "department_leader", approve)
    assert "12/05/2025" in page.text
    pdf = await client.get(approve + "/preview", headers=world.browser("department_leader"))
    assert pdf.content.startswith(b"%PDF")
    assert (await send(client, world, "department_leader", page, approve)).status_code == 303
    case = await world.case(dossier)
    assert f"{case.due_at:%d/%m/%Y}" == "12/05/2025"
    page = await get(client, world, "case_officer", path(dossier))
    assert "hẹn lại" in page.text
    page = await get(client, world, "case_officer", draft)
    assert "Không hẹn lại được nữa" in page.text


async def test_the_leader_is_told_where_it_has_become_too_late_for_the_new_date(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier = await appraising(world)
    officer = world.staff("case_officer")
    wanted = Wanted("Hội đồng họp lại.", "radiation", date(2025, 5, 12))
    await world.do(handlers.draft_apology, dossier, wanted, staff=officer, seen_version=None)
    due_at = (await world.case(dossier)).due_at
    await world.at(f"{due_at:%Y-%m-%d} 08:00")
    page = await get(client, world, "department_leader", path(dossier, "/apology"))
    assert "Thư sẽ gửi không có ngày hẹn mới" in page.text
    assert (await send(client, world, "department_leader", page, path(dossier, "/apology"))).status_code == 303
    assert (await world.case(dossier)).due_at == due_at


async def test_the_head_gives_a_case_to_another(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await appraising(world)
    await world.ask(handlers.note_staff, world.staff("case_officer", "p-second"))
    address = path(dossier, "/assignment")
    to = {"assignee_id": "p-second", "reason": "Người giữ đi công tác."}
    await wrong_then_right(
        client, world, "division_head", address, {**to, "reason": ""}, "Hãy ghi lý do giao lại", **to
    )
    assert (await world.case(dossier)).holder_id == "p-second"


@pytest.mark.proves("A08")
async def test_everything_of_an_absent_person_is_given_away_on_one_page(client: httpx.AsyncClient, world: Any) -> None:
    dossiers = [await appraising(world) for _ in range(2)]
    for id in ("p-absent", "p-second"):
        await world.ask(handlers.note_staff, world.staff("case_officer", id))
    head = world.staff("division_head")
    for dossier in dossiers:
        await world.do(handlers.reassign, dossier, "p-absent", None, "Giao", staff=head, seen_version=None)
    for role in ("division_head", "department_leader"):
        page = await get(client, world, role, "/officer")
        assert page.link("Giao lại khi vắng mặt") == "/officer/absences"
    page = await get(client, world, "division_head", "/officer/absences")
    assert "đang giữ 2 hồ sơ" in page.text
    refused = await send(client, world, "division_head", page, "/officer/absences", reason="Ốm")
    assert "Hãy chọn người vắng mặt" in read_page(refused.text).text
    said = {"from_id": "p-absent", "to_id": "p-second", "reason": "Ốm"}
    found = await send(client, world, "division_head", page, "/officer/absences", **said)
    assert found.status_code == 200
    assert "Đã giao 2 / 2 hồ sơ" in read_page(found.text).text
    answer = await client.get("/officer/absences", headers=world.browser("case_officer"))
    assert answer.status_code == 403


async def test_a_result_is_corrected_and_signed_on_its_own_pages(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.finished()
    draw, sign = path(dossier, "/correction"), path(dossier, "/correction-sign-off")
    page = await get(client, world, "case_officer", draw)
    said = {"reason_vi": "Sai số sê-ri.", "conclusion": "Sử dụng 03 thiết bị, số SN-002."}
    form = page.form(draw)
    preview = await client.post(draw + "/preview", data={**form.fields, **said}, headers=world.browser("case_officer"))
    assert preview.content.startswith(b"%PDF")
    await wrong_then_right(
        client, world, "case_officer", draw, {**said, "reason_vi": ""}, "Hãy ghi kết quả đã phát hành sai", **said
    )
    page = await get(client, world, "department_leader", sign)
    pdf = await client.get(path(dossier, "/correction/paper"), headers=world.browser("department_leader"))
    assert pdf.content.startswith(b"%PDF")
    unread = await send(client, world, "department_leader", page, sign)
    assert "xác nhận đã đọc" in read_page(unread.text).text
    assert (await send(client, world, "department_leader", page, sign, confirmed="yes")).status_code == 303
    page = await get(client, world, "case_officer", path(dossier))
    assert "Đã bị thay" in page.text
    for number in (1, 2):
        paper = await client.get(path(dossier, f"/results/{number}"), headers=world.browser("case_officer"))
        assert paper.content.startswith(b"%PDF")
    assert len(await world.ask(store.results, dossier)) == 2
    missing = await client.get(path(dossier, "/results/3"), headers=world.browser("case_officer"))
    assert missing.status_code == 404


async def test_a_refusal_on_substance_is_shown_as_such(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.to_sign(Outcome.REFUSED)
    page = await get(client, world, "department_leader", path(dossier, "/step"))
    assert "Đề nghị từ chối" in page.text


@pytest.mark.parametrize(
    "rest",
    [
        "/send-back", "/later-supplement", "/opinion", "/opinion-answer", "/apology-draft", "/apology", "/assignment",
        "/correction", "/correction-sign-off",
    ],
)  # fmt: skip
async def test_a_form_that_is_not_mine_leads_back_to_the_case_and_does_nothing_when_sent(
    client: httpx.AsyncClient, world: Any, rest: str
) -> None:
    dossier = await world.accepted()
    answer = await client.get(path(dossier, rest), headers=world.browser("auditor"), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path(dossier))
    before = await world.case(dossier)
    fields = {"form_token": "form-token-of-a-test", "note": "x", "reason": "x"}
    refused = await client.post(path(dossier, rest), data=fields, headers=world.browser("auditor"))
    assert refused.status_code in (403, 409, 422)
    assert read_page(refused.text).h1
    assert await world.case(dossier) == before
