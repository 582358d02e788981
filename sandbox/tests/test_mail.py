"""Mail by SMTP and text messages by the gateway's protocol, over real sockets, read again on the page."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.mail import letter
from sandbox.mail.program import build_app
from sandbox.mail.settings import MailSettings

# One client, because making one reads every certificate; no connection is kept, because servers come and go.
http = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
TO = "ky.thuat@benhvien-mau.example"
SMS_PATH = "/sandbox/mail/MainService.svc/json/SendMultipleMessage_V4_post_json/"


class Post:
    """What the tests do with a running receiver."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self.base = f"http://127.0.0.1:{settings.port}"

    def send(self, mail: EmailMessage, *to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.settings.smtp_port, timeout=10) as line:
            line.send_message(mail, to_addrs=to or (TO,))

    def sms(self, **changed: Any) -> dict[str, Any]:
        said = {
            "ApiKey": "key",
            "SecretKey": "secret",
            "Phone": "0900000101",
            "Content": "Ho so da tiep nhan",
            "Brandname": "MOTCUA",
            "SmsType": "2",
            "IsUnicode": 0,
            "RequestId": "r1",
            **changed,
        }
        return dict(http.post(self.base + SMS_PATH, json=said).json())

    def messages(self, **asked: Any) -> list[dict[str, Any]]:
        return list(http.get(f"{self.base}/sandbox/mail/api/messages", params=asked).json())

    def page(self, path: str = "", **asked: Any) -> httpx.Response:
        return http.get(f"{self.base}/sandbox/mail{path}", params=asked)


def a_mail(message_id: str = "<m1@motcua.example>", **changed: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = changed.get("sender", "Một cửa Sở Mẫu <motcua@sokhcn.mau.example>")
    mail["To"] = changed.get("to", TO)
    mail["Subject"] = changed.get("subject", "Đã tiếp nhận hồ sơ 000.00.01.H00-250303-0001")
    mail["Message-ID"] = message_id
    mail.set_content("Kính gửi ông/bà,\nxem tại http://localhost:8080/track/ABC <script>")
    mail.add_alternative("<h1>Chào</h1><script>alert(1)</script>", subtype="html")
    mail.add_attachment(b"%PDF-1.4 ...", maintype="application", subtype="pdf", filename="Mẫu số 01.pdf")
    return mail


@pytest.fixture
def settings(free_port: Callable[[], int], tmp_path: Path) -> MailSettings:
    return MailSettings(
        port=free_port(),
        smtp_port=free_port(),
        folder=tmp_path,
        control_token="control-token-of-the-tests",
        sms_api_key="key",
        sms_secret_key="secret",
    )


@pytest.fixture
def post(serve: Any, settings: MailSettings) -> Post:
    serve(build_app(settings), settings.port)
    return Post(settings)


def test_a_mail_arrives_with_all_its_parts(post: Post) -> None:
    post.send(a_mail())
    (message,) = post.messages(to=TO.upper())
    assert message["subject"] == "Đã tiếp nhận hồ sơ 000.00.01.H00-250303-0001"
    assert message["from"] == "Một cửa Sở Mẫu <motcua@sokhcn.mau.example>"
    assert (message["to"], message["message_id"], message["arrivals"]) == ([TO], "<m1@motcua.example>", 1)
    assert message["text"].startswith("Kính gửi ông/bà,")
    assert message["attachments"] == [{"name": "Mẫu số 01.pdf", "media_type": "application/pdf", "size_bytes": 12}]
    assert http.get(f"{post.base}/sandbox/mail/api/messages/{message['id']}").json() == message
    assert post.messages(to="somebody@else.example") == []


def test_a_repeated_mail_is_one_message_that_arrived_twice(post: Post, told: Any) -> None:
    told(post.base, "mail", offset_seconds=-86400 * 600)
    post.send(a_mail())
    told(post.base, "mail", offset_seconds=-86400 * 599)
    post.send(a_mail())
    post.send(a_mail("<m2@motcua.example>"))
    newest, twice = post.messages()
    assert (newest["arrivals"], twice["arrivals"]) == (1, 2)
    assert twice["arrived_at"][0] < twice["arrived_at"][1]
    assert twice["arrived_at"][0].endswith("+07:00")


def test_mails_without_message_id_are_each_their_own(post: Post) -> None:
    for _ in range(2):
        with smtplib.SMTP("127.0.0.1", post.settings.smtp_port, timeout=10) as line:
            line.sendmail("a@a.example", [TO], "Subject: x\r\n\r\ny")
    assert [message["arrivals"] for message in post.messages()] == [1, 1]


def test_the_pages_show_what_arrived_safely(post: Post, read_page: Any) -> None:
    assert "Chưa có thư" in " ".join(read_page(post.page()).itertext())
    post.send(a_mail())
    listed = read_page(post.page(to=TO))
    (link,) = [a.get("href") for a in listed.iter("a") if "/messages/" in a.get("href")]
    shown = read_page(http.get(post.base + link))
    assert shown.findtext(".//h1") == "Đã tiếp nhận hồ sơ 000.00.01.H00-250303-0001"
    assert [a.get("href") for a in shown.iter("a") if a.text.startswith("http")] == ["http://localhost:8080/track/ABC"]
    assert list(shown.iter("script")) == []
    frame = shown.find(".//iframe")
    assert "allow-scripts" not in frame.get("sandbox")
    inside = http.get(post.base + frame.get("src"))
    assert inside.headers["content-security-policy"].startswith("sandbox ")
    assert "default-src 'none'" in inside.headers["content-security-policy"]
    assert "<h1>Chào</h1>" in inside.text
    saved = http.get(f"{post.base}{link}/attachments/1")
    assert saved.content == b"%PDF-1.4 ..."
    assert saved.headers["content-disposition"].startswith("attachment; filename*=UTF-8''M%E1%BA%ABu")
    assert http.get(f"{post.base}{link}/attachments/2").status_code == 404
    assert post.page("/messages/99").status_code == 404
    assert "Chưa có gì gửi tới" in " ".join(read_page(post.page(to="x@y.example")).itertext())


def test_the_list_goes_on_page_by_page(post: Post, read_page: Any) -> None:
    with smtplib.SMTP("127.0.0.1", post.settings.smtp_port, timeout=10) as line:
        for number in range(52):
            line.sendmail("a@a.example", [TO], f"Subject: n{number}\r\nMessage-ID: <{number}@a>\r\n\r\nx")
        line.sendmail("a@a.example", [TO], "Subject: n0\r\nMessage-ID: <0@a>\r\n\r\nx")
    first = read_page(post.page())
    older = next(a.get("href") for a in first.iter("a") if a.text == "Cũ hơn")
    second = read_page(http.get(post.base + older))
    assert [a.text for a in second.iter("a") if "/messages/" in a.get("href")] == ["n1", "n0"]
    assert [cell.text for cell in second.iter("td") if cell.get("class") == "number"] == ["1", "2"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"Subject: =?x?q?=E1?=\r\n\r\n\xe1",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe1",
        b"Content-Type: multipart/mixed\r\n\r\nx",
        b"From: a@\r\nTo: <<>\r\n\r\nx",
    ],
)
def test_a_broken_mail_is_read_all_the_same(raw: bytes) -> None:
    assert letter.read(raw).subject is not None


def test_a_mail_is_refused_for_now_or_for_good(post: Post, told: Any) -> None:
    told(post.base, "mail", moods={"refuse_temporarily": 1})
    with pytest.raises(smtplib.SMTPDataError) as passing:
        post.send(a_mail())
    assert passing.value.smtp_code == 451
    told(post.base, "mail", moods={"refuse_permanently": 1})
    with pytest.raises(smtplib.SMTPRecipientsRefused) as lasting:
        post.send(a_mail())
    assert lasting.value.recipients[TO][0] == 550
    assert post.messages() == []
    told(post.base, "mail", moods={"unknown_addresses": [TO]})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        post.send(a_mail())
    post.send(a_mail(), "other@benhvien-mau.example")
    assert [message["to"] for message in post.messages()] == [["other@benhvien-mau.example"]]


@pytest.mark.parametrize(("mood", "kept"), [("drop_before_keeping", 0), ("drop_after_keeping", 1)])
def test_the_line_is_cut_before_the_answer(post: Post, told: Any, mood: str, kept: int) -> None:
    told(post.base, "mail", moods={mood: 1})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post.send(a_mail())
    assert len(post.messages()) == kept
    post.send(a_mail())
    assert [message["arrivals"] for message in post.messages()] == [kept + 1]


def test_a_text_message_is_accepted_once_per_request_id(post: Post, read_page: Any) -> None:
    assert post.sms()["CodeResult"] == "100"
    again = post.sms()
    assert (again["CodeResult"], again["SMSID"]) == ("124", "sandbox-1")
    (message,) = post.messages(channel="sms", to="0900000101")
    assert (message["text"], message["from"], message["arrivals"]) == ("Ho so da tiep nhan", "MOTCUA", 2)
    assert "Ho so da tiep nhan" in " ".join(read_page(post.page("/messages/1")).itertext())
    assert "secret" not in post.page("/messages/1/raw").text


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ApiKey": "x"}, "101"),
        ({"SecretKey": ""}, "101"),
        ({"Phone": "12345"}, "108"),
        ({"Phone": "0200300010"}, "108"),
        ({"Phone": "84900000101"}, "100"),
        ({"SmsType": "7"}, "118"),
        ({"SmsType": 2}, "100"),
        ({"Brandname": "OTHER"}, "104"),
        ({"Content": ""}, "99"),
    ],
)
def test_the_gateway_answers_by_its_table_of_codes(post: Post, changed: dict[str, Any], code: str) -> None:
    assert post.sms(**changed)["CodeResult"] == code
    assert len(post.messages()) == (code == "100")


def test_the_gateway_can_be_down_or_out_of_money(post: Post, told: Any) -> None:
    told(post.base, "mail", moods={"sms_fail_http": 1, "sms_code": "103"})
    assert http.post(post.base + SMS_PATH, json={}).status_code == 503
    assert post.sms()["CodeResult"] == "103"
    assert post.messages() == []


def test_what_was_acknowledged_survives_a_kill(run_program: Any, settings: MailSettings) -> None:
    said = {"SMTP_PORT": str(settings.smtp_port), "SMS_API_KEY": "key", "SMS_SECRET_KEY": "secret"}
    first = run_program("mail", settings.folder, settings.port, **said)
    post = Post(settings)
    with smtplib.SMTP("127.0.0.1", settings.smtp_port, timeout=10) as line:
        line.send_message(a_mail(), to_addrs=[TO])
        first.kill()
        first.wait()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            line.noop()
    second = run_program("mail", settings.folder, settings.port, **said)
    assert [message["arrivals"] for message in post.messages(to=TO)] == [1]
    with smtplib.SMTP("127.0.0.1", settings.smtp_port, timeout=10) as line:
        line.noop()
        second.terminate()
        assert second.wait(timeout=10) == 0
        line.close()
