"""A payment from INIT to the acknowledged notification, over real sockets, with a partner that listens."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pypdf import PdfReader

from sandbox.payment_platform import digest
from sandbox.payment_platform.payer import BANKS
from sandbox.payment_platform.program import build_app
from sandbox.payment_platform.settings import PaymentSettings

# One client, because making one reads every certificate; no connection is kept, because servers come and go.
http = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
SECRET = "SANDBOX-SECRET-1"
OK = {"MaLoi": "00"}


class Partner:
    """The receiving side: keeps what it was told, answers what the test put in `answers`, then `00`."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answers: list[Any] = []
        partner = self

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                partner.told.append(body)
                answer = partner.answers.pop(0) if partner.answers else OK
                status, text = (answer, "") if isinstance(answer, int) else (200, json.dumps(answer))
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/pay/notification"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


def an_init(**changed: Any) -> dict[str, Any]:
    said = {
        "LoaiBanTin": "INIT",
        "PhienBan": "1.0.6",
        "MaDoiTac": "PARTNER01",
        "MaThamChieu": "900001_0f8fad5b-d9c",
        "SoTien": "12600000",
        "LoaiHinhThanhToan": "PAY",
        "MaKenhThanhToan": "1",
        "MaThietBi": "1",
        "NgonNgu": "vi-VN",
        "MaTienTe": "VND",
        "MaNganHang": "PAYMENT",
        "ThongTinGiaoDich": "Nộp phí thẩm định",
        "ThoiGianGD": "20250313080000",
        "Ip": "10.0.0.1",
        "ThongTinBienLai": a_receipt(),
        **changed,
    }
    return {"MaXacThuc": digest.digest(digest.INIT, said, SECRET), **said}


def a_receipt(**changed: Any) -> dict[str, Any]:
    return {
        "MaDichVu": "2",
        "MaDVC": "2.002380.01",
        "TenDVC": "Cấp giấy phép",
        "MaTTHC": "2.002380",
        "TenTTHC": "Cấp giấy phép tiến hành công việc bức xạ",
        "MaDonVi": "000.00.00.H00",
        "TenDonVi": "Sở Mẫu",
        "MaHoSo": "000.00.01.H00-250303-0001",
        "TKThuHuong": "0001",
        "MaNHThuHuong": "999901",
        "TenTKThuHuong": "Sở Mẫu",
        "PhiLePhi": [{"LoaiPhiLePhi": "1", "MaPhiLePhi": "2", "TenPhiLePhi": "Phí thẩm định", "SoTien": 12600000}],
        "NoiDungThanhToan": "Phí thẩm định hồ sơ",
        "HoTenNguoiNop": "Bệnh viện Đa khoa Mẫu",
        "SoCMNDNguoiNop": "",
        "DiaChiNguoiNop": "",
        "MaCoQuanQD": "",
        "TenCoQuanQD": "",
        "DSKhoanNop": [{"NoiDung": "Phí thẩm định", "SoTien": "12600000"}],
        **changed,
    }


def a_lookup(kind: str, time: str = "20250313080000", **changed: Any) -> dict[str, Any]:
    said = {
        "LoaiBanTin": kind,
        "PhienBan": "1.0.6",
        "MaDoiTac": "PARTNER01",
        "MaThamChieu": "900001_0f8fad5b-d9c",
        "ThoiGianGD": time,
        **changed,
    }
    return {"MaXacThuc": digest.digest(digest.LOOKUP, said, SECRET), **said}


class Platform:
    """What the tests do with a running platform."""

    def __init__(self, base: str, headers: dict[str, str]) -> None:
        self.base = base
        self._headers = headers

    def say(self, where: str, message: Any) -> dict[str, Any]:
        answer = http.post(f"{self.base}/sandbox/pay/{where}", json=message)
        assert answer.status_code == 200
        return dict(answer.json())

    def page_of(self, message: dict[str, Any]) -> str:
        answer = self.say("init", message)
        assert answer["MaLoi"] == "00", answer
        return str(answer["UrlThanhToan"])

    def decide(self, page: str, decision: str = "pay", bank: str = "999901") -> httpx.Response:
        return http.post(page, data={"decision": decision, "bank": bank})

    def transactions(self) -> list[dict[str, Any]]:
        return list(http.get(f"{self.base}/sandbox/pay/control/transactions", headers=self._headers).json())

    def notifications(self) -> list[dict[str, Any]]:
        return list(self.transactions()[0]["notifications"])


@pytest.fixture
def partner() -> Iterator[Partner]:
    listening = Partner()
    yield listening
    listening.close()


@pytest.fixture
def settings(free_port: Callable[[], int], partner: Partner, tmp_path: Path) -> PaymentSettings:
    port = free_port()
    return PaymentSettings(
        port=port,
        folder=tmp_path,
        control_token="control-token-of-the-tests",
        partner_code="PARTNER01",
        partner_secret=SECRET,
        notification_url=partner.url,
        return_url="http://localhost:8080/pay/return?ref={MaThamChieu}&dossier={MaHoSo}",
        public_url=f"http://127.0.0.1:{port}/",
        retry_pauses_seconds=(0.02, 0.02, 0.02),
    )


@pytest.fixture
def platform(serve: Any, settings: PaymentSettings, control_headers: dict[str, str]) -> Platform:
    serve(build_app(settings), settings.port)
    return Platform(f"http://127.0.0.1:{settings.port}", control_headers)


def test_a_payment_goes_from_init_to_an_acknowledged_notification(
    platform: Platform, partner: Partner, read_page: Any, told: Any
) -> None:
    told(platform.base, "pay", offset_seconds=-600 * 24 * 3600)
    page = platform.page_of(an_init())
    shown = read_page(http.get(page))
    text = " ".join(shown.itertext())
    assert "12.600.000\u00a0₫" in text
    assert "Phí thẩm định hồ sơ" in text
    assert [field.get("value") for field in shown.iter("input")] == list(BANKS)
    assert urlsplit(page).path == shown.find(".//form").get("action")

    back = platform.decide(page, bank="999902")
    assert (back.status_code, back.headers["location"]) == (
        303,
        "http://localhost:8080/pay/return?ref=900001_0f8fad5b-d9c&dossier=000.00.01.H00-250303-0001",
    )
    (body,) = partner.told  # told before the browser came back
    assert body["SoTien"] == 12600000
    assert (body["LoaiBanTin"], body["MaLoi"], body["MaNganHang"]) == ("CONFIRM", "00", "999902")
    assert digest.is_right(digest.NOTIFICATION, body, SECRET)
    (payment,) = platform.transactions()
    assert (payment["state"], payment["amount_vnd"], payment["platform_code"]) == ("paid", 12600000, "PP00000001")
    settled = payment["settled_at"]
    assert body["ThoiGianGD"] == settled[:19].replace("-", "").replace(":", "").replace("T", "")
    assert settled.endswith("+07:00")
    assert [n["state"] for n in payment["notifications"]] == ["acknowledged"]
    assert "thành công" in " ".join(read_page(http.get(page)).itertext())
    assert "900001_0f8fad5b-d9c" in " ".join(read_page(http.get(f"{platform.base}/sandbox/pay")).itertext())


WRONG_INITS: dict[str, tuple[dict[str, Any], str]] = {
    "another partner": (an_init(MaDoiTac="PARTNER02"), "01"),
    "a wrong digest": ({**an_init(), "MaXacThuc": "0" * 64}, "02"),
    "a changed amount": ({**an_init(), "SoTien": "1"}, "02"),
    "another version": (an_init(PhienBan="2"), "30"),
    "another kind": (an_init(LoaiBanTin="PAY"), "31"),
    "another currency": (an_init(MaTienTe="USD"), "33"),
    "no amount": (an_init(SoTien="0"), "11"),
    "a fraction": (an_init(SoTien="1.5"), "11"),
    "an amount that is a number": (an_init(SoTien=12600000), "99"),
    "no receipt": (an_init(ThongTinBienLai=None), "99"),
    "a receipt without procedure": (an_init(ThongTinBienLai=a_receipt(MaTTHC="")), "99"),
}


@pytest.mark.parametrize("case", WRONG_INITS)
def test_a_wrong_init_gets_its_code_and_no_page(platform: Platform, case: str) -> None:
    message, code = WRONG_INITS[case]
    answer = platform.say("init", message)
    assert answer["MaLoi"] == code
    assert answer["MoTaLoi"]
    assert "UrlThanhToan" not in answer
    assert platform.transactions() == []


def test_what_is_not_json_is_refused(platform: Platform) -> None:
    answer = http.post(f"{platform.base}/sandbox/pay/init", content=b"<xml/>")
    assert answer.json()["MaLoi"] == "99"


def test_the_same_init_again_gets_the_same_page_and_another_one_none(platform: Platform) -> None:
    page = platform.page_of(an_init())
    assert platform.page_of(an_init()) == page
    assert platform.say("init", an_init(SoTien="5000"))["MaLoi"] == "03"
    platform.decide(page)
    assert platform.say("init", an_init())["MaLoi"] == "06"
    assert len(platform.transactions()) == 1


def test_an_amount_above_two_to_the_31st_is_carried_whole(platform: Platform, partner: Partner) -> None:
    platform.decide(platform.page_of(an_init(SoTien="5000000000")))
    assert partner.told[0]["SoTien"] == 5_000_000_000


def test_pressing_twice_pays_once(platform: Platform, partner: Partner) -> None:
    page = platform.page_of(an_init())
    places = {platform.decide(page).headers["location"] for _ in range(2)}
    assert platform.decide(page, "cancel").status_code == 303
    assert len(places) == 1
    assert [(p["state"], len(p["notifications"])) for p in platform.transactions()] == [("paid", 1)]
    assert len(partner.told) == 1


def test_cancelling_is_told_too(platform: Platform, partner: Partner, read_page: Any) -> None:
    page = platform.page_of(an_init())
    platform.decide(page, "cancel")
    assert partner.told[0]["MaLoi"] == "18"
    assert platform.transactions()[0]["state"] == "failed"
    assert "không thành công" in " ".join(read_page(http.get(page)).itertext())


def test_an_unknown_bank_or_page_is_no_payment(platform: Platform) -> None:
    page = platform.page_of(an_init())
    assert platform.decide(page, bank="1").status_code == 422
    assert platform.decide(page + "x").status_code == 404
    assert platform.transactions()[0]["state"] == "open"


def test_a_person_with_a_wrong_address_gets_a_page(platform: Platform, read_page: Any) -> None:
    answer = http.get(f"{platform.base}/sandbox/pay/p/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    read_page(answer)
    assert http.get(f"{platform.base}/sandbox/pay/p/nothing").json() == {"detail": "Not Found"}


def test_a_notification_is_repeated_until_acknowledged(
    platform: Platform, partner: Partner, wait_until: Callable[..., Any]
) -> None:
    partner.answers = [500, {"MaLoi": "99"}]
    platform.decide(platform.page_of(an_init()))
    wait_until(lambda: platform.notifications()[0]["state"] == "acknowledged")
    tries = [attempt["outcome"] for attempt in platform.notifications()[0]["tries"]]
    assert tries == ["HTTP 500, not JSON", "HTTP 200, MaLoi 99", "HTTP 200, MaLoi 00"]
    assert partner.told[0] == partner.told[2]


def test_a_notification_is_given_up_in_the_end(
    platform: Platform, partner: Partner, wait_until: Callable[..., Any]
) -> None:
    partner.answers = [{"MaLoi": "99"}] * 9
    platform.decide(platform.page_of(an_init()))
    wait_until(lambda: platform.notifications()[0]["state"] == "given_up")
    assert len(partner.told) == 4


def test_a_partner_that_is_away_does_not_hold_the_payer(
    platform: Platform, partner: Partner, wait_until: Callable[..., Any]
) -> None:
    partner.close()
    assert platform.decide(platform.page_of(an_init())).status_code == 303
    wait_until(lambda: platform.notifications()[0]["tries"])
    assert platform.notifications()[0]["tries"][0]["outcome"].startswith("ConnectError")


LIES: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "wrong_amount": ({"wrong_amount": 1}, lambda body: body["SoTien"] == 12601000 and is_signed(body)),
    "bad_digest": ({"bad_digest": 1}, lambda body: body["SoTien"] == 12600000 and not is_signed(body)),
    "failure_code": ({"failure_code": "17"}, lambda body: body["MaLoi"] == "17" and is_signed(body)),
    "unknown_reference": ({"unknown_reference": 1}, lambda body: body["MaThamChieu"] != an_init()["MaThamChieu"]),
    "only_dossier_code": ({"only_dossier_code": 1}, lambda body: body["MaThamChieu"] == "" and bool(body["MaHoSo"])),
}


def is_signed(body: dict[str, Any]) -> bool:
    return digest.is_right(digest.NOTIFICATION, body, SECRET)


@pytest.mark.parametrize("lie", LIES)
def test_the_notification_lies_when_told_to(platform: Platform, partner: Partner, told: Any, lie: str) -> None:
    moods, is_as_told = LIES[lie]
    told(platform.base, "pay", moods=moods)
    platform.decide(platform.page_of(an_init()))
    assert is_as_told(partner.told[0])


def test_it_is_told_twice_never_or_late(
    platform: Platform, partner: Partner, told: Any, wait_until: Callable[..., Any]
) -> None:
    told(platform.base, "pay", moods={"notify_never": 1})
    platform.decide(platform.page_of(an_init(MaThamChieu="never")))
    assert platform.notifications() == []
    told(platform.base, "pay", moods={"notify_twice": 1})
    platform.decide(platform.page_of(an_init(MaThamChieu="twice")))
    assert [body["MaThamChieu"] for body in partner.told] == ["twice", "twice"]
    told(platform.base, "pay", moods={"late_seconds": 0.2})
    platform.decide(platform.page_of(an_init(MaThamChieu="late")))
    assert len(partner.told) == 2
    wait_until(lambda: len(partner.told) == 3)


def test_init_can_be_wrapped_slow_or_down(platform: Platform, told: Any) -> None:
    told(platform.base, "pay", moods={"wrapped_answer": True, "fail_init": 1})
    assert json.loads(platform.say("init", an_init())["message"])["MaLoi"] == "99"
    wrapped = platform.say("init", an_init())
    assert wrapped["error_code"] == "0"
    assert json.loads(wrapped["message"])["UrlThanhToan"].startswith(platform.base)
    told(platform.base, "pay", moods={"fail_http": 1, "slow_seconds": 0.1})
    answer = http.post(f"{platform.base}/sandbox/pay/init", json=an_init())
    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() >= 0.1


def test_query_knows_pending_paid_and_failed(platform: Platform, told: Any) -> None:
    page = platform.page_of(an_init())
    assert platform.say("query", a_lookup("QUERY"))["TrangThaiGD"] == "3"
    platform.decide(page)
    told(platform.base, "pay", moods={"query_pending": 1})
    assert platform.say("query", a_lookup("QUERY"))["TrangThaiGD"] == "3"
    answer = platform.say("query", a_lookup("QUERY"))
    assert (answer["MaLoi"], answer["TrangThaiGD"], answer["MaGiaoDich"]) == ("00", "1", "PP00000001")
    assert is_signed(answer)
    platform.decide(platform.page_of(an_init(MaThamChieu="other")), "cancel")
    failed = platform.say("query", a_lookup("QUERY", MaThamChieu="other"))
    assert (failed["MaLoi"], failed["TrangThaiGD"]) == ("00", "4")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (a_lookup("QUERY", MaThamChieu="nobody"), "04"),
        (a_lookup("QUERY", time="20250313080001"), "04"),
        (a_lookup("GET_BILL"), "31"),
        ({**a_lookup("QUERY"), "MaXacThuc": ""}, "02"),
        ({"LoaiBanTin": "QUERY"}, "99"),
    ],
)
def test_a_wrong_query_gets_its_code(platform: Platform, message: dict[str, Any], code: str) -> None:
    platform.page_of(an_init())
    assert platform.say("query", message)["MaLoi"] == code


def test_the_receipt_is_an_address_or_the_pdf_itself(platform: Platform, partner: Partner, told: Any) -> None:
    page = platform.page_of(an_init())
    assert platform.say("get-bill", a_lookup("GET_BILL"))["MaLoi"] == "04"
    platform.decide(page)
    told(platform.base, "payment_platform", moods={"bill_not_ready": 1})
    of_notification = a_lookup("GET_BILL", time=partner.told[0]["ThoiGianGD"])
    assert platform.say("get-bill", of_notification)["MaLoi"] == "99"
    linked = http.get(platform.say("get-bill", of_notification)["UrlBienLai"])
    told(platform.base, "pay", moods={"bill_as_pdf": True})
    direct = http.post(f"{platform.base}/sandbox/pay/get-bill", json=of_notification)
    assert direct.headers["content-type"] == "application/pdf"
    assert direct.content == linked.content
    text = PdfReader(io.BytesIO(direct.content)).pages[0].extract_text()
    assert "SANDBOX RECEIPT" in text
    assert "12.600.000 VND" in text
    assert "Benh vien Da khoa Mau" in text


def test_who_has_no_token_cannot_count(platform: Platform) -> None:
    assert http.get(f"{platform.base}/sandbox/pay/control/transactions").status_code == 401


def test_a_return_address_with_an_unknown_place_stops_the_start(settings: PaymentSettings) -> None:
    said = {**settings.model_dump(), "return_url": "http://localhost/{Ma}"}
    with pytest.raises(ValueError, match="unknown placeholder"):
        PaymentSettings(**said)


def test_a_killed_platform_still_tells_what_it_owes(
    run_program: Any, settings: PaymentSettings, partner: Partner, control_headers: dict[str, str], wait_until: Any
) -> None:
    said = {
        "PARTNER_CODE": "PARTNER01",
        "PARTNER_SECRET": SECRET,
        "NOTIFICATION_URL": partner.url,
        "RETURN_URL": "http://localhost/",
        "PUBLIC_URL": f"http://127.0.0.1:{settings.port}",
        "RETRY_PAUSES_SECONDS": "[1]",
    }
    partner.answers = [500]
    first = run_program("payment_platform", settings.folder, settings.port, **said)
    platform = Platform(f"http://127.0.0.1:{settings.port}", control_headers)
    platform.decide(platform.page_of(an_init()))
    first.kill()
    first.wait()
    assert len(partner.told) == 1
    second = run_program("payment_platform", settings.folder, settings.port, **said)
    wait_until(lambda: platform.notifications()[0]["state"] == "acknowledged")
    assert partner.told[0] == partner.told[1]
    second.terminate()
    assert second.wait(timeout=10) == 0
