"""Events as records, so that a test can hand them to a consumer without a broker."""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import orjson

from contracts.envelope import Envelope, Event
from kit.consume import Consumer, deliver
from kit.inbox import Record
from kit.outbox import unpack_headers
from kit.tx import Database, run_sql

_offsets = itertools.count(1)


def a_record(event: Event, *, sequence: int, partition: int = 0, offset: int | None = None) -> Record:
    """`event` as Kafka would bring it."""
    envelope = Envelope(
        id=uuid4(),
        source="urn:motcua:test",
        type=event.type,
        subject=event.subject,
        time=datetime.now(UTC),
        sequence=sequence,
        data=event.model_dump(mode="json"),
    )
    return Record(
        topic=event.topic(),
        partition=partition,
        offset=sequence if offset is None else offset,
        key=event.subject,
        headers=envelope.headers(),
        body=orjson.dumps(envelope.data),
    )


async def outbox_records(database: Database) -> list[Record]:
    """All that a service has said, as records in the order it was said."""
    async with database.transaction() as tx:
        query = "select id, topic, subject, headers, body from kit_outbox order by id"
        rows = (await run_sql(tx, query)).all()
    return [
        Record(topic=topic, partition=0, offset=id_, key=subject, headers=unpack_headers(headers), body=body)
        for id_, topic, subject, headers, body in rows
    ]


def shuffled(records: Sequence[Record], seed: int) -> list[Record]:
    """Any order Kafka may bring them in: each key's order kept, others mixed, some repeated."""
    chance = random.Random(seed)  # noqa: S311 - a seed that can be repeated
    queues: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        queues.setdefault((record.topic, record.key), []).append(record)
    out: list[Record] = []
    while queues:
        key = chance.choice(sorted(queues))
        out.append(queues[key].pop(0))
        if not queues[key]:
            del queues[key]
        if chance.random() < 0.2:
            out.append(chance.choice(out))
    return out


async def give(database: Database, consumer: Consumer, *events: tuple[Event, int]) -> None:
    """Hand events with their sequence numbers to a consumer, one after the other, as one partition's records."""
    for event, sequence in events:
        await deliver(database, consumer, [a_record(event, sequence=sequence, offset=next(_offsets))])
