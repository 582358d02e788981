"""The SMS gateway: speaks eSMS's SendMultipleMessage_V4_post_json, as far as a sender sees it. No callbacks yet."""

import hmac
import json
import re
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse

from sandbox.control import Control
from sandbox.mail.moods import MailMoods
from sandbox.mail.settings import MailSettings
from sandbox.mail.store import Store

# CodeResult, from the gateway's table of codes.
ACCEPTED, WRONG_KEY, BRANDNAME, BAD_PHONE, TYPE, REPEATED, OTHER = "100", "101", "104", "108", "118", "124", "99"
SENTENCES = {
    ACCEPTED: "",
    WRONG_KEY: "Authorize Failed",
    BRANDNAME: "Brandname is not registered",
    BAD_PHONE: "Phone is not valid",
    TYPE: "SmsType is not supported",
    REPEATED: "RequestId was used before",
}
MOBILE = re.compile(r"^(0|\+?84)[35789]\d{8}$")
TYPES = {"1", "2", "8"}
PATH = "/sandbox/mail/MainService.svc/json/SendMultipleMessage_V4_post_json"


class Gateway:
    def __init__(self, settings: MailSettings, store: Store, control: Control[MailMoods]) -> None:
        self._keys = (settings.sms_api_key.get_secret_value(), settings.sms_secret_key.get_secret_value())
        self._brandname = settings.sms_brandname
        self._store = store
        self._control = control

    async def send(self, request: Request) -> JSONResponse:
        """Accepted means on disk. A RequestId that was used before is answered 124 and kept as another arrival."""
        await self._control.dawdle()
        if self._control.take("sms_fail_http"):
            raise HTTPException(503)
        said = await self._read(request)
        code = self._control.moods.sms_code or self._judge(said)
        if code != ACCEPTED:
            return self._answer(code, None)
        first = self._store.first_with("sms", said["RequestId"]) if said.get("RequestId") else None
        number = self._keep(said)
        if self._control.take("sms_drop_after_keeping"):
            raise HTTPException(504)
        return self._answer(ACCEPTED if first is None else REPEATED, first or number)

    async def _read(self, request: Request) -> dict[str, str]:
        """All values as text: senders write some of them as numbers."""
        try:
            said = json.loads(await request.body())
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise HTTPException(400)
        return {name: str(value) for name, value in said.items() if value is not None}

    def _judge(self, said: dict[str, str]) -> str:
        shown = (said.get("ApiKey", ""), said.get("SecretKey", ""))
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(shown, self._keys, strict=True)):
            return WRONG_KEY
        if said.get("SmsType") not in TYPES:
            return TYPE
        if said["SmsType"] != "8" and said.get("Brandname") != self._brandname:
            return BRANDNAME
        if not MOBILE.match(said.get("Phone", "")):
            return BAD_PHONE
        return ACCEPTED if said.get("Content") else OTHER

    def _keep(self, said: dict[str, str]) -> int:
        kept = {name: value for name, value in said.items() if name not in ("ApiKey", "SecretKey")}
        return self._store.keep(
            channel="sms",
            key=said.get("RequestId"),
            recipients=[said["Phone"]],
            sender=said.get("Brandname", ""),
            subject="",
            arrived_at=self._control.now().isoformat(timespec="seconds"),
            raw=json.dumps(kept, ensure_ascii=False).encode(),
        )

    def _answer(self, code: str, number: int | None) -> JSONResponse:
        answer: dict[str, Any] = {"CodeResult": code, "CountRegenerate": 0}
        if number is not None:
            answer["SMSID"] = f"sandbox-{number}"
        if code != ACCEPTED:
            answer["ErrorMessage"] = SENTENCES.get(code, "the sandbox was told to refuse, or the text is empty")
        return JSONResponse(answer)


def router(gateway: Gateway) -> APIRouter:
    routes = APIRouter(tags=["sms"])
    for path in (PATH, PATH + "/"):
        routes.add_api_route(path, gateway.send, methods=["POST"], response_model=None)
    return routes
