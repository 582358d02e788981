"""Deliveries that Kafka may make but seldom does, by a seed: repeats, gaps, any mix, batches, crashes at any statement.

Stands in for the network, never for a service: handlers, SQL and transactions are the real ones.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from kit.consume import Consumer, deliver
from kit.inbox import Record
from kit.outbox import unpack_headers
from kit.tx import Database, run_sql

PARTITIONS = 3
CHANCE_OF_REPEAT = 0.15
CHANCE_OF_CRASH = 0.1
MOST_ROUNDS = 10_000


class Crash(BaseException):
    """The process ends here: nobody catches it, nothing is cleaned up but the connection."""


@dataclass
class Node:
    """One service under test: its database, what it listens to, how far it has read each partition."""

    database: Database
    consumer: Consumer
    positions: dict[tuple[str, int], int] = field(default_factory=dict)


class Deliveries:
    """Carries what services say to those who listen, until nothing is left to carry."""

    def __init__(self, services: Mapping[str, tuple[Database, Consumer]], seed: int) -> None:
        self.nodes = {name: Node(database, consumer) for name, (database, consumer) in services.items()}
        self.log: dict[tuple[str, int], list[Record]] = {}
        self.crashes = 0
        self._chance = random.Random(seed)  # noqa: S311 - a seed that can be repeated

    async def settle(self) -> None:
        """Deliver until every outbox is empty and everybody has read everything."""
        for _ in range(MOST_ROUNDS):
            for node in self.nodes.values():
                await self._collect(node)
            waiting = [(node, place) for node in self.nodes.values() for place in self._behind(node)]
            if not waiting:
                return
            await self._turn(*self._chance.choice(waiting))
        raise AssertionError("the services talk for ever")

    async def _collect(self, node: Node) -> None:
        """What the relay does: take what is said to the log; sometimes the same twice, as after a lost answer."""
        async with node.database.transaction() as tx:
            query = "select id, topic, subject, headers, body from kit_outbox order by id"
            rows = (await run_sql(tx, query)).all()
            for row in rows:
                self._append(row)
                if self._chance.random() < CHANCE_OF_REPEAT:
                    self._append(row)
            await run_sql(tx, "delete from kit_outbox where id = any(:ids)", ids=[row.id for row in rows])

    def _append(self, row: Any) -> None:
        partition = sum(row.subject.encode()) % PARTITIONS
        records = self.log.setdefault((row.topic, partition), [])
        headers = unpack_headers(row.headers)
        records.append(Record(row.topic, partition, len(records), row.subject, headers, row.body))

    def _behind(self, node: Node) -> list[tuple[str, int]]:
        heard = node.consumer.topics()
        places = [place for place in sorted(self.log) if place[0] in heard]
        return [place for place in places if node.positions.get(place, 0) < len(self.log[place])]

    async def _turn(self, node: Node, place: tuple[str, int]) -> None:
        """One poll of one partition; the offset is noted afterwards, or lost, or the process dies in between."""
        start = node.positions.get(place, 0)
        records = self.log[place][start : start + self._chance.randint(1, 5)]
        try:
            with self._maybe_crashing(node.database):
                await deliver(node.database, node.consumer, records)
        except Crash:
            self.crashes += 1
            return
        if self._chance.random() >= CHANCE_OF_REPEAT:
            node.positions[place] = start + len(records)

    @contextmanager
    def _maybe_crashing(self, database: Database) -> Iterator[None]:
        if self._chance.random() >= CHANCE_OF_CRASH:
            yield
            return
        left = [self._chance.randint(1, 12)]

        def count(*_: Any) -> None:
            left[0] -= 1
            if left[0] <= 0:
                raise Crash

        engine = database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", count)


def said(deliveries: Deliveries) -> Sequence[tuple[str, str, int]]:
    """Everything that was said, once: type, subject and sequence, in the log's order."""
    found: dict[tuple[str, str, int], None] = {}
    for records in deliveries.log.values():
        for record in records:
            envelope = record.envelope()
            found[(envelope.type, envelope.subject, envelope.sequence)] = None
    return list(found)
