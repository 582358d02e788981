"""Dossiers on paper to start from: a clerk, scans, a registration through the API. Invented people."""

from typing import Any

import httpx

from kit.signin import Person
from kit.testing.people import a_person, bearer
from rules.testing import OFFICE_ID, PROCEDURE_ID, some_files

from .builders import API, upload

HA_AT_THE_DESK = a_person(
    "one_stop_officer", id="p-desk", name="Nguyễn Thị Thu Hà", office=OFFICE_ID, unit="one-stop", title="Công chức"
)
TAM = a_person("post_clerk", id="p-post-clerk", name="Hồ Thị Minh Tâm", office=OFFICE_ID, unit="one-stop")
ELSEWHERE = a_person("one_stop_officer", id="p-elsewhere", office="another-office", unit="one-stop")
ON_PAPER = {"name": "Đinh Văn Tám", "phone": "0912 345 678", "address": "Số 3 phố Mẫu"}
FORMS = ("application", "staff-sheet", "device-sheets")
ITEM = "EE473124829VN"


async def scans(client: httpx.AsyncClient, *components: str, person: Person = HA_AT_THE_DESK) -> list[dict[str, str]]:
    """One scan of each component; of every one of the licence where none is named."""
    wanted = components or (*FORMS, *some_files())
    return [{"component": one, "upload_id": await upload(client, one, person=person)} for one in wanted]


def counted(*components: str, **changed: Any) -> dict[str, Any]:
    """One original and two copies of each."""
    wanted = components or (*FORMS, *some_files())
    return {one: {"originals": 1, "copies": 2} for one in wanted} | changed


async def on_paper(client: httpx.AsyncClient, *, person: Person = HA_AT_THE_DESK, **changed: Any) -> dict[str, Any]:
    """A whole licence on paper with everything scanned and the devices counted."""
    return {
        "procedure_id": PROCEDURE_ID,
        "channel": "direct",
        "contact": ON_PAPER,
        "uploads": await scans(client, person=person),
        "papers": counted(),
        "items": {"ct": 1, "general": 2},
    } | changed


def a_parcel(**changed: Any) -> dict[str, Any]:
    return {"postal_item": ITEM, "received_at": "2025-03-03T08:40:00+07:00", "sender": "Phòng khám Mẫu"} | changed


async def by_post(client: httpx.AsyncClient, *, person: Person = TAM, **parcel: Any) -> dict[str, Any]:
    return await on_paper(client, person=person, channel="postal", parcel=a_parcel(**parcel))


async def register(
    client: httpx.AsyncClient, body: dict[str, Any], *, key: str = "k-1", person: Person = HA_AT_THE_DESK
) -> httpx.Response:
    headers = bearer(person) | {"Idempotency-Key": key}
    return await client.post(f"{API}/registrations", headers=headers, json=body)
