"""What a partner's server says to the platform: INIT, QUERY, GET_BILL. Verifies every digest, shows no page."""

import json
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from sandbox.control import Control
from sandbox.payment_platform import bills, digest, messages
from sandbox.payment_platform.messages import Init, Lookup, Transaction
from sandbox.payment_platform.moods import PaymentMoods
from sandbox.payment_platform.settings import PaymentSettings
from sandbox.payment_platform.store import Store

M = TypeVar("M", bound=BaseModel)
MAX_AMOUNT_VND = 10**15


class Refused(Exception):
    """The partner gets MaLoi and a sentence instead of what it asked for."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


async def read(request: Request, model: type[M]) -> tuple[M, dict[str, Any]]:
    """The message, checked, and as it was sent. Raises Refused, naming the fields that are wrong."""
    try:
        sent = json.loads(await request.body())
        return model.model_validate(sent), sent
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Refused(messages.OTHER, wrong) from error
    except ValueError as error:
        raise Refused(messages.OTHER, "the body is not JSON") from error


class Wire:
    def __init__(self, settings: PaymentSettings, store: Store, control: Control[PaymentMoods]) -> None:
        self._settings = settings
        self._secret = settings.partner_secret.get_secret_value()
        self._store = store
        self._control = control

    async def init(self, request: Request) -> Response:
        """Open a transaction. The same message again gets the same page; a reference is used once."""
        answer = await self._answer(self._init, request)
        if self._control.moods.wrapped_answer:
            wrapped = {"error_code": "0", "message": json.dumps(answer, ensure_ascii=False)}
            return JSONResponse(wrapped)
        return JSONResponse(answer)

    async def query(self, request: Request) -> Response:
        return JSONResponse(await self._answer(self._query, request))

    async def get_bill(self, request: Request) -> Response:
        answer = await self._answer(self._get_bill, request)
        if isinstance(answer, bytes):
            return Response(answer, media_type="application/pdf")
        return JSONResponse(answer)

    async def _answer(self, act: Callable[[Request], Any], request: Request) -> Any:
        await self._control.dawdle()
        if self._control.take("fail_http"):
            raise HTTPException(503)
        try:
            return await act(request)
        except Refused as refused:
            return {"MaLoi": refused.code, "MoTaLoi": refused.sentence}

    async def _init(self, request: Request) -> dict[str, Any]:
        message, sent = await read(request, Init)
        self._check_sender(message.MaDoiTac, message.LoaiBanTin, "INIT", message.PhienBan, digest.INIT, sent)
        if not message.SoTien.isascii() or not message.SoTien.isdigit() or not 0 < int(message.SoTien) < MAX_AMOUNT_VND:
            raise Refused(messages.AMOUNT, "SoTien must be whole đồng, more than 0, as text")
        if message.MaTienTe != "VND":
            raise Refused(messages.CURRENCY, "MaTienTe must be VND")
        if self._control.take("fail_init"):
            raise Refused(messages.OTHER, "the sandbox was told to fail")
        stamp = self._control.now().isoformat(timespec="seconds")
        payment = self._store.open_payment(secrets.token_urlsafe(18), sent, stamp)
        self._check_repeat(payment, sent)
        if self._control.take("drop_after_keeping"):
            raise HTTPException(504)
        address = f"{self._settings.public_url}/sandbox/pay/p/{payment.token}"
        return {"MaLoi": messages.OK, "MoTaLoi": "", "MaThamChieu": payment.reference, "UrlThanhToan": address}

    async def _query(self, request: Request) -> dict[str, Any]:
        message, sent = await read(request, Lookup)
        payment = self._find(message, "QUERY", sent)
        if message.ThoiGianGD != payment.asked["ThoiGianGD"]:
            raise Refused(messages.NOT_FOUND, "ThoiGianGD is not the one of the INIT")
        pending = self._control.take("query_pending")
        return messages.query_answer(payment, self._settings.notification_kind, self._secret, pending=pending)

    async def _get_bill(self, request: Request) -> dict[str, Any] | bytes:
        """Partners send the time of the notification; the one of the INIT is understood, too."""
        message, sent = await read(request, Lookup)
        payment = self._find(message, "GET_BILL", sent)
        if message.ThoiGianGD not in (payment.asked["ThoiGianGD"], payment.wire_time) or payment.state != "paid":
            raise Refused(messages.NOT_FOUND, "no receipt: not paid, or another ThoiGianGD")
        if self._control.take("bill_not_ready"):
            raise Refused(messages.OTHER, "the receipt is not ready yet")
        if self._control.moods.bill_as_pdf:
            return bills.pdf(payment)
        host = self._settings.bill_url or self._settings.public_url
        return {"MaLoi": messages.OK, "MoTaLoi": "", "UrlBienLai": f"{host}/sandbox/pay/bills/{payment.token}.pdf"}

    def _find(self, message: Lookup, kind: str, sent: dict[str, Any]) -> Transaction:
        self._check_sender(message.MaDoiTac, message.LoaiBanTin, kind, message.PhienBan, digest.LOOKUP, sent)
        payment = self._store.by_reference(message.MaThamChieu)
        if payment is None:
            raise Refused(messages.NOT_FOUND, "MaThamChieu is unknown")
        return payment

    def _check_sender(
        self, partner: str, said_kind: str, kind: str, version: str, order: list[str], sent: dict[str, Any]
    ) -> None:
        if partner != self._settings.partner_code:
            raise Refused(messages.PARTNER, "MaDoiTac is unknown")
        if not digest.is_right(order, sent, self._secret):
            raise Refused(messages.DIGEST, "MaXacThuc is wrong")
        if version != self._settings.version:
            raise Refused(messages.VERSION, f"PhienBan must be {self._settings.version}")
        if said_kind != kind:
            raise Refused(messages.KIND, f"LoaiBanTin must be {kind}")

    def _check_repeat(self, payment: Transaction, sent: dict[str, Any]) -> None:
        if payment.asked["MaXacThuc"] != sent["MaXacThuc"]:
            raise Refused(messages.REFERENCE, "MaThamChieu was used for another payment")
        if payment.state != "open":
            raise Refused(messages.ALREADY, "the payer has decided already")


def router(wire: Wire) -> APIRouter:
    """The platform's real paths are configuration at each partner; these are ours."""
    routes = APIRouter(prefix="/sandbox/pay", tags=["wire"])
    routes.add_api_route("/init", wire.init, methods=["POST"], response_model=None)
    routes.add_api_route("/query", wire.query, methods=["POST"], response_model=None)
    routes.add_api_route("/get-bill", wire.get_bill, methods=["POST"], response_model=None)
    return routes
