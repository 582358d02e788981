"""The postal sandbox over a real socket: tokens, orders, tracking by cursor, what survives a kill, and its page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.post.parcels import item_number
from sandbox.post.program import build_app
from sandbox.post.settings import PostSettings

TOKEN = "control-token-of-the-tests"
ORDER = {
    "CustomerCode": "MOTCUA",
    "OrderNumber": "KQ-1",
    "SenderName": "Sở Mẫu",
    "SenderAddress": "Số 1",
    "ReceiverName": "Phòng khám Mẫu",
    "ReceiverAddress": "Số 2 đường Mẫu",
}


class Post:
    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}/sandbox/post"
        self.http = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self.http.headers["Authorization"] = f"Bearer {self.token()}"

    def token(self, key: str = "key", secret: str = "secret") -> str:
        answer = httpx.post(
            f"{self.base}/api/token", data={"grant_type": "client_credentials"}, auth=(key, secret), trust_env=False
        )
        return str(answer.raise_for_status().json()["access_token"])

    def order(self, **more: Any) -> httpx.Response:
        return self.http.post(f"{self.base}/api/orders", json={**ORDER, **more})

    def tracked(self, last: str = "") -> list[dict[str, Any]]:
        answer = self.http.get(f"{self.base}/api/tracking", params={"pagesize": 50, "lastId": last}).json()
        found: list[dict[str, Any]] = answer["_embedded"]["rh:doc"]
        assert answer["_returned"] == len(found)
        return found

    def happen(self, code: int, order_number: str = "KQ-1") -> httpx.Response:
        body = {"order_number": order_number, "code": code}
        return self.http.post(f"{self.base}/control/events", json=body, headers={"Authorization": f"Bearer {TOKEN}"})

    def told(self, **moods: Any) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.http.put(f"{self.base}/control", json={"moods": moods}, headers=headers).raise_for_status()


@pytest.fixture
def post(serve: Any, free_port: Callable[[], int], tmp_path: Path) -> Post:
    settings = PostSettings(
        port=free_port(),
        folder=tmp_path,
        control_token=TOKEN,
        consumer_key="key",
        consumer_secret="secret",
        customer_code="MOTCUA",
    )
    serve(build_app(settings), settings.port)
    return Post(settings.port)


def test_an_item_number_has_the_check_digit_of_its_standard() -> None:
    assert item_number(312_482) == "EE473124829VN"


def test_without_the_right_key_there_is_no_token_and_without_a_token_nothing(post: Post) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        post.token(secret="wrong")
    assert httpx.post(f"{post.base}/api/orders", json=ORDER, trust_env=False).status_code == 401


def test_the_same_order_number_is_one_parcel(post: Post) -> None:
    assert [post.order().json()["Status"] for _ in range(2)] == ["00", "00"]
    state = post.http.get(f"{post.base}/control", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert [(one["order_number"], one["asked_times"]) for one in state["orders"]] == [("KQ-1", 2)]


def test_strangers_and_half_orders_are_refused(post: Post) -> None:
    assert post.order(CustomerCode="OTHER").json()["Status"] == "99"
    assert post.order(ReceiverAddress="").status_code == 422


def test_tracking_goes_on_from_its_cursor_and_may_repeat_itself(post: Post) -> None:
    post.order()
    assert [post.happen(code).status_code for code in (1, 2, 5)] == [200, 200, 200]
    first = post.tracked()
    assert [event["StatusCode"] for event in first] == [1, 2, 5]
    assert {event["ItemCode"] for event in first} == {item_number(1)}
    assert post.tracked(first[-1]["_id"]["$oid"]) == []
    post.told(repeat_events=1)
    assert post.tracked(first[-1]["_id"]["$oid"]) == first[-1:]


def test_nothing_happens_to_what_is_not_there(post: Post) -> None:
    post.order()
    assert post.happen(5, "KQ-2").status_code == 404
    assert post.happen(77).status_code == 404


def test_it_can_fail_after_keeping_and_before(post: Post) -> None:
    post.told(fail_http=1)
    assert post.order().status_code == 503
    post.told(drop_after_keeping=1)
    assert post.order().status_code == 504
    assert post.order().json()["Status"] == "00"
    assert post.happen(1).status_code == 200


def test_only_what_is_not_on_its_way_can_be_cancelled(post: Post) -> None:
    post.order()
    asked = {"CustomerCode": "MOTCUA", "OrderNumber": "KQ-1"}
    assert post.http.get(f"{post.base}/api/orders/cancel", params=asked).json()["Status"] == "00"
    post.order(OrderNumber="KQ-2")
    post.happen(1, "KQ-2")
    late = {**asked, "OrderNumber": "KQ-2"}
    assert post.http.get(f"{post.base}/api/orders/cancel", params=late).json()["Status"] == "99"


def test_the_postman_has_a_page(post: Post, read_page: Any) -> None:
    assert "Chưa có bưu gửi nào" in " ".join(read_page(post.http.get(post.base)).itertext())
    post.order()
    shown = " ".join(read_page(post.http.get(post.base)).itertext())
    assert "Phòng khám Mẫu" in shown
    assert "Chờ bưu điện nhận" in shown
    pressed = post.http.post(f"{post.base}/events", data={"order_number": "KQ-1", "code": "5"})
    assert pressed.status_code == 303
    assert post.tracked()[0]["StatusMessage"] == "Đã phát"


def test_orders_survive_a_kill(run_program: Any, free_port: Callable[[], int], tmp_path: Path) -> None:
    said = {"CONSUMER_KEY": "key", "CONSUMER_SECRET": "secret", "CUSTOMER_CODE": "MOTCUA"}
    first = free_port()
    program = run_program("post", tmp_path, first, **said)
    post = Post(first)
    post.order()
    post.happen(1)
    program.kill()
    program.wait()
    again = free_port()
    run_program("post", tmp_path, again, **said)
    assert [event["StatusCode"] for event in Post(again).tracked()] == [1]
