"""Everything there is to count at the end: rows of databases, the Kafka log, the sandboxes' files. Judges nothing."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg

from contracts.catalogue import TOPICS
from contracts.envelope import Envelope
from kit.bus import Bus
from kit.log import all_records
from motcua.programs import SERVICES, service_of

Row = dict[str, Any]


@dataclass
class Books:
    """Where the books are. Every question is asked of PostgreSQL, Kafka and SQLite themselves, past all proxies."""

    urls: dict[str, str]
    bootstrap: str
    sandboxes: Path
    objects: Path

    def rows(self, service: str, query: str) -> list[Row]:
        """What a service's database answers."""
        return asyncio.run(_rows(self.urls[service], query))

    def number(self, service: str, query: str) -> int:
        return int(next(iter(self.rows(service, query)[0].values())))

    def sandbox(self, name: str, query: str) -> list[Row]:
        """What a sandbox wrote into its own file."""
        with closing(sqlite3.connect(f"file:{self.sandboxes / name}.sqlite?mode=ro", uri=True)) as book:
            book.row_factory = sqlite3.Row
            return [dict(row) for row in book.execute(query)]

    @cached_property
    def log(self) -> list[Envelope]:
        return [one.envelope() for one in asyncio.run(all_records(Bus(self.bootstrap), TOPICS))]

    @cached_property
    def once(self) -> list[Envelope]:
        """The log without repeats, in the order of the first of each."""
        return list({envelope.id: envelope for envelope in reversed(self.log)}.values())[::-1]

    def said(self, type_: str) -> list[Envelope]:
        return [envelope for envelope in self.once if envelope.type == type_]

    @cached_property
    def parked(self) -> dict[str, str]:
        """Reason by dossier, of what was refused for good."""
        query = "select subject, reason from kit_parked where is_failed"
        return {row["subject"]: row["reason"] for name in SERVICES for row in self.rows(name, query)}

    @cached_property
    def cases(self) -> dict[str, Row]:
        """Workflow's cases by dossier."""
        query = "select dossier_id::text as id, status, arrival_number, code from cases"
        return {row["id"]: row for row in self.rows("workflow", query)}

    @cached_property
    def dossiers(self) -> dict[str, Row]:
        """Intake's dossiers by id."""
        query = "select id::text, status, arrival_number, code from dossier"
        return {row["id"]: row for row in self.rows("intake", query)}


async def _rows(url: str, query: str) -> list[Row]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return [dict(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def hearers() -> dict[str, list[str]]:
    """Who hears each topic: the consumers that the services themselves build."""
    consumers = {name: service_of(name).build_consumer() for name in SERVICES}
    return {topic: [name for name, one in consumers.items() if topic in one.topics()] for topic in TOPICS}
