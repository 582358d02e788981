"""The wire: a token for the key, orders, cancelling, and the tracking that is read on from a cursor."""

import base64
import hmac
import secrets
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from sandbox.control import Control
from sandbox.post.moods import PostMoods
from sandbox.post.parcels import EVENTS, item_number
from sandbox.post.settings import PostSettings
from sandbox.post.store import Happened, Store

PREFIX = "/sandbox/post"
MOST_EVENTS = 200
TAKEN, NOT_TAKEN = "00", "99"  # Status of an answer; the real values are not public


class Order(BaseModel):
    """The fields of an order, as the integration platform names them."""

    model_config = ConfigDict(extra="allow")

    CustomerCode: str
    OrderNumber: str = Field(min_length=1, max_length=60)
    CODAmount: int = 0
    SenderName: str
    SenderAddress: str
    ReceiverName: str = Field(min_length=1)
    ReceiverAddress: str = Field(min_length=1)
    ReceiverTel: str = ""
    Description: str = ""


class Wire:
    def __init__(self, settings: PostSettings, store: Store, control: Control[PostMoods]) -> None:
        self._settings, self._store, self._control = settings, store, control
        self._tokens: dict[str, float] = {}

    async def token(self, request: Request) -> dict[str, Any]:
        await self._control.dawdle()
        wanted = f"{self._settings.consumer_key}:{self._settings.consumer_secret.get_secret_value()}"
        shown = request.headers.get("authorization", "")
        right = f"Basic {base64.b64encode(wanted.encode()).decode()}"
        form = await request.form()
        if form.get("grant_type") != "client_credentials" or not hmac.compare_digest(shown.encode(), right.encode()):
            raise HTTPException(401)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + self._settings.token_seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": self._settings.token_seconds}

    def check(self, authorization: Annotated[str, Header()] = "") -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or self._tokens.get(token, 0) < time.monotonic():
            raise HTTPException(401)

    async def order(self, order: Order) -> JSONResponse:
        await self._control.dawdle()
        if self._control.take("fail_http"):
            raise HTTPException(503)
        if order.CustomerCode != self._settings.customer_code or self._control.take("refuse_order"):
            return JSONResponse({"Status": NOT_TAKEN, "Message": "Order not accepted"})
        now = self._control.now().isoformat(timespec="seconds")
        self._store.order(order.model_dump(), item_number(self._store.count() + 1), now)
        if self._control.take("drop_after_keeping"):
            raise HTTPException(504)
        return JSONResponse({"Status": TAKEN, "Message": "OK"})

    async def cancel(self, CustomerCode: str, OrderNumber: str) -> dict[str, str]:  # noqa: N803 - the wire's names
        found = self._store.by_number(OrderNumber)
        if found is None or found.code or CustomerCode != self._settings.customer_code:
            return {"Status": NOT_TAKEN, "Message": "Order not found or on its way"}
        self._store.cancel(OrderNumber)
        return {"Status": TAKEN, "Message": "OK"}

    async def tracking(self, pagesize: int = 50, lastId: str = "") -> dict[str, Any]:  # noqa: N803 - the wire's name
        await self._control.dawdle()
        if self._control.take("fail_tracking"):
            raise HTTPException(503)
        last = int(lastId) if lastId.isdigit() else 0
        if last and self._control.take("repeat_events"):
            last -= 1
        found = self._store.events_after(last, max(1, min(pagesize, MOST_EVENTS)))
        told = [self._told(event) for event in found]
        return {"_size": len(told), "_total_pages": 1, "_returned": len(told), "_embedded": {"rh:doc": told}}

    def _told(self, event: Happened) -> dict[str, Any]:
        return {
            "_id": {"$oid": f"{event.id:024}"},
            "CustomerCode": self._settings.customer_code,
            "OrderNumber": event.order_number,
            "EventTime": int(event.at),
            "POSID": "100000",
            "ItemCode": event.item,
            "StatusCode": event.code,
            "StatusMessage": EVENTS[event.code],
            "Notes": event.notes,
        }


def router(wire: Wire) -> APIRouter:
    routes = APIRouter(prefix=f"{PREFIX}/api", tags=["post"])
    signed = [Depends(wire.check)]
    routes.add_api_route("/token", wire.token, methods=["POST"])
    routes.add_api_route("/orders", wire.order, methods=["POST"], dependencies=signed)
    routes.add_api_route("/orders/cancel", wire.cancel, methods=["GET"], dependencies=signed)
    routes.add_api_route("/tracking", wire.tracking, methods=["GET"], dependencies=signed)
    return routes
