"""The payer's side: what is to be paid, pay or cancel, then back to the partner; the browser carries no result."""

import time
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse

from sandbox.control import Control
from sandbox.pages import Pages
from sandbox.payment_platform import bills, messages
from sandbox.payment_platform.messages import Transaction
from sandbox.payment_platform.moods import PaymentMoods
from sandbox.payment_platform.notifier import Notifier
from sandbox.payment_platform.settings import PaymentSettings
from sandbox.payment_platform.store import Store

# Invented: no bank has these numbers.
BANKS = {"999901": "Ngân hàng Mẫu Thứ Nhất", "999902": "Ngân hàng Mẫu Thứ Hai", "999911": "Ví điện tử Mẫu"}
FIRST_TRY_SECONDS = 5


class Payer:
    def __init__(
        self,
        settings: PaymentSettings,
        store: Store,
        notifier: Notifier,
        control: Control[PaymentMoods],
        pages: Pages,
    ) -> None:
        self._settings = settings
        self._secret = settings.partner_secret.get_secret_value()
        self._store = store
        self._notifier = notifier
        self._control = control
        self._pages = pages

    async def show(self, token: str) -> Response:
        payment = self._found(token)
        template = "pay/pay.html" if payment.state == "open" else "pay/settled.html"
        return self._pages.show(
            template, now=self._control.now(), payment=payment, banks=BANKS, return_url=self._way_back(payment)
        )

    async def decide(
        self, token: str, decision: Annotated[str, Form()], bank: Annotated[str, Form()] = ""
    ) -> RedirectResponse:
        """Pay or cancel, once; whoever presses again goes back to the partner like the first time."""
        payment = self._found(token)
        if decision not in ("pay", "cancel") or (decision == "pay" and bank not in BANKS):
            raise HTTPException(422)
        if payment.state == "open":
            await self._settle(payment, decision, bank)
        return RedirectResponse(self._way_back(self._found(token)), status_code=303)

    async def bill(self, token: str) -> Response:
        payment = self._found(token)
        if payment.state != "paid":
            raise HTTPException(404)
        return Response(bills.pdf(payment), media_type="application/pdf")

    async def overview(self) -> Response:
        rows = [(payment, self._store.notifications(payment)) for payment in self._store.everything()]
        return self._pages.show("pay/overview.html", now=self._control.now(), rows=rows)

    async def _settle(self, payment: Transaction, decision: str, bank: str) -> None:
        moods = self._control.moods
        code = messages.CANCELLED if decision == "cancel" else moods.failure_code or messages.OK
        stamp = self._control.now().isoformat(timespec="seconds")
        settled = replace(payment, code=code, bank=bank, settled_at=stamp)
        notifications = self._store.settle(settled, self._bodies(settled), time.time() + moods.late_seconds)
        if not notifications:
            return
        self._notifier.wake()
        if moods.notify_before_return and not moods.late_seconds:
            await self._notifier.wait_for_first_try(notifications, FIRST_TRY_SECONDS)

    def _bodies(self, payment: Transaction) -> list[dict[str, Any]]:
        """What the partner is told: the truth, once, unless moods say otherwise."""
        if self._control.take("notify_never"):
            return []
        changed: dict[str, Any] = {}
        if self._control.take("wrong_amount"):
            changed["SoTien"] = payment.amount_vnd + 1000
        if self._control.take("unknown_reference"):
            changed["MaThamChieu"] = "nobody-gave-this-out"
        if self._control.take("only_dossier_code"):
            changed["MaThamChieu"] = ""
        secret = "another secret" if self._control.take("bad_digest") else self._secret
        body = messages.result(payment, self._settings.notification_kind, secret, **changed)
        return [body, body] if self._control.take("notify_twice") else [body]

    def _way_back(self, payment: Transaction) -> str:
        address = self._settings.return_url
        places = {
            "MaThamChieu": payment.reference,
            "MaHoSo": payment.dossier_code,
            "MaGiaoDich": payment.platform_code,
        }
        for name, value in places.items():
            address = address.replace(f"{{{name}}}", quote(value, safe=""))
        return address

    def _found(self, token: str) -> Transaction:
        payment = self._store.by_token(token)
        if payment is None:
            raise HTTPException(404)
        return payment


def router(payer: Payer) -> APIRouter:
    routes = APIRouter(prefix="/sandbox/pay", tags=["payer"])
    routes.add_api_route("", payer.overview, methods=["GET"], response_model=None)
    routes.add_api_route("/p/{token}", payer.show, methods=["GET"], response_model=None)
    routes.add_api_route("/p/{token}", payer.decide, methods=["POST"], response_model=None)
    routes.add_api_route("/bills/{token}.pdf", payer.bill, methods=["GET"], response_model=None)
    return routes
