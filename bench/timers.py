"""Timers at size: what looking costs when nothing is due, and how soon ten thousand are crossed while a worker dies.

The database is a real one with durable commits, the workers are processes that run the service's own loop. Beside them
stand raw statements over the same rows. A figure counts only if every moment was said exactly once in its run.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg
from sqlalchemy import event

from bench import timers_data as data
from bench.frame import Line, Say
from kit import embedded, migrate
from kit.objects import Objects
from kit.tx import Database
from workflow.handlers.crossing import cross_due

SMALL, LARGE = 10_000, 1_000_000  # open dossiers; of the large one each has five timers
DUE, ROUNDS, LOOKS = 10_000, 3, 200
IDLE_MS, FLAT, STATEMENTS_S, CROSSED_S = 5.0, 1.25, 1.0, 3.0
KILL_AFTER_S = 0.3  # after the moment: then the first worker is in the middle of it
PATIENCE_S = 120.0


def measure(say: Say) -> list[Line]:
    """Fills two databases and measures in them; a few minutes."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        server = embedded.Postgres(Path(folder) / "postgres")
        server.start(say=lambda words: None)
        try:
            return asyncio.run(_measure(server, Path(folder), say))
        finally:
            server.stop()


async def _measure(server: embedded.Postgres, folder: Path, say: Say) -> list[Line]:
    objects = Objects(f"file://{folder / 'objects'}")
    bases = {}
    for name, dossiers, each in (("small", SMALL, 1), ("large", LARGE, 5)):
        server.ensure_database(name)
        await migrate.upgrade(server.url(name), "workflow")
        bases[name] = Database(server.url(name), objects)
        begun = perf_counter()
        await data.fill(bases[name], dossiers, each)
        say(f"bench: {dossiers:,} dossiers with {dossiers * each:,} timers filled in {perf_counter() - begun:.0f} s")
    try:
        idle = await _idle(bases)
        return [*idle, *await _due(bases["large"], say), await _killed(bases["large"], say)]
    finally:
        for base in bases.values():
            await base.close()


async def _idle(bases: dict[str, Database]) -> list[Line]:
    """A look that finds nothing due, at both sizes and as a bare statement, in turn."""
    raw = {name: await asyncpg.connect(base.url) for name, base in bases.items()}

    def bare(name: str) -> Callable[[], Awaitable[Any]]:
        look = "select dossier_id from timer where fire_at <= kit_now() order by fire_at limit 500"
        return lambda: raw[name].fetch(look)

    looks: dict[str, Callable[[], Awaitable[Any]]] = {
        **{name: lambda base=base: cross_due(base) for name, base in bases.items()},  # type: ignore[misc]
        **{f"bare {name}": bare(name) for name in bases},
    }
    taken: dict[str, list[float]] = {name: [] for name in looks}
    for number in range(LOOKS + 20):
        for name, look in looks.items():
            begun = perf_counter()
            found = await look()
            if number >= 20:  # the first ones prepare their statements
                taken[name].append((perf_counter() - begun) * 1000)
            assert not found, "nothing is due yet"
    for connection in raw.values():
        await connection.close()
    large, small, bare_look = (median(taken[name]) for name in ("large", "small", "bare large"))
    return [
        Line(
            f"tick with nothing due, {LARGE:,} open",
            large,
            "ms",
            "bare statement",
            bare_look,
            large / bare_look,
            f"< {IDLE_MS:g} ms",
            large < IDLE_MS,
        ),
        Line(
            f"tick with nothing due, {5 * LARGE:,} timers",
            large,
            "ms",
            f"{SMALL:,} timers",
            small,
            large / small,
            f"<= {FLAT}",
            large / small <= FLAT,
        ),
    ]


async def _due(base: Database, say: Say) -> list[Line]:
    """Ten thousand due at once, crossed by one worker in this process: what it waits for its statements, and in all."""
    waited, whole, raw = [], [], []
    lost = ""
    for number in range(ROUNDS):
        first = number * 2 * DUE
        await data.make_due(base, first, DUE, seconds=0)
        with Waiting(base) as spent:
            begun = perf_counter()
            while await cross_due(base):
                pass
            whole.append(perf_counter() - begun)
        waited.append(sum(spent))
        lost = lost or await data.wrong(base, first, DUE)
        await data.make_due(base, first + DUE, DUE, seconds=0)
        raw.append(await data.cross_bare(base, first + DUE, DUE))
        say(f"bench: round {number + 1}: statements {waited[-1]:.2f} s of {whole[-1]:.2f} s, bare {raw[-1]:.2f} s")
    statements, all_of_it, bare = median(waited), median(whole), median(raw)
    beside = ("s", "bare statements", bare)
    must = f"<= {STATEMENTS_S:g} s"
    name = f"{DUE:,} due at once"
    return [
        Line(f"{name}: statements", statements, *beside, statements / bare, must, statements <= STATEMENTS_S, lost),
        Line(f"{name}: one worker", all_of_it, *beside, all_of_it / bare, "", True, lost),
    ]


class Waiting:
    """The seconds that this database's statements and commits take while it is open."""

    def __init__(self, base: Database) -> None:
        self.engine = base.engine.sync_engine
        self.spent: list[float] = []

    def __enter__(self) -> list[float]:
        event.listen(self.engine, "before_cursor_execute", self._begins)
        event.listen(self.engine, "after_cursor_execute", self._ends)
        return self.spent

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._begins)
        event.remove(self.engine, "after_cursor_execute", self._ends)

    def _begins(self, *_: Any) -> None:
        self._begun = perf_counter()

    def _ends(self, *_: Any) -> None:
        self.spent.append(perf_counter() - self._begun)


async def _killed(base: Database, say: Say) -> Line:
    """Two workers, one killed in the middle: from the moment to the last crossing."""
    taken, lost = [], ""
    for number in range(ROUNDS):
        first = (ROUNDS * 2 + number) * DUE
        workers = [_worker(base.url) for _ in range(2)]
        try:
            moment = await data.make_due(base, first, DUE, seconds=3)
            seconds, left = await _until_crossed(base, moment, workers[0])
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        taken.append(seconds)
        lost = lost or await data.wrong(base, first, DUE)
        lost = lost or ("" if 0 < left < DUE else "no worker was killed in the middle")
        say(f"bench: round {number + 1}: killed with {left:,} left, all crossed {seconds:.2f} s after the moment")
    seconds = median(taken)
    name = f"{DUE:,} due at once, one of two workers killed"
    return Line(name, seconds, "s", must=f"<= {CROSSED_S:g} s", passes=seconds <= CROSSED_S, lost=lost)


def _worker(url: str) -> "subprocess.Popen[bytes]":
    """A process with the service's loop; returns once it looks."""
    worker = subprocess.Popen([sys.executable, "-m", "bench.timers_worker", url], stdout=subprocess.PIPE)  # noqa: S603 - ours
    assert worker.stdout is not None
    worker.stdout.readline()
    return worker


async def _until_crossed(base: Database, moment: float, victim: "subprocess.Popen[bytes]") -> tuple[float, int]:
    """Seconds from the moment (by the database's clock) to the last crossing, and how many were left at the killing."""
    connection = await asyncpg.connect(base.url)
    try:
        now = float(await connection.fetchval("select extract(epoch from clock_timestamp())"))
        await asyncio.sleep(moment - now + KILL_AFTER_S)
        os.kill(victim.pid, signal.SIGKILL)
        left = await connection.fetchval(data.DUE_NOW)
        for _ in range(int(PATIENCE_S / 0.02)):
            if not await connection.fetchval(data.DUE_NOW):
                break
            await asyncio.sleep(0.02)
        now = float(await connection.fetchval("select extract(epoch from clock_timestamp())"))
        return now - moment, left
    finally:
        await connection.close()
