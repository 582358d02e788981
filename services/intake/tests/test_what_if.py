"""What if it were filed then: the page, the API and the rules say the same; whatever is typed gets a sentence."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.web.answering import SIGNS, counts, skipped
from intake.web.asking import CHANNELS
from kit.pages.formats import due as due_words
from kit.testing.databases import set_clock
from kit.testing.pages import read_page
from kit.testing.people import client_of
from kit.tx import Database
from rules import catalogue as law
from rules.calendar import HANOI
from rules.errors import NotPublished, RulesError
from rules.milestones import INSIDE, LABELS, Question, Round
from rules.road import road
from rules.testing import OFFICE_ID, PROCEDURE_ID, at

from .builders import API
from .test_calendars import approved, hear, with_a_holiday
from .test_pages import Reader, reader_of

__all__ = ["reader_of"]
pytestmark = pytest.mark.db
FILED = {"procedure": PROCEDURE_ID, "channel": "online", "office": OFFICE_ID}
FILED |= {"filed_on": "2025-03-03", "filed_time": "09:12"}
PAID = {"paid_on": "2025-03-13", "paid_time": "10:05"}
ROUND = {"asked_on": "2025-03-05", "asked_time": "14:00", "answered_on": "2025-03-06", "answered_time": "08:00"}


def a_round(number: int = 0, **changed: str) -> dict[str, str]:
    return {f"supplements-{number}-{name}": value for name, value in (ROUND | changed).items()}


def address(*parts: dict[str, str]) -> str:
    whole: dict[str, str] = {}
    for part in parts:
        whole |= part
    return f"/what-if?{urlencode(whole)}"


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Reader]:
    async for reader in reader_of(app):
        yield reader


@pytest.mark.proves("B11")
async def test_a_visitor_learns_when_the_result_would_come_and_why(visitor: Reader) -> None:
    page = await visitor.open(address(FILED, PAID))
    assert visitor.status == 200
    for words in (
        "Hẹn trả kết quả trước 17:30 Thứ Ba, 08/04/2025",
        "09:12 Thứ Hai, 03/03/2025 Nộp hồ sơ",
        "trước 09:12 Thứ Hai, 10/03/2025 Hạn kiểm tra hồ sơ",
        "Thời hạn 5 ngày làm việc, tính từ 09:12 Thứ Hai, 03/03/2025.",
        "Thứ Bảy, 08/03/2025 đến Chủ Nhật, 09/03/2025: không tính: Nghỉ hằng tuần",
        "Thứ Hai, 07/04/2025: nghỉ lễ: Giỗ Tổ Hùng Vương",
        "ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc kế tiếp",
        "Từng ngày trên lịch",
        "Thứ Ba, 08/04/2025 Hẹn trả kết quả, trước 17:30",
        "lịch làm việc phiên bản 2026.1",
    ):
        assert words in page.text, words


async def test_a_swapped_saturday_is_told_to_count(visitor: Reader) -> None:
    procedure = "radiation-licence-amend-2026"
    filed = FILED | {"procedure": procedure, "filed_on": "2026-01-06", "filed_time": "09:00"}
    page = await visitor.open(address(filed, {"paid_on": "2026-01-06", "paid_time": "09:00"}))
    assert visitor.status == 200
    assert "Thứ Bảy, 10/01/2026: vẫn tính: Làm bù thứ Bảy: Làm bù cho thứ Sáu 2/1/2026" in page.text


async def test_before_anything_is_asked_the_form_is_filled_with_now(visitor: Reader) -> None:
    page = await visitor.open(f"/what-if?procedure={PROCEDURE_ID}")
    form = page.form("/what-if")
    assert form.method == "get"
    assert form.fields["procedure"] == PROCEDURE_ID
    assert (form.fields["filed_on"], form.fields["filed_time"]) == ("2025-03-03", "09:12")
    assert not page.errors
    assert "Từng mốc thời gian" not in page.text


async def test_the_form_sent_untouched_gives_an_answer(visitor: Reader) -> None:
    page = await visitor.open(f"/what-if?procedure={PROCEDURE_ID}")
    page = await visitor.open(f"/what-if?{urlencode(page.form('/what-if').fields)}")
    assert "thời hạn tính từ khi nộp phí" in page.text


async def test_rounds_are_added_and_removed_without_scripts(visitor: Reader) -> None:
    page = await visitor.open(address(FILED, {"add_row": "supplements"}))
    assert "supplements-0-asked_on" in page.form("/what-if").fields
    assert not page.errors
    page = await visitor.open(address(FILED, a_round(), {"add_row": "supplements"}))
    fields = page.form("/what-if").fields
    assert (fields["supplements-0-asked_on"], fields["supplements-1-asked_on"]) == ("2025-03-05", "")
    later = a_round(1, asked_on="2025-03-07", answered_on="2025-03-07", answered_time="16:00")
    page = await visitor.open(address(FILED, a_round(), later, {"remove_row": "supplements-0"}))
    assert page.form("/what-if").fields["supplements-0-asked_on"] == "2025-03-07"


@pytest.mark.proves("R08")
async def test_a_supplement_moves_the_check_and_the_former_time_is_said_to_hold_no_longer(visitor: Reader) -> None:
    page = await visitor.open(address(FILED, PAID, a_round()))
    assert "không còn áp dụng vì có bổ sung" in page.text
    assert "trước 08:00 Thứ Năm, 13/03/2025 Hạn kiểm tra hồ sơ (2)" in page.text


async def test_an_unanswered_request_says_what_is_waited_for(visitor: Reader) -> None:
    page = await visitor.open(address(FILED, a_round(answered_on="", answered_time="")))
    assert "hồ sơ chờ ông/bà bổ sung" in page.text
    assert "Hẹn trả kết quả" not in page.text


@pytest.mark.proves("R14")
async def test_a_limit_nobody_has_published_is_said_so(visitor: Reader, client: httpx.AsyncClient) -> None:
    filed = FILED | {"procedure": "radiation-licence-new-2026", "filed_on": "2026-03-03"}
    page = await visitor.open(address(filed))
    assert "Thời hạn của thủ tục này: chưa công bố" in page.text
    asked = {"procedure_id": "radiation-licence-new-2026", "filed_at": "2026-03-03T09:00:00+07:00"}
    answer = await client.post(f"{API}/what-if", json=asked)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:limit-unpublished")
    assert "chưa công bố" in answer.json()["sentence_vi"]


WRONG = [
    ({"procedure": ""}, "procedure", "Hãy chọn thủ tục.", "Choose a procedure."),
    ({"procedure": "no-such"}, "procedure", "Không có thủ tục này.", "No such procedure: no-such."),
    ({"filed_on": "2019-03-03"}, "procedure", "không có hiệu lực", "not in force"),
    ({"channel": "pigeon"}, "channel", "Hãy chọn một cách nộp.", "Choose a way of filing."),
    ({"office": "nowhere"}, "office", "Không có cơ quan này", "No such office"),
    ({"filed_on": ""}, "filed_on", "Hãy ghi ngày của lúc nộp hồ sơ.", "Give the date of the filing."),
    ({"filed_on": "31/02/2025"}, "filed_on", "chưa đúng", "cannot be read"),
    ({"filed_on": "0000-00-00"}, "filed_on", "chưa đúng", "cannot be read"),
    ({"filed_time": ""}, "filed_time", "Hãy ghi giờ của lúc nộp hồ sơ", "Give the time of the filing"),
    ({"filed_time": "25:00"}, "filed_time", "chưa đúng", "cannot be read"),
    ({"paid_on": "hôm qua", "paid_time": "09:00"}, "paid_on", "chưa đúng", "cannot be read"),
    ({"paid_on": "2025-03-04", "paid_time": ""}, "paid_time", "Hãy ghi giờ của lúc nộp phí", "the payment"),
    ({"paid_on": "2025-03-01", "paid_time": "09:00"}, "paid_on", "không thể trước lúc nộp", "before the dossier"),
    (a_round(asked_on=""), "supplements-0-asked_on", "Hãy ghi ngày", "Give the date of the request"),
    (a_round(asked_time="9"), "supplements-0-asked_time", "chưa đúng", "cannot be read"),
    (a_round(asked_on="2025-03-01"), "supplements-0-asked_on", "trước lúc nộp hồ sơ", "before the filing"),
    (a_round(answered_on="2025-03-04"), "supplements-0-answered_on", "trước lúc được yêu cầu", "before the request"),
    (a_round(answered_on="x"), "supplements-0-answered_on", "chưa đúng", "cannot be read"),
    (a_round(answered_time=""), "supplements-0-answered_time", "Hãy ghi giờ của lúc bổ sung", "the answer"),
    (
        a_round(answered_on="", answered_time="") | a_round(1, asked_on="2025-03-07", answered_on="2025-03-08"),
        "supplements-0-answered_on",
        "Lần 1 chưa có lúc bổ sung",
        "Round 1 has no answer",
    ),
    (
        a_round() | a_round(1, asked_on="2025-03-05", answered_on="2025-03-08"),
        "supplements-1-asked_on",
        "trước lúc bổ sung lần trước",
        "before the answer before it",
    ),
]


@pytest.mark.parametrize(("changed", "field", "vietnamese", "english"), WRONG)
async def test_whatever_is_wrong_is_told_at_its_field_in_either_language(
    visitor: Reader, changed: dict[str, str], field: str, vietnamese: str, english: str
) -> None:
    for language, words in (("vi", vietnamese), ("en", english)):
        page = await visitor.open(address(FILED, changed, {"lang": language}))
        assert visitor.status == 422
        assert words in page.errors[field], page.errors
        typed = page.form("/what-if").fields
        kept = {name: value for name, value in changed.items() if name not in ("procedure", "channel", "office")}
        assert kept.items() <= typed.items(), "what was typed is kept"


@pytest.mark.parametrize(
    "filed_on", ["2027-03-03", "2026-12-30", "9999-12-31"], ids=["next year", "over the end", "far away"]
)
async def test_a_time_outside_the_calendars_years_is_a_clear_sentence(
    visitor: Reader, client: httpx.AsyncClient, filed_on: str
) -> None:
    filed = FILED | {"procedure": "radiation-licence-amend-2026", "filed_on": filed_on}
    page = await visitor.open(address(filed))
    assert visitor.status == 422
    assert "từ 01/01/2024 đến 31/12/2026" in page.errors["filed_on"]
    if filed_on < "9":
        asked = {"procedure_id": filed["procedure"], "filed_at": f"{filed_on}T09:12:00+07:00"}
        answer = await client.post(f"{API}/what-if", json=asked)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:outside-calendar")
        assert (answer.json()["first"], answer.json()["last"]) == ("2024-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"paid_on": "2027-03-13"}, "paid_on"),
        (a_round(asked_on="2025-03-20", answered_on="2027-01-04"), "supplements-0-answered_on"),
        ({"paid_on": "2026-12-30"}, "paid_on"),
    ],
)
async def test_the_moment_that_leads_out_of_the_calendar_is_the_one_to_change(
    visitor: Reader, changed: dict[str, str], field: str
) -> None:
    page = await visitor.open(address(FILED, PAID, changed))
    assert list(page.errors) == [field]
    assert "chưa được duyệt" in page.errors[field]


async def test_more_rounds_than_are_taken_are_refused_not_dropped(visitor: Reader) -> None:
    rounds = [
        a_round(number, asked_on="2025-03-06", answered_on="2025-03-06", asked_time="08:00") for number in range(11)
    ]
    page = await visitor.open(address(FILED, *rounds))
    assert page.errors["supplements"] == "Ghi nhiều nhất 10 lần."


@pytest.mark.parametrize(
    ("changed", "status", "slug", "pointer"),
    [
        ({"procedure_id": "no-such"}, 404, "procedure-unknown", None),
        ({"filed_at": "2019-03-03T09:00:00+07:00"}, 409, "procedure-not-in-force", None),
        ({"channel": "pigeon"}, 422, "malformed", None),
        ({"office": "nowhere"}, 404, "office-unknown", None),
        ({"filed_at": "2025-03-03T09:00:00"}, 422, "malformed", None),
        ({"filed_at": "0001-01-01T00:00:00+14:00"}, 422, "malformed", None),
        ({"filed_at": "9999-12-31T23:59:00-12:00"}, 422, "malformed", None),
        ({"filed_at": None}, 422, "malformed", None),
        ({"name": "Trần Văn Nộp"}, 422, "malformed", None),
        ({"paid_at": "2025-03-01T09:00:00+07:00"}, 422, "question-invalid", "paid_at"),
        (
            {"supplements": [{"asked_at": "2025-03-01T09:00:00+07:00"}]},
            422,
            "question-invalid",
            "supplements/0/asked_at",
        ),
        ({"supplements": [{"asked_at": "2025-03-05T09:00:00+07:00"}] * 11}, 422, "malformed", None),
    ],
)
async def test_a_bad_question_to_the_api_is_a_problem(
    client: httpx.AsyncClient, changed: dict[str, Any], status: int, slug: str, pointer: str | None
) -> None:
    asked = {"procedure_id": PROCEDURE_ID, "filed_at": "2025-03-03T09:12:00+07:00"} | changed
    answer = await client.post(f"{API}/what-if", json=asked)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{slug}")
    if pointer:
        (wrong,) = answer.json()["field_errors"]
        assert wrong["pointer"] == pointer
        assert wrong["message_vi"]
        assert wrong["message_en"]


def test_every_kind_of_date_that_concerns_an_applicant_has_a_sign_on_the_calendar() -> None:
    assert set(SIGNS) == set(LABELS) - set(INSIDE)
    assert all(len(short) <= 6 for _, short in SIGNS.values())


@pytest.mark.proves("R01")
async def test_page_and_api_count_by_the_newest_approved_calendar(
    visitor: Reader, client: httpx.AsyncClient, database: Database
) -> None:
    await hear(database, await approved(database, with_a_holiday(), "2025-03-01 08:00"))
    page = await visitor.open(address(FILED))
    assert "trước 09:12 Thứ Ba, 11/03/2025 Hạn kiểm tra hồ sơ" in page.text
    assert "Thứ Ba, 04/03/2025: không tính: Nghỉ lễ: Nghỉ thử nghiệm" in page.text
    asked = {"procedure_id": PROCEDURE_ID, "filed_at": "2025-03-03T09:12:00+07:00"}
    told = (await client.post(f"{API}/what-if", json=asked)).json()
    assert told["calendar_version"] == "2025.1"
    assert {one["kind"]: one["at"] for one in told["milestones"]}["check_due"] == "2025-03-11T09:12:00+07:00"


async def test_door_and_procedure_lead_to_it(visitor: Reader) -> None:
    assert (await visitor.open("/")).link("Tính thử ngày trả kết quả") == "/what-if"
    page = await visitor.open(f"/procedures/{PROCEDURE_ID}")
    page = await visitor.open(page.link("Tính thử với ngày khác"))
    assert page.h1 == "Tính thử ngày trả kết quả"


async def test_the_address_is_enough_and_names_nobody(visitor: Reader, app: FastAPI, database: Database) -> None:
    shared = address(FILED, PAID, a_round())
    first = await visitor.open(shared)
    await set_clock(database, at("2025-06-02 09:00"))
    async for another in reader_of(app):
        page = await another.open(shared)
        assert "Hẹn trả kết quả trước 17:30 Thứ Ba, 08/04/2025" in page.text
        assert set(page.form("/what-if").fields) == set(first.form("/what-if").fields)


moments = st.datetimes(datetime(2024, 2, 1), datetime(2026, 6, 30))  # noqa: DTZ001 - given their zone below
gaps = st.lists(st.integers(0, 14 * 24 * 60), min_size=0, max_size=5)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A question as a person may ask it: filed in any minute, paid or not, supplemented up to twice."""
    procedures = [one for one in law.load().procedures if one.limit]
    procedure = draw(st.sampled_from(sorted(procedures, key=lambda one: (one.id, one.version))))
    filed_at = draw(moments)
    steps = [filed_at]
    for gap in draw(gaps):
        steps.append(steps[-1] + timedelta(minutes=gap))
    aware = [one.replace(second=0, microsecond=0, tzinfo=HANOI) for one in steps]
    pairs = list(zip(aware[1::2], aware[2::2], strict=False))
    paid_at = draw(st.none() | st.sampled_from(aware))
    return Question(
        procedure.id, draw(st.sampled_from(CHANNELS)), OFFICE_ID, aware[0], paid_at,
        tuple(Round(asked, answered) for asked, answered in pairs[:2]),
    )  # fmt: skip


def typed(question: Question) -> dict[str, str]:
    """The question as its page's address."""
    found = {"procedure": question.procedure, "channel": question.channel, "office": question.office_id}
    found |= on_and_time("filed", question.filed_at)
    found |= on_and_time("paid", question.paid_at) if question.paid_at else {}
    for number, one in enumerate(question.rounds):
        found |= on_and_time(f"supplements-{number}-asked", one.asked_at)
        found |= on_and_time(f"supplements-{number}-answered", one.answered_at) if one.answered_at else {}
    return found


def on_and_time(stem: str, moment: datetime) -> dict[str, str]:
    return {f"{stem}_on": f"{moment:%Y-%m-%d}", f"{stem}_time": f"{moment:%H:%M}"}


def as_json(question: Question) -> dict[str, Any]:
    """The question as the API takes it."""
    rounds = [
        {"asked_at": one.asked_at.isoformat(), "answered_at": one.answered_at and one.answered_at.isoformat()}
        for one in question.rounds
    ]
    return {
        "procedure_id": question.procedure,
        "channel": question.channel,
        "filed_at": question.filed_at.isoformat(),
        "paid_at": question.paid_at and question.paid_at.isoformat(),
        "supplements": rounds,
    }


@pytest.mark.proves("R01", "R03", "R04", "R08")
@given(question=questions())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_page_api_and_rules_agree(question: Question, app: FastAPI) -> None:
    async with client_of(app, follow_redirects=True) as client:
        answer = await client.post(f"{API}/what-if", json=as_json(question))
        html = await client.get(f"/what-if?{urlencode(typed(question))}", headers={"Accept": "text/html"})
        page = read_page(html.text)
        try:
            wanted = road(question)
        except RulesError as error:
            refused: RulesError | None = error
        else:
            refused = None
        if refused is not None:
            assert answer.status_code in (404, 409, 422), refused
            assert page.errors or isinstance(refused, NotPublished)
            return
        told = answer.json()
        assert answer.status_code == 200, told
        assert [one["kind"] for one in told["milestones"]] == [one.kind for one in wanted.milestones]
        assert [one["at"] for one in told["milestones"]] == [one.at.isoformat() for one in wanted.milestones]
        assert told["due_at"] == (wanted.due_at and wanted.due_at.isoformat())
        assert html.status_code == 200
        for one in wanted.milestones:
            assert one.is_inside or f"{one.at:%H:%M}" in page.text or one.kind == "apology_last"
            for row in skipped(one.days):
                assert row.days in page.text
        if wanted.due_at:
            assert f"Hẹn trả kết quả {due_words(wanted.due_at)}" in page.text
            assert max(counts(wanted), default=wanted.due_at.date()) <= wanted.due_at.date()
