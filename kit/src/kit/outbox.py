"""What a service says is written beside the state it changed, in the same transaction. Sends nothing itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.catalogue import EVENTS
from contracts.envelope import Envelope, Event
from kit import telemetry
from kit.tables import OutboxRow
from kit.tx import run_sql

MAX_BODY_BYTES = 512 * 1024  # well below the broker's limit of 1 MiB, so a record it would refuse never gets here

_NEXT = (
    "insert into kit_stream (topic, subject, last_sequence) "
    "select topic, subject, 1 from unnest(cast(:topics as text[]), cast(:subjects as text[])) as s(topic, subject) "
    "order by topic, subject on conflict (topic, subject) "
    "do update set last_sequence = kit_stream.last_sequence + 1 returning topic, subject, last_sequence"
)


class EventTooLarge(ValueError):
    """An event larger than a record may be: a fault of ours, found before it is written."""


async def put(tx: AsyncSession, event: Event, *, time: datetime) -> UUID:
    """Say `event` when this transaction commits; returns the event's id.

    The sequence number is taken under the subject's row lock, held until the commit, so it is dense and ordered.
    Raises EventTooLarge, KeyError for a class that is not in the catalogue.
    """
    [event_id] = await put_each(tx, [event], time=time)
    return event_id


async def put_each(tx: AsyncSession, events: Sequence[Event], *, time: datetime) -> list[UUID]:
    """Say these events, each of another subject, when this transaction commits; returns their ids.

    As `put`, in two statements however many they are. The rows of the subjects are locked in the order of their names.
    """
    streams = [(EVENTS[event.type].topic(), event.subject) for event in events]
    if not streams:
        return []
    if len(set(streams)) < len(streams):
        raise ValueError("two events of one subject are said one after the other")
    topics, subjects = ([stream[place] for stream in streams] for place in (0, 1))
    taken = (await run_sql(tx, _NEXT, topics=topics, subjects=subjects)).all()
    sequences = {(topic, subject): sequence for topic, subject, sequence in taken}
    rows = [_row(event, sequences[stream], time) for event, stream in zip(events, streams, strict=True)]
    tx.add_all(rows)
    await tx.flush()
    tx.info["said"] = True
    return [row.event_id for row in rows]


def _row(event: Event, sequence: int, time: datetime) -> OutboxRow:
    cls = EVENTS[event.type]
    topic, subject = cls.topic(), event.subject
    envelope = Envelope(
        id=uuid4(),
        source=f"urn:motcua:{topic.removesuffix('.events')}",
        type=cls.type,
        subject=subject,
        time=time,
        sequence=sequence,
        traceparent=telemetry.traceparent(),
        data=event.model_dump(mode="json"),
    )
    body = orjson.dumps(envelope.data)
    if len(body) > MAX_BODY_BYTES:
        raise EventTooLarge(f"{cls.type} of {subject}: {len(body)} bytes")
    headers = pack_headers(envelope.headers())
    return OutboxRow(topic=topic, subject=subject, event_id=envelope.id, type=cls.type, headers=headers, body=body)


def pack_headers(headers: list[tuple[str, bytes]]) -> bytes:
    """Record headers as one column."""
    return orjson.dumps([[name, value.decode()] for name, value in headers])


def unpack_headers(packed: bytes) -> list[tuple[str, bytes]]:
    """The record headers of a row."""
    return [(name, value.encode()) for name, value in orjson.loads(packed)]
