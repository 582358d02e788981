"""What a service's database says of its state, as Prometheus reads it: said by one process of the service at a time.

So that a sum over all processes is right, whoever leads asks the questions and shows the answers; the others show none.
It shows them only while its lead is certain by its own clock: one that was stopped (SIGSTOP) wakes up silent.
"""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import asyncpg
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.leading import ANSWER_SECONDS, HEARTBEAT_SECONDS, IDLE_LIMIT_SECONDS, lead, until_one_ends
from kit.tx import Database, run_sql

EVERY_SECONDS = 15.0
LONGEST_SECONDS = 10.0  # a question that takes longer is given up
SHARE = 50  # a question takes at most one part in so many of the time, however much there is to count
AGAIN_SECONDS = 1.0
Row = Sequence[Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Figure:
    """One metric. A row of it is its labels' values, then the value; of a histogram the number of the bucket (how many
    of `bounds` lie below), how many fell into it, and their sum."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    kind: Literal["gauge", "counter", "histogram"] = "gauge"
    bounds: tuple[float, ...] = ()


Answers = Mapping[Figure, Iterable[Row]]


@dataclass(frozen=True)
class Measure:
    """A question to the service's database, in a transaction of its own, and the figures that its answer gives.

    It costs little however much there is: what it asks is answered by an index, or is few.
    """

    figures: tuple[Figure, ...]
    ask: Callable[[AsyncSession], Awaitable[Answers]]
    every_seconds: float = EVERY_SECONDS


def counted(figure: Figure, question: str) -> Measure:
    """A measure of one figure, whose rows one statement gives as they are."""

    async def ask(tx: AsyncSession) -> Answers:
        return {figure: (await run_sql(tx, question)).all()}

    return Measure((figure,), ask)


class Shown(Collector):
    """What this process says: nothing, but while it leads."""

    def __init__(self) -> None:
        self._rows: dict[Figure, list[Row]] = {}
        self._until = float("-inf")

    def tell(self, measure: Measure, answers: Answers) -> None:
        """Say these from now on, in the place of what the measure gave before."""
        for figure in measure.figures:
            self._rows[figure] = list(answers.get(figure, ()))

    def forget(self, measure: Measure) -> None:
        """Nobody knows it now: rather nothing than what was true once."""
        for figure in measure.figures:
            self._rows.pop(figure, None)

    def speak_until(self, moment: float) -> None:
        """The lead is certain until then, by the clock that goes on while the process is stopped."""
        self._until = moment

    def fall_silent(self, *_: object) -> None:
        self._until = float("-inf")
        self._rows.clear()

    def collect(self) -> Iterator[Metric]:
        """Whatever may be said now."""
        if time.monotonic() < self._until:
            yield from (family(figure, rows) for figure, rows in self._rows.items())

    def describe(self) -> list[Metric]:
        """Nothing: which figures there are is known by the measures, and differs from service to service."""
        return []


def family(figure: Figure, rows: Iterable[Row]) -> Metric:
    """A figure's rows as Prometheus wants them."""
    if figure.kind == "histogram":
        return _histogram(figure, rows)
    made = CounterMetricFamily if figure.kind == "counter" else GaugeMetricFamily
    found = made(figure.name, figure.meaning, labels=figure.labels)
    for *labels, value in rows:
        found.add_metric([str(one) for one in labels], float(value))
    return found


def _histogram(figure: Figure, rows: Iterable[Row]) -> Metric:
    """By hand: the client's own family leaves sum and count out where a bound is negative."""
    found = Metric(figure.name, figure.meaning, "histogram")
    bounds = [*map(floatToGoString, figure.bounds), "+Inf"]
    counts: dict[tuple[str, ...], list[int]] = {}
    sums: dict[tuple[str, ...], float] = {}
    for *values, bucket, count, total in rows:
        labels = tuple(map(str, values))
        counts.setdefault(labels, [0] * len(bounds))[bucket] += count
        sums[labels] = sums.get(labels, 0.0) + float(total)
    for labels, each in counts.items():
        named = dict(zip(figure.labels, labels, strict=True))
        for number, bound in enumerate(bounds):
            found.add_sample(f"{figure.name}_bucket", {**named, "le": bound}, sum(each[: number + 1]))
        found.add_sample(f"{figure.name}_count", named, sum(each))
        found.add_sample(f"{figure.name}_sum", named, sums[labels])
    return found


SHOWN = Shown()
REGISTRY.register(SHOWN)


class Speaker:
    """Asks and says while it leads; else waits to lead."""

    def __init__(self, database: Database, service: str, measures: Sequence[Measure], shown: Shown = SHOWN) -> None:
        self._database, self._service, self._measures, self._shown = database, service, measures, shown
        self._name = f"motcua {service} figures {os.getpid()}"

    async def run(self) -> None:
        """Turn after turn, until cancelled. Each ends with what it raises, or with its connection."""
        while True:
            try:
                await self._lead()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
                log.warning("the figures are asked for again: %s: %s", type(error).__name__, error)
            finally:
                self._shown.fall_silent()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _lead(self) -> None:
        async with lead(self._database.url, self._service, "figures", self._name) as leader:
            leader.add_termination_listener(self._shown.fall_silent)
            await until_one_ends(self._beat(leader), self._ask())

    async def _beat(self, leader: asyncpg.Connection) -> None:
        """Keeps the lock. It is ours for as long after the question as the database lets us be idle."""
        while True:
            asked = time.monotonic()
            await leader.execute("select 1", timeout=ANSWER_SECONDS)
            self._shown.speak_until(asked + IDLE_LIMIT_SECONDS)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _ask(self) -> None:
        """One after the other, each when its time has come."""
        next_at = dict.fromkeys(range(len(self._measures)), 0.0)
        while True:
            for number, measure in enumerate(self._measures):
                began = time.monotonic()
                if began >= next_at[number]:
                    await self._measure(measure)
                    took = time.monotonic() - began
                    next_at[number] = began + max(measure.every_seconds, SHARE * took)
            await asyncio.sleep(max(0.1, min(next_at.values()) - time.monotonic()))

    async def _measure(self, measure: Measure) -> None:
        """What cannot be known now is not said; the other measures go on."""
        try:
            self._shown.tell(measure, await answers_of(self._database, measure))
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing but a figure is missing, and that is seen
            log.warning("not known now: %s (%s)", measure.figures[0].name, type(error).__name__)
            self._shown.forget(measure)


async def answers_of(database: Database, measure: Measure) -> Answers:
    """Ask once; changes nothing."""
    async with database.transaction() as tx:
        await run_sql(tx, f"select set_config('statement_timeout', '{LONGEST_SECONDS:.0f}s', true)")
        await run_sql(tx, "set transaction read only")
        return await measure.ask(tx)
