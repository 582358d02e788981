"""What a postman does: a page with every order and a button per event; the same for programs at the control address."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from sandbox.control import Control, Guard
from sandbox.pages import Pages
from sandbox.post.moods import PostMoods
from sandbox.post.parcels import EVENTS
from sandbox.post.store import Store
from sandbox.post.wire import PREFIX


class Event(BaseModel):
    """What is to happen to an order."""

    order_number: str
    code: int
    notes: str = ""


class Carrying:
    def __init__(self, store: Store, control: Control[PostMoods], pages: Pages) -> None:
        self._store, self._control, self._pages = store, control, pages

    async def listed(self) -> HTMLResponse:
        parcels = [(one, EVENTS.get(one.code, "Chờ bưu điện nhận")) for one in self._store.parcels()]
        return self._pages.show("post/list.html", now=self._control.now(), parcels=parcels, events=EVENTS)

    async def pressed(self, order_number: str = Form(), code: int = Form()) -> RedirectResponse:
        self._happen(Event(order_number=order_number, code=code))
        return RedirectResponse(PREFIX, HTTPStatus.SEE_OTHER)

    async def told(self, event: Event) -> dict[str, str]:
        self._happen(event)
        return {"item": self._item(event.order_number)}

    def _item(self, order_number: str) -> str:
        found = self._store.by_number(order_number)
        if found is None:
            raise HTTPException(404)
        return found.item

    def _happen(self, event: Event) -> None:
        parcel = self._store.by_number(event.order_number)
        if parcel is None or event.code not in EVENTS:
            raise HTTPException(404)
        self._store.happen(parcel, event.code, self._control.now().timestamp(), event.notes)


def router(carrying: Carrying, guard: Guard) -> APIRouter:
    routes = APIRouter(prefix=PREFIX)
    routes.add_api_route("", carrying.listed, methods=["GET"], include_in_schema=False)
    routes.add_api_route("/events", carrying.pressed, methods=["POST"], include_in_schema=False)
    routes.add_api_route("/control/events", carrying.told, methods=["POST"], dependencies=[Depends(guard)])
    return routes
