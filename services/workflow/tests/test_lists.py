"""The officers' lists: filters, orders, pages by key, files, many given away at once, what has changed."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event

from contracts.notify import MessageSent
from contracts.payments import DemandCancelled, FeeDemanded, RefundDecided
from kit.testing.pages import read_page
from kit.tx import run_sql
from workflow import handlers, reads
from workflow.domain.errors import NoSuchList
from workflow.domain.sheet import as_csv
from workflow.domain.steps import Decision
from workflow.domain.words import masked
from workflow.reads import FILTERS, PAGE_SIZE, SORTS, Question

pytestmark = pytest.mark.db
LEADER, OFFICER = "department_leader", "one_stop_officer"

# Many cases like one, so that lists have pages: their deadlines, names and codes differ.
MANY = """
insert into cases select (jsonb_populate_record(c, jsonb_build_object(
    'dossier_id', gen_random_uuid(), 'arrival_number', 'T-H00.15-250303-1' || lpad(n::text, 5, '0'),
    'code', c.code || '-' || n,
    'applicant_key', lpad((n * 7919 % 1000)::text, 4, '0'), 'channel', (array['online', 'direct', 'postal'])[1 + n % 3],
    'deadline_at', case when n % 7 = 0 then null else c.deadline_at + (n % 40) * interval '1 hour' end,
    'since', c.since + (n % 5) * interval '1 hour'
))).* from cases c, generate_series(1, :count) n where c.dossier_id = :id
"""


async def many(world: Any, count: int) -> UUID:
    dossier: UUID = await world.file()
    async with world.database.transaction() as tx:
        await run_sql(tx, MANY, id=dossier, count=count)
    return dossier


@contextmanager
def statements(world: Any) -> Iterator[list[str]]:
    """What the database was asked meanwhile."""
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    event.listen(world.database.engine.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(world.database.engine.sync_engine, "before_cursor_execute", note)


async def walk(world: Any, question: Question) -> list[UUID]:
    """Every page forwards; each is found again backwards."""
    now, staff, found = await world.at("2025-03-03 09:00"), world.staff(LEADER), []
    pages: list[list[UUID]] = []
    place = ""
    while True:
        page = await world.ask(reads.find_cases, staff, Question(**{**vars(question), "after": place}), now)
        pages.append([row.case.dossier_id for row in page.rows])
        found += pages[-1]
        if not page.after:
            break
        place = page.after
    for index in range(len(pages) - 1, 0, -1):
        back = await world.ask(reads.find_cases, staff, Question(**{**vars(question), "before": page.before}), now)
        assert [row.case.dossier_id for row in back.rows] == pages[index - 1]
        page = back
    assert not page.before
    return found


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
async def test_pages_by_key_show_every_case_once_forwards_and_backwards(world: Any, sort: str) -> None:
    await many(world, 2 * PAGE_SIZE + 10)
    found = await walk(world, Question("all", sort=sort))
    assert len(found) == len(set(found)) == 2 * PAGE_SIZE + 11


@pytest.mark.proves("R18", "E05")
@pytest.mark.parametrize("sort", SORTS)
async def test_the_place_of_a_page_names_nobody(world: Any, sort: str) -> None:
    await many(world, PAGE_SIZE + 10)
    now, staff = await world.at("2025-03-03 09:00"), world.staff(LEADER)
    page = await world.ask(reads.find_cases, staff, Question("all", sort=sort), now)
    assert page.after
    assert not any(word in unquote(page.after).lower() for word in ("bệnh", "viện", "nguyễn"))


@pytest.mark.proves("R18", "E05")
async def test_the_api_looks_for_names_in_a_body_and_for_codes_in_an_address(
    client: httpx.AsyncClient, world: Any
) -> None:
    await world.file()
    asked = {"filter": "all", "q": "benh vien"}
    named = await client.post("/api/workflow/v1/cases/search", json=asked, headers=world.bearer(OFFICER))
    assert len(named.json()["cases"]) == 1
    refused = await client.get("/api/workflow/v1/cases", params=asked, headers=world.bearer(OFFICER))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query/q")
    coded = await client.get(
        "/api/workflow/v1/cases", params={**asked, "q": "250303-0001"}, headers=world.bearer(OFFICER)
    )
    assert coded.json() == named.json()


async def test_a_place_that_is_none_is_not_found(world: Any, client: httpx.AsyncClient) -> None:
    now, staff = await world.at("2025-03-03 09:00"), world.staff(LEADER)
    for place in ("nonsense", "infinity~infinity~x", "2025-03-03~x"):
        with pytest.raises(NoSuchList):
            await world.ask(reads.find_cases, staff, Question("all", after=place), now)
    for path in ("/officer/queue/nothing", "/officer/queue/all?after=x", "/officer/queue/none.csv"):
        assert (await client.get(path, headers=world.browser(LEADER))).status_code == 404


async def test_a_list_asks_as_many_questions_of_fifty_rows_as_of_one(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    await client.get("/officer/queue/all", headers=world.browser(LEADER))  # the person is known from here on
    with statements(world) as of_one:
        await client.get("/officer/queue/all", headers=world.browser(LEADER))
    async with world.database.transaction() as tx:
        await run_sql(tx, MANY, id=dossier, count=200)
    with statements(world) as of_many:
        answer = await client.get("/officer/queue/all", headers=world.browser(LEADER))
    assert answer.text.count('class="mono"') == PAGE_SIZE
    assert len(of_many) == len(of_one) <= 10, of_many


@pytest.mark.proves("G06")
async def test_the_desk_asks_as_many_questions_of_many_cases_as_of_few(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    await world.at("2025-04-08 18:00")  # due today: all are looked at by the leader
    await client.get("/officer/leader", headers=world.browser(LEADER))
    with statements(world) as of_one:
        await client.get("/officer/leader", headers=world.browser(LEADER))
    async with world.database.transaction() as tx:
        await run_sql(tx, MANY, id=dossier, count=200)
    with statements(world) as of_many:
        answer = await client.get("/officer/leader", headers=world.browser(LEADER))
    assert answer.text.count('class="mono"') == 30
    assert len(of_many) == len(of_one) <= 16, of_many


@pytest.mark.proves("E01")
@pytest.mark.parametrize("name", FILTERS)
async def test_every_list_is_a_page_a_file_and_a_paper(client: httpx.AsyncClient, world: Any, name: str) -> None:
    await world.accepted()
    for role in (LEADER, OFFICER):
        for path in (f"/officer/queue/{name}", f"/officer/queue/{name}/print"):
            answer = await client.get(path, headers=world.browser(role))
            assert read_page(answer.text).h1 == FILTERS[name]
        answer = await client.get(f"/officer/queue/{name}.csv", headers=world.browser(role))
        assert answer.content.startswith("\ufeffMã hồ sơ,".encode())


@pytest.mark.proves("E05")
async def test_lists_narrow_by_each_filter_and_by_several(world: Any) -> None:
    submitted, accepted = await world.file(), await world.accepted()
    now, staff = await world.at("2025-03-14 08:00"), world.staff(LEADER)
    case = await world.case(accepted)
    field = world.procedure.field_id
    for narrowed, expected in (
        ({"status": 1}, {submitted}),
        ({"status": 4}, {accepted}),
        ({"procedure": case.procedure_id}, {submitted, accepted}),
        ({"procedure": "other"}, set()),
        ({"field": field}, {submitted, accepted}),
        ({"field": "other"}, set()),
        ({"channel": "online"}, {submitted, accepted}),
        ({"channel": "postal"}, set()),
        ({"unit": case.unit}, {accepted}),
        ({"unit": case.unit, "status": 1}, set()),
        ({"holder": "p-nobody"}, set()),
        ({"received_from": date(2025, 3, 3), "received_to": date(2025, 3, 3)}, {submitted, accepted}),
        ({"received_from": date(2025, 3, 4)}, set()),
        ({"due_from": date(2025, 4, 8), "due_to": date(2025, 4, 8)}, {accepted}),
        ({"due_to": date(2025, 4, 7)}, {submitted}),
    ):
        found = await world.ask(reads.find_cases, staff, Question("all", **narrowed), now)
        assert {row.case.dossier_id for row in found.rows} == expected, narrowed
        assert found.total == len(expected)


async def test_the_address_of_a_filtered_list_keeps_what_was_asked(client: httpx.AsyncClient, world: Any) -> None:
    await many(world, 200)
    path = "/officer/queue/all?channel=online&received_to=2025-12-31&sort=-code"
    answer = await client.get(path, headers=world.browser(LEADER))
    page = read_page(answer.text)
    assert "Hình thức nộp: Trực tuyến" in page.text or "Hình thức nộp" in page.text
    following = page.link("Trang sau")
    assert "channel=online" in following
    assert "sort=-code" in following
    assert "after=" in following
    again = read_page((await client.get(following, headers=world.browser(LEADER))).text)
    assert "before=" in again.link("Trang trước")


@pytest.mark.proves("E05")
@pytest.mark.parametrize("words", ["SN-001", "sn-002", "TSN-003", "T-H00.15-250303-0001"])
async def test_a_case_is_found_by_the_serial_of_any_of_its_devices(world: Any, words: str) -> None:
    dossier = await world.file()
    now, staff = await world.at("2025-03-03 09:00"), world.staff(OFFICER)
    found = await world.ask(reads.find_cases, staff, Question("all", words), now)
    assert [row.case.dossier_id for row in found.rows] == [dossier]
    await world.do(handlers.judge_components, dossier, world.verdicts(), staff=staff, seen_version=None)
    again = await world.ask(reads.find_cases, staff, Question("all", words), now)
    assert again.total == 1  # saving the case did not forget its papers
    lost = await world.ask(reads.find_cases, staff, Question("all", "SN-999"), now)
    assert lost.total == 0


@pytest.mark.proves("L07")
async def test_a_persons_name_is_shortened_in_lists_and_whole_on_the_case(
    client: httpx.AsyncClient, world: Any
) -> None:
    dossier = await world.file()
    async with world.database.transaction() as tx:
        await run_sql(tx, "update cases set applicant_is_person = true, applicant_name = 'Trần Minh Khôi'")
    for path in ("/officer", "/officer/queue/mine.csv", "/officer/queue/mine/print"):
        text = (await client.get(path, headers=world.browser(OFFICER))).text
        assert "Trần M. K." in text
        assert "Trần Minh Khôi" not in text
    assert "Trần Minh Khôi" in (await client.get(f"/officer/cases/{dossier}", headers=world.browser(OFFICER))).text
    line = (await client.get("/api/workflow/v1/cases", headers=world.bearer(OFFICER))).json()["cases"][0]
    assert line["applicant"] == "Trần M. K."
    assert (masked("Nguyễn"), masked("")) == ("Nguyễn", "")


async def test_what_changed_since_one_looked_is_marked(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.file()
    assert "chưa xem" in (await client.get("/officer", headers=world.browser(OFFICER))).text
    await client.get(f"/officer/cases/{dossier}", headers=world.browser(OFFICER))
    seen = (await client.get("/officer", headers=world.browser(OFFICER))).text
    assert "chưa xem" not in seen
    assert "có thay đổi" not in seen
    other = world.staff(OFFICER, "p-other")
    await world.do(handlers.judge_components, dossier, world.verdicts(), staff=other, seen_version=None)
    assert "có thay đổi" in (await client.get("/officer", headers=world.browser(OFFICER))).text
    case = (await client.get(f"/officer/cases/{dossier}", headers=world.browser(OFFICER))).text
    assert case.count('class="is-marked"') == 1


async def test_many_cases_are_given_away_at_once_each_with_its_outcome(client: httpx.AsyncClient, world: Any) -> None:
    first, second = await world.accepted(), await world.accepted()
    address = f"/officer/reassignment?case={first}&case={second}"
    page = read_page((await client.get(address, headers=world.browser(LEADER))).text)
    form = page.form("/reassignment")
    unit = (await world.case(first)).unit
    versions = [f"{first}@{(await world.case(first)).version}", f"{second}@1"]  # the second was changed meanwhile
    typed = {**form.fields, "case": versions, "assignee_id": "", "unit": unit, "reason": ""}
    again = await client.post(form.action, data=typed, headers=world.browser(LEADER))
    assert again.status_code == 422
    assert list(read_page(again.text).errors) == ["reason"]
    done = await client.post(form.action, data={**typed, "reason": "Nghỉ phép"}, headers=world.browser(LEADER))
    text = read_page(done.text).text
    assert "vừa cập nhật hồ sơ này" in text
    assert "Hồ sơ đang ở đúng nơi này rồi" in text
    assert "Đã giao 0 / 2 hồ sơ." in text


async def test_the_head_gives_chosen_rows_of_the_queue_to_a_colleague_and_one_is_refused(
    client: httpx.AsyncClient, world: Any
) -> None:
    first, second, not_assigned, not_chosen = [await world.accepted() for _ in range(4)]
    head, colleague = "division_head", world.staff("case_officer", "p-colleague")
    for dossier in (first, second, not_chosen):
        staff = world.staff(head)
        await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=staff, seen_version=None)
    await world.ask(handlers.note_staff, colleague)

    queue = await client.get("/officer/queue/open", headers=world.browser(head))
    picked = read_page(queue.text).form("/officer/reassignment")
    boxes = [str(one) for one in (first, second, not_assigned)]
    assert all(f'value="{one}"' in queue.text for one in boxes)
    page = await client.get(picked.action, params={"case": boxes}, headers=world.browser(head))
    form = read_page(page.text).form("/reassignment")
    versions = re.findall(r'name="case" value="([^"]+)"', page.text)
    assert sorted(one.split("@")[0] for one in versions) == sorted(boxes)

    typed = {**form.fields, "case": versions, "assignee_id": colleague.id, "unit": "", "reason": "Cân đối việc"}
    text = read_page((await client.post(form.action, data=typed, headers=world.browser(head))).text).text
    assert "Đã giao 2 / 3 hồ sơ." in text
    assert text.count("Giữ nguyên Người này không thuộc đơn vị và vai trò đang giữ hồ sơ.") == 1
    holders = [(await world.case(one)).holder_id for one in (first, second, not_assigned, not_chosen)]
    assert holders == [colleague.id, colleague.id, None, None]
    moved = {one.dossier_id for one in await world.said("CaseReassigned")}
    assert moved == {first, second}


async def test_nothing_chosen_says_what_to_do(client: httpx.AsyncClient, world: Any) -> None:
    answer = await client.get("/officer/reassignment", headers=world.browser(LEADER))
    assert "Chưa chọn hồ sơ nào" in read_page(answer.text).text


def test_a_file_holds_no_formula_and_reads_as_utf_8() -> None:
    body = as_csv(
        ["Tên"], [["=1+1"], ["+84 900"], ["@x"], ["-5"], [" =1"], ["\tx"], ['Phòng "Mẫu", tầng 1'], [None], [7]]
    )
    assert body.startswith(b"\xef\xbb\xbf")
    rows = [row[0] if row else "" for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))]
    assert rows == ["Tên", "'=1+1", "'+84 900", "'@x", "'-5", "' =1", "'\tx", 'Phòng "Mẫu", tầng 1', "", "7"]


async def test_messages_and_money_are_remembered_once_and_shown(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await world.accepted()
    now, demand = await world.at("2025-03-14 08:00"), UUID(int=7)
    sent = MessageSent(dossier_id=dossier, message_id=UUID(int=9), template="fee_due", channel="email", sent_at=now)
    money = {"dossier_id": dossier, "demand_id": demand, "amount_vnd": 12_600_000}
    told = [
        (handlers.note_message, sent),
        (handlers.note_demand, FeeDemanded(**money, demanded_at=now, contact="contacts/x/1.json")),
        (handlers.note_cancelled, DemandCancelled(**money, ground="replaced")),
        (handlers.note_refund, RefundDecided(**money, decision="refund", decided_at=now, contact="contacts/x/1.json")),
    ]
    for handler, one in (*told, *told):  # KEEPS may be replayed
        await world.do(handler, one)
    case = await world.case(dossier)
    assert len(await world.ask(reads.find_messages, case)) == 1
    assert sorted(one.kind for one in await world.ask(reads.find_payments, case)) == [
        "cancelled",
        "demanded",
        "paid",
        "refund",
    ]
    text = read_page((await client.get(f"/officer/cases/{dossier}", headers=world.browser(OFFICER))).text).text
    for words in (
        "Thông báo phí",
        "Đã nộp (trên nền tảng thanh toán)",
        "Quyết định hoàn trả",
        "có yêu cầu nộp khác thay thế",
    ):
        assert words in text


async def test_a_message_may_come_before_its_case(world: Any) -> None:
    now = await world.at("2025-03-03 08:00")
    early = MessageSent(
        dossier_id=UUID(int=3), message_id=UUID(int=4), template="received", channel="email", sent_at=now
    )
    await world.hear(early)
    assert await world.parked() == []


@pytest.mark.proves("R18", "E05")
async def test_what_is_looked_for_stands_in_no_address_where_it_may_name_somebody(
    client: httpx.AsyncClient, world: Any
) -> None:
    await world.file()
    officer = world.browser("one_stop_officer")
    page = read_page((await client.get("/officer", headers=officer)).text)
    form = page.form("/queue/all/search").fields
    named = await client.post("/officer/queue/all/search", headers=officer, data={**form, "q": "Bệnh viện"})
    assert named.headers["location"] == "/officer/queue/all?q=~"
    session = f"motcua_workflow={named.cookies['motcua_workflow']}"
    found = read_page((await client.get(named.headers["location"], headers={**officer, "Cookie": session})).text)
    assert found.form("/queue/all/search").fields["q"] == "Bệnh viện"
    assert "T-H00.15-250303-0001" in found.text
    coded = await client.post("/officer/queue/all/search", headers=officer, data={**form, "q": "250303-0001"})
    assert coded.headers["location"] == "/officer/queue/all?q=250303-0001"
