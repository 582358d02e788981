"""What lists and pages show of demands, receipts and the ledger. The only room with SQL that answers questions."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact, StoredObject
from kit.now import TIME_ZONE
from kit.objects import ObjectMissing
from kit.tx import objects_of, run_sql
from payments import store
from payments.domain.attempt import AttemptState
from payments.domain.demand import Demand, DemandState
from payments.domain.desk import receipt_code
from payments.domain.errors import DemandNotFound, ReceiptNotThere

PAGE_ROWS = 50


class Progress(StrEnum):
    """Where a demand stands for the person who pays it."""

    TO_PAY = "to_pay"
    WAITING = "waiting"
    FAILED = "failed"
    UNDER_REVIEW = "under_review"
    PAID = "paid"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class DemandView:
    """A demand with everything a page or client shows of it. `code` is the dossier code, once there is one."""

    demand: Demand
    code: str | None
    progress: Progress
    way: str | None
    transaction_code: str | None
    has_receipt: bool
    desk_code: str | None = None

    @property
    def shown_code(self) -> str:
        return self.code or self.demand.arrival_number


@dataclass(frozen=True)
class LedgerLine:
    """One receipt of money. `value_at` is when it was paid, `booked_at` when we knew."""

    demand_id: UUID
    shown_code: str
    way: str
    amount_vnd: int
    transaction_code: str
    value_at: datetime
    booked_at: datetime
    has_receipt: bool


@dataclass(frozen=True)
class Difference:
    """What only a person can settle."""

    id: UUID
    kind: str
    reference: str
    shown_code: str | None
    expected_vnd: int | None
    received_vnd: int | None
    noticed_at: datetime


@dataclass(frozen=True)
class Ledger:
    """A day of the ledger: open differences of all days first, then the day's receipts."""

    day: date
    differences: list[Difference]
    lines: list[LedgerLine]

    @property
    def total_vnd(self) -> int:
        return sum(line.amount_vnd for line in self.lines)


_VIEW = """
    select d.id, o.code, b.way, b.transaction_code, r.path is not null as has_receipt, k.number, k.year,
        (select a.state from attempt a where a.demand_id = d.id and a.pay_url is not null
         order by a.started_at desc, a.ask_at desc limit 1) as last,
        exists (select 1 from difference f where f.demand_id = d.id and f.settled_at is null) as is_different
    from demand d
    join dossier o on o.id = d.dossier_id
    left join booking b on b.demand_id = d.id and b.kind = 'paid'
    left join receipt r on r.demand_id = d.id
    left join desk_receipt k on k.demand_id = d.id
    where (cast(:applicant as varchar) is null or o.applicant_id = :applicant)
"""


async def find_demand(tx: AsyncSession, demand_id: UUID, *, applicant_id: str | None) -> DemandView:
    """One demand; of anybody where `applicant_id` is None. Raises DemandNotFound, also where it is not theirs."""
    found = await _views(tx, "and d.id = :id", applicant_id, id=demand_id)
    if not found:
        raise DemandNotFound
    return found[0]


async def find_by_reference(tx: AsyncSession, reference: str, *, applicant_id: str) -> DemandView:
    """The demand that a transaction of the platform was about. Raises DemandNotFound."""
    where = "and d.id = (select demand_id from attempt where reference = :reference)"
    found = await _views(tx, where, applicant_id, reference=reference.replace("\x00", ""))
    if not found:
        raise DemandNotFound
    return found[0]


async def find_at_desk(tx: AsyncSession, demand_id: UUID, *, office: str | None) -> DemandView:
    """A demand of this office, for who takes money at its desk. Raises DemandNotFound."""
    found = await _views(tx, "and d.id = :id and d.office = :office", None, id=demand_id, office=office)
    if not found:
        raise DemandNotFound
    return found[0]


async def search_at_desk(tx: AsyncSession, code: str, *, office: str | None) -> list[DemandView]:
    """This office's demands by dossier code or arrival number; without one, the newest that are open."""
    where = """
        and d.office = :office
        and case when :code = '' then d.state = 'open' else upper(:code) in (upper(o.code), upper(d.arrival_number)) end
        order by d.demanded_at desc, d.id desc limit :most
    """
    return await _views(tx, where, None, office=office, code=code.replace("\x00", "").strip(), most=PAGE_ROWS)


async def find_desk_receipt(tx: AsyncSession, demand_id: UUID) -> store.DeskReceiptRow:
    """The receipt of money taken at the desk. Raises ReceiptNotThere."""
    row = await tx.get(store.DeskReceiptRow, demand_id)
    if row is None:
        raise ReceiptNotThere
    return row


async def payer_of(tx: AsyncSession, demand: Demand) -> str:
    """Who pays, as the dossier's contact names them; loaded to be shown, kept nowhere. Empty once they were erased."""
    try:
        contact = Contact.model_validate_json(await objects_of(tx).read(demand.contact))
    except ObjectMissing:
        return ""
    return contact.organisation or contact.name


async def list_demands(
    tx: AsyncSession, *, applicant_id: str | None, state: DemandState | None = None, after: UUID | None = None
) -> list[DemandView]:
    """A page of demands, newest first, beginning behind the demand `after`."""
    where = """
        and (cast(:state as varchar) is null or d.state = :state)
        and (cast(:after as uuid) is null
             or (d.demanded_at, d.id) < (select demanded_at, id from demand where id = :after))
        order by d.demanded_at desc, d.id desc limit :most
    """
    return await _views(tx, where, applicant_id, state=state, after=after, most=PAGE_ROWS)


async def _views(tx: AsyncSession, where: str, applicant_id: str | None, **values: object) -> list[DemandView]:
    facts = (await run_sql(tx, _VIEW + where, applicant=applicant_id, **values)).all()
    ids = [row.id for row in facts]
    rows = (await tx.exec(select(store.DemandRow).where(col(store.DemandRow.id).in_(ids)))).all()
    demands = {row.id: store.demand_of(row) for row in rows}
    return [
        DemandView(
            demand=demands[row.id],
            code=row.code,
            progress=progress(demands[row.id], row.last, is_different=row.is_different),
            way=row.way,
            transaction_code=row.transaction_code,
            has_receipt=row.has_receipt,
            desk_code=receipt_code(row.number, row.year) if row.number else None,
        )
        for row in facts
    ]


def progress(demand: Demand, last: str | None, *, is_different: bool) -> Progress:
    """What the payer is told. `last` is the state of the newest attempt whose pay page they were led to: without that
    page nobody can have paid."""
    if demand.state is not DemandState.OPEN:
        return Progress(demand.state.value)
    if is_different:
        return Progress.UNDER_REVIEW
    if last == AttemptState.OPEN:
        return Progress.WAITING
    return Progress.FAILED if last == AttemptState.FAILED else Progress.TO_PAY


async def receipt_file(tx: AsyncSession, demand_id: UUID) -> bytes:
    """The kept receipt, checked against its digest. Raises ReceiptNotThere."""
    row = await tx.get(store.ReceiptRow, demand_id)
    if row is None or row.path is None or row.sha256 is None:
        raise ReceiptNotThere
    return await objects_of(tx).get(StoredObject(path=row.path, sha256=row.sha256, size=row.size or 0))


_LINES = """
    select b.demand_id, coalesce(o.code, d.arrival_number) as shown_code, b.way, b.amount_vnd, b.transaction_code,
        b.value_at, b.booked_at, r.path is not null as has_receipt
    from booking b
    join demand d on d.id = b.demand_id
    left join dossier o on o.id = d.dossier_id
    left join receipt r on r.demand_id = d.id
    where b.kind = 'paid' and b.booked_at >= :begins and b.booked_at < :ends
    order by b.way, b.booked_at desc, b.id desc
"""
_DIFFERENCES = """
    select f.id, f.kind, f.reference, coalesce(o.code, d.arrival_number) as shown_code, f.expected_vnd, f.received_vnd,
        f.noticed_at
    from difference f
    left join demand d on d.id = f.demand_id
    left join dossier o on o.id = d.dossier_id
    where f.settled_at is null
    order by f.noticed_at desc, f.id limit 200
"""


async def read_ledger(tx: AsyncSession, day: date) -> Ledger:
    """What was booked on a day of Vietnam's calendar, and every difference nobody has settled (the newest 200)."""
    begins = datetime.combine(day, time(), TIME_ZONE)
    lines = await run_sql(tx, _LINES, begins=begins, ends=begins + timedelta(days=1))
    differences = await run_sql(tx, _DIFFERENCES)
    return Ledger(
        day,
        [Difference(**row._mapping) for row in differences.all()],
        [LedgerLine(**row._mapping) for row in lines.all()],
    )
