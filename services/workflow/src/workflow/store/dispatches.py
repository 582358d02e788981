"""Results on their way by post: rows in, domain objects out."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.outside import real_now
from kit.tx import run_sql
from workflow.domain.case import StoredFile
from workflow.domain.posting import Dispatch, PostState
from workflow.store.tables import CursorRow, DispatchRow

TRACKING = "tracking"


def to_dispatch(row: DispatchRow) -> Dispatch:
    facts = {name: getattr(row, name) for name in Dispatch.__dataclass_fields__}
    return Dispatch(**{**facts, "state": PostState(row.state)})


async def add_dispatch(tx: AsyncSession, dispatch: Dispatch) -> None:
    """A new parcel, to be ordered at once."""
    tx.add(DispatchRow(**asdict(dispatch), next_try_at=await real_now(tx)))
    await tx.flush()


async def count_dispatches(tx: AsyncSession, dossier_id: UUID) -> int:
    query = select(func.count()).select_from(DispatchRow).where(DispatchRow.dossier_id == dossier_id)
    return int((await tx.exec(query)).one())


async def dispatches(tx: AsyncSession, dossier_id: UUID) -> list[Dispatch]:
    """Every parcel of a case, oldest first."""
    query = select(DispatchRow).where(DispatchRow.dossier_id == dossier_id).order_by(col(DispatchRow.ordered_at))
    return [to_dispatch(row) for row in (await tx.exec(query)).all()]


async def next_to_order(tx: AsyncSession) -> Dispatch | None:
    """One parcel whose time to be ordered has come, locked; what another worker holds is passed over."""
    query = (
        select(DispatchRow)
        .where(DispatchRow.state == PostState.TO_ORDER, col(DispatchRow.next_try_at) <= await real_now(tx))
        .order_by(col(DispatchRow.next_try_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await tx.exec(query)).one_or_none()
    return to_dispatch(row) if row else None


async def find_dispatch(tx: AsyncSession, order_number: str) -> Dispatch | None:
    """The parcel, its row locked. The case is locked first: `dossier_of` says which."""
    query = select(DispatchRow).where(DispatchRow.order_number == order_number).with_for_update()
    row = (await tx.exec(query.execution_options(populate_existing=True))).one_or_none()
    return to_dispatch(row) if row else None


async def dossier_of(tx: AsyncSession, order_number: str) -> UUID | None:
    query = select(DispatchRow.dossier_id).where(DispatchRow.order_number == order_number)
    return (await tx.exec(query)).one_or_none()


async def save_dispatch(
    tx: AsyncSession, dispatch: Dispatch, *, next_try_at: datetime | None = None, proof: StoredFile | None = None
) -> None:
    row = await tx.get_one(DispatchRow, dispatch.order_number)
    row.sqlmodel_update({**asdict(dispatch), "next_try_at": next_try_at})
    if proof:
        row.proof = asdict(proof)
    tx.add(row)
    await tx.flush()


async def lock_cursor(tx: AsyncSession) -> str:
    """How far the tracking was read; locked, so that one worker reads at a time."""
    await run_sql(tx, "insert into postal_cursor (name, last_id) values (:n, '') on conflict do nothing", n=TRACKING)
    query = select(CursorRow).where(CursorRow.name == TRACKING).with_for_update()
    return (await tx.exec(query.execution_options(populate_existing=True))).one().last_id


async def move_cursor(tx: AsyncSession, last_id: str) -> None:
    row = await tx.get_one(CursorRow, TRACKING)
    row.last_id = last_id
    tx.add(row)
    await tx.flush()
