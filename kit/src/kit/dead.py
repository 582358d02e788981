"""Tells on `<topic>.dead` what was parked as failed: in the transaction that parked it, through the outbox."""

from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.outbox import MAX_BODY_BYTES, pack_headers, unpack_headers
from kit.tables import OutboxRow, ParkedRow

SUFFIX = ".dead"
MAX_HEADER_BYTES = 4096  # of one header; a stranger's may be of any size


def tell(tx: AsyncSession, row: ParkedRow) -> None:
    """Say that `row` was refused for good, when this transaction commits.

    The record is as it came, its headers (trace among them) first, then ours: who refused it, why, after how many
    attempts, and where it lies in its own topic. A body that no broker would take stays there and in the table.
    """
    ours = {
        "dead_consumer": row.consumer,
        "dead_reason": row.reason,
        "dead_attempts": str(row.attempts),
        "dead_topic": row.topic,
        "dead_partition": str(row.partition),
        "dead_offset": str(row.record_offset),
        "dead_bytes": str(len(row.body)),
    }
    theirs = [(name, value) for name, value in unpack_headers(row.headers) if len(value) <= MAX_HEADER_BYTES]
    said = OutboxRow(
        topic=row.topic + SUFFIX,
        subject=row.subject,
        event_id=uuid4(),
        type=row.topic + SUFFIX,
        headers=pack_headers([*theirs, *((name, value.encode()) for name, value in ours.items())]),
        body=row.body if len(row.body) <= MAX_BODY_BYTES else b"",
    )
    tx.add(said)
    tx.info["said"] = True
