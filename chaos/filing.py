"""A steady stream of dossiers through intake's API, and when each of intake's hearers took them. Breaks nothing."""

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from chaos.books import Books
from chaos.count import Finding, findings
from chaos.machine import Machine
from chaos.quiet import wait_until_quiet
from kit.now import TIME_ZONE
from motcua.demo.actions import PEOPLE
from motcua.demo.people import sign_in
from motcua.demo.samples import a_dossier_of, day_of
from motcua.programs import SERVICES
from motcua.stack import Say
from rules.catalogue import load

PROCEDURE = "xray-declaration-2021"  # a form and no papers: one request files a dossier
HEARERS = ("workflow", "payments", "notify")
LOOK_SECONDS, LOOK_SELDOM_SECONDS, MANY = 0.02, 0.5, 100
ANSWER_SECONDS = 30.0
QUIET_SECONDS = 120.0
_TAKEN = (
    "select subject from kit_inbox where consumer = $1 and topic = 'intake.events' "
    "and subject = any($2::text[]) and last_sequence > 0"
)


@dataclass
class Filed:
    """One accepted dossier: when intake had answered, how long that took, and when each hearer had taken it."""

    at: float
    answer_seconds: float
    heard: dict[str, float] = field(default_factory=dict)

    @property
    def is_heard(self) -> bool:
        return len(self.heard) == len(HEARERS)

    def wait_seconds(self, hearer: str) -> float:
        """From the answer until it was taken; a look comes every 20 ms, so it is never told too short."""
        return max(0.0, self.heard.get(hearer, float("inf")) - self.at)


class Filing:
    """Files and looks in threads of its own between `start` and `stop`; times are of `time.monotonic`."""

    def __init__(self, machine: Machine, *, per_second: float) -> None:
        self.machine, self.pause = machine, 1 / per_second
        self.filed: dict[str, Filed] = {}
        self.refused: list[str] = []
        self._over, self._unfiled = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        procedure = load().procedure(PROCEDURE)
        on = day_of(procedure)
        self.machine.move_clock(datetime.combine(on, clock(9), TIME_ZONE))
        body = {
            "procedure_id": procedure.id,
            "forms": dict(a_dossier_of(procedure, on).forms),
            "contact": {"name": "Người nộp thử", "email": "deu-dan@mau.example", "phone": "0900000100"},
            "uploads": [],
        }
        client = sign_in(self.machine.url, PEOPLE["applicant"])
        client.timeout = httpx.Timeout(ANSWER_SECONDS)
        self._threads = [
            threading.Thread(target=self._file, args=(client, body), daemon=True),
            threading.Thread(target=lambda: asyncio.run(self._look()), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop_filing(self) -> None:
        self._unfiled.set()
        self._threads[0].join(2 * ANSWER_SECONDS)

    def stop(self) -> None:
        self.stop_filing()
        self._over.set()
        self._threads[1].join(10)

    def since(self, moment: float, until: float = float("inf")) -> list[Filed]:
        """What was filed from a moment on."""
        return [one for one in list(self.filed.values()) if moment <= one.at < until]

    def wait_until_heard(self, seconds: float) -> bool:
        """Until every dossier filed before now was taken by every hearer; false where the time was not enough."""
        until, filed = time.monotonic() + seconds, list(self.filed.values())
        while any(not one.is_heard for one in filed):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def _file(self, client: httpx.Client, body: dict[str, Any]) -> None:
        due = time.monotonic()
        while not self._unfiled.wait(max(0.0, due - time.monotonic())):
            due = max(due + self.pause, time.monotonic() - self.pause)
            began = time.monotonic()
            try:
                answer = client.post("/api/intake/v1/dossiers", json=body, headers={"Idempotency-Key": str(uuid4())})
            except httpx.HTTPError as error:
                self.refused.append(type(error).__name__)
                continue
            now = time.monotonic()
            if answer.is_error:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
            else:
                self.filed[answer.json()["id"]] = Filed(now, now - began)

    async def _look(self) -> None:
        connections = {name: await asyncpg.connect(self.machine.postgres.url(name)) for name in HEARERS}
        while not self._over.is_set():
            waiting = 0
            for name, connection in connections.items():
                waiting = max(waiting, await self._look_at(name, connection))
            await asyncio.sleep(LOOK_SECONDS if waiting < MANY else LOOK_SELDOM_SECONDS)
        for connection in connections.values():
            with suppress(OSError, asyncpg.PostgresError):
                await connection.close(timeout=2)

    async def _look_at(self, name: str, connection: asyncpg.Connection) -> int:
        """How many wait to be taken by this hearer."""
        waiting = [number for number, one in list(self.filed.items()) if name not in one.heard]
        if waiting:
            for row in await connection.fetch(_TAKEN, name, waiting):
                self.filed[row["subject"]].heard[name] = time.monotonic()
        return len(waiting)


def differences(machine: Machine, say: Say) -> list[Finding]:
    """Everything lost, doubled or out of order, once nothing moves any more."""
    urls = {name: machine.postgres.url(name) for name in SERVICES}
    brokers = ",".join(f"127.0.0.1:{broker.port}" for broker in machine.cluster.brokers)
    books = Books(urls, brokers, machine.folder / "sandbox", machine.folder / "objects")
    moving = wait_until_quiet(books, QUIET_SECONDS, say)
    return [*findings(books, []), *(Finding("lost", "all", words) for words in moving)]
