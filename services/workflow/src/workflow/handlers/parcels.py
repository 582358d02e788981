"""The worker's side of the post: orders parcels, and reads on what the tracking tells of them.

Calls to the outside happen between two transactions; an order repeated under its number is the same order.
"""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import ResultPosted
from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.objects import ObjectMissing
from kit.tx import Database, objects_of
from workflow import store
from workflow.domain.case import Case
from workflow.domain.law import office_of
from workflow.domain.moves import moved
from workflow.domain.posting import Dispatch, PostState, Receiver, pause_after
from workflow.domain.status import Action
from workflow.domain.unexpected_events import Effect, Heard
from workflow.gateways import Parcel, PostalService, Tracked
from workflow.handlers.posting import receiver_path
from workflow.handlers.returning import put_proof, say_returned
from workflow.handlers.saying import say
from workflow.handlers.unexpected import effect_of, keep_facts, note_again
from workflow.store import dispatches

RECEIVER_ERASED_VI = "Người nhận đã được xóa theo yêu cầu trước khi gửi."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PostDesk:
    """What work with the postal service needs; `states` says which of its codes means which of our states."""

    database: Database
    post: PostalService
    states: Mapping[int, PostState]
    call_seconds: float


async def order_next(desk: PostDesk) -> bool:
    """One step of the worker's loop: order the parcel that waits longest. Whether there was one.

    The next try is committed before the call, so a killed process only delays it. Emits ResultPosted.
    """
    async with desk.database.transaction() as tx:
        found = await dispatches.next_to_order(tx)
        if found is None:
            return False
        jitter = random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
        later = await dispatches.real_now(tx) + pause_after(found.attempts, jitter)
        await dispatches.save_dispatch(tx, replace(found, attempts=found.attempts + 1), next_try_at=later)
        parcel = await _parcel_of(tx, found)
    if parcel is None:
        await _note_order(desk, found, PostState.REFUSED, RECEIVER_ERASED_VI)
        return True
    try:
        await desk.post.order(parcel)
    except TryAgain as reason:
        log.warning("a parcel is ordered again later: %s", reason)
        return True
    except Refused as reason:
        await _note_order(desk, found, PostState.REFUSED, str(reason))
        return True
    await _note_order(desk, found, PostState.ORDERED)
    return True


async def _parcel_of(tx: AsyncSession, found: Dispatch) -> Parcel | None:
    """What the postal service is asked to carry; None where the receiver was erased before it was ordered."""
    case = await store.find_case(tx, found.dossier_id)
    assert case is not None, "a parcel has its case by foreign key"
    office = office_of(case)
    try:
        told = await objects_of(tx).read(receiver_path(found.dossier_id, found.order_number))
    except ObjectMissing:
        return None
    receiver = Receiver(**orjson.loads(told))
    return Parcel(
        order_number=found.order_number,
        description=f"Kết quả thủ tục hành chính {found.result_code}",
        sender_name=office.name_vi,
        sender_address=office.address_vi,
        sender_phone=office.telephone,
        receiver_name=receiver.name,
        receiver_address=receiver.address,
        receiver_phone=receiver.phone,
    )


async def _note_order(desk: PostDesk, found: Dispatch, state: PostState, trouble: str = "") -> None:
    """What became of an order; a refused one leaves the case free to be posted anew."""
    async with desk.database.transaction() as tx:
        now = await read_now(tx)
        case = await store.lock_case(tx, found.dossier_id)
        parcel = await dispatches.find_dispatch(tx, found.order_number)
        assert parcel is not None
        if parcel.state is not PostState.TO_ORDER:
            return
        await dispatches.save_dispatch(tx, replace(parcel, state=state, trouble=trouble))
        refused = state is PostState.REFUSED
        case = await store.save_case(tx, case.changed(posted_at=None) if refused else case)
        what = f"Bưu điện không nhận đơn {found.order_number}" if refused else "Bưu điện nhận đơn gửi kết quả"
        await store.add_history(tx, case, what, now, note=trouble)
        if not refused:
            number, result = found.order_number, found.result_code
            await say(
                tx, ResultPosted, case, now=now, code=case.code, result_code=result, order_number=number, posted_at=now
            )


async def track_next(desk: PostDesk) -> bool:
    """One step of the worker's loop: read the tracking on from its cursor. Whether there was anything."""
    async with desk.database.transaction() as tx:
        last_id = await dispatches.lock_cursor(tx)
    try:
        events = await desk.post.track(last_id)
    except (TryAgain, Refused) as reason:
        log.warning("the postal tracking is read again later: %s", reason)
        return False
    for event in events:
        await _take_tracked(desk, event)
    return bool(events)


async def _take_tracked(desk: PostDesk, event: Tracked) -> None:
    """One event and the cursor behind it, in one transaction. A repeat, or another parcel, moves the cursor only."""
    async with desk.database.transaction() as tx:
        await dispatches.lock_cursor(tx)
        now = await read_now(tx)
        dossier_id = await dispatches.dossier_of(tx, event.order_number)
        state = desk.states.get(event.code)
        if dossier_id is None or state is None:
            log.warning("a tracked event is of no parcel of ours, or of an unknown code: %s", event.code)
        else:
            await _move_parcel(tx, dossier_id, event, state, now)
        await dispatches.move_cursor(tx, event.id)


async def _move_parcel(tx: AsyncSession, dossier_id: UUID, event: Tracked, state: PostState, now: datetime) -> None:
    case = await store.lock_case(tx, dossier_id)
    parcel = await dispatches.find_dispatch(tx, event.order_number)
    assert parcel is not None
    if parcel.has_ended or _is_old(parcel, event, state):
        return
    parcel = replace(parcel, state=state, item=event.item, last_event_at=event.at)
    if state is PostState.DELIVERED:
        await _delivered(tx, case, parcel, event, now)
        return
    await dispatches.save_dispatch(tx, parcel)
    came_back = state in (PostState.RETURNED, PostState.LOST, PostState.CANCELLED)
    case = await store.save_case(tx, case.changed(posted_at=None) if came_back else case)
    await store.add_history(tx, case, f"Bưu điện: {parcel.words_vi.lower()} ({event.item})", now)


def _is_old(parcel: Dispatch, event: Tracked, state: PostState) -> bool:
    """Whether the event came before, or is older than what is known: the tracking may repeat itself."""
    if parcel.last_event_at is None:
        return False
    return event.at < parcel.last_event_at or (event.at == parcel.last_event_at and parcel.state is state)


async def _delivered(tx: AsyncSession, case: Case, parcel: Dispatch, event: Tracked, now: datetime) -> None:
    """Delivered: status 10, with the tracking's record as the proof."""
    facts = {"order_number": event.order_number, "item": event.item, "delivered_at": event.at.isoformat()}
    proof = await put_proof(tx, case, "delivery", {**facts, "code": event.code, "words": event.words})
    await dispatches.save_dispatch(tx, replace(parcel, delivered_at=event.at), proof=proof)
    effect = effect_of(Heard.DELIVERED, case)
    if effect is Effect.NOTE:
        await note_again(tx, case, Heard.DELIVERED, now)
        return
    if effect is Effect.DECIDE:
        reason = f"Bưu điện báo đã phát {event.item}, không khớp với hồ sơ ở trạng thái {int(case.status)}."
        await keep_facts(tx, case, Heard.DELIVERED, facts, reason, now)
        return
    case = moved(case, Action.MARK_RETURNED, since=now, returned_at=event.at)
    case = await store.save_case(tx, case)
    await store.add_history(tx, case, f"Bưu điện đã phát kết quả ({event.item})", now)
    await say_returned(tx, case, "postal", proof, now)
