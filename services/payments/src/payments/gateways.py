"""The Payment Platform as a small Protocol, and its adapter over HTTP. Decides nothing about money."""

import ssl
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx
import orjson

from kit.errors import OutcomeUnknown, Refused, TryAgain, Unreachable
from payments.domain import digest
from payments.domain.digest import as_text, is_genuine
from payments.domain.partner import Partner, Payment, init_message, question

LARGEST_BILL_BYTES = 10 * 1024 * 1024
PDF = b"%PDF-"


class PaymentPlatform(Protocol):
    """What the platform does for us. Every method raises the families of `kit.errors`."""

    async def init(self, payment: Payment) -> str:
        """Start a transaction; the address of its pay page. The same reference and time again is the same one."""

    async def query(self, reference: str, sent_time: str) -> Mapping[str, Any]:
        """What became of a transaction: the answer's fields, as they came."""

    async def get_bill(self, reference: str, result_time: str) -> bytes:
        """The receipt of a paid transaction, a PDF."""


class HttpPaymentPlatform:
    """POST JSON, no sign-in but the digest; answers bare, or wrapped by the agency's adapter."""

    def __init__(
        self,
        partner: Partner,
        *,
        init_url: str,
        query_url: str,
        bill_url: str,
        bill_host: str | None,
        bearer: str | None,
        timeout_seconds: float,
    ) -> None:
        self.partner = partner
        self.urls = {"INIT": init_url, "QUERY": query_url, "GET_BILL": bill_url}
        self.bill_host = bill_host
        self.headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        self.timeout_seconds = timeout_seconds
        self._certificates = ssl.create_default_context()

    async def init(self, payment: Payment) -> str:
        answer = read_object(await self._post(init_message(self.partner, payment)))
        code = as_text(answer.get("MaLoi"))
        if code != "00":
            raise Refused(code)
        address = as_text(answer.get("UrlThanhToan"))
        if urlsplit(address).scheme not in ("http", "https"):
            raise OutcomeUnknown("the platform took the transaction, but told no address to pay at")
        return address

    async def query(self, reference: str, sent_time: str) -> Mapping[str, Any]:
        answer = read_object(await self._post(question(self.partner, "QUERY", reference, sent_time)))
        own = answer | {"MaDoiTac": self.partner.code}
        if answer.get("MaXacThuc") and not is_genuine(digest.RESULT, own, self.partner.secret):
            raise TryAgain("the digest of the platform's answer is wrong")
        if as_text(answer.get("MaThamChieu")) not in ("", reference):
            raise TryAgain("the platform answered about another transaction")
        return answer

    async def get_bill(self, reference: str, result_time: str) -> bytes:
        body = await self._post(question(self.partner, "GET_BILL", reference, result_time))
        if body.startswith(PDF):
            return body
        answer = read_object(body)
        address = as_text(answer.get("UrlBienLai"))
        if as_text(answer.get("MaLoi")) != "00" or not address:
            raise TryAgain(f"no receipt yet: {as_text(answer.get('MaLoi'))}")
        bill = await self._fetch(at_host(address, self.bill_host))
        if not bill.startswith(PDF):
            raise TryAgain("what lies at the receipt's address is no PDF")
        return bill

    async def _post(self, message: dict[str, Any]) -> bytes:
        return await self._call("POST", self.urls[message["LoaiBanTin"]], headers=self.headers, json=message)

    async def _fetch(self, address: str) -> bytes:
        return await self._call("GET", address)

    async def _call(self, method: str, address: str, **options: Any) -> bytes:
        """Raises Unreachable, OutcomeUnknown for silence and 5xx, Refused for 4xx; never follows a redirect."""
        try:
            async with (
                httpx.AsyncClient(timeout=self.timeout_seconds, verify=self._certificates) as client,
                client.stream(method, address, **options) as answer,
            ):
                body = await read_up_to(answer, LARGEST_BILL_BYTES)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise Unreachable(f"the platform cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"the platform does not answer: {type(error).__name__}") from error
        if answer.status_code >= 500 or answer.status_code in (408, 429):
            raise OutcomeUnknown(f"the platform answered HTTP {answer.status_code}")
        if answer.status_code != 200:
            raise Refused(f"HTTP {answer.status_code}")
        return body


async def read_up_to(answer: httpx.Response, most_bytes: int) -> bytes:
    """The body, or OutcomeUnknown where it is larger than anything the platform has reason to send."""
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > most_bytes:
            raise OutcomeUnknown("the answer is too large")
    return bytes(body)


def read_object(body: bytes) -> dict[str, Any]:
    """The answer's fields, bare or inside an adapter's `message`. Raises OutcomeUnknown where they cannot be read."""
    answer = as_object(body)
    if "error_code" not in answer:
        return answer
    if as_text(answer["error_code"]) != "0":
        raise Refused(as_text(answer["error_code"]))
    inside = answer.get("message")
    return inside if isinstance(inside, dict) else as_object(as_text(inside).encode())


def as_object(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises OutcomeUnknown: an answer nobody can read leaves the outcome unknown."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise OutcomeUnknown("the platform's answer cannot be read") from error
    if not isinstance(found, dict):
        raise OutcomeUnknown("the platform's answer is no object")
    return found


def at_host(address: str, host: str | None) -> str:
    """The same address at a host we reach: the platform's own points into the government network."""
    if not host:
        return address
    there = urlsplit(host)
    return urlunsplit(urlsplit(address)._replace(scheme=there.scheme, netloc=there.netloc))
