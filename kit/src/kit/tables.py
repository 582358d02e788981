"""The kit's own tables, in every service's database: clock, outbox, inbox. Rows only, no behaviour."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

MOMENT: Any = DateTime(timezone=True)  # the type of every column that holds a time
_registry = registry()


class KitTable(SQLModel, registry=_registry):
    """Base of the kit's tables, in a registry of their own."""


metadata = KitTable.metadata


def _moment(**options: object) -> Column[datetime]:
    return Column(MOMENT, nullable=False, server_default=func.clock_timestamp(), **options)  # type: ignore[arg-type]


class ClockOffset(KitTable, table=True):
    """At most one row: how far the service's time is moved. Only demo and test may have one."""

    __tablename__ = "kit_clock_offset"
    single: bool = Field(default=True, primary_key=True)
    seconds: float


class Stream(KitTable, table=True):
    """The last sequence number said per (topic, subject); its row lock orders what is said about one subject."""

    __tablename__ = "kit_stream"
    topic: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    last_sequence: int = Field(sa_type=BigInteger)


class OutboxRow(KitTable, table=True):
    """An event that waits to be sent. Deleted when the broker has it."""

    __tablename__ = "kit_outbox"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    topic: str
    subject: str
    event_id: UUID
    type: str
    headers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime | None = Field(default=None, sa_column=_moment())
    refused: str | None = Field(default=None, sa_column=Column(Text))


class InboxRow(KitTable, table=True):
    """The last sequence number a consumer took per (topic, subject)."""

    __tablename__ = "kit_inbox"
    consumer: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    last_sequence: int = Field(sa_type=BigInteger)


class ParkedRow(KitTable, table=True):
    """An event that could not be taken: refused for good, or ahead of one that has not come. Kept with its reason."""

    __tablename__ = "kit_parked"
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False, unique=True)
    )
    consumer: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True))
    partition: int
    record_offset: int = Field(sa_type=BigInteger)
    headers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    is_failed: bool = Field(description="refused for good; else it only waits for an earlier one")
    reason: str = Field(sa_column=Column(Text, nullable=False))
    attempts: int = 0
    parked_at: datetime | None = Field(default=None, sa_column=_moment())


class ParkedDecision(KitTable, table=True):
    """What a person decided about a parked event, and the event as it was: replayed, dropped, passed over."""

    __tablename__ = "kit_parked_decision"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    parked_id: int = Field(sa_type=BigInteger, description="the number it had in kit_parked")
    decision: str
    decided_by: str
    why: str = Field(sa_column=Column(Text, nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=_moment())
    consumer: str
    topic: str
    subject: str
    sequence: int = Field(sa_type=BigInteger)
    partition: int
    record_offset: int = Field(sa_type=BigInteger)
    headers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    attempts: int
    parked_at: datetime = Field(sa_type=MOMENT)


class ReaderAttempt(KitTable, table=True):
    """Counted before a batch is handled, so that a record that kills its process is known at the next start."""

    __tablename__ = "kit_reader_attempt"
    consumer: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    partition: int = Field(primary_key=True)
    record_offset: int = Field(sa_type=BigInteger)
    attempts: int


class CallRow(KitTable, table=True):
    """One call of an outside system: committed before it is made, its outcome added afterwards."""

    __tablename__ = "kit_call"
    __table_args__ = (UniqueConstraint("about", "system", "number"),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    system: str = Field(sa_column=Column(Text, nullable=False))
    about: str = Field(sa_column=Column(Text, nullable=False))
    number: int
    began_at: datetime = Field(sa_type=MOMENT)
    lease_until: datetime = Field(sa_type=MOMENT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    detail: str | None = Field(default=None, sa_column=Column(Text))


class ErasedCopyRow(KitTable, table=True):
    """What a service removed of its copies of one subject, counted when the request to erase was first heard."""

    __tablename__ = "kit_erased_copy"
    erasure_id: UUID = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    removed: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    erased_at: datetime = Field(sa_type=MOMENT)


Index("kit_parked_failed", ParkedRow.parked_at, postgresql_where=ParkedRow.is_failed)  # type: ignore[arg-type]
Index("kit_call_open", CallRow.lease_until, postgresql_where=CallRow.outcome.is_(None))  # type: ignore[arg-type,union-attr]
