"""What a service says is written beside the state it changed, in the same transaction. Sends nothing itself."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.catalogue import EVENTS
from contracts.envelope import Envelope, Event
from kit import tracing
from kit.tables import OutboxRow
from kit.tx import run_sql

MAX_BODY_BYTES = 512 * 1024  # with its headers; half of what topics take, so a record they refuse never gets here

_NEXT = (
    "insert into kit_stream (topic, subject, last_sequence) values (:topic, :subject, 1) "
    "on conflict (topic, subject) do update set last_sequence = kit_stream.last_sequence + 1 returning last_sequence"
)


class EventTooLarge(ValueError):
    """An event larger than a record may be: a fault of ours, found before it is written."""


class EventMalformed(ValueError):
    """An event that its readers could not read: a fault of ours, found before it is written. Names no value."""


async def put(tx: AsyncSession, event: Event, *, time: datetime) -> UUID:
    """Say `event` when this transaction commits; returns the event's id.

    The sequence number is taken under the subject's row lock, held until the commit, so it is dense and ordered.
    Raises EventTooLarge, EventMalformed, KeyError for a class that is not in the catalogue.
    """
    topic = EVENTS[event.type].topic()
    sequence = (await run_sql(tx, _NEXT, topic=topic, subject=event.subject)).scalar_one()
    envelope = _envelope(event, sequence, time, tracing.traceparent())
    row = OutboxRow(**_row(envelope, topic))
    tx.add(row)
    await tx.flush()
    tx.info["said"] = True
    return envelope.id


_NEXT_MANY = """
    insert into kit_stream (topic, subject, last_sequence)
    select topic, subject, so_many from unnest(cast(:topics as text[]), cast(:subjects as text[]), cast(:many as int[]))
        as w (topic, subject, so_many) order by topic, subject
    on conflict (topic, subject) do update set last_sequence = kit_stream.last_sequence + excluded.last_sequence
    returning topic, subject, last_sequence
"""
_PUT_MANY = """
    insert into kit_outbox (topic, subject, event_id, type, headers, body)
    select topic, subject, event_id, type, headers, body from unnest(
        cast(:topic as text[]), cast(:subject as text[]), cast(:event_id as uuid[]), cast(:type as text[]),
        cast(:headers as bytea[]), cast(:body as bytea[])
    ) with ordinality as w (topic, subject, event_id, type, headers, body, line) order by line
"""


async def put_all(tx: AsyncSession, events: Sequence[Event], *, time: datetime) -> list[UUID]:
    """`put` for many events in two statements: the same sequences, in the order given; returns the events' ids.

    Streams are locked in one order whoever says what, so two that say much do not wait for each other in a circle.
    Raises EventTooLarge, EventMalformed, KeyError for a class that is not in the catalogue; then nothing is said.
    """
    if not events:
        return []
    streams = [(EVENTS[event.type].topic(), event.subject) for event in events]
    numbers = await _take_numbers(tx, Counter(streams))
    trace = tracing.traceparent()
    rows = [
        _row(_envelope(event, next(numbers[stream]), time, trace), stream[0])
        for event, stream in zip(events, streams, strict=True)
    ]
    await run_sql(tx, _PUT_MANY, **{name: [row[name] for row in rows] for name in rows[0]})
    tx.info["said"] = True
    return [row["event_id"] for row in rows]


async def _take_numbers(tx: AsyncSession, wanted: Counter[tuple[str, str]]) -> dict[tuple[str, str], Iterator[int]]:
    """For each stream the sequence numbers it may use now, as many as wanted."""
    topics, subjects = ([stream[place] for stream in wanted] for place in (0, 1))
    taken = await run_sql(tx, _NEXT_MANY, topics=topics, subjects=subjects, many=list(wanted.values()))
    return {
        (topic, subject): iter(range(last - wanted[topic, subject] + 1, last + 1)) for topic, subject, last in taken
    }


def _envelope(event: Event, sequence: int, time: datetime, traceparent: str | None) -> Envelope:
    cls = EVENTS[event.type]
    return Envelope(
        id=uuid4(),
        source=f"urn:motcua:{cls.topic().removesuffix('.events')}",
        type=cls.type,
        subject=event.subject,
        time=time,
        sequence=sequence,
        traceparent=traceparent,
        data=event.model_dump(mode="json"),
    )


def _row(envelope: Envelope, topic: str) -> dict[str, Any]:
    """The columns of an outbox row. Raises EventTooLarge, EventMalformed."""
    body, headers = orjson.dumps(envelope.data), pack_headers(envelope.headers())
    if len(body) + len(headers) > MAX_BODY_BYTES:
        raise EventTooLarge(f"{envelope.type} of {envelope.subject}: {len(body)} bytes, headers {len(headers)}")
    _check_readable(envelope, body)
    return {
        "topic": topic,
        "subject": envelope.subject,
        "event_id": envelope.id,
        "type": envelope.type,
        "headers": headers,
        "body": body,
    }


def _check_readable(envelope: Envelope, body: bytes) -> None:
    """What is said must be what its class reads: `model_construct` and `model_copy` check nothing."""
    try:
        read = EVENTS[envelope.type].model_validate_json(body)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) or one["type"] for one in error.errors(include_input=False))
        raise EventMalformed(f"{envelope.type} of {envelope.subject}: {wrong}") from None
    if read.subject != envelope.subject:
        raise EventMalformed(f"{envelope.type} of {envelope.subject}: its subject is read otherwise")


def pack_headers(headers: list[tuple[str, bytes]]) -> bytes:
    """Record headers as one column, whatever bytes a stranger's record has in them."""
    return orjson.dumps([[name, value.decode("latin-1")] for name, value in headers])


def unpack_headers(packed: bytes) -> list[tuple[str, bytes]]:
    """The record headers of a row."""
    return [(name, value.encode("latin-1")) for name, value in orjson.loads(packed)]
