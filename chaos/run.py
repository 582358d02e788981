"""One run from the start of the machine to the table: dossiers walk, faults happen, then everything is counted."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import httpx
from sqlalchemy.exc import SQLAlchemyError

from chaos.books import Books
from chaos.count import DISORDERED, DOUBLED, ENDED, LOST, Finding, findings, overtaken
from chaos.faults import Faults, clock_ahead
from chaos.machine import Machine
from chaos.people import PatientActions
from chaos.plans import Plan, plans
from chaos.quiet import wait_until_quiet
from chaos.snapshot import Snapshots
from chaos.walks import Record, Walked, a_paper, clock_of
from motcua.programs import SERVICES

AT_ONCE = 10  # dossiers whose people act at the same time
DEFAULT_MINUTES = 10.0
QUIET_SECONDS = 180.0
PROGRESS_SECONDS = 5.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What was asked for. `minutes` bounds how long faults and new dossiers go on; None: until all are filed."""

    seed: int
    dossiers: int
    minutes: float | None
    with_faults: bool = True
    keeps_folder: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came out."""

    wanted: Wanted
    records: list[Record]
    faults: Counter[str]
    differences: list[Finding]
    moving: list[str]
    standing: Counter[str]
    seconds: float

    @property
    def last_line(self) -> str:
        kinds = Counter(one.kind for one in self.differences)
        figures = " ".join(f"{kind}={kinds[kind]}" for kind in (LOST, DOUBLED, DISORDERED))
        return f"{figures} dossiers={len(self.records)} faults={self.faults.total()}"

    @property
    def is_good(self) -> bool:
        return not self.differences and not self.moving


def run(folder: Path, wanted: Wanted, say: Say) -> Outcome:
    """The whole run in `folder`; everything it started is ended however it ends."""
    began = time.monotonic()
    machine = Machine(folder, say, clock_ahead_seconds=clock_ahead(wanted.seed))
    machine.start()
    try:
        return Run(machine, wanted, say, began).go()
    finally:
        say("stopping")
        machine.stop()


class Run:
    """A machine that is up, and what happens on it."""

    def __init__(self, machine: Machine, wanted: Wanted, say: Say, began: float) -> None:
        self.machine, self.wanted, self.say, self.began = machine, wanted, say, began
        self.faults = Faults(machine, wanted.seed, say)
        self.snapshots = Snapshots([machine.postgres.url(name) for name in SERVICES])
        self.actions = PatientActions(machine)
        self.records: list[Record] = []
        self._paper = a_paper()
        self._first_at = self._until = 0.0
        self._over = threading.Event()

    def go(self) -> Outcome:
        todo = plans(self.wanted.seed, self.wanted.dossiers)
        self._first_at = time.monotonic()
        self._until = self._first_at + 60 * (self.wanted.minutes or DEFAULT_MINUTES)
        progress = threading.Thread(target=self._tell_progress, args=(len(todo),), daemon=True)
        progress.start()
        self.snapshots.start()
        try:
            self._walk_all(todo)
        finally:
            self._over.set()
            self.faults.stop()
            self.snapshots.stop()
            self.actions.close()
        return self._count()

    def _walk_all(self, todo: Sequence[Plan]) -> None:
        """Era by era: the clock moves on when all of one are through."""
        pace = 60 * 0.9 * (self.wanted.minutes or 0) / max(1, len(todo))
        started = False
        for _, era in groupby(todo, lambda plan: plan.era):
            of_era = list(era)
            self._move_clock(of_era[0])
            if self.wanted.with_faults and not started:
                self.faults.start(self._until - time.monotonic())
                started = True
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for walk in [pool.submit(self._walk, plan, pace) for plan in of_era]:
                    walk.result()

    def _move_clock(self, plan: Plan) -> None:
        """Also while databases and sandboxes come and go."""
        self.say(f"the office's clock stands at {clock_of(plan):%d/%m/%Y %H:%M}")
        for _ in range(60):
            with suppress(OSError, httpx.HTTPError, SQLAlchemyError):
                self.machine.move_clock(clock_of(plan))
                return
            time.sleep(1)
        self.machine.move_clock(clock_of(plan))

    def _walk(self, plan: Plan, pace: float) -> None:
        due = self._first_at + plan.number * pace
        time.sleep(max(0.0, min(due, self._until) - time.monotonic()))
        if time.monotonic() >= self._until:
            return
        record = Walked(self.actions, self.machine, plan, self._paper).walk()
        if record.trouble:
            self.say(f"{record.key} ({plan.procedure.id}, {plan.ending}): {record.trouble}")
        self.records.append(record)

    def _tell_progress(self, total: int) -> None:
        while not self._over.wait(PROGRESS_SECONDS):
            self.say(
                f"{len(self.records)}/{total} dossiers, {self.faults.total} faults, {self.actions.repeats} repeats"
            )

    def _count(self) -> Outcome:
        machine = self.machine
        urls = {name: machine.postgres.url(name) for name in SERVICES}
        own = ",".join(f"127.0.0.1:{broker.port}" for broker in machine.cluster.brokers)
        books = Books(urls, own, machine.folder / "sandbox", machine.folder / "objects")
        moving = wait_until_quiet(books, QUIET_SECONDS, self.say)
        differences = findings(books, self.records)
        return Outcome(
            self.wanted,
            self.records,
            self.faults.counts,
            differences,
            moving,
            standing(books, self.records),
            time.monotonic() - self.began,
        )


def standing(books: Books, records: Sequence[Record]) -> Counter[str]:
    """Where the dossiers are: accepted = finished + known waiting + parked with a reason."""
    found: Counter[str] = Counter(accepted=len(books.dossiers))
    for dossier_id in books.dossiers:
        status = books.cases.get(dossier_id, {}).get("status")
        if dossier_id in books.parked:
            found["parked"] += 1
        elif status is not None:
            found["finished" if status in ENDED else f"waiting in status {status}"] += 1
    found["streams overtaken in the log, put right by the readers"] = overtaken(books)
    found["answered"] = sum(bool(record.answers) for record in records)
    found["walks that did not come to their end"] = sum(not record.is_through for record in records)
    return found
