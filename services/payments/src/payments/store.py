"""Rows in, domain objects out. The only room with SQL that writes."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Column, Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.outside import real_now
from kit.tables import MOMENT
from kit.tx import run_sql
from payments.domain.attempt import ASKED_ABOUT, LIVE, Attempt, AttemptState
from payments.domain.demand import Demand, DemandState, Line
from payments.domain.ledger import BookingKind, Way, sides

_registry = registry()


class Table(SQLModel, registry=_registry):
    """Base of this service's tables, in a registry of their own."""


metadata = Table.metadata


class DossierRow(Table, table=True):
    """What is remembered of a dossier; events of two services fill it, in any order."""

    __tablename__ = "dossier"
    id: UUID = Field(primary_key=True)
    applicant_id: str | None = None
    arrival_number: str | None = None
    code: str | None = None


class DemandRow(Table, table=True):
    """A fee demand, one per dossier and notice."""

    __tablename__ = "demand"
    __table_args__ = (UniqueConstraint("dossier_id", "notice"),)
    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    notice: str
    arrival_number: str
    procedure_id: str
    procedure_version: str
    office: str
    contact: str
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    factor: str
    amount_vnd: int = Field(sa_type=BigInteger)
    legal_basis: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    demanded_at: datetime = Field(sa_type=MOMENT)
    state: str
    paid_at: datetime | None = Field(default=None, sa_type=MOMENT)


class AttemptRow(Table, table=True):
    """One try to pay on the platform, committed before the call."""

    __tablename__ = "attempt"
    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id")
    reference: str = Field(unique=True)
    sent_time: str
    amount_vnd: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=MOMENT)
    ask_at: datetime = Field(sa_type=MOMENT)
    state: str
    asked: int = 0
    pay_url: str | None = None
    platform_code: str | None = None
    transaction_code: str | None = None
    result_time: str | None = None
    traceparent: str | None = None
    dossier_code: str | None = None


class MessageRow(Table, table=True):
    """A raw result message with its verdict. Never changed."""

    __tablename__ = "platform_message"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    source: str
    body: str
    verdict: str
    attempt_id: UUID | None = Field(default=None, foreign_key="attempt.id")
    received_at: datetime = Field(sa_type=MOMENT)


class BookingRow(Table, table=True):
    """One business fact of the ledger; its entries are the two sides."""

    __tablename__ = "booking"
    __table_args__ = (UniqueConstraint("demand_id", "kind"),)
    id: UUID = Field(primary_key=True)
    demand_id: UUID = Field(foreign_key="demand.id")
    kind: str
    amount_vnd: int = Field(sa_type=BigInteger)
    way: str | None = None
    transaction_code: str | None = None
    value_at: datetime = Field(sa_type=MOMENT)
    booked_at: datetime = Field(sa_type=MOMENT)


class EntryRow(Table, table=True):
    """One side of a booking. Only added: a trigger refuses changes and unbalanced bookings."""

    __tablename__ = "entry"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    booking_id: UUID = Field(foreign_key="booking.id")
    account: str
    debit_vnd: int = Field(sa_type=BigInteger)
    credit_vnd: int = Field(sa_type=BigInteger)


class DifferenceRow(Table, table=True):
    """Something that does not fit and that only a person can settle. The same thing said again is one row."""

    __tablename__ = "difference"
    id: UUID = Field(primary_key=True)
    kind: str
    fingerprint: str = Field(unique=True)
    demand_id: UUID | None = Field(default=None, foreign_key="demand.id")
    reference: str
    expected_vnd: int | None = Field(default=None, sa_type=BigInteger)
    received_vnd: int | None = Field(default=None, sa_type=BigInteger)
    noticed_at: datetime = Field(sa_type=MOMENT)
    settled_at: datetime | None = Field(default=None, sa_type=MOMENT)
    settled_by: str | None = None
    settlement: str | None = None
    decision: str | None = None


class DeskReceiptRow(Table, table=True):
    """The receipt of money taken at the desk, numbered without gaps per office and year. Never changed."""

    __tablename__ = "desk_receipt"
    __table_args__ = (UniqueConstraint("office", "year", "number"),)
    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    office: str
    year: int
    number: int
    way: str
    reference: str
    received_at: datetime = Field(sa_type=MOMENT)
    received_by: str
    received_by_name: str


class DeskSeriesRow(Table, table=True):
    """The last receipt number given."""

    __tablename__ = "desk_series"
    office: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class ReceiptRow(Table, table=True):
    """The platform's receipt of a paid demand: wanted until it lies in the object store."""

    __tablename__ = "receipt"
    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    attempt_id: UUID = Field(foreign_key="attempt.id")
    ask_at: datetime = Field(sa_type=MOMENT)
    asked: int = 0
    path: str | None = None
    sha256: str | None = None
    size: int | None = None
    kept_at: datetime | None = Field(default=None, sa_type=MOMENT)


async def remember_dossier(tx: AsyncSession, dossier_id: UUID, **facts: str) -> None:
    """Add what is newly known of a dossier. Harmless when repeated."""
    names = sorted(facts)
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    sets = ", ".join(f"{name} = excluded.{name}" for name in names)
    statement = f"insert into dossier (id, {columns}) values (:id, {values}) on conflict (id) do update set {sets}"  # noqa: S608 - names of our own
    await run_sql(tx, statement, id=dossier_id, **facts)


async def add_demand(tx: AsyncSession, demand: Demand) -> None:
    """A new demand."""
    tx.add(DemandRow(**_demand_columns(demand)))
    await tx.flush()


async def load_demand(tx: AsyncSession, demand_id: UUID) -> Demand | None:
    """The demand, its row locked until the transaction ends."""
    row = await tx.get(DemandRow, demand_id, with_for_update=True)
    return demand_of(row) if row else None


async def find_demands(tx: AsyncSession, dossier_id: UUID) -> list[Demand]:
    """Every demand of a dossier, locked."""
    query = select(DemandRow).where(DemandRow.dossier_id == dossier_id).with_for_update()
    return [demand_of(row) for row in (await tx.exec(query)).all()]


async def save_demand(tx: AsyncSession, demand: Demand) -> None:
    """Write what moved."""
    row = await tx.get_one(DemandRow, demand.id)
    row.state, row.paid_at = demand.state, demand.paid_at
    tx.add(row)
    await tx.flush()


def demand_of(row: DemandRow) -> Demand:
    """The demand in a row."""
    facts = row.model_dump()
    facts["lines"] = tuple(Line(**line) for line in row.lines)
    facts["legal_basis"] = tuple(row.legal_basis)
    return Demand(**facts | {"state": DemandState(row.state)})


def _demand_columns(demand: Demand) -> dict[str, Any]:
    columns = {name: getattr(demand, name) for name in DemandRow.model_fields}
    columns["lines"] = [vars(line) for line in demand.lines]
    columns["legal_basis"] = list(demand.legal_basis)
    return columns


async def add_attempt(tx: AsyncSession, attempt: Attempt) -> None:
    """A new attempt. A second live one of its demand is refused by the database."""
    tx.add(AttemptRow(**vars(attempt)))
    await tx.flush()


async def load_attempt(tx: AsyncSession, attempt_id: UUID) -> Attempt:
    """The attempt, its row locked."""
    return attempt_of(await tx.get_one(AttemptRow, attempt_id, with_for_update=True))


async def find_attempt(tx: AsyncSession, reference: str) -> Attempt | None:
    """The attempt with this reference; not locked, for its demand is locked first."""
    row = (await tx.exec(select(AttemptRow).where(AttemptRow.reference == reference))).one_or_none()
    return attempt_of(row) if row else None


async def find_attempt_by_dossier(tx: AsyncSession, code: str) -> Attempt | None:
    """The newest attempt for a dossier code or arrival number."""
    query = (
        select(AttemptRow)
        .join(DemandRow, col(DemandRow.id) == AttemptRow.demand_id)
        .join(DossierRow, col(DossierRow.id) == DemandRow.dossier_id, isouter=True)
        .where((DemandRow.arrival_number == code) | (DossierRow.code == code))
        .order_by(col(AttemptRow.started_at).desc())
        .limit(1)
    )
    row = (await tx.exec(query)).one_or_none()
    return attempt_of(row) if row else None


async def find_live_attempt(tx: AsyncSession, demand_id: UUID) -> Attempt | None:
    """The one attempt of a demand that may still come to something by itself, locked."""
    query = select(AttemptRow).where(AttemptRow.demand_id == demand_id, col(AttemptRow.state).in_(LIVE))
    row = (await tx.exec(query.with_for_update())).one_or_none()
    return attempt_of(row) if row else None


async def save_attempt(tx: AsyncSession, attempt: Attempt) -> None:
    """Write what moved."""
    row = await tx.get_one(AttemptRow, attempt.id)
    row.sqlmodel_update(vars(attempt))
    tx.add(row)
    await tx.flush()


async def next_attempt_to_ask(tx: AsyncSession) -> Attempt | None:
    """One attempt whose time to be asked about has come, locked; what another worker holds is passed over."""
    query = (
        select(AttemptRow)
        .where(col(AttemptRow.state).in_(ASKED_ABOUT), AttemptRow.ask_at <= await real_now(tx))
        .order_by(col(AttemptRow.ask_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await tx.exec(query)).one_or_none()
    return attempt_of(row) if row else None


async def forget_pay_pages(tx: AsyncSession, dossier_id: UUID) -> int:
    """Empty the addresses of pay pages of attempts that came to an end; how many there were."""
    query = """
        update attempt a set pay_url = null from demand d
        where d.id = a.demand_id and d.dossier_id = :dossier_id and a.state <> 'open' and a.pay_url is not null
    """
    return (await run_sql(tx, query, dossier_id=dossier_id)).rowcount


def attempt_of(row: AttemptRow) -> Attempt:
    """The attempt in a row."""
    return Attempt(**row.model_dump() | {"state": AttemptState(row.state)})


async def keep_message(
    tx: AsyncSession, *, source: str, body: str, verdict: str, attempt_id: UUID | None, now: datetime
) -> None:
    """Keep a raw message with what it was found to be."""
    tx.add(MessageRow(source=source, body=body, verdict=verdict, attempt_id=attempt_id, received_at=now))
    await tx.flush()


async def book(
    tx: AsyncSession,
    kind: BookingKind,
    demand: Demand,
    *,
    value_at: datetime,
    now: datetime,
    way: Way | None = None,
    transaction_code: str | None = None,
) -> None:
    """Write a booking with its two sides. A second one of its kind for a demand is refused by the database."""
    booking = BookingRow(
        id=uuid4(),
        demand_id=demand.id,
        kind=kind,
        amount_vnd=demand.amount_vnd,
        way=way,
        transaction_code=transaction_code,
        value_at=value_at,
        booked_at=now,
    )
    tx.add(booking)
    await tx.flush()
    debited, credited = sides(kind, way)
    tx.add(EntryRow(booking_id=booking.id, account=debited, debit_vnd=demand.amount_vnd, credit_vnd=0))
    tx.add(EntryRow(booking_id=booking.id, account=credited, debit_vnd=0, credit_vnd=demand.amount_vnd))
    await tx.flush()


async def add_desk_receipt(tx: AsyncSession, row: DeskReceiptRow) -> None:
    """A receipt under the next number of its series; a transaction that fails gives its number back."""
    query = """
        insert into desk_series (office, year, last) values (:office, :year, 1)
        on conflict (office, year) do update set last = desk_series.last + 1 returning last
    """
    row.number = (await run_sql(tx, query, office=row.office, year=row.year)).scalar_one()
    tx.add(row)
    await tx.flush()


async def find_paid_way(tx: AsyncSession, demand_id: UUID) -> BookingRow:
    """The booking by which a demand was paid."""
    query = select(BookingRow).where(BookingRow.demand_id == demand_id, BookingRow.kind == BookingKind.PAID)
    return (await tx.exec(query)).one()


async def note_difference(tx: AsyncSession, row: DifferenceRow) -> None:
    """Put something before a person; the same thing again changes nothing."""
    columns = row.model_dump()
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    await run_sql(tx, f"insert into difference ({names}) values ({values}) on conflict do nothing", **columns)  # noqa: S608 - names of our own


async def load_open_difference(tx: AsyncSession, difference_id: UUID) -> DifferenceRow | None:
    """A difference nobody has settled yet, locked."""
    row = await tx.get(DifferenceRow, difference_id, with_for_update=True)
    return row if row and row.settled_at is None else None


async def want_receipt(tx: AsyncSession, attempt: Attempt) -> None:
    """The platform's receipt of this attempt shall be fetched."""
    tx.add(ReceiptRow(demand_id=attempt.demand_id, attempt_id=attempt.id, ask_at=await real_now(tx)))
    await tx.flush()


async def next_receipt_to_ask(tx: AsyncSession) -> ReceiptRow | None:
    """One receipt whose time to be fetched has come, locked."""
    query = (
        select(ReceiptRow)
        .where(col(ReceiptRow.path).is_(None), ReceiptRow.ask_at <= await real_now(tx))
        .order_by(col(ReceiptRow.ask_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await tx.exec(query)).one_or_none()


async def load_receipt(tx: AsyncSession, demand_id: UUID) -> ReceiptRow:
    """A receipt's row, locked."""
    return await tx.get_one(ReceiptRow, demand_id, with_for_update=True)
