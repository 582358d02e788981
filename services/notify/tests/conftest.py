"""A migrated database, the application, and the mail sandbox as a program of its own."""

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from contracts.envelope import Event
from contracts.facts import Channel, ComponentFlags, Contact, Handler, Origin, StaffCard, Status, StoredObject
from contracts.intake import DossierSubmitted, SupplementSubmitted
from contracts.package import contact_path, staff_path
from contracts.payments import DemandCancelled, FeeDemanded, FeePaid, RefundDecided
from contracts.workflow import (
    ApologySent,
    CaseFacts,
    ClockRestarted,
    ClosingAnnounced,
    DeadlineMoved,
    DossierAccepted,
    DossierFinished,
    DossierReappointed,
    DossierRefused,
    DossierReturned,
    DossierStopped,
    DossierWithdrawn,
    ResultCorrected,
    ResultPosted,
    StepStarted,
    StopRefused,
    SupplementItem,
    SupplementRequested,
)
from kit.consume import Consumer, deliver
from kit.now import TIME_ZONE
from kit.testing.databases import emitted, fresh_database, postgres, set_clock
from kit.testing.events import a_record
from kit.testing.people import a_person, settings_of
from kit.testing.programs import sandbox_program
from kit.tx import Database, run_sql
from notify.consumer import KEEPS, REACTS
from notify.handlers.sending import PostRoom
from notify.main import build_app, post_room
from notify.settings import NotifySettings
from rules import catalogue
from rules.testing import PROCEDURE_ID

__all__ = ["postgres"]

AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
OFFICE = catalogue.load().offices[0]
PROCEDURE = catalogue.load().procedure(PROCEDURE_ID)
COMPONENTS = [component.code for component in PROCEDURE.components]
DIVISION = next(unit for unit in OFFICE.units if unit.kind == "division")
DESK = next(unit for unit in OFFICE.units if unit.kind == "one_stop")
CONTROL_TOKEN = "control-token-of-the-tests"
CODE = "H00.15-250313-0001"
DUE_AT = datetime(2025, 4, 8, 17, 30, tzinfo=TIME_ZONE)
NEW_DUE_AT = datetime(2025, 4, 22, 17, 30, tzinfo=TIME_ZONE)
HANDLER = Handler(staff_id="staff-1", unit=DIVISION.id)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def an_object(path: str) -> StoredObject:
    return StoredObject(path=path, sha256="0" * 64, size=1)


def a_case() -> CaseFacts:
    return CaseFacts(
        arrival_number="T-H00.15-250303-0001",
        procedure_id=PROCEDURE.id,
        procedure_version=PROCEDURE.version,
        channel=Channel.ONLINE,
        origin=Origin.THIS_PORTAL,
        office=OFFICE.id,
        receiving_unit=DESK.id,
        resolving_unit=DIVISION.id,
    )


class Road:
    """The events of one dossier's road, as the other services say them."""

    def __init__(self, dossier_id: UUID, applicant_id: str) -> None:
        self.dossier_id = dossier_id
        self.applicant_id = applicant_id
        self.demand_id = uuid4()

    def submitted(self, return_way: Any = None) -> DossierSubmitted:
        return DossierSubmitted(
            dossier_id=self.dossier_id,
            received_at=AT,
            package=an_object(f"packages/{self.dossier_id}/1/manifest.json"),
            contact=contact_path(self.dossier_id, 1),
            applicant_id=self.applicant_id,
            components=[ComponentFlags(code="a", files=0, digitised=True, reused=False, from_national_store=False)],
            return_way=return_way,
            **a_case().model_dump(),
        )

    def supplement_requested(self, round_: int = 1) -> SupplementRequested:
        return SupplementRequested(
            **self._case(Status.WAITING_FOR_SUPPLEMENT),
            round=round_,
            items=[SupplementItem(component=code) for code in COMPONENTS[:2]],
            slip=an_object("slips/02.pdf"),
            request=an_object("requests/1.json"),
        )

    def supplement_submitted(self, round_: int = 1) -> SupplementSubmitted:
        return SupplementSubmitted(
            dossier_id=self.dossier_id,
            round=round_,
            received_at=AT + timedelta(days=3),
            package=an_object("packages/2.json"),
            components=[],
        )

    def fee_demanded(self) -> FeeDemanded:
        return FeeDemanded(
            dossier_id=self.dossier_id,
            demand_id=self.demand_id,
            amount_vnd=12_600_000,
            demanded_at=AT,
            contact=contact_path(self.dossier_id, 1),
        )

    def fee_paid(self) -> FeePaid:
        return FeePaid(
            dossier_id=self.dossier_id,
            demand_id=self.demand_id,
            amount_vnd=12_600_000,
            paid_at=datetime(2025, 3, 13, 9, 5, tzinfo=TIME_ZONE),
            way="payment_platform",
            transaction_code="PP00000001",
            contact=contact_path(self.dossier_id, 1),
        )

    def accepted(self) -> DossierAccepted:
        return DossierAccepted(
            **self._case(Status.ACCEPTED, handler=None),
            code="H00.15-250313-0001",
            started_at=datetime(2025, 3, 13, 9, 5, tzinfo=TIME_ZONE),
            due_at=datetime(2025, 4, 8, 17, 30, tzinfo=TIME_ZONE),
            first_due_at=datetime(2025, 4, 8, 17, 30, tzinfo=TIME_ZONE),
            calendar_version="1",
            readings=[],
            slip=an_object("slips/01.pdf"),
        )

    def step_started(self, step: str = "assign") -> StepStarted:
        return StepStarted(
            **self._case(Status.IN_PROCESS, handler=None),
            code="H00.15-250313-0001",
            step=step,
            step_name_vi="Phân công",
            role="division_head",
            unit=DIVISION.id,
        )

    def finished(self, lateness: Any = "early", kind: Any = "granted") -> DossierFinished:
        return DossierFinished(
            **self._case(Status.FINISHED),
            code="H00.15-250313-0001",
            result_code="H00.15-250313-0001-KQ1",
            result_kind=kind,
            result=an_object("results/1.pdf"),
            finished_at=datetime(2025, 4, 1, 10, 0, tzinfo=TIME_ZONE),
            due_at=datetime(2025, 4, 8, 17, 30, tzinfo=TIME_ZONE),
            first_due_at=datetime(2025, 4, 8, 17, 30, tzinfo=TIME_ZONE),
            lateness=lateness,
            lateness_first=lateness,
            margin_working_minutes=1,
        )

    def returned(self, way: Any = "online") -> DossierReturned:
        return DossierReturned(
            **self._case(Status.RETURNED, handler=None),
            code="H00.15-250313-0001",
            result_code="H00.15-250313-0001-KQ1",
            way=way,
            returned_at=datetime(2025, 4, 2, 9, 0, tzinfo=TIME_ZONE),
        )

    def whole(self) -> list[tuple[Event, int]]:
        """Every event with its sequence number on its topic."""
        by_intake: list[Event] = [self.submitted(), self.supplement_submitted()]
        by_workflow: list[Event] = [
            self.supplement_requested(),
            self.accepted(),
            self.step_started(),
            self.step_started("appraise"),
            self.finished(),
            self.returned(),
        ]
        by_payments: list[Event] = [self.fee_demanded(), self.fee_paid()]
        said = (by_intake, by_workflow, by_payments)
        return [(event, number) for events in said for number, event in enumerate(events, start=1)]

    def refused(self) -> DossierRefused:
        slip, why = an_object("slips/03.pdf"), an_object("slips/03.json")
        return DossierRefused(**self._case(Status.REFUSED_AT_RECEPTION), slip=slip, explanation=why)

    def withdrawn(self) -> DossierWithdrawn:
        return DossierWithdrawn(**self._case(Status.WITHDRAWN, handler=None))

    def stopped(self, ground: Any = "requested") -> DossierStopped:
        slip = an_object("slips/05.pdf") if ground == "requested" else None
        return DossierStopped(**self._case(Status.STOPPED), code=CODE, ground=ground, slip=slip)

    def stop_refused(self) -> StopRefused:
        return StopRefused(**self._case(Status.IN_PROCESS), code=CODE, explanation=an_object("slips/no.json"))

    def reappointed(self) -> DossierReappointed:
        return DossierReappointed(
            **self._case(Status.IN_PROCESS),
            code=CODE,
            previous_due_at=DUE_AT,
            due_at=NEW_DUE_AT,
            first_due_at=DUE_AT,
            calendar_version="1",
            slip=an_object("slips/04.pdf"),
        )

    def apology(self) -> ApologySent:
        return ApologySent(**self._case(Status.IN_PROCESS), code=CODE, due_at=DUE_AT, slip=an_object("slips/04b.pdf"))

    def clock_restarted(self) -> ClockRestarted:
        return ClockRestarted(
            **self._case(Status.IN_PROCESS, handler=None),
            code=CODE,
            round=2,
            started_at=datetime(2025, 3, 24, 9, 0, tzinfo=TIME_ZONE),
            due_at=NEW_DUE_AT,
            first_due_at=DUE_AT,
            calendar_version="1",
            readings=["R08"],
        )

    def deadline_moved(self, of: Literal["check", "dossier"] = "dossier") -> DeadlineMoved:
        return DeadlineMoved(
            **self._case(Status.IN_PROCESS, handler=None),
            code=CODE,
            of=of,
            previous_due_at=DUE_AT,
            due_at=NEW_DUE_AT,
            first_due_at=NEW_DUE_AT,
            calendar_version="2025.2",
        )

    def closing_announced(self) -> ClosingAnnounced:
        return ClosingAnnounced(
            **self._case(Status.WAITING_FOR_SUPPLEMENT, handler=None),
            round=1,
            answer_by=datetime(2025, 4, 10, 17, 30, tzinfo=TIME_ZONE),
        )

    def result_corrected(self) -> ResultCorrected:
        return ResultCorrected(
            **self._case(Status.RETURNED),
            code=CODE,
            result_code=f"{CODE}-KQ2",
            replaces=f"{CODE}-KQ1",
            result_kind="granted",
            result=an_object("results/2.pdf"),
            corrected_at=datetime(2025, 4, 3, 9, 0, tzinfo=TIME_ZONE),
        )

    def result_posted(self, item: str | None = "EB123456785VN") -> ResultPosted:
        return ResultPosted(
            **self._case(Status.FINISHED),
            code=CODE,
            result_code=f"{CODE}-KQ1",
            order_number="DH-0001",
            item=item,
            posted_at=datetime(2025, 4, 1, 15, 0, tzinfo=TIME_ZONE),
        )

    def demand_cancelled(self, ground: Any = "withdrawn") -> DemandCancelled:
        return DemandCancelled(
            dossier_id=self.dossier_id, demand_id=self.demand_id, amount_vnd=12_600_000, ground=ground
        )

    def refund_decided(self, decision: Any = "refund") -> RefundDecided:
        return RefundDecided(
            dossier_id=self.dossier_id,
            demand_id=self.demand_id,
            amount_vnd=12_600_000,
            decision=decision,
            decided_at=datetime(2025, 4, 4, 9, 0, tzinfo=TIME_ZONE),
            contact=contact_path(self.dossier_id, 1),
        )

    def turns(self) -> list[tuple[Event, int]]:
        """Every event off the straight road, as if all happened to one dossier after `whole`."""
        by_workflow: list[Event] = [
            self.refused(),
            self.withdrawn(),
            self.stopped(),
            self.stop_refused(),
            self.reappointed(),
            self.apology(),
            self.clock_restarted(),
            self.deadline_moved(),
            self.closing_announced(),
            self.result_corrected(),
            self.result_posted(),
        ]
        by_payments: list[Event] = [self.demand_cancelled(), self.refund_decided()]
        return [
            *((one, n) for n, one in enumerate(by_workflow, 7)),
            *((one, n) for n, one in enumerate(by_payments, 3)),
        ]

    def _case(self, status: Status, handler: Handler | None = HANDLER) -> dict[str, Any]:
        return {
            "dossier_id": self.dossier_id,
            "case": a_case(),
            "status": status,
            "moved_at": AT,
            "contact": contact_path(self.dossier_id, 1),
            "handler": handler,
        }


class World:
    """What tests need of everything around notify; the people are the same in every test."""

    at = AT
    office, desk, division, procedure = OFFICE, DESK, DIVISION, PROCEDURE
    applicant = a_person("applicant", id="applicant-1", name="Trần Văn Nộp")
    stranger = a_person("applicant", id="applicant-2")
    auditor = a_person("auditor", id="auditor-1")
    operator = a_person("operator", id="operator-1")
    template_admin = a_person("template_admin", id="template-admin-1")
    person = staticmethod(a_person)

    def __init__(self, database: Database) -> None:
        self.database = database
        self.offset = 0

    async def dossier(self, **contact: Any) -> Road:
        """A dossier whose contact lies in the object store; nothing is said of it yet."""
        road = Road(uuid4(), self.applicant.id)
        known = {"name": "Trần Văn Nộp", "organisation": "Bệnh viện Mẫu", "email": "nop@mau.example"} | contact
        body = Contact.model_validate(known).model_dump_json().encode()
        await self.database.objects.put(contact_path(road.dossier_id, 1), body)
        return road

    async def staff_card(self) -> StaffCard:
        card = StaffCard(
            staff_id="staff-1",
            name="Phạm Quốc Dũng",
            title="Chuyên viên",
            unit=DIVISION.id,
            office=OFFICE.id,
            phone="0200 3 000 201",
        )
        await self.database.objects.replace(staff_path("staff-1"), card.model_dump_json().encode())
        return card

    async def give(self, *events: tuple[Event, int]) -> None:
        """Hand events with their sequence numbers to notify."""
        consumer = Consumer("notify", KEEPS, REACTS)
        for event, sequence in events:
            self.offset += 1  # another dossier's record is not the same one tried again
            await deliver(self.database, consumer, [a_record(event, sequence=sequence, offset=self.offset)])

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """What a query finds."""
        async with self.database.transaction() as tx:
            return list((await run_sql(tx, query, **values)).all())

    async def run(self, statement: str, **values: Any) -> None:
        """One statement, for what no handler would do."""
        async with self.database.transaction() as tx:
            await run_sql(tx, statement, **values)

    async def said(self) -> list[Any]:
        """What notify has said."""
        return list(await emitted(self.database))

    async def messages(self) -> list[tuple[str, str, str]]:
        """Template, channel and state of each, oldest first."""
        rows = await self.rows("select template, channel, state from message order by created_at, template, channel")
        return [(row.template, row.channel, row.state) for row in rows]

    async def make_due(self) -> None:
        """Whatever waits is due now: nobody waits in a test."""
        await self.run("update message set try_at = clock_timestamp() - interval '1 second'")

    def told(self, **more: Any) -> dict[str, Any]:
        """What the environment says, beyond what every service is told."""
        return {
            "office": OFFICE.id,
            "public_url": "https://motcua.example",
            "smtp_host": "127.0.0.1",
            "smtp_port": 9,
            "smtp_timeout_seconds": 5,
            "mail_from": "motcua@sokhcn.mau.example",
            "sms_timeout_seconds": 20,
            **more,
        }

    def settings(self, **more: Any) -> NotifySettings:
        objects_url = f"file://{self.database.objects.folder}"
        found: NotifySettings = settings_of(NotifySettings, self.database.url, objects_url, **self.told(**more))
        return found


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "notify", tmp_path / "objects") as found:
        await set_clock(found, AT)
        yield found


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def app(database: Database, world: World) -> FastAPI:
    return build_app(world.settings(), database)


@dataclass(frozen=True)
class Mailbox:
    """The sandbox as a test sees it: its ports, its moods, what arrived."""

    port: int
    smtp_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sandbox/mail"

    @property
    def sms_url(self) -> str:
        return f"{self.url}/MainService.svc/json/SendMultipleMessage_V4_post_json/"

    async def tell(self, **moods: Any) -> None:
        await self._control("PUT", "", {"moods": moods})

    async def calm_down(self) -> None:
        await self._control("DELETE", "/moods")

    async def arrived(self, to: str) -> list[dict[str, Any]]:
        """What arrived for an address, newest first."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.url}/api/messages", params={"to": to})
        return list(answer.raise_for_status().json())

    async def _control(self, method: str, path: str, orders: dict[str, Any] | None = None) -> None:
        headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, f"{self.url}/control{path}", headers=headers, json=orders)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="session")
def mail_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """`python -m sandbox.mail` on ports of its own."""
    found = Mailbox(free_port(), free_port())
    said = {
        "SMTP_PORT": str(found.smtp_port),
        "FOLDER": str(tmp_path_factory.mktemp("sandbox")),
        "CONTROL_TOKEN": CONTROL_TOKEN,
        "SMS_API_KEY": "api-key",
        "SMS_SECRET_KEY": "secret-key",
    }
    with sandbox_program("mail", found.port, said):
        yield found


@pytest.fixture
async def mailbox(mail_program: Mailbox) -> Mailbox:
    """The sandbox in its usual mood."""
    await mail_program.calm_down()
    return mail_program


@pytest.fixture
def room(database: Database, world: World, mailbox: Mailbox) -> PostRoom:
    """Sending by real sockets to the sandbox, mail and short messages."""
    settings = world.settings(
        smtp_port=mailbox.smtp_port, sms_url=mailbox.sms_url, sms_api_key="api-key", sms_secret_key="secret-key"
    )
    return post_room(settings, database)
