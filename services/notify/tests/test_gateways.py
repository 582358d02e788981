"""What goes over the wire: headers that read back as they were written, and what servers' answers mean."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import httpx
import pytest

from kit.errors import OutcomeUnknown, Refused, TryAgain
from notify.gateways import Letter, judged, read_answer, written

SUBJECT = "Hồ sơ H00.15-250313-0001 đã được tiếp nhận, hẹn trả trước 17:30 Thứ Ba, 08/04/2025"


def a_letter(subject: str = SUBJECT, to: str = "nop@mau.example", to_name: str = "Trần Văn Nộp") -> Letter:
    return Letter("key-1", to, to_name, subject, "Chữ\n", "<p>Chữ</p>", datetime(2025, 3, 3, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize("before", range(40))
def test_a_subject_reads_back_as_it_was_written_wherever_it_is_folded(before: int) -> None:
    subject = f"{'x' * before}{SUBJECT}"
    raw = written(a_letter(subject, to_name=subject), "motcua@mau.example", subject).as_bytes()
    read = message_from_bytes(raw, policy=policy.default)
    assert str(read["subject"]) == subject
    as_it_came = message_from_bytes(raw)
    names = [str(make_header(decode_header(as_it_came[header]))) for header in ("To", "From")]
    assert names == [f"{subject} <nop@mau.example>", f"{subject} <motcua@mau.example>"]
    assert max(len(line) for line in raw.splitlines()) <= 78


def test_a_letter_has_a_text_and_an_html_part_and_its_own_message_id() -> None:
    read = message_from_bytes(written(a_letter(), "motcua@mau.example", "Sở").as_bytes(), policy=policy.default)
    assert read["message-id"] == "<key-1@mau.example>"
    assert read["auto-submitted"] == "auto-generated"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nBcc: x@y.example", "a@b, c@d", "đường@mau.example", "a@đường.vn"])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(Refused):
        written(a_letter(to=to), "motcua@mau.example", "Sở")


def test_line_ends_in_a_name_or_subject_stay_inside_it() -> None:
    letter = a_letter("Một\r\nBcc: x@y.example", to_name="Hai\nBcc: x@y.example")
    read = message_from_bytes(written(letter, "motcua@mau.example", "Sở").as_bytes(), policy=policy.default)
    assert read["bcc"] is None


@pytest.mark.parametrize(("code", "cls"), [(550, Refused), (554, Refused), (451, TryAgain), (421, TryAgain)])
def test_a_servers_five_is_for_good_and_its_four_is_for_now(code: int, cls: type[Exception]) -> None:
    assert type(judged(code, "words")) is cls


@pytest.mark.parametrize(
    ("answer", "cls"),
    [
        (httpx.Response(200, json={"CodeResult": "99"}), Refused),
        (httpx.Response(200, json={"CodeResult": 103}), TryAgain),
        (httpx.Response(200, json={"CodeResult": "7", "ErrorMessage": "new"}), TryAgain),
        (httpx.Response(200, text="<html>"), OutcomeUnknown),
        (httpx.Response(200, json=[]), OutcomeUnknown),
        (httpx.Response(500, json={"CodeResult": "100"}), OutcomeUnknown),
    ],
)
def test_the_gateways_answer_is_taken_at_its_word_only_when_it_has_one(
    answer: httpx.Response, cls: type[Exception]
) -> None:
    with pytest.raises(cls):
        read_answer(answer)


def test_an_accepted_short_message_has_its_number() -> None:
    assert read_answer(httpx.Response(200, json={"CodeResult": "100", "SMSID": "7"})) == "accepted: 7"
    assert read_answer(httpx.Response(200, json={"CodeResult": "124"})) == "accepted before: "
