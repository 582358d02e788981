"""What goes wrong, by the seed: one fault after another on each of a few threads, everything mended at the end."""

import json
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx

from chaos.machine import Machine, keep_log
from chaos.proxy import Proxy
from kit.embedded import EmbeddedError, Kafka, Postgres

HANDS = 2  # faults at a time
PAUSE_SECONDS = (0.5, 3.0)
AWAY_SECONDS = (0.3, 4.0)
FROZEN_SECONDS = (1.0, 8.0)
LINE_SECONDS = (1.0, 6.0)
DELAY_SECONDS = (0.02, 0.4)
MOODS: list[tuple[str, dict[str, Any]]] = [
    ("payment_platform", {"fail_http": 3}),
    ("payment_platform", {"fail_init": 1}),
    ("payment_platform", {"notify_twice": 3}),
    ("payment_platform", {"notify_never": 1}),
    ("payment_platform", {"query_pending": 2}),
    ("payment_platform", {"bill_not_ready": 2}),
    ("mail", {"refuse_temporarily": 2}),
    ("mail", {"drop_after_keeping": 2}),
    ("mail", {"drop_before_keeping": 2}),
    ("mail", {"sms_fail_http": 2}),
    ("post", {"fail_http": 2}),
    ("post", {"drop_after_keeping": 1}),
    ("post", {"fail_tracking": 2}),
    ("post", {"repeat_events": 3}),
]


class Faults:
    """Does harm from `start` to `stop`. `counts` says how often each kind was done."""

    def __init__(self, machine: Machine, seed: int, say: Callable[[str], None]) -> None:
        self.machine, self.seed, self._say = machine, seed, say
        self.counts: Counter[str] = Counter()
        self._over = threading.Event()
        self._until = 0.0
        self._counting = threading.Lock()
        self._hands: list[threading.Thread] = []

    @property
    def total(self) -> int:
        return self.counts.total()

    def start(self, seconds: float) -> None:
        """Begin, on threads of its own; no new harm after so many seconds."""
        self._until = time.monotonic() + seconds
        for hand in range(HANDS):
            rng = Random(f"{self.seed}-{hand}")  # noqa: S311 - a seed that can be repeated
            self._hands.append(threading.Thread(target=self._go_on, args=(rng,), name=f"fault {hand}", daemon=True))
            self._hands[-1].start()

    def stop(self) -> None:
        """No more; returns when everything is as on a good day."""
        self._over.set()
        for hand in self._hands:
            hand.join()
        self.machine.proxies.calm_down()
        for sandbox in ("payment_platform", "mail", "post"):
            calm = {mood: 0 for where, moods in MOODS if where == sandbox for mood in moods}
            self.machine.control(sandbox, {"moods": calm | {"slow_seconds": 0}})

    def _go_on(self, rng: Random) -> None:
        kinds = list(KINDS)
        while not self._over.wait(rng.uniform(*PAUSE_SECONDS)) and time.monotonic() < self._until:
            kind = rng.choices(kinds, [KINDS[one][0] for one in kinds])[0]
            with suppress(EmbeddedError, httpx.HTTPError, sqlite3.Error):
                KINDS[kind][1](self, rng)

    def _done(self, kind: str, of: str) -> None:
        with self._counting:
            self.counts[kind] += 1
        self._say(f"fault: {kind}: {of}")

    def _wait(self, rng: Random, between: tuple[float, float]) -> None:
        """Leave it broken for a while; not longer than the run."""
        self._over.wait(rng.uniform(*between))

    def kill(self, rng: Random) -> None:
        """SIGKILL of an API or a worker; its supervisor starts it again a little later."""
        name = rng.choice(self.machine.names)
        if not self.machine.hold(name):
            return
        try:
            process = self.machine.process(name)
            process.kill()
            self._done("killed", name)
            self._wait(rng, AWAY_SECONDS)
            keep_log(process)
            process.start()
        finally:
            self.machine.let_go(name)

    def freeze(self, rng: Random) -> None:
        """SIGSTOP of an API or a worker, then SIGCONT: it believes that no time has passed."""
        name = rng.choice(self.machine.names)
        if not self.machine.hold(name):
            return
        try:
            process = self.machine.process(name)
            if process.is_running:
                process.pause()
                self._done("frozen", name)
                self._wait(rng, FROZEN_SECONDS)
                process.resume()
        finally:
            self.machine.let_go(name)

    def break_broker(self, rng: Random) -> None:
        """One broker of three is killed, stopped in order, or frozen; never two at once."""
        if not self.machine.hold("brokers"):
            return
        try:
            broker = rng.choice(self.machine.cluster.brokers)
            self._break_part(rng, broker, f"broker {broker.folder.name[-1]}")
        finally:
            self.machine.let_go("brokers")

    def break_database(self, rng: Random) -> None:
        """PostgreSQL itself: every service's at once."""
        if not self.machine.hold("postgres"):
            return
        try:
            self._break_part(rng, self.machine.postgres, "PostgreSQL")
        finally:
            self.machine.let_go("postgres")

    def _break_part(self, rng: Random, part: Kafka | Postgres, name: str) -> None:
        how = rng.choice(["killed", "restarted", "frozen"])
        if how == "frozen":
            part.pause()
            self._done(f"{name.split()[0]} frozen", name)
            self._wait(rng, FROZEN_SECONDS)
            part.resume()
            return
        part.kill() if how == "killed" else part.stop()
        self._done(f"{name.split()[0]} {how}", name)
        self._wait(rng, AWAY_SECONDS)
        start_again(part)

    def cut(self, rng: Random) -> None:
        door = rng.choice(self.machine.proxies.names)
        self.machine.proxies.tell(door, Proxy.cut)
        self._done("lines cut", door)

    def delay(self, rng: Random) -> None:
        """A slow line for a while."""
        door, seconds = rng.choice(self.machine.proxies.names), rng.uniform(*DELAY_SECONDS)
        self.machine.proxies.tell(door, lambda one: setattr(one, "delay_seconds", seconds))
        self._done("lines delayed", door)
        self._wait(rng, LINE_SECONDS)
        self.machine.proxies.tell(door, Proxy.calm_down)

    def swallow(self, rng: Random) -> None:
        """Connections stay and nothing comes through; then they go on where they were, or are cut."""
        door = rng.choice(self.machine.proxies.names)
        self.machine.proxies.tell(door, Proxy.hold)
        self._done("lines held", door)
        self._wait(rng, LINE_SECONDS)
        if rng.random() < 0.5:
            self.machine.proxies.tell(door, Proxy.cut)
        self.machine.proxies.tell(door, Proxy.calm_down)

    def shut(self, rng: Random) -> None:
        """Nobody gets through: open lines end, new ones too."""
        door = rng.choice(self.machine.proxies.names)
        self.machine.proxies.tell(door, lambda one: setattr(one, "is_shut", True))
        self.machine.proxies.tell(door, Proxy.cut)
        self._done("doors shut", door)
        self._wait(rng, LINE_SECONDS)
        self.machine.proxies.tell(door, Proxy.calm_down)

    def sulk(self, rng: Random) -> None:
        """A sandbox does something wrong, a few times."""
        sandbox, moods = rng.choice(MOODS)
        self.machine.control(sandbox, {"moods": moods})
        self._done("moods", f"{sandbox} {next(iter(moods))}")

    def call_back_again(self, rng: Random) -> None:
        """Notifications of payments that were told before come again, in any order and some of them twice."""
        told = notifications(self.machine.folder / "sandbox" / "payment.sqlite")
        again = rng.choices(told, k=min(len(told), rng.randint(1, 8))) if told else []
        door = f"http://{self.machine.site.ports.address('payments')}" if self.machine.site else ""
        for body in again:
            with suppress(httpx.HTTPError):
                httpx.post(f"{door}/api/payments/v1/platform/notification", json=body, timeout=10)
        if again:
            self._done("callbacks repeated", str(len(again)))


KINDS: dict[str, tuple[int, Callable[[Faults, Random], None]]] = {
    "kill": (16, Faults.kill),
    "freeze": (10, Faults.freeze),
    "break_broker": (8, Faults.break_broker),
    "break_database": (5, Faults.break_database),
    "cut": (14, Faults.cut),
    "delay": (10, Faults.delay),
    "swallow": (8, Faults.swallow),
    "shut": (8, Faults.shut),
    "sulk": (14, Faults.sulk),
    "call_back_again": (7, Faults.call_back_again),
}


def start_again(part: Kafka | Postgres) -> None:
    """Until it is there: a start right after a kill may fail once."""
    for _ in range(3):
        with suppress(EmbeddedError):
            part.start()
            return
    part.start()


def notifications(file: Path) -> list[dict[str, Any]]:
    """What the payment sandbox has told or still owes, as it said it."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
        return [json.loads(body) for (body,) in books.execute("SELECT body FROM notification ORDER BY id")]


def clock_ahead(seed: int) -> float:
    """By how many seconds the lying clocks are wrong in this run."""
    return random.Random(seed).uniform(-3600, 3600) * 0.9  # noqa: S311 - a seed that can be repeated
