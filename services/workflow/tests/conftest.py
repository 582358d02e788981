"""A database of workflow's own, and people and dossiers to put in it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from contracts.envelope import Event
from contracts.facts import Channel, ComponentFlags, Contact, Origin, StoredObject
from contracts.intake import (
    DossierSubmitted,
    ResultCollected,
    StopRequested,
    SupplementSubmitted,
    WithdrawalRequested,
)
from contracts.package import Manifest, PackageFile, contact_path, manifest_path
from contracts.payments import FeePaid
from kit.consume import Consumer, deliver
from kit.embedded import free_port
from kit.now import TIME_ZONE, read_now
from kit.signin import Person
from kit.testing.databases import emitted, fresh_database, postgres, set_clock
from kit.testing.events import a_record
from kit.testing.people import a_person, bearer, client_of, session_cookie, settings_of
from kit.testing.programs import sandbox_program
from kit.tx import Database
from rules.catalogue import load
from workflow import consumer, handlers, store
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.posting import Receiver
from workflow.domain.status import Outcome, Verdict
from workflow.domain.steps import Decision
from workflow.main import build_app
from workflow.settings import WorkflowSettings

__all__ = ["postgres"]

PROCEDURE = load().find("2.002380", datetime(2025, 3, 3, tzinfo=TIME_ZONE).date())
OFFICE = load().offices[0]
UNITS: dict[str, str] = {role: unit.id for unit in reversed(OFFICE.units) for role in unit.roles}  # the first has it
NAMES = {
    "one_stop_officer": ("Nguyễn Thị Thu Hà", "Công chức tiếp nhận"),
    "case_officer": ("Phạm Quốc Dũng", "Chuyên viên"),
    "division_head": ("Vũ Đình Long", "Trưởng phòng"),
    "department_leader": ("Đặng Hồng Sơn", "Phó Giám đốc Sở"),
    "clerk": ("Bùi Thị Lan", "Văn thư"),
}
FORM_TOKEN = "form-token-of-a-test"
CONTROL_TOKEN = "control-token-of-the-tests"
PDF = b"%PDF-1.4\n%%EOF\n"


def moment(text: str) -> datetime:
    """`2025-03-03 08:30` in Vietnam's time."""
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


def a_device(kind: str, serial: str) -> dict[str, Any]:
    return {
        "applicant_name": "Bệnh viện Đa khoa Mẫu",
        "contact_address": "Số 5 đường Hòa Bình, thành phố Mẫu",
        "phone": "0200 3 111 222",
        "device_name": "Hệ thống chụp cắt lớp vi tính" if kind == "ct" else "Máy X-quang chụp thường quy",
        "model": "CT-64" if kind == "ct" else "RX-500",
        "manufacturer_country": "Nhật Bản",
        "year_made": 2023,
        "serial_no": serial,
        "max_kv": 140 if kind == "ct" else 150,
        "max_ma": 600 if kind == "ct" else 500,
        "mobility": "cố định",
        "install_location": "Khoa Chẩn đoán hình ảnh, tầng 1",
        "purpose": "chụp cắt lớp vi tính" if kind == "ct" else "chụp tổng hợp",
        "device_type": kind,
        "tube_model": "TB-12",
        "tube_manufacturer": "Nhật Bản",
        "tube_year": 2023,
        "tube_serial": f"T{serial}",
    }


def the_forms() -> dict[str, list[dict[str, Any]]]:
    """A hospital with one CT and two general X-ray machines."""
    officer = {
        "so_full_name": "Trần Minh Khôi",
        "so_birth_date": "1985-05-20",
        "so_sex": "Nam",
        "so_id_number": "001085000123",
        "so_specialty": "Vật lý kỹ thuật",
        "so_department": "Khoa Chẩn đoán hình ảnh",
        "so_phone": "0900 000 101",
        "so_appointment_no": "12/QĐ-BV",
        "so_appointment_date": "2024-01-10",
        "so_worker_cert_no": "45/CC-SKHCN",
    }
    return {
        "F142-IV-01": [
            {
                "addressee": "Sở Khoa học và Công nghệ tỉnh Mẫu",
                "applicant_name": "Bệnh viện Đa khoa Mẫu",
                "address": "Số 5 đường Hòa Bình, thành phố Mẫu, tỉnh Mẫu",
                "phone": "0200 3 111 222",
                "email": "ky.thuat@benhvien-mau.example",
                "head_name": "Lê Văn Tâm",
                "head_title": "Giám đốc",
                "head_id_number": "001070000456",
                "work_description": "Sử dụng 03 thiết bị X-quang chẩn đoán trong y tế tại Khoa Chẩn đoán hình ảnh.",
                "device_total": 3,
                "attachments": [{"name": "Báo cáo đánh giá an toàn"}],
                "pledge": True,
            }
        ],
        "F142-III-01": [{"applicant_name": "Bệnh viện Đa khoa Mẫu", **officer, "staff_total": 0}],
        "F142-III-07": [a_device("ct", "SN-001"), a_device("general", "SN-002"), a_device("general", "SN-003")],
    }


class World:
    """What a test does to workflow: file, pay, collect, act; each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.consumer = Consumer("workflow", consumer.KEEPS, consumer.REACTS)
        self._said: dict[tuple[str, str], int] = {}
        self._arrivals = 0
        self._offset = 0
        self.procedure, self.office = PROCEDURE, OFFICE

    async def at(self, text: str) -> datetime:
        """Make this the present."""
        await set_clock(self.database, moment(text))
        return moment(text)

    def staff(self, role: str, id: str | None = None) -> Staff:
        person = self.person(role, id)
        return Staff(person.id, person.name, person.roles, person.office or "", person.unit or "", *self._card(role))

    def person(self, role: str, id: str | None = None) -> Person:
        name, title = NAMES.get(role, ("Người Khác", "Nhân viên"))
        unit = UNITS.get(role, "leadership")
        phone = "0200 3 000 101"
        more = {"office": OFFICE.id, "unit": unit, "title": title, "phone": phone}
        return a_person(role, id=id or f"p-{role}", name=name, **more)

    def _card(self, role: str) -> tuple[str, str]:
        return NAMES.get(role, ("", "Nhân viên"))[1], "0200 3 000 101"

    async def do(self, handler: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        """A handler in its own transaction, at the database's present."""
        async with self.database.transaction() as tx:
            return await handler(tx, *args, now=await read_now(tx), **named)

    async def ask(self, question: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        """A read in its own transaction."""
        async with self.database.transaction() as tx:
            return await question(tx, *args, **named)

    async def hear(self, event: Event) -> None:
        """Hand an event to the consumer, in its subject's order."""
        key = (event.topic(), event.subject)
        self._said[key] = self._said.get(key, 0) + 1
        self._offset += 1
        record = a_record(event, sequence=self._said[key], offset=self._offset)
        await deliver(self.database, self.consumer, [record])

    def verdicts(self, *lacking: CheckItem) -> list[CheckItem]:
        """Every component judged: good but for `lacking`."""
        by_code = {item.component: item for item in lacking}
        return [by_code.get(one.code, CheckItem(one.code, Verdict.GOOD)) for one in PROCEDURE.components]

    async def valid(self, dossier_id: UUID, text: str = "2025-03-05 10:00") -> None:
        """Everything judged good and found valid: the fee is asked for."""
        await self.at(text)
        officer = self.staff("one_stop_officer")
        await self.do(handlers.judge_components, dossier_id, self.verdicts(), staff=officer, seen_version=None)
        await self.do(handlers.find_valid, dossier_id, staff=officer, seen_version=None)

    async def accepted(self, text: str = "2025-03-13 09:00", **more: Any) -> UUID:
        """A dossier that is accepted, at its first step."""
        dossier_id = await self.file(**more)
        await self.valid(dossier_id)
        await self.pay(dossier_id, text)
        return dossier_id

    async def to_sign(self, outcome: Outcome = Outcome.GRANTED) -> UUID:
        """A dossier whose result waits to be approved."""
        dossier_id = await self.accepted()
        said = Decision(
            outcome=outcome, conclusion="Sử dụng 03 thiết bị X-quang chẩn đoán.", conditions=("Kiểm định.",)
        )
        for step, role, decision in (
            ("assign", "division_head", Decision()),
            ("appraise", "case_officer", said),
            ("review", "division_head", Decision()),
        ):
            await self.do(handlers.finish_step, dossier_id, step, decision, staff=self.staff(role), seen_version=None)
        return dossier_id

    async def to_issue(self) -> UUID:
        """A dossier whose result is approved and waits to be issued."""
        dossier_id = await self.to_sign()
        case = await self.case(dossier_id)
        assert case.result
        leader = self.staff("department_leader")
        await self.do(handlers.sign_off, dossier_id, case.result.sha256, staff=leader, seen_version=None)
        return dossier_id

    async def finished(self, text: str = "2025-03-21 08:00") -> UUID:
        dossier_id = await self.to_issue()
        await self.at(text)
        await self.do(handlers.issue, dossier_id, staff=self.staff("clerk"), seen_version=None)
        return dossier_id

    def settings(self, post_port: int) -> WorkflowSettings:
        """The settings with a postal service at this port."""
        return settings_for(self.database, post_port)

    def bearer(self, role: str, id: str | None = None) -> dict[str, str]:
        """The header of an API call by somebody in this role."""
        return bearer(self.person(role, id))

    def browser(self, role: str) -> dict[str, str]:
        """The headers of a browser in which somebody in this role is signed in and has a form token."""
        cookies = session_cookie("workflow", self.person(role), form_token=FORM_TOKEN)
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {"Cookie": cookie, "Accept": "text/html"}

    async def case(self, dossier_id: UUID) -> Case:
        found = await self.ask(store.find_case, dossier_id)
        assert found is not None
        return found  # type: ignore[no-any-return]

    async def said(self, kind: str = "") -> list[Any]:
        """What workflow has said so far, or only the events of one class."""
        found = await emitted(self.database)
        return [event for event in found if not kind or type(event).__name__ == kind]

    async def parked(self) -> list[str]:
        from kit import inbox

        async with self.database.transaction() as tx:
            return [row.reason for row in await inbox.all_parked(tx)]

    async def put_package(
        self,
        dossier_id: UUID,
        version: int,
        received_at: datetime,
        *,
        forms: dict[str, list[dict[str, Any]]],
        files: dict[str, int],
    ) -> StoredObject:
        objects = self.database.objects
        listed = []
        for component, count in files.items():
            for number in range(1, count + 1):
                path = f"packages/{dossier_id}/{version}/{component}-{number}.pdf"
                object_ = await objects.put(path, PDF + f"{component} {number}".encode())
                name = f"{component} {number}.pdf"
                file = PackageFile(
                    component=component, name=name, media_type="application/pdf", pages=1, object=object_
                )
                listed.append(file)
        manifest = Manifest(
            dossier_id=dossier_id,
            version=version,
            procedure_id=PROCEDURE.id,
            procedure_version=PROCEDURE.version,
            channel=Channel.ONLINE,
            origin=Origin.THIS_PORTAL,
            received_at=received_at,
            forms=forms,
            components=self.flags(files),
            files=listed,
        )
        body = manifest.model_dump_json().encode()
        return await objects.put(manifest_path(dossier_id, version, sha256(body).hexdigest()), body)

    def flags(self, files: dict[str, int]) -> list[ComponentFlags]:
        facts = {"digitised": True, "reused": False, "from_national_store": False}
        return [ComponentFlags(code=code, files=count, **facts) for code, count in files.items()]

    async def submitted(self, at: datetime, *, forms: Any = None, organisation: str | None = None) -> DossierSubmitted:
        """A whole dossier lies in the store; the event that says so."""
        dossier_id = uuid4()
        self._arrivals += 1
        files = {one.code: 1 for one in PROCEDURE.components if one.accepts == "upload"}
        package = await self.put_package(dossier_id, 1, at, forms=forms or the_forms(), files=files)
        contact = Contact(
            name="Trần Minh Khôi",
            organisation=organisation or "Bệnh viện Đa khoa Mẫu",
            email="ky.thuat@benhvien-mau.example",
            phone="0900000101",
            address="Số 5 đường Hòa Bình, thành phố Mẫu, tỉnh Mẫu",
        )
        await self.database.objects.put(contact_path(dossier_id, 1), contact.model_dump_json().encode())
        return DossierSubmitted(
            dossier_id=dossier_id,
            arrival_number=f"T-H00.15-{at:%y%m%d}-{self._arrivals:04}",
            procedure_id=PROCEDURE.id,
            procedure_version=PROCEDURE.version,
            channel=Channel.ONLINE,
            origin=Origin.THIS_PORTAL,
            office=OFFICE.id,
            receiving_unit=UNITS["one_stop_officer"],
            resolving_unit=UNITS["case_officer"],
            received_at=at,
            package=package,
            contact=contact_path(dossier_id, 1),
            applicant_id="p-applicant-hospital",
            components=self.flags(files),
        )

    async def file(self, text: str = "2025-03-03 08:30", **more: Any) -> UUID:
        """A dossier is filed, and its case opened."""
        at = await self.at(text)
        event = await self.submitted(at, **more)
        await self.hear(event)
        return event.dossier_id

    async def supplement(self, dossier_id: UUID, text: str, files: dict[str, int], round: int = 1) -> None:
        at = await self.at(text)
        package = await self.put_package(dossier_id, round + 1, at, forms={}, files=files)
        flags = self.flags(files)
        event = {"dossier_id": dossier_id, "round": round, "received_at": at, "package": package, "components": flags}
        await self.hear(SupplementSubmitted.model_validate(event))

    async def pay(self, dossier_id: UUID, text: str, amount_vnd: int = 12_600_000, paid: str | None = None) -> None:
        at = await self.at(text)
        event = FeePaid(
            dossier_id=dossier_id,
            demand_id=uuid4(),
            amount_vnd=amount_vnd,
            paid_at=moment(paid) if paid else at,
            way="payment_platform",
            transaction_code="TEST-1",
            contact=contact_path(dossier_id, 1),
        )
        await self.hear(event)

    async def collect(self, dossier_id: UUID, text: str, *, sha256: str | None = None) -> None:
        at = await self.at(text)
        case = await self.case(dossier_id)
        assert case.result
        event = {"dossier_id": dossier_id, "result_code": case.result_code, "collected_at": at}
        await self.hear(ResultCollected.model_validate({**event, "result_sha256": sha256 or case.result.sha256}))

    async def withdraw(self, dossier_id: UUID, text: str, words: str = "Chúng tôi chưa lắp máy nữa.") -> None:
        """The applicant takes the dossier back."""
        await self.hear(WithdrawalRequested.model_validate(await self._request(dossier_id, text, words)))

    async def ask_stop(self, dossier_id: UUID, text: str, words: str = "Đơn vị tạm ngừng dự án.") -> None:
        """The applicant asks to stop."""
        await self.hear(StopRequested.model_validate(await self._request(dossier_id, text, words)))

    async def _request(self, dossier_id: UUID, text: str, words: str) -> dict[str, Any]:
        at = await self.at(text)
        body = json.dumps({"reason": words}, ensure_ascii=False).encode()
        request = await self.database.objects.put(f"requests/{dossier_id}/{uuid4()}.json", body)
        return {"dossier_id": dossier_id, "requested_at": at, "channel": Channel.ONLINE, "request": request}


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "workflow", tmp_path / "objects") as found:
        found.carries["public_url"] = "http://localhost:9"
        found.begins_with = handlers.count_by_newest
        yield found


@pytest.fixture
async def app(database: Database) -> FastAPI:
    return build_app(settings_for(database), database)


def settings_for(database: Database, post_port: int = 9) -> WorkflowSettings:
    """The settings of a test; the postal service's sandbox where one runs."""
    found: WorkflowSettings = settings_of(
        WorkflowSettings,
        database.url,
        "file:///nowhere",
        post_url=f"http://127.0.0.1:{post_port}/sandbox/post/api",
        post_consumer_key="key",
        post_consumer_secret="secret",
        post_customer_code="MOTCUA",
        post_timeout_seconds=20,
    )
    return found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as found:
        yield found


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


class Postman:
    """The postal service's sandbox, and what happens to parcels there."""

    receiver = Receiver("Bệnh viện Đa khoa Mẫu", "Số 5 đường Hòa Bình, thành phố Mẫu, tỉnh Mẫu", "0900000101")

    def __init__(self, port: int) -> None:
        self.port = port
        self.base = f"http://127.0.0.1:{port}/sandbox/post"
        self.headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}

    def told(self, **moods: Any) -> None:
        httpx.put(f"{self.base}/control", json={"moods": moods}, headers=self.headers).raise_for_status()

    def orders(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.base}/control", headers=self.headers).json()["orders"]
        return found

    def happen(self, code: int) -> None:
        body = {"order_number": self.orders()[0]["order_number"], "code": code}
        httpx.post(f"{self.base}/control/events", json=body, headers=self.headers).raise_for_status()


@pytest.fixture
def postman(tmp_path: Path) -> Iterator[Postman]:
    port = free_port()
    said = {
        "CONSUMER_KEY": "key",
        "CONSUMER_SECRET": "secret",
        "CUSTOMER_CODE": "MOTCUA",
        "CONTROL_TOKEN": CONTROL_TOKEN,
    }
    with sandbox_program("post", port, {**said, "FOLDER": str(tmp_path / "post")}):
        yield Postman(port)
