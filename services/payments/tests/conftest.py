"""A migrated database, the application, and the Payment Platform's sandbox as a program of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from contracts.envelope import Event
from contracts.facts import Channel, ComponentFlags, Contact, Origin, Status, StoredObject
from contracts.intake import DossierSubmitted
from contracts.package import contact_path
from contracts.workflow import (
    CaseFacts,
    DossierAccepted,
    DossierRefused,
    DossierStopped,
    DossierWithdrawn,
    FeeLine,
    FeeRequested,
)
from kit.consume import Consumer, deliver
from kit.now import TIME_ZONE
from kit.testing.databases import emitted, fresh_database, postgres, set_clock
from kit.testing.events import a_record
from kit.testing.people import a_person, settings_of
from kit.testing.programs import sandbox_program
from kit.tx import Database, run_sql
from payments.consumer import KEEPS, REACTS
from payments.handlers.asking import Desk
from payments.main import build_app, desk_of
from payments.settings import PaymentsSettings
from rules import catalogue

__all__ = ["postgres"]

AT = datetime(2025, 3, 12, 9, 0, tzinfo=TIME_ZONE)
OFFICE = catalogue.load().offices[0].id
PROCEDURE = catalogue.load().procedures[0]
PAYER = a_person("applicant", id="applicant-1")
STRANGER = a_person("applicant", id="applicant-2")
ACCOUNTANT = a_person("accountant", id="accountant-1")
CASHIER = a_person("one_stop_officer", id="officer-1")
CONTROL_TOKEN = "control-token-of-the-tests"
PARTNER_CODE, SECRET = "PARTNER01", "SANDBOX-SECRET-1"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def a_case(arrival_number: str = "T-H00.15-250303-0001") -> CaseFacts:
    return CaseFacts(
        arrival_number=arrival_number,
        procedure_id=PROCEDURE.id,
        procedure_version=PROCEDURE.version,
        channel=Channel.ONLINE,
        origin=Origin.THIS_PORTAL,
        office=OFFICE,
        receiving_unit="one-stop",
        resolving_unit="radiation",
    )


def an_object(path: str) -> StoredObject:
    return StoredObject(path=path, sha256="0" * 64, size=1)


def submitted(dossier_id: UUID, *, applicant_id: str = PAYER.id) -> DossierSubmitted:
    case = a_case()
    return DossierSubmitted(
        dossier_id=dossier_id,
        received_at=AT,
        package=an_object(f"packages/{dossier_id}/1/manifest.json"),
        contact=contact_path(dossier_id, 1),
        applicant_id=applicant_id,
        components=[
            ComponentFlags(code="application", files=0, digitised=True, reused=False, from_national_store=False)
        ],
        **case.model_dump(),
    )


def fee_requested(dossier_id: UUID, *, notice: str = "1", amount_vnd: int = 12_600_000) -> FeeRequested:
    return FeeRequested(
        dossier_id=dossier_id,
        case=a_case(),
        status=Status.WAITING_FOR_FEE,
        moved_at=AT,
        contact=contact_path(dossier_id, 1),
        lines=[
            FeeLine(key="ct", name_vi="Máy CT", quantity=1, unit_vnd=8_000_000, amount_vnd=8_000_000),
            FeeLine(
                key="general", name_vi="Máy X-quang tổng hợp", quantity=2, unit_vnd=3_000_000, amount_vnd=6_000_000
            ),
        ],
        factor="0.9",
        amount_vnd=amount_vnd,
        legal_basis=["Thông tư 287/2016/TT-BTC"],
        notice=an_object(f"slips/{dossier_id}/fee-notice-{notice}.pdf"),
    )


def accepted(dossier_id: UUID, code: str = "H00.15-250313-0001") -> DossierAccepted:
    return DossierAccepted(
        dossier_id=dossier_id,
        case=a_case(),
        status=Status.ACCEPTED,
        moved_at=AT,
        contact=contact_path(dossier_id, 1),
        code=code,
        started_at=AT,
        due_at=AT,
        first_due_at=AT,
        calendar_version="1",
        readings=["R02"],
        slip=an_object(f"slips/{dossier_id}/01.pdf"),
    )


def ended(cls: type[DossierWithdrawn | DossierStopped | DossierRefused], dossier_id: UUID, **more: Any) -> Event:
    """The end of a dossier, as workflow says it."""
    facts = {"dossier_id": dossier_id, "case": a_case(), "moved_at": AT, "contact": contact_path(dossier_id, 1)}
    return cls.model_validate({**facts, "status": 7, **more})


class World:
    """What tests need of everything around payments; the people are the same in every test."""

    payer, stranger, accountant, cashier = PAYER, STRANGER, ACCOUNTANT, CASHIER
    at = AT
    partner_code, secret = PARTNER_CODE, SECRET
    submitted = staticmethod(submitted)
    fee_requested = staticmethod(fee_requested)
    accepted = staticmethod(accepted)
    ended = staticmethod(ended)
    person = staticmethod(a_person)

    def __init__(self, database: Database) -> None:
        self.database = database
        self.offset = 0

    async def give(self, *events: tuple[Event, int]) -> None:
        """Hand events with their sequence numbers to payments."""
        consumer = Consumer("payments", KEEPS, REACTS)
        for event, sequence in events:
            self.offset += 1  # another dossier's record is not the same one tried again
            await deliver(self.database, consumer, [a_record(event, sequence=sequence, offset=self.offset)])

    async def put_contact(self, dossier_id: UUID) -> None:
        contact = Contact(
            name="Trần Văn Nộp", organisation="Bệnh viện Mẫu", email="nop@mau.example", address="Số 2 đường Mẫu"
        )
        await self.database.objects.put(contact_path(dossier_id, 1), contact.model_dump_json().encode())

    async def open_demand(self, *, applicant_id: str = PAYER.id) -> tuple[UUID, UUID]:
        """A dossier with its fee notice, as events bring it; the ids of dossier and demand."""
        dossier_id = uuid4()
        await self.put_contact(dossier_id)
        await self.give((submitted(dossier_id, applicant_id=applicant_id), 1), (fee_requested(dossier_id), 1))
        (row,) = await self.rows("select id from demand where dossier_id = :d", d=dossier_id)
        return dossier_id, row.id

    async def open_demand_beside(self) -> tuple[UUID, UUID]:
        """As `open_demand`, of a dossier accepted already because its clock does not wait for the fee (R23)."""
        dossier_id, science = uuid4(), catalogue.load().procedure("science-organisation-registration")
        await self.put_contact(dossier_id)
        law = {"procedure_id": science.id, "procedure_version": science.version}
        asked = fee_requested(dossier_id)
        asked = asked.model_copy(update={"status": Status.ACCEPTED, "case": asked.case.model_copy(update=law)})
        await self.give((submitted(dossier_id), 1), (accepted(dossier_id), 1), (asked, 2))
        (row,) = await self.rows("select id from demand where dossier_id = :d", d=dossier_id)
        return dossier_id, row.id

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """What a query finds."""
        async with self.database.transaction() as tx:
            return list((await run_sql(tx, query, **values)).all())

    async def run(self, statement: str, **values: Any) -> None:
        """One statement, for what no handler would do."""
        async with self.database.transaction() as tx:
            await run_sql(tx, statement, **values)

    async def said(self, cls: type[Event]) -> list[Any]:
        """What payments has said of this class."""
        return [event for event in await emitted(self.database) if isinstance(event, cls)]

    def settings(self, **more: Any) -> PaymentsSettings:
        return settings_for(self.database, **more)


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "payments", tmp_path / "objects") as found:
        await set_clock(found, AT)
        yield found


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def settings_for(database: Database, **more: Any) -> PaymentsSettings:
    told = {
        "office": OFFICE,
        "platform_url": "http://127.0.0.1:9/sandbox/pay",
        "platform_partner_code": PARTNER_CODE,
        "platform_secret": SECRET,
        "platform_timeout_seconds": 20,
        "beneficiary_account": "0000000001",
        "beneficiary_bank": "999901",
        "beneficiary_name": "SO KHCN TINH MAU",
    }
    settings: PaymentsSettings = settings_of(
        PaymentsSettings, database.url, f"file://{database.objects.folder}", **told | more
    )
    return settings


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The application with a platform that does not answer."""
    return build_app(settings_for(database), database)


@asynccontextmanager
async def served(app: FastAPI, port: int) -> AsyncIterator[None]:
    """The application on a real port, in this test's loop."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn signals nothing
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await running


@dataclass(frozen=True)
class Platform:
    """The sandbox as a test sees it: its address, its moods, its payer."""

    port: int
    notification_port: int
    earlier: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sandbox/pay"

    async def tell(self, **moods: Any) -> None:
        await self._control("PUT", json={"moods": moods})

    async def calm_down(self) -> None:
        await self._control("DELETE", "/moods")

    async def set_time(self, at: datetime) -> None:
        offset = (at - datetime.now(TIME_ZONE)).total_seconds()
        await self._control("PUT", json={"offset_seconds": offset})

    async def transactions(self) -> list[dict[str, Any]]:
        """Those of this test, newest first."""
        found: list[dict[str, Any]] = await self._control("GET", "/transactions")
        return found[: len(found) - self.earlier]

    async def decide(self, pay_url: str, decision: str = "pay") -> str:
        """What the payer presses on the platform's page; where the browser is sent back to."""
        async with httpx.AsyncClient() as browser:
            answer = await browser.post(pay_url, data={"decision": decision, "bank": "999901"})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def _control(self, method: str, path: str = "", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, f"{self.url}/control{path}", headers=headers, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def platform_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`python -m sandbox.payment_platform` on a port of its own."""
    found = Platform(free_port(), free_port())
    said = {
        "FOLDER": str(tmp_path_factory.mktemp("sandbox")),
        "CONTROL_TOKEN": CONTROL_TOKEN,
        "PARTNER_CODE": PARTNER_CODE,
        "PARTNER_SECRET": SECRET,
        "NOTIFICATION_URL": f"http://127.0.0.1:{found.notification_port}/api/payments/v1/platform/notification",
        "RETURN_URL": "http://localhost:9/pay/return?MaThamChieu={MaThamChieu}",
        "PUBLIC_URL": f"http://127.0.0.1:{found.port}",
        "RETRY_PAUSES_SECONDS": "[]",
    }
    with sandbox_program("payment_platform", found.port, said):
        yield found


@pytest.fixture
async def platform(platform_program: Platform) -> Platform:
    """The sandbox in its usual mood; what earlier tests left in it is not counted."""
    await platform_program.calm_down()
    earlier = len(await platform_program.transactions())
    return replace(platform_program, earlier=earlier)


@pytest.fixture
def live_settings(database: Database, platform: Platform) -> PaymentsSettings:
    """Settings that lead to the sandbox."""
    return settings_for(database, platform_url=platform.url)


@pytest.fixture
def desk(database: Database, live_settings: PaymentsSettings) -> Desk:
    return desk_of(live_settings, database)


@pytest.fixture
async def live_app(database: Database, live_settings: PaymentsSettings, platform: Platform) -> AsyncIterator[FastAPI]:
    """The application, served where the sandbox sends its notifications."""
    app = build_app(live_settings, database)
    async with served(app, platform.notification_port):
        yield app


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Ask again until the answer is true; fails after a minute."""

    async def wait(question: Callable[[], Any], what: str) -> Any:
        async with asyncio.timeout(60):
            while not (answer := await question()):  # noqa: ASYNC110 - another process signals nothing
                await asyncio.sleep(0.02)
        assert answer, what
        return answer

    return wait
