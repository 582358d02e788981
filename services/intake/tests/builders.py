"""Whole things to start from: a PDF, a submission through the API, events as the others say them. Invented people."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
from pypdf import PdfWriter

from contracts.facts import Channel, Handler, Origin, Status, StoredObject
from contracts.workflow import (
    CaseFacts,
    CheckStarted,
    DossierAccepted,
    DossierFinished,
    DossierReturned,
    FeeLine,
    FeeRequested,
    StepFinished,
    StepStarted,
    SupplementItem,
    SupplementRequested,
)
from kit.signin import Person
from kit.testing.people import a_person, bearer
from kit.tx import Database
from rules.testing import OFFICE_ID, PROCEDURE_ID, at, some_files, some_sheets

API = "/api/intake/v1"
KHOI = a_person("applicant", id="p-khoi", name="Trần Minh Khôi", office=None, organisation="Bệnh viện Mẫu")
NGOC = a_person("applicant", id="p-ngoc", name="Lê Thị Bảo Ngọc", office=None)
OFFICER = a_person("one_stop_officer", id="p-officer", office=OFFICE_ID)
CONTACT = {"name": "Trần Minh Khôi", "organisation": "Bệnh viện Mẫu", "email": "khoi@benhvien.example"}
DUE_AT = at("2025-04-08 17:30")
HA = Handler(staff_id="p-one-stop-officer", unit="one-stop")


def a_pdf(pages: int = 1) -> bytes:
    """A real PDF with so many empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


async def upload(client: httpx.AsyncClient, component: str, *, person: Person = KHOI, **more: Any) -> str:
    """An uploaded one-page PDF; its id."""
    file = ("giay-to.pdf", a_pdf(), "application/pdf")
    data = {"component": component, **more}
    answer = await client.post(f"{API}/uploads", headers=bearer(person), files={"file": file}, data=data)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def a_submission(client: httpx.AsyncClient, *, person: Person = KHOI, **changed: Any) -> dict[str, Any]:
    """A whole dossier's body, its files already uploaded."""
    uploads = [
        {"component": component, "upload_id": await upload(client, component, person=person)}
        for component, count in some_files().items()
        for _ in range(count)
    ]
    body = {"procedure_id": PROCEDURE_ID, "forms": some_sheets(), "contact": CONTACT, "uploads": uploads}
    return body | changed


async def send(
    client: httpx.AsyncClient, body: dict[str, Any], *, key: str = "k-1", person: Person = KHOI
) -> httpx.Response:
    return await client.post(f"{API}/dossiers", headers=bearer(person) | {"Idempotency-Key": key}, json=body)


async def a_dossier(client: httpx.AsyncClient, *, key: str = "k-1", person: Person = KHOI) -> UUID:
    """A filed dossier."""
    answer = await send(client, await a_submission(client, person=person), key=key, person=person)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


class Others:
    """What workflow says about one dossier, with the objects it stores."""

    def __init__(self, database: Database, dossier_id: UUID) -> None:
        self.database = database
        self.dossier_id = dossier_id
        self.code = "000.00.15.H00-250313-0001"

    async def put(self, name: str, data: bytes) -> StoredObject:
        return await self.database.objects.put(f"slips/{self.dossier_id}/{name}", data)

    def _facts(self, status: int, moved_at: datetime, handler: Handler | None = HA) -> dict[str, Any]:
        case = CaseFacts(
            arrival_number="T-H00.15-250303-0001",
            procedure_id=PROCEDURE_ID,
            procedure_version="1",
            channel=Channel.ONLINE,
            origin=Origin.THIS_PORTAL,
            office=OFFICE_ID,
            receiving_unit="one-stop",
            resolving_unit="radiation",
        )
        return {
            "dossier_id": self.dossier_id,
            "case": case,
            "status": Status(status),
            "moved_at": moved_at,
            "contact": f"contacts/{self.dossier_id}/1.json",
            "handler": handler,
        }

    def check_started(self, moved_at: datetime, round: int = 0) -> CheckStarted:
        due_at = moved_at + timedelta(days=7)
        return CheckStarted(**self._facts(1, moved_at, None), round=round, due_at=due_at)

    async def supplement_requested(
        self, moved_at: datetime, *components: str, reason: str = "Giấy này sắp hết hạn.", round: int = 1
    ) -> SupplementRequested:

        request = await self.put(f"request-{round}.json", orjson.dumps(dict.fromkeys(components, reason)))
        return SupplementRequested(
            **self._facts(5, moved_at),
            round=round,
            items=[SupplementItem(component=one) for one in components],
            slip=await self.put(f"02-{round}.pdf", a_pdf()),
            request=request,
        )

    async def fee_requested(self, moved_at: datetime, amount_vnd: int = 12_600_000, *, status: int = 6) -> FeeRequested:
        line = FeeLine(key="ct", name_vi="CT", quantity=1, unit_vnd=8_000_000, amount_vnd=8_000_000)
        notice = await self.put("fee.pdf", a_pdf())
        return FeeRequested(
            **self._facts(status, moved_at),
            lines=[line],
            factor="0.9",
            amount_vnd=amount_vnd,
            legal_basis=["x"],
            notice=notice,
        )

    async def accepted(self, moved_at: datetime, due_at: datetime = DUE_AT) -> DossierAccepted:
        return DossierAccepted(
            **self._facts(2, moved_at, None),
            code=self.code,
            started_at=moved_at,
            due_at=due_at,
            first_due_at=due_at,
            calendar_version="2026.1",
            readings=[],
            slip=await self.put("01.pdf", a_pdf()),
        )

    def step_started(self, moved_at: datetime, step: str, unit: str = "radiation") -> StepStarted:
        more = {"code": self.code, "step": step, "step_name_vi": step, "role": "case_officer", "unit": unit}
        return StepStarted(**self._facts(4, moved_at, None), **more)

    def step_finished(self, moved_at: datetime, step: str, handler: Handler | None = None) -> StepFinished:
        return StepFinished(**self._facts(4, moved_at, handler), code=self.code, step=step, used_working_minutes=60)

    async def finished(self, moved_at: datetime) -> DossierFinished:
        return DossierFinished(
            **self._facts(9, moved_at),
            code=self.code,
            result_code=f"{self.code}-KQ1",
            result_kind="granted",
            result=await self.put("result.pdf", a_pdf(2)),
            finished_at=moved_at,
            due_at=DUE_AT,
            first_due_at=DUE_AT,
            lateness="early",
            lateness_first="early",
            margin_working_minutes=2000,
        )

    def returned(self, moved_at: datetime) -> DossierReturned:
        return DossierReturned(
            **self._facts(10, moved_at, None),
            code=self.code,
            result_code=f"{self.code}-KQ1",
            way="online",
            returned_at=moved_at,
        )
