"""All brokers down for minutes under load: `python -m chaos.brokers_away [minutes] [dossiers a second]`.

Intake still accepts; workers started meanwhile wait; everything arrives within a minute of the brokers' return.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from chaos.count import Finding
from chaos.filing import Filing, differences
from chaos.machine import Machine
from chaos.small import SmallMachine
from kit.embedded import Kafka
from motcua.stack import Say

CALM_SECONDS = 5.0
ARRIVE_SECONDS = 60.0
PATIENCE_SECONDS = 240.0
STARTED_MEANWHILE = ("intake worker 1", "workflow worker 1", "notify worker 1")


@dataclass(frozen=True)
class Outcome:
    """What came out; seconds count from the moment when all brokers answered again."""

    away_seconds: float
    filed_before: int
    filed_meanwhile: int
    slowest_answer_seconds: float
    waited: int
    arrived_seconds: float
    largest_mb: dict[str, tuple[int, int]]
    refused: Sequence[str]
    wrong: Sequence[Finding]

    @property
    def is_good(self) -> bool:
        return not self.refused and not self.wrong and self.arrived_seconds <= ARRIVE_SECONDS

    def lines(self) -> list[str]:
        memory = ", ".join(f"{name} {before} → {after} MB" for name, (before, after) in self.largest_mb.items())
        return [
            f"brokers away for {self.away_seconds:.0f} s",
            f"filed before {self.filed_before}, meanwhile {self.filed_meanwhile}, refused {len(self.refused)}; "
            f"slowest answer meanwhile {self.slowest_answer_seconds:.2f} s",
            f"{self.waited} events waited in intake's outbox when the brokers came back",
            f"wrong {len(self.wrong)}; taken by every hearer {self.arrived_seconds:.1f} s after their return",
            f"memory of the workers before and after: {memory}",
            *(f"{finding.kind}: {finding.subject}: {finding.words}" for finding in self.wrong),
            *sorted(set(self.refused))[:5],
        ]


def run(machine: Machine, *, seconds: float, per_second: float, say: Say) -> Outcome:
    """On a machine that is up."""
    filing = Filing(machine, per_second=per_second)
    filing.start()
    try:
        time.sleep(CALM_SECONDS)
        assert filing.wait_until_heard(PATIENCE_SECONDS), "events are owed before anything was broken"
        before, filed_before = memory_mb(machine), len(filing.filed)
        all_at_once(machine, Kafka.kill)
        gone = time.monotonic()
        say("all brokers are away")
        time.sleep(seconds / 2)
        start_some_again(machine)
        time.sleep(max(0.0, gone + seconds - time.monotonic()))
        all_at_once(machine, Kafka.start)
        back = time.monotonic()
        after, waited = memory_mb(machine), owed(machine)
        say(f"all brokers are back; {waited} events wait")
        meanwhile = filing.since(gone, back)
        filing.stop_filing()
        arrived = filing.wait_until_heard(PATIENCE_SECONDS)
        arrived_seconds = time.monotonic() - back if arrived else float("inf")
        say(f"everything was taken {arrived_seconds:.1f} s after their return")
    finally:
        filing.stop()
    return Outcome(
        away_seconds=back - gone,
        filed_before=filed_before,
        filed_meanwhile=len(meanwhile),
        slowest_answer_seconds=max((one.answer_seconds for one in meanwhile), default=0.0),
        waited=waited,
        arrived_seconds=arrived_seconds,
        largest_mb={name: (before[name], after[name]) for name in before},
        refused=filing.refused,
        wrong=differences(machine, say),
    )


def all_at_once(machine: Machine, what: Callable[[Kafka], None]) -> None:
    with ThreadPoolExecutor(len(machine.cluster.brokers)) as pool:
        list(pool.map(what, machine.cluster.brokers))


def start_some_again(machine: Machine) -> None:
    """Some workers begin anew while there is no broker at all."""
    for name in STARTED_MEANWHILE:
        if machine.hold(name):
            machine.process(name).kill()
            machine.process(name).start()
            machine.let_go(name)


def owed(machine: Machine) -> int:
    return int(machine.postgres.sql("select count(*) from kit_outbox", "intake"))


def memory_mb(machine: Machine) -> dict[str, int]:
    """Of the workers that are not started again meanwhile."""
    names = [name for name in machine.names if "worker" in name and name not in STARTED_MEANWHILE]
    return {name: psutil.Process(machine.process(name).pid).memory_info().rss // 2**20 for name in names}


def main() -> int:
    """0 where everything was accepted and arrived within a minute, once."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    per_second = float(sys.argv[2]) if len(sys.argv) > 2 else 3.0
    with tempfile.TemporaryDirectory(prefix="motcua-away-") as folder:
        machine = SmallMachine(Path(folder), say)
        machine.start()
        try:
            outcome = run(machine, seconds=60 * minutes, per_second=per_second, say=say)
        finally:
            machine.stop()
    for line in outcome.lines():
        say(line)
    return 0 if outcome.is_good else 1


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
