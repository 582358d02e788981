"""Shows what arrived: a list, one message, its parts, and the same as JSON. Nothing of a mail is trusted."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

from sandbox.control import Control
from sandbox.mail import letter
from sandbox.mail.letter import Attachment, Letter
from sandbox.mail.moods import MailMoods
from sandbox.mail.store import Arrived, Channel, Store
from sandbox.pages import Pages

PAGE_SIZE = 50
# A mail's HTML is a stranger's: an origin of its own, no script, no form, nothing loaded from anywhere.
STRANGER = {
    "Content-Security-Policy": (
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def described(arrived: Arrived) -> dict[str, Any]:
    """One message as JSON; `arrivals` says how often it came, `arrived_at` when, by the simulated clock."""
    common: dict[str, Any] = {
        "id": arrived.id,
        "channel": arrived.channel,
        "key": arrived.key,
        "from": arrived.sender,
        "to": list(arrived.recipients),
        "arrivals": arrived.arrivals,
        "arrived_at": list(arrived.arrived_at),
    }
    if arrived.channel == "sms":
        return {**common, "text": sms_text(arrived)}
    read = letter.read(arrived.raw)
    return {
        **common,
        "message_id": read.message_id,
        "subject": read.subject,
        "text": read.text,
        "html": read.html,
        "attachments": [
            {"name": part.name, "media_type": part.media_type, "size_bytes": part.size_bytes}
            for part in read.attachments
        ],
    }


def sms_text(arrived: Arrived) -> str:
    return str(json.loads(arrived.raw)["Content"])


class Reading:
    def __init__(self, store: Store, control: Control[MailMoods], pages: Pages) -> None:
        self._store = store
        self._control = control
        self._pages = pages

    async def listed(self, to: str = "", before: int | None = None) -> HTMLResponse:
        found = self._store.messages(recipient=to.strip() or None, before=before, limit=PAGE_SIZE + 1)
        return self._pages.show(
            "mail/list.html",
            now=self._control.now(),
            to=to.strip(),
            rows=[(arrived, self._preview(arrived), self._when(arrived)) for arrived in found[:PAGE_SIZE]],
            older=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
        )

    async def one(self, number: int) -> HTMLResponse:
        arrived = self._found(number)
        mail = letter.read(arrived.raw) if arrived.channel == "mail" else None
        text = mail.text if mail else sms_text(arrived)
        times = [datetime.fromisoformat(at) for at in arrived.arrived_at]
        return self._pages.show(
            "mail/one.html", now=self._control.now(), arrived=arrived, mail=mail, text=text, times=times
        )

    async def html(self, number: int) -> HTMLResponse:
        return HTMLResponse(self._mail(number).html or "", headers=STRANGER)

    async def raw(self, number: int) -> Response:
        headers = {"X-Content-Type-Options": "nosniff"}
        return Response(self._found(number).raw, media_type="text/plain; charset=utf-8", headers=headers)

    async def attachment(self, number: int, place: int) -> Response:
        parts = self._mail(number).attachments
        if not 1 <= place <= len(parts):
            raise HTTPException(404)
        return download(parts[place - 1])

    async def as_json(
        self,
        to: str | None = None,
        channel: Channel | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[dict[str, Any]]:
        """Newest first."""
        found = self._store.messages(recipient=to, channel=channel, before=before, limit=min(max(limit, 1), 1000))
        return [described(arrived) for arrived in found]

    async def one_as_json(self, number: int) -> dict[str, Any]:
        return described(self._found(number))

    def _preview(self, arrived: Arrived) -> str:
        return arrived.subject if arrived.channel == "mail" else sms_text(arrived)

    def _when(self, arrived: Arrived) -> datetime:
        return datetime.fromisoformat(arrived.arrived_at[0])

    def _found(self, number: int) -> Arrived:
        arrived = self._store.message(number)
        if arrived is None:
            raise HTTPException(404)
        return arrived

    def _mail(self, number: int) -> Letter:
        arrived = self._found(number)
        if arrived.channel != "mail":
            raise HTTPException(404)
        return letter.read(arrived.raw)


def download(part: Attachment) -> Response:
    """Saved, never shown: the type a stranger claims is not believed."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(part.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(part.content, media_type="application/octet-stream", headers=headers)


def router(reading: Reading) -> APIRouter:
    routes = APIRouter(prefix="/sandbox/mail", tags=["reading"])
    shown: dict[str, Callable[..., Any]] = {
        "": reading.listed,
        "/messages/{number}": reading.one,
        "/messages/{number}/html": reading.html,
        "/messages/{number}/raw": reading.raw,
        "/messages/{number}/attachments/{place}": reading.attachment,
    }
    for path, show in shown.items():
        routes.add_api_route(path, show, methods=["GET"], response_model=None)
    routes.add_api_route("/api/messages", reading.as_json, methods=["GET"])
    routes.add_api_route("/api/messages/{number}", reading.one_as_json, methods=["GET"])
    return routes
