"""Deliveries that Kafka may make but seldom does, by a seed: repeats, gaps, any mix, batches, crashes at any statement.

Stands in for the network, never for a service: handlers, SQL and transactions are the real ones.
"""

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from kit.consume import MOST_ATTEMPTS, Consumer, deliver
from kit.inbox import Record
from kit.outbox import unpack_headers
from kit.tx import Database, run_sql

PARTITIONS = 3
MOST_ROUNDS = 10_000
MOST_STATEMENTS = 60  # a crash is planned within so many; where the work has fewer, it is done
MOST_IN_A_BATCH = 8
CHANCE_OF_AGAIN = 0.8  # that a send fails which failed before
MOST_TROUBLES = MOST_ATTEMPTS - 1  # in a row: a record whose process dies oftener is parked, which is tried elsewhere


class Crash(BaseException):
    """The process ends here: nobody catches it, nothing is cleaned up but the connection."""


@dataclass(frozen=True)
class Chances:
    """How often each thing goes wrong, between 0 and 1. Quiet: all at nought, what Kafka mostly does."""

    repeat: float = 0.15  # a record twice, as after a lost answer; an offset that is not noted
    crash: float = 0.1
    late: float = 0.1  # a stopped relay is resumed and sends again what another one has sent since
    refused: float = 0.05  # a send fails; what was said later about the same dossier overtakes it
    deaf: float = 0.1  # a reader does not hear one topic until it is the only thing left to hear


QUIET = Chances(0, 0, 0, 0, 0)


@dataclass
class Node:
    """One service under test: its database, what it listens to, how far it has read each partition."""

    database: Database
    consumer: Consumer
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    troubles: dict[tuple[str, int], int] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)  # rows of the outbox whose send failed
    has_said: bool = True

    def said(self) -> None:
        self.has_said = True


@contextmanager
def crashing(statements: int, *databases: Database) -> Iterator[None]:
    """Raise Crash after so many statements and commits, before the next one; nothing where there are no more."""
    left = [statements]

    def one_more(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Crash

    heard = [(one.engine.sync_engine, moment) for one in databases for moment in ("before_cursor_execute", "commit")]
    for engine, moment in heard:
        event.listen(engine, moment, one_more)
    try:
        yield
    finally:
        for engine, moment in heard:
            event.remove(engine, moment, one_more)


class Deliveries:
    """Carries what services say to those who listen, until nothing is left to carry."""

    def __init__(
        self, services: Mapping[str, tuple[Database, Consumer]], seed: int, chances: Chances | None = None
    ) -> None:
        self.nodes = {name: Node(database, consumer) for name, (database, consumer) in services.items()}
        self.log: dict[tuple[str, int], list[Record]] = {}
        self.crashes = 0
        self.notes_before_taking = False  # the one thing a reader must never do; for the test that sees it found
        self.chances = chances or Chances()
        self.chance = random.Random(seed)  # noqa: S311 - a seed that can be repeated
        self._partitions: dict[str, int] = {}
        self._late: list[Any] = []  # what a stopped relay has read and not yet sent
        self._deaf: set[tuple[str, str]] = set()
        for node in self.nodes.values():
            node.database.after_say.append(node.said)

    async def settle(self) -> None:
        """Deliver until every outbox is empty and everybody has read everything."""
        for _ in range(MOST_ROUNDS):
            if not await self.step():
                return
        raise AssertionError("the services talk for ever")

    async def step(self) -> bool:
        """One poll of one reader, chosen by the seed. False where nothing is left to carry."""
        await self._collect_all()
        waiting = self._waiting()
        if not waiting:
            self._resume_relay()
            waiting = self._waiting()
        if waiting:
            name, place = self._choose(waiting)
            await self._turn(self.nodes[name], place)
        return bool(waiting) or any(node.has_said for node in self.nodes.values())

    def _waiting(self) -> list[tuple[str, tuple[str, int]]]:
        return [(name, place) for name in self.nodes for place in self.behind(name)]

    def behind(self, name: str) -> list[tuple[str, int]]:
        """The partitions that this service has not read to their end."""
        node = self.nodes[name]
        heard = node.consumer.topics()
        places = [place for place in sorted(self.log) if place[0] in heard]
        return [place for place in places if node.positions.get(place, 0) < len(self.log[place])]

    def _choose(self, waiting: list[tuple[str, tuple[str, int]]]) -> tuple[str, tuple[str, int]]:
        """Any of them, but what is not heard for a while only where there is nothing else."""
        if self._happens(self.chances.deaf):
            name, place = self.chance.choice(waiting)
            self._deaf ^= {(name, place[0])}
        heard = [(name, place) for name, place in waiting if (name, place[0]) not in self._deaf]
        if not heard:
            self._deaf.clear()
        return self.chance.choice(heard or waiting)

    async def _collect_all(self) -> None:
        for node in self.nodes.values():
            if node.has_said:
                node.has_said = False
                await self._collect(node)

    async def _collect(self, node: Node) -> None:
        """What the relay does: take what is said to the log, in the outbox's order, and delete exactly that.

        A send may fail and come later, a record may be sent twice, and a relay that was stopped in the middle of it
        sends what it had read when it is resumed.
        """
        async with node.database.transaction() as tx:
            query = "select id, topic, subject, headers, body from kit_outbox order by id"
            rows = (await run_sql(tx, query)).all()
            sent = [row for row in rows if not self._is_refused(node, row.id)]
            self._send(sent)
            if rows and self._happens(self.chances.late):
                self._late += rows
            await run_sql(tx, "delete from kit_outbox where id = any(:ids)", ids=[row.id for row in sent])
        node.has_said |= bool(node.refused)
        if self._late and self._happens(self.chances.late):
            self._resume_relay()

    def _is_refused(self, node: Node, row_id: int) -> bool:
        """Whether the send of this row fails this time; one that failed fails a few times more."""
        is_refused = self._happens(CHANCE_OF_AGAIN if row_id in node.refused else self.chances.refused)
        (node.refused.add if is_refused else node.refused.discard)(row_id)
        return is_refused

    def _send(self, rows: Sequence[Any]) -> None:
        for row in rows:
            self._append(row)
            if self._happens(self.chances.repeat):
                self._append(row)

    def _resume_relay(self) -> None:
        late, self._late = self._late, []
        self._send(late)

    def _append(self, row: Any) -> None:
        """In the partition of its key; which that is goes by the order in which keys appear, so that a seed repeats."""
        partition = self._partitions.setdefault(row.subject, len(self._partitions) % PARTITIONS)
        records = self.log.setdefault((row.topic, partition), [])
        headers = unpack_headers(row.headers)
        records.append(Record(row.topic, partition, len(records), row.subject, headers, row.body))

    async def _turn(self, node: Node, place: tuple[str, int]) -> None:
        """One poll of one partition; the offset is noted afterwards, or lost, or the process dies in between."""
        start = node.positions.get(place, 0)
        records = self.log[place][start : start + self.chance.randint(1, MOST_IN_A_BATCH)]
        noted = [start]

        async def note(record: Record) -> None:
            noted[0] = record.offset + 1

        async def poll() -> None:
            if self.notes_before_taking:
                await note(records[-1])
            await deliver(node.database, node.consumer, records, taken=note)
            await note(records[-1])

        if node.troubles.get(place, 0) >= MOST_TROUBLES:
            await poll()
        elif not await self.survives(poll, node.database):
            node.troubles[place] = node.troubles.get(place, 0) + 1
        elif self._happens(self.chances.repeat):
            node.troubles[place] = node.troubles.get(place, 0) + 1
            return  # what was taken was never noted
        if noted[0] > start:
            node.troubles[place] = 0
            node.positions[place] = noted[0]

    async def survives(self, work: Callable[[], Awaitable[object]], *databases: Database) -> bool:
        """Do the work; false where by the seed the process dies of it, before one of its statements or commits."""
        if not self._happens(self.chances.crash):
            await work()
            return True
        try:
            with crashing(self.chance.randrange(MOST_STATEMENTS), *databases):
                await work()
        except Crash:
            self.crashes += 1
            return False
        return True

    def _happens(self, how_often: float) -> bool:
        return self.chance.random() < how_often


def said(deliveries: Deliveries) -> Sequence[tuple[str, str, int]]:
    """Everything that was said, once: type, subject and sequence, in the log's order."""
    found: dict[tuple[str, str, int], None] = {}
    for records in deliveries.log.values():
        for record in records:
            envelope = record.envelope()
            found[(envelope.type, envelope.subject, envelope.sequence)] = None
    return list(found)
