"""One machine: starts everything in order, watches it, stops it. The only room that starts processes."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import httpx

from kit import migrate
from kit.embedded import (
    EmbeddedError,
    FolderLock,
    Kafka,
    Postgres,
    Process,
    different_ports,
    http_answers,
    port_answers,
)
from kit.now import move_clock
from kit.objects import Objects
from kit.tx import Database
from motcua.programs import (
    SANDBOXES,
    SERVICES,
    Ports,
    Program,
    Site,
    as_shell_lines,
    programs,
    prometheus_targets,
    service_environment,
)
from motcua.secrets_file import Secrets, write_for_owner

READY_SECONDS = 60.0
WATCH_SECONDS = 1.0
Say = Callable[[str], None]


class Stack:
    """Everything in one folder. `start` finds again what an earlier start left there."""

    def __init__(self, folder: Path, front_port: int, say: Say) -> None:
        self.folder = folder.absolute()
        self._wanted_port = front_port
        self._say = say
        self._lock = FolderLock(self.folder)
        self.postgres = Postgres(self.folder / "postgres")
        self.kafka = Kafka(self.folder / "kafka")
        self._processes: dict[str, tuple[Process, Program]] = {}
        self._stopping = threading.Event()
        self.site: Site | None = None

    @property
    def url(self) -> str:
        """The one address."""
        return self._site().public_url

    @property
    def targets_file(self) -> Path:
        """Where a Prometheus beside us reads what to ask; written anew at each start, for the ports change."""
        return self.folder / "run" / "prometheus-targets.json"

    def settings_file(self, service: str) -> Path:
        """A service's settings for a shell, written at each start: with them `motcua`'s commands work beside it."""
        return self.folder / "run" / f"{service}.env"

    @property
    def metrics(self) -> dict[str, str]:
        """Each service's own address for Prometheus; the front door does not pass it on."""
        return {name: f"http://{self._site().ports.address(name)}/metrics" for name in SERVICES}

    def start(self) -> None:
        """Bring everything up; raises EmbeddedError with a sentence where something cannot be."""
        self._lock.acquire()
        (self.folder / "run").mkdir(exist_ok=True)
        try:
            self._start_parts()
            self._start_programs()
        except BaseException:
            self.stop()
            raise
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def _start_parts(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(self.postgres.start, self._say), pool.submit(self.kafka.start, self._say)]:
                started.result()
        for name in SERVICES:
            self.postgres.ensure_database(name)
        asyncio.run(self._migrate())

    async def _migrate(self) -> None:
        for name in SERVICES:
            await migrate.upgrade(self.postgres.url(name), name)

    def _start_programs(self) -> None:
        names = [*SERVICES, *SANDBOXES, "smtp"]
        front, *others = different_ports([self._wanted_port, *([None] * len(names))])
        ports = Ports(front, dict(zip(names, others, strict=True)))
        urls = {name: self.postgres.url(name) for name in SERVICES}
        secrets = Secrets(self.folder / "secrets.json")
        self.site = Site(self.folder, ports, secrets, self.kafka.bootstrap, urls)
        self.targets_file.write_text(json.dumps(prometheus_targets(self.site), indent=2) + "\n")
        for name in SERVICES:
            write_for_owner(self.settings_file(name), as_shell_lines(service_environment(self.site, name)))
        self._say("starting the sandbox world, the front door and the four services")
        for program in programs(self.site):
            process = self._process(program)
            self._processes[program.name] = (process, program)
            process.start()
        for process, program in self._processes.values():
            process.wait_ready(lambda program=program: answers(program), READY_SECONDS)  # type: ignore[misc]

    def _process(self, program: Program) -> Process:
        name = program.name.replace(" ", "-")
        pid_file = self.folder / "run" / f"{name}.pid"
        log = self.folder / "log" / f"{name}.log"
        return Process(program.name, program.argv, log=log, env=program.environment, cwd=self.folder, pid_file=pid_file)

    def _watch(self) -> None:
        """Start again whatever ends by itself, and say so."""
        while not self._stopping.wait(WATCH_SECONDS):
            for process, program in self._processes.values():
                if not process.is_running and not self._stopping.is_set():
                    self._say(f"{program.name} ended by itself and is started again: see {process.log}")
                    with suppress(EmbeddedError):
                        process.start()
            for part in (self.postgres, self.kafka):
                if not part.is_running and not self._stopping.is_set():
                    self._say(f"{part.name} ended by itself and is started again")
                    with suppress(EmbeddedError):
                        part.start()

    def stop(self) -> None:
        """Stop everything, services first. Safe to repeat."""
        self._stopping.set()
        with ThreadPoolExecutor(len(self._processes) or 1) as pool:
            list(pool.map(lambda pair: pair[0].stop(), self._processes.values()))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda part: part.stop(), (self.kafka, self.postgres)))
        self._lock.release()

    def process(self, name: str) -> Process:
        """One of the programs, for those who want to stop, kill or pause it."""
        return self._processes[name][0]

    def move_clock(self, to: datetime) -> None:
        """Make `to` the present of every service and every sandbox."""
        asyncio.run(self._move_clocks(to))
        offset = to.timestamp() - time.time()
        for name in SANDBOXES:
            self.control(name, {"offset_seconds": offset})

    async def _move_clocks(self, to: datetime) -> None:
        for name in SERVICES:
            database = Database(self.postgres.url(name), Objects(f"file://{self.folder / 'objects'}"), pool_size=1)
            try:
                async with database.transaction() as tx:
                    await move_clock(tx, to, environment="demo")
            finally:
                await database.close()

    def control(self, sandbox: str, orders: dict[str, object]) -> None:
        """Tell a sandbox its clock or its mood."""
        self._ask_sandbox("PUT", sandbox, "", orders)

    def tell(self, sandbox: str, what: str, facts: dict[str, object]) -> None:
        """Make something happen in a sandbox: what people would press there."""
        self._ask_sandbox("POST", sandbox, f"/{what}", facts)

    def _ask_sandbox(self, method: str, sandbox: str, rest: str, facts: dict[str, object]) -> None:
        site = self._site()
        address = f"http://{self._address_of(sandbox)}/sandbox/{sandbox}/control{rest}"
        token = {"Authorization": f"Bearer {site.secrets.word('sandbox-control')}"}
        httpx.request(method, address, json=facts, headers=token, timeout=10).raise_for_status()

    def _address_of(self, sandbox: str) -> str:
        """Where a sandbox itself listens."""
        return self._site().ports.address(sandbox)

    def _site(self) -> Site:
        if self.site is None:
            raise EmbeddedError("This machine has not been started.")
        return self.site


def answers(program: Program) -> bool:
    """Whether a program is ready."""
    if program.name == "front door":
        return port_answers(program.port)
    return http_answers(program.port, program.ready_path)
