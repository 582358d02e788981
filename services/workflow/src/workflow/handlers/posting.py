"""The officer gives a result to the post. The order itself goes out from the worker: `parcels.py`."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit import tracing
from kit.tx import objects_of
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.moves import moved
from workflow.domain.posting import Dispatch, PostState, Receiver, check_receiver, order_number
from workflow.domain.status import Action
from workflow.handlers.access import take_up
from workflow.store import dispatches


async def post_result(
    tx: AsyncSession,
    dossier_id: UUID,
    receiver: Receiver,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Have the result carried to the applicant; the order goes out from the worker.

    Silent until the postal service took it. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow (also while a parcel is
    on its way), NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.POST_RESULT, staff=staff, seen_version=seen_version)
    check_receiver(receiver)
    assert case.result_code is not None
    number = order_number(case, await dispatches.count_dispatches(tx, dossier_id))
    # A try that died may have left another address here; nothing refers to it before the commit.
    await objects_of(tx).replace(receiver_path(dossier_id, number), orjson.dumps(asdict(receiver)))
    result_code = case.result_code
    case = await store.save_case(tx, moved(case, Action.POST_RESULT, posted_at=now))
    parcel = Dispatch(
        number, dossier_id, result_code, PostState.TO_ORDER, None, now, staff.id, traceparent=tracing.traceparent()
    )
    await dispatches.add_dispatch(tx, parcel)
    await store.add_history(tx, case, f"Gửi kết quả qua bưu điện, đơn {number}", now, staff_id=staff.id)
    return case


def receivers_of(dossier_id: UUID) -> str:
    """Where the receivers of a case's parcels lie."""
    return f"dispatches/{dossier_id}/"


def receiver_path(dossier_id: UUID, number: str) -> str:
    return f"{receivers_of(dossier_id)}{number}.json"
