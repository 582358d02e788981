"""The machine of a chaos run: each side of each service as processes of its own, three brokers, proxies between all."""

import asyncio
import dataclasses
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from chaos.proxy import Proxies
from kit import migrate
from kit.embedded import EmbeddedError, KafkaCluster, Process, different_ports, free_port
from motcua.programs import SANDBOXES, SERVICES, Ports, Program, Site, front_door, sandbox, service_side
from motcua.secrets_file import Secrets
from motcua.stack import READY_SECONDS, WATCH_SECONDS, Say, Stack, answers

BROKERS = 3
APIS = {"intake": 2, "workflow": 1, "payments": 1, "notify": 1}
WORKERS = 2
LYING_CLOCK = Path(__file__).with_name("lying_clock")
BEHIND_PROXIES = ("payment_platform", "mail", "post", "smtp")


class Machine(Stack):
    """Everything in one folder. Whoever breaks a program on purpose holds it meanwhile; what ends by itself is told."""

    def __init__(self, folder: Path, say: Say, *, clock_ahead_seconds: float) -> None:
        super().__init__(folder, free_port(), say)
        self.clock_ahead_seconds = clock_ahead_seconds
        self.proxies = Proxies()
        self._broker_doors = _ports([f"broker {number}" for number in range(1, BROKERS + 1)])
        self.cluster = KafkaCluster(self.folder / "brokers", advertised=list(self._broker_doors.values()))
        self.ended_by_itself: list[str] = []
        self._held: set[str] = set()
        self._holding = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The sides of the services: what may be killed and frozen."""
        return [name for name, (_, program) in self._processes.items() if name.split()[-1].isdigit()]

    @property
    def addresses(self) -> list[str]:
        """Where clients reach intake: the front door, and each of its APIs directly."""
        apis = [program.port for name, (_, program) in self._processes.items() if name.startswith("intake api")]
        return [self.url, *(f"http://127.0.0.1:{port}" for port in apis)]

    def hold(self, name: str) -> bool:
        """Take a part for oneself to break it; False where somebody has it."""
        with self._holding:
            if name in self._held:
                return False
            self._held.add(name)
            return True

    def let_go(self, name: str) -> None:
        with self._holding:
            self._held.discard(name)

    def _start_parts(self) -> None:
        self.proxies.start()
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(self.postgres.start, self._say), pool.submit(self.cluster.start, self._say)]:
                started.result()
        for number, (name, port) in enumerate(self._broker_doors.items()):
            self.proxies.open(name, port, lambda number=number: self.cluster.brokers[number].port)  # type: ignore[misc]
        for name in SERVICES:
            self.postgres.ensure_database(name)
        asyncio.run(self._migrate())

    async def _migrate(self) -> None:
        for name in SERVICES:
            await migrate.upgrade(self.postgres.url(name), name)

    def _start_programs(self) -> None:
        sides = [f"{name} api {n}" for name in SERVICES for n in range(1, APIS[name] + 1)]
        workers = [f"{name} worker {n}" for name in SERVICES for n in range(1, WORKERS + 1)]
        real = _ports([*SANDBOXES, "smtp", *sides, *workers])
        doors = _ports([*BEHIND_PROXIES, "payments", *(f"database of {name}" for name in SERVICES)])
        self._open_doors(real, doors)
        self.site = self._site_with(real | {"intake": 0, "workflow": 0, "notify": 0} | doors)
        self._say("starting the sandbox world, the front door and the services, each side apart")
        for program in self._programs(real, sides, workers):
            process = self._process(program)
            self._processes[program.name] = (process, program)
        with ThreadPoolExecutor(4) as pool:  # two cores: all at once would be ready late
            list(pool.map(self._start_and_wait, self._processes))

    def _open_doors(self, real: dict[str, int], doors: dict[str, int]) -> None:
        for name, port in doors.items():
            if name.startswith("database"):
                self.proxies.open(name, port, lambda: self.postgres.port)
            else:
                to = real["payments api 1" if name == "payments" else name]
                self.proxies.open(name, port, lambda to=to: to)  # type: ignore[misc]

    def _site_with(self, of: dict[str, int]) -> Site:
        """What services are told: every stranger is reached through its proxy."""
        urls = {name: self._through_door(self.postgres.url(name), of[f"database of {name}"]) for name in SERVICES}
        ports = Ports(front=free_port(self._wanted_port), of=of)
        return Site(self.folder, ports, Secrets(self.folder / "secrets.json"), self.cluster.bootstrap, urls)

    def _through_door(self, url: str, port: int) -> str:
        return url.replace(f":{self.postgres.port}/", f":{port}/")

    def _programs(self, real: dict[str, int], sides: list[str], workers: list[str]) -> list[Program]:
        site = self._site()
        self._strangers = Ports(site.ports.front, site.ports.of | {name: real[name] for name in (*SANDBOXES, "smtp")})
        strangers = dataclasses.replace(site, ports=self._strangers)
        found = [sandbox(strangers, name) for name in SANDBOXES]
        found.append(self._front_door(strangers, real))
        found += [service_side(site, title.split()[0], "api", title, real[title]) for title in sides]
        found += [service_side(site, title.split()[0], "worker", title, real[title]) for title in workers]
        copies = {"MOTCUA_TOPIC_COPIES": str(BROKERS)}
        return [self._with(program, copies) for program in found]

    def _with(self, program: Program, more: dict[str, str]) -> Program:
        """The environment with what holds here; the last worker of each service has a clock that lies."""
        if program.name.endswith(f"worker {WORKERS}"):
            more = more | {
                "PYTHONPATH": os.pathsep.join([str(LYING_CLOCK), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
                "CHAOS_CLOCK_AHEAD_SECONDS": str(self.clock_ahead_seconds),
            }
        return dataclasses.replace(program, environment=program.environment | more)

    def _front_door(self, site: Site, real: dict[str, int]) -> Program:
        """In front of every API of a service, in turn."""
        program = front_door(site)
        for name in SERVICES:
            behind = " ".join(f"127.0.0.1:{real[f'{name} api {n}']}" for n in range(1, APIS[name] + 1))
            program.environment[f"MOTCUA_{name.upper()}"] = behind
        return program

    def _start_and_wait(self, name: str) -> None:
        process, program = self._processes[name]
        process.start()
        if name != "front door":  # its probe asks the identity sandbox, which may still be starting
            process.wait_ready(lambda: answers(program), READY_SECONDS * 2)

    def wait_ready(self, name: str, seconds: float = READY_SECONDS) -> None:
        process, program = self._processes[name]
        process.wait_ready(lambda: answers(program), seconds)

    def _watch(self) -> None:
        """As a supervisor would: what ends by itself is started again, and told, for it should not."""
        while not self._stopping.wait(WATCH_SECONDS):
            for name, (process, _) in self._processes.items():
                if process.is_running or self._stopping.is_set() or not self.hold(name):
                    continue
                try:
                    self._restart(name, process)
                finally:
                    self.let_go(name)

    def _restart(self, name: str, process: Process) -> None:
        if process.is_running:
            return
        self.ended_by_itself.append(f"{name}: exit status {process.exit_status}")
        said = " | ".join(line[:600] for line in process.tail(40) if '"CRITICAL"' in line)
        self._say(f"{name} ended by itself ({process.exit_status}) and is started again: {said}")
        keep_log(process)
        with suppress(EmbeddedError):
            process.start()

    def _address_of(self, sandbox: str) -> str:
        """Past its proxy: what we tell it always arrives."""
        return self._strangers.address(sandbox)

    def stop(self) -> None:
        """Stop everything, services first. Safe to repeat."""
        super().stop()
        self.cluster.stop()
        self.proxies.stop()


def keep_log(process: Process) -> None:
    """A start keeps only the log of the run before; here every end of a process can be looked into."""
    if process.log.exists():
        process.log.replace(process.log.with_name(f"{process.log.stem}-{process.pid}.log"))


def _ports(names: list[str]) -> dict[str, int]:
    """A free port for each, all different."""
    return dict(zip(names, different_ports([None] * len(names)), strict=True))
