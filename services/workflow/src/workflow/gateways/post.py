"""The public postal service as a small Protocol, and its adapter over HTTP. Decides nothing about cases."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
import orjson

from kit.errors import OutcomeUnknown, Refused, TryAgain, Unreachable

EARLIER_SECONDS = 60  # a token is asked for anew this long before it ends
PAGE = 50


@dataclass(frozen=True)
class Parcel:
    """What is to be carried, from whom to whom. `order_number` makes a repeated order the same order."""

    order_number: str
    description: str
    sender_name: str
    sender_address: str
    sender_phone: str
    receiver_name: str
    receiver_address: str
    receiver_phone: str


@dataclass(frozen=True)
class Tracked:
    """One thing that happened to an item. `id` is where to read on from; the same one may come again."""

    id: str
    order_number: str
    item: str
    code: int
    at: datetime
    words: str


class PostalService(Protocol):
    """What the postal service does for us. Every method raises the families of `kit.errors`."""

    async def order(self, parcel: Parcel) -> None:
        """Have a parcel picked up. A repeat of the order number does no harm."""

    async def track(self, last_id: str) -> list[Tracked]:
        """What happened since, oldest first; empty where nothing did."""


class HttpPostalService:
    """The integration platform's interface: a token by client credentials, orders and tracking as JSON."""

    def __init__(
        self,
        *,
        url: str,
        consumer_key: str,
        consumer_secret: str,
        customer_code: str,
        taken_status: str,
        timeout_seconds: float,
    ) -> None:
        self.url, self.customer_code, self.taken_status = url, customer_code, taken_status
        self.timeout_seconds = timeout_seconds
        self._key = (consumer_key, consumer_secret)
        self._token, self._token_ends = "", 0.0
        self._certificates = ssl.create_default_context()

    async def order(self, parcel: Parcel) -> None:
        answer = await self._call("POST", "/orders", json=self._order_of(parcel))
        if str(answer.get("Status")) != self.taken_status:
            raise Refused(str(answer.get("Message") or answer.get("Status"))[:200])

    async def track(self, last_id: str) -> list[Tracked]:
        answer = await self._call("GET", "/tracking", params={"pagesize": PAGE, "lastId": last_id})
        try:
            return [tracked_of(event) for event in answer["_embedded"]["rh:doc"]]
        except (KeyError, TypeError, ValueError) as error:
            raise TryAgain("the tracking cannot be read") from error

    def _order_of(self, parcel: Parcel) -> dict[str, Any]:
        said = {_as_theirs(name): value for name, value in asdict(parcel).items()}
        return {**said, "CustomerCode": self.customer_code, "CODAmount": 0}

    async def _call(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {await self._bearer()}"}
        answer = await self._send(method, path, headers=headers, **options)
        if answer.status_code == 401:  # the token was taken back early: once more with a new one
            self._token = ""
            headers = {"Authorization": f"Bearer {await self._bearer()}"}
            answer = await self._send(method, path, headers=headers, **options)
        return read_answer(answer)

    async def _bearer(self) -> str:
        if not self._token or time.monotonic() >= self._token_ends:
            asked = {"grant_type": "client_credentials"}
            found = read_answer(await self._send("POST", "/token", data=asked, auth=self._key))
            self._token = str(found.get("access_token") or "")
            self._token_ends = time.monotonic() + float(found.get("expires_in") or 0) - EARLIER_SECONDS
        return self._token

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=self.timeout_seconds, verify=self._certificates) as client:
                return await client.request(method, self.url + path, **options)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise Unreachable(f"the postal service cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"the postal service does not answer: {type(error).__name__}") from error


_THEIRS = {"sender_phone": "SenderTel", "receiver_phone": "ReceiverTel"}


def _as_theirs(name: str) -> str:
    return _THEIRS.get(name) or "".join(part.capitalize() for part in name.split("_"))


def read_answer(answer: httpx.Response) -> Mapping[str, Any]:
    """A JSON object. Raises OutcomeUnknown for 5xx and what cannot be read, Refused for other errors."""
    if answer.status_code >= 500 or answer.status_code in (408, 429):
        raise OutcomeUnknown(f"the postal service answered HTTP {answer.status_code}")
    if answer.status_code != 200:
        raise Refused(f"HTTP {answer.status_code}")
    try:
        found = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise OutcomeUnknown("the postal service's answer cannot be read") from error
    if not isinstance(found, dict):
        raise OutcomeUnknown("the postal service's answer is no object")
    return found


def tracked_of(event: Mapping[str, Any]) -> Tracked:
    """Raises KeyError, TypeError, ValueError where it is not of the agreed shape."""
    return Tracked(
        id=str(event["_id"]["$oid"]),
        order_number=str(event["OrderNumber"]),
        item=str(event["ItemCode"]),
        code=int(event["StatusCode"]),
        at=datetime.fromtimestamp(int(event["EventTime"]), UTC),
        words=str(event.get("StatusMessage") or ""),
    )
