"""How long events wait when one part goes while all else stands still: `python -m chaos.standing_still [rounds]`.

One worker is told to stop (SIGTERM), one is killed, one broker of three is killed; dossiers are filed all the while.
Told is the longest wait of an event, from intake's answer until its hearers took it, and what took effect twice.
"""

import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chaos.filing import HEARERS, Filing, differences
from chaos.machine import WORKERS, Machine
from chaos.small import SmallMachine
from motcua.stack import Say

PER_SECOND = 8.0
CALM_SECONDS = 8.0  # before each fault: everybody has joined, nothing is owed
PATIENCE_SECONDS = 60.0
_LEADS = (
    "select substring(a.application_name from '[0-9]+$') from pg_locks l join pg_stat_activity a using (pid) "
    "where l.locktype = 'advisory' and l.granted and a.application_name like 'motcua intake relay %'"
)
LIMITS = {"SIGTERM": 1.0, "SIGKILL": 8.0, "broker": 20.0}


@dataclass
class Case:
    """One kind of fault: what goes, and the longest wait in each round."""

    words: str
    limit: str
    hearers: tuple[str, ...]
    waits: list[float] = field(default_factory=list)
    calm: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    @property
    def limit_seconds(self) -> float:
        return LIMITS[self.limit]


class StandingStill:
    """Faults one by one on a machine that is up."""

    def __init__(self, machine: Machine, say: Say) -> None:
        self.machine, self.say = machine, say
        self.filing = Filing(machine, per_second=PER_SECOND)

    def run(self, rounds: int) -> list[Case]:
        reader = "a reader (workflow's worker)"
        relay = "the relay that leads (intake's worker)"
        cases = [
            Case(f"{reader}: SIGTERM", "SIGTERM", ("workflow",)),
            Case(f"{reader}: kill -9", "SIGKILL", ("workflow",)),
            Case(f"{relay}: SIGTERM", "SIGTERM", HEARERS),
            Case(f"{relay}: kill -9", "SIGKILL", HEARERS),
            Case("one broker of three: kill -9", "broker", HEARERS),
        ]
        self.filing.start()
        try:
            for number in range(rounds):
                for case in cases:
                    self._one(case, number)
        finally:
            self.filing.stop()
        return cases

    def _one(self, case: Case, number: int) -> None:
        time.sleep(CALM_SECONDS)
        looked = time.monotonic()
        assert self.filing.wait_until_heard(PATIENCE_SECONDS), "events are owed before anything was broken"
        calm = self.filing.since(looked - CALM_SECONDS / 2, looked)
        case.calm.append(statistics.median(max(one.wait_seconds(name) for name in case.hearers) for one in calm))
        began = time.monotonic()
        mend = self._break(case, number)
        case.ends.append(time.monotonic() - began)
        time.sleep(max(0.0, began + 2 * LIMITS[case.limit] - time.monotonic()))
        looked = time.monotonic()
        assert self.filing.wait_until_heard(PATIENCE_SECONDS), f"{case.words}: not everything was taken"
        filed = self.filing.since(began - 1, looked)
        case.waits.append(max(one.wait_seconds(name) for one in filed for name in case.hearers))
        self.say(f"{case.words}, round {number + 1}: the longest wait was {case.waits[-1]:.2f} s")
        mend()

    def _break(self, case: Case, number: int) -> Callable[[], None]:
        """Do it; returns how it is mended."""
        if case.limit == "broker":
            broker = self.machine.cluster.brokers[number % len(self.machine.cluster.brokers)]
            broker.kill()
            return broker.start
        name = self._leader() if "relay" in case.words else f"workflow worker {number % WORKERS + 1}"
        process = self.machine.process(name)
        self.machine.hold(name)
        if case.limit == "SIGTERM":
            process.stop_signal = signal.SIGTERM
            process.stop()
        else:
            process.kill()
        return lambda: self._start_again(name)

    def _leader(self) -> str:
        """The worker of intake whose relay leads, as its database knows it."""
        leads = int(self.machine.postgres.sql(_LEADS, "intake"))
        return next(name for name in self.machine.names if self.machine.process(name).pid == leads)

    def _start_again(self, name: str) -> None:
        self.machine.process(name).start()
        self.machine.wait_ready(name)
        self.machine.let_go(name)


def table(cases: list[Case]) -> list[str]:
    """Rows for docs/proof.md."""
    rows = ["| what goes | rounds | longest wait of an event | usual wait | limit |", "|---|---|---|---|---|"]
    for case in cases:
        waits = " / ".join(f"{wait:.2f}" for wait in case.waits)
        calm = statistics.median(case.calm)
        rows.append(f"| {case.words} | {len(case.waits)} | {waits} s | {calm:.2f} s | {LIMITS[case.limit]:.0f} s |")
    return rows


def main() -> int:
    """0 where every wait is within its limit and nothing took effect twice."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="motcua-still-") as folder:
        machine = SmallMachine(Path(folder), say)
        machine.start()
        try:
            still = StandingStill(machine, say)
            cases = still.run(rounds)
            wrong = differences(machine, say)
        finally:
            machine.stop()
    for line in table(cases):
        say(line)
    for finding in wrong:
        say(f"{finding.kind}: {finding.subject}: {finding.words}")
    late = [case.words for case in cases if max(case.waits) > LIMITS[case.limit]]
    say(f"dossiers={len(still.filing.filed)} refused={len(still.filing.refused)} wrong={len(wrong)} late={len(late)}")
    return 1 if wrong or late or still.filing.refused else 0


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
