"""Off the straight road: what the applicant is shown of every ending, new date, correction and posting."""

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest

from contracts.envelope import Event
from contracts.facts import Handler
from contracts.intake import ResultCollected
from intake.consumer import consumer
from kit.consume import deliver
from kit.testing.databases import emitted, set_clock
from kit.testing.events import a_record, shuffled
from kit.testing.pages import Page
from kit.testing.people import bearer
from kit.tx import Database, run_sql
from rules import catalogue as law
from rules.testing import OFFICE_ID, at

from .builders import API, KHOI, NGOC, a_dossier, upload
from .test_calendars import approved
from .test_pages import Reader, khoi, reader_of
from .test_road import DEMAND, hear, numbered, the_road, track
from .turning import REASON, WHERE, Turning

__all__ = ["khoi", "reader_of"]
pytestmark = pytest.mark.db
CHECKED, FEE_ASKED, STEPPING, FINISHED = 1, 5, 8, 11


async def on_the_road(client: httpx.AsyncClient, database: Database, so_far: int) -> tuple[Turning, list[Event]]:
    """A dossier of which so many events of the straight road were said."""
    others = Turning(database, await a_dossier(client))
    return others, (await the_road(others))[:so_far]


async def shown(khoi: Reader, others: Turning) -> Page:
    return await khoi.open(f"/dossiers/{others.dossier_id}")


async def test_a_refusal_says_why_and_where_to_go(khoi: Reader, client: httpx.AsyncClient, database: Database) -> None:
    others, said = await on_the_road(client, database, CHECKED)
    await hear(database, *said, await others.refused(at("2025-03-05 10:00")))
    page = await shown(khoi, others)
    for words in (REASON, WHERE, "Hồ sơ không được tiếp nhận", "mẫu số 03", "Cơ quan không tiếp nhận hồ sơ"):
        assert words in page.text
    paper = await khoi.client.get(page.link("Phiếu từ chối tiếp nhận"))
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    facts = await track(client, others.dossier_id)
    assert (facts["status"], facts["completion_percent"], facts["endings_open"]) == (3, 100, [])
    assert [stop["key"] for stop in facts["stops"]] == ["submitted", "check", "ended"]
    assert facts["stops"][-1]["since"] == "2025-03-05T10:00:00+07:00"
    assert facts["turns"]["ended_words"]["where_to_go"] == WHERE
    assert facts["documents"][0]["kind"] == "refusal"
    assert (await client.get(facts["documents"][0]["path"], headers=bearer(NGOC))).status_code == 404


@pytest.mark.proves("R09")
async def test_a_dossier_taken_back_has_ended_and_owes_nothing(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, FEE_ASKED)
    cancelled = others.cancelled(DEMAND, "withdrawn")
    await hear(database, *said, others.withdrawn(at("2025-03-12 10:00")), cancelled)
    page = await shown(khoi, others)
    assert "Ông/bà đã rút hồ sơ" in page.text
    assert "không phải nộp nữa: hồ sơ đã rút" in page.text
    assert "Chờ ông/bà nộp phí" in page.text  # the road never says that was done which was only waited for
    assert not [link for link in page.links if link.href.startswith("/pay/")]
    facts = await track(client, others.dossier_id)
    assert (facts["status"], facts["fees"][0]["pay_path"], facts["stops"][-1]["key"]) == (7, None, "ended")


@pytest.mark.proves("R09", "D16")
@pytest.mark.parametrize(
    ("ground", "words", "papers"),
    [
        ("requested", "theo yêu cầu của ông/bà", 1),
        ("not_supplemented", "hết thời hạn bổ sung", 0),
        ("not_paid", "hết thời hạn nộp phí", 0),
    ],
)
async def test_a_stop_says_why_and_has_its_notice_only_on_request(
    khoi: Reader, client: httpx.AsyncClient, database: Database, ground: str, words: str, papers: int
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said, await others.stopped(at("2025-03-20 10:00"), ground))  # type: ignore[arg-type]
    page = await shown(khoi, others)
    assert words in page.text
    assert len([link for link in page.links if "Thông báo dừng" in link.text]) == papers
    assert "còn" not in page.text.split("Chặng đường")[0].split("Hẹn trả")[-1]


async def test_a_refused_stop_is_told_with_its_reason_and_the_dossier_goes_on(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said)
    stop = await client.post(f"{API}/dossiers/{others.dossier_id}/stop", headers=bearer(KHOI), json={})
    assert stop.status_code == 202
    await hear(database, *said, await others.stop_refused(at("2025-03-27 10:00")))
    page = await shown(khoi, others)
    assert "Giấy phép đã ký sáng nay." in page.text
    assert "đã yêu cầu dừng" not in page.text
    facts = await track(client, others.dossier_id)
    assert "stop_refused" in [stop["key"] for stop in facts["stops"]]
    assert facts["stops"][-1]["key"] == "returned"


@pytest.mark.proves("R06", "R07", "D17")
async def test_a_late_dossier_shows_the_apology_first_with_both_dates(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said, await others.reappointed(at("2025-04-04 10:00")))
    await set_clock(database, at("2025-04-09 09:00"))
    page = await shown(khoi, others)
    first = page.text[: page.text.index("Trạng thái")]
    assert "Chúng tôi xin lỗi ông/bà vì trễ hẹn" in first
    assert "trước 17:30 Thứ Ba, 22/04/2025" in first
    assert "Lần đầu hẹn trước 17:30 Thứ Ba, 08/04/2025" in first
    assert page.link("Văn bản xin lỗi").endswith("xin-loi-va-hen-lai.pdf")
    facts = await track(client, others.dossier_id)
    assert (facts["due_at"], facts["first_due_at"]) == ("2025-04-22T17:30:00+07:00", "2025-04-08T17:30:00+07:00")
    keys = [stop["key"] for stop in facts["stops"]]
    assert keys.index("reappointed") < keys.index("result")


@pytest.mark.proves("R07")
async def test_an_apology_without_a_new_date_leaves_the_date(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said, await others.apology(at("2025-04-08 18:00")))
    await set_clock(database, at("2025-04-10 09:00"))
    page = await shown(khoi, others)
    assert "Hồ sơ lẽ ra có kết quả trước 17:30 Thứ Ba, 08/04/2025" in page.text
    assert page.link("Thư xin lỗi")


@pytest.mark.proves("R08")
async def test_a_supplement_after_acceptance_begins_the_limit_anew(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    asked = await others.supplement_requested(at("2025-03-20 14:00"), "safety-assessment", round=2)
    await hear(database, *said, asked)
    await set_clock(database, at("2025-03-24 09:00"))
    facts = await track(client, others.dossier_id)
    assert [stop["key"] for stop in facts["stops"] if stop["state"] == "ahead"][-2:] == ["result", "returned"]
    assert "check" not in [stop["key"] for stop in facts["stops"] if stop["state"] == "ahead"]
    given = {"component": "safety-assessment", "upload_id": await upload(client, "safety-assessment")}
    path = f"{API}/dossiers/{others.dossier_id}/supplements"
    answer = await client.post(path, headers=bearer(KHOI), json={"round": 2, "uploads": [given]})
    assert (answer.status_code, answer.json()["status"]) == (201, 4)
    await hear(database, *said, asked, others.restarted(at("2025-03-24 09:01"), 2))
    page = await shown(khoi, others)
    assert "thời hạn tính lại từ đầu, lúc 09:01 Thứ Hai, 24/03/2025" in page.text
    facts = await track(client, others.dossier_id)
    current = [(stop["key"], stop["step_id"]) for stop in facts["stops"] if stop["state"] == "current"]
    assert current == [("step", "assign")]
    assert facts["due_at"] == "2025-04-22T17:30:00+07:00"


async def test_the_applicant_sees_that_another_agency_is_asked(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    asked, answered = others.opinion_asked(at("2025-03-17 10:00")), others.opinion_received(at("2025-03-24 10:00"))
    await hear(database, *said, asked)
    assert "Đang lấy ý kiến cơ quan khác" in (await shown(khoi, others)).text
    await hear(database, *said, asked, answered)
    page = await shown(khoi, others)
    assert "Đang lấy ý kiến" not in page.text
    assert "Cơ quan được hỏi đã trả lời" in page.text


async def test_whoever_has_the_case_now_is_whom_to_call(client: httpx.AsyncClient, database: Database) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    moved = others.reassigned(at("2025-03-17 10:00"), Handler(staff_id="p-binh", unit="radiation"))
    await hear(database, *said, moved)
    async with database.transaction() as tx:
        row = (await run_sql(tx, "select handler_id, handler_unit, unit from dossier")).one()
    assert tuple(row) == ("p-binh", "radiation", "radiation")
    await hear(database, *said, moved, others.reassigned(at("2025-03-18 10:00")))
    async with database.transaction() as tx:
        assert (await run_sql(tx, "select handler_id from dossier")).scalar_one() is None


async def collected(database: Database) -> list[str]:
    return [one.result_code[-3:] for one in await emitted(database) if isinstance(one, ResultCollected)]


@pytest.mark.proves("R16", "C07")
async def test_a_corrected_result_is_taken_anew_and_the_former_stays_readable(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, FINISHED)
    await hear(database, *said)
    take = f"{API}/dossiers/{others.dossier_id}/result-collection"
    await client.post(take, headers=bearer(KHOI))
    correction = await others.corrected(at("2025-04-02 10:00"))
    await hear(database, *said, correction)
    page = await shown(khoi, others)
    assert "Đã có kết quả đính chính" in page.text
    former = await khoi.client.get(page.link("Kết quả giải quyết"))
    assert former.status_code == 200
    assert "Không còn giá trị, đã thay bằng" in page.text
    assert await collected(database) == ["KQ1"]
    await client.post(take, headers=bearer(KHOI))
    assert await collected(database) == ["KQ1", "KQ2"]
    assert "Kết quả này đang có giá trị" in (await shown(khoi, others)).text
    facts = await track(client, others.dossier_id)
    replaced = [one["replaced_by"] is not None for one in facts["turns"]["results"]]
    assert (facts["status"], replaced) == (9, [True, False])
    async with database.transaction() as tx:
        await run_sql(tx, "delete from kit_inbox")
    await hear(database, *said, correction)
    assert await track(client, others.dossier_id) == facts
    await client.post(take, headers=bearer(KHOI))
    assert await collected(database) == ["KQ1", "KQ2"]


async def test_a_refusal_on_substance_is_called_one(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, FINISHED - 1)
    finished = (await others.finished(at("2025-03-28 09:00"))).model_copy(update={"result_kind": "refused"})
    await hear(database, *said, finished)
    page = await shown(khoi, others)
    assert "Đã có quyết định từ chối" in page.text
    answer = await khoi.client.post(page.form("/result").action, data=page.form("/result").fields)
    assert answer.headers["content-type"] == "application/pdf"
    assert (await shown(khoi, others)).link("Quyết định từ chối").endswith("-KQ1.pdf")


async def test_a_posted_result_shows_its_order_and_its_barcode(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, FINISHED)
    posted, again = others.posted(at("2025-03-29 09:00")), others.posted(at("2025-03-29 15:00"), "EB123456785VN")
    await hear(database, *said, posted)
    page = await shown(khoi, others)
    assert "DH-0001" in page.text
    assert "ngay khi bưu chính cấp" in page.text
    await hear(database, *said, posted, again)
    page = await shown(khoi, others)
    assert "EB123456785VN" in page.text
    keys = [stop["key"] for stop in (await track(client, others.dossier_id))["stops"]]
    assert keys[-3:] == ["result", "posted", "returned"]


@pytest.mark.parametrize(
    ("way", "words"), [("counter", "Đã trả kết quả tại quầy"), ("postal", "Đã trả kết quả qua bưu chính")]
)
async def test_a_result_handed_over_says_how(
    khoi: Reader, client: httpx.AsyncClient, database: Database, way: str, words: str
) -> None:
    others, said = await on_the_road(client, database, FINISHED)
    await hear(database, *said, others.returned_by(at("2025-04-01 09:00"), way))  # type: ignore[arg-type]
    page = await shown(khoi, others)
    assert words in page.text
    assert (await track(client, others.dossier_id))["completion_percent"] == 100


@pytest.mark.parametrize(("decision", "words"), [("refund", "quyết định hoàn lại"), ("keep", "không hoàn lại")])
async def test_what_was_decided_about_the_money_is_shown(
    khoi: Reader, client: httpx.AsyncClient, database: Database, decision: str, words: str
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    refund = others.refund(DEMAND, at("2025-03-21 09:00"), decision)  # type: ignore[arg-type]
    await hear(database, *said, await others.stopped(at("2025-03-20 10:00")), refund)
    assert words in (await shown(khoi, others)).text


async def test_a_check_without_a_published_limit_promises_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    others, _said = await on_the_road(client, database, 0)
    check = others.check_started(at("2025-03-03 09:13")).model_copy(update={"due_at": None})
    await hear(database, check)
    stops = (await track(client, others.dossier_id))["stops"]
    assert (stops[1]["key"], stops[1]["planned_at"]) == ("check", None)


async def test_a_date_that_a_calendar_moved_stands_beside_the_former_one_with_the_reason(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said, others.moved_date(at("2025-03-20 10:00")))
    await set_clock(database, at("2025-03-21 09:00"))
    page = await shown(khoi, others)
    for words in (
        "Ngày hẹn mới: trước 17:30 Thứ Ba, 22/04/2025",
        "Trước đây hẹn trước 17:30 Thứ Ba, 08/04/2025",
        "phiên bản 2025.2",
        "Lịch làm việc thay đổi, ngày hẹn trả đổi theo",
    ):
        assert words in page.text
    facts = await track(client, others.dossier_id)
    assert facts["due_at"] == "2025-04-22T17:30:00+07:00"
    assert facts["turns"]["moved_date"]["previous_due_at"] == "2025-04-08T17:30:00+07:00"


async def test_the_days_that_moved_a_date_are_named_once_the_calendar_was_heard(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    record = law.load().shipped_calendar(OFFICE_ID).record
    days = [one for one in record.special_days if one.day != date(2025, 4, 7)]
    changed = record.model_copy(update={"version": "2025.2", "special_days": tuple(days)})
    event = await approved(database, changed, "2025-03-20 09:00")
    await deliver(database, consumer(), [a_record(event, sequence=1, offset=1)])
    await hear(database, *said, others.moved_date(at("2025-03-20 10:00")))
    await set_clock(database, at("2025-03-21 09:00"))
    page = await shown(khoi, others)
    assert "Thứ Hai, 07/04/2025: nay làm việc" in page.text
    facts = await track(client, others.dossier_id)
    assert facts["turns"]["moved_by"] == [{"on": "2025-04-07", "works": True, "reason": ""}]


async def test_a_new_appointment_takes_the_place_of_what_a_calendar_moved(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    moved = others.moved_date(at("2025-03-20 10:00"), to=at("2025-04-09 17:30"))
    await hear(database, *said, moved, await others.reappointed(at("2025-04-04 10:00")))
    assert "được duyệt lại" not in (await shown(khoi, others)).text
    assert (await track(client, others.dossier_id))["turns"]["moved_date"] is None


async def test_a_check_that_a_calendar_moved_is_planned_for_the_new_time(
    client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, CHECKED)
    await hear(database, *said, others.moved_date(at("2025-03-04 10:00"), at("2025-03-11 09:12"), "check"))
    facts = await track(client, others.dossier_id)
    assert (facts["due_at"], facts["stops"][1]["planned_at"]) == (None, "2025-03-11T09:12:00+07:00")


async def test_a_missed_date_is_said_at_once_and_a_late_step_is_not(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said, others.missed(at("2025-03-25 08:00"), "step"))
    facts = await track(client, others.dossier_id)
    assert facts["turns"]["missed_at"] is None
    assert "missed" not in [stop["key"] for stop in facts["stops"]]
    await hear(database, *said, others.missed(at("2025-03-25 08:00"), "step"), others.missed(at("2025-04-09 00:00")))
    page = await shown(khoi, others)
    assert "Hồ sơ đã quá hẹn" in page.text
    assert "Quá ngày hẹn trả mà chưa có kết quả" in page.text
    facts = await track(client, others.dossier_id)
    assert facts["turns"]["missed_at"] == "2025-04-09T00:00:00+07:00"


@pytest.mark.proves("D09")
async def test_who_has_not_answered_sees_until_when_the_dossier_stays_open(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, CHECKED)
    asked = await others.supplement_requested(at("2025-03-05 14:00"), "inspection-certificates")
    await hear(database, *said, asked, others.closing(at("2025-03-24 08:00")))
    page = await shown(khoi, others)
    assert "Trả lời trước 14:00 Thứ Tư, 26/03/2025." in page.text
    assert (await track(client, others.dossier_id))["turns"]["closing_by"] == "2025-03-26T14:00:00+07:00"
    again = others.check_started(at("2025-03-25 08:01"), round=1)
    await hear(database, *said, asked, others.closing(at("2025-03-24 08:00")), again)
    assert (await track(client, others.dossier_id))["turns"]["closing_by"] is None


@pytest.mark.proves("B11")
async def test_the_months_show_every_day_from_the_start_to_the_due_day(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    await hear(database, *said, await others.reappointed(at("2025-03-20 10:00")))
    await set_clock(database, at("2025-03-21 09:00"))
    page = await shown(khoi, others)
    for words in (
        "Thứ Năm, 13/03/2025 Bắt đầu tính, từ 10:06",
        "Thứ Sáu, 21/03/2025 Hôm nay; ngày thứ 8",
        "Thứ Hai, 07/04/2025 Ngày thứ 25; Nghỉ lễ: Giỗ Tổ Hùng Vương",
        "Thứ Ba, 08/04/2025 Lần đầu hẹn trả, trước 17:30",
        "Thứ Ba, 22/04/2025 Hẹn trả, trước 17:30",
    ):
        assert words in page.text


Ending = Callable[[Turning], Awaitable[list[Event]]]


async def late_and_corrected(others: Turning) -> list[Event]:
    return [
        others.opinion_asked(at("2025-03-17 10:00")),
        others.opinion_received(at("2025-03-24 10:00")),
        await others.reappointed(at("2025-04-04 10:00")),
        await others.finished(at("2025-04-15 09:00")),
        others.posted(at("2025-04-15 10:00"), "EB123456785VN"),
        await others.corrected(at("2025-04-16 10:00")),
        others.returned_by(at("2025-04-18 10:00"), "postal"),
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_deliveries_ends_in_the_same_place(
    client: httpx.AsyncClient, database: Database, seed: int
) -> None:
    others, said = await on_the_road(client, database, STEPPING)
    events = numbered([*said, *(await late_and_corrected(others))])
    reader = consumer()
    for record in shuffled([a_record(event, sequence=number) for event, number in events], seed):
        await deliver(database, reader, [record])
    facts = await track(client, others.dossier_id)
    assert (facts["status"], facts["completion_percent"]) == (10, 100)
    assert [stop["key"] for stop in facts["stops"]][-7:] == [
        "opinion_asked", "opinion_received", "reappointed", "step", "result", "posted", "corrected", "returned",
    ][-7:]  # fmt: skip
    async with database.transaction() as tx:
        assert (await run_sql(tx, "select count(*) from kit_parked")).scalar_one() == 0


async def test_somebody_else_sees_none_of_it(client: httpx.AsyncClient, database: Database) -> None:
    others, said = await on_the_road(client, database, CHECKED)
    await hear(database, *said, await others.refused(at("2025-03-05 10:00")))
    found = await client.get(f"{API}/dossiers/{others.dossier_id}", headers=bearer(NGOC))
    assert found.status_code == 404


@pytest.mark.proves("R06")
async def test_the_door_counts_last_months_results_against_the_first_date(
    khoi: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    assert "chưa có hồ sơ nào có kết quả" in (await khoi.open("/")).text
    for number, lateness in enumerate(("early", "late")):
        others = Turning(database, await a_dossier(client, key=f"k-{number}"))
        others.code = f"000.00.15.H00-250313-010{number}"
        finished = await others.finished(at("2025-03-28 09:00"))
        await hear(database, finished.model_copy(update={"lateness": "on_time", "lateness_first": lateness}))
    await set_clock(database, at("2025-04-02 09:00"))
    page = await khoi.open("/")
    assert "Tháng 03/2025 có kết quả 2 hồ sơ" in page.text
    figures = [
        " ".join("".join(one.itertext()).split()) for one in page.root.iter("li") if one.get("class") == "figure"
    ]
    assert figures == ["1 sớm hơn hẹn", "0 đúng hẹn", "1 trễ hẹn"]
    await set_clock(database, at("2025-05-02 09:00"))
    assert "Tháng 04/2025 chưa có" in (await khoi.open("/")).text
