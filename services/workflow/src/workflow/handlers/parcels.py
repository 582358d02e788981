"""The worker's side of the post: orders parcels, and reads on what the tracking tells of them.

Calls to the outside happen between two transactions; an order repeated under its number is the same order. Reading the
tracking changes nothing there, so its calls are counted, but not written down one by one.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import ResultPosted
from kit import outside, tracing
from kit.errors import Refused, TryAgain
from kit.now import read_now
from kit.objects import ObjectMissing
from kit.outside import Call, Outcome, Pauses, System
from kit.tx import Database
from workflow import store
from workflow.domain.case import Case
from workflow.domain.law import office_of
from workflow.domain.moves import moved
from workflow.domain.posting import Dispatch, PostState, Receiver
from workflow.domain.status import Action
from workflow.domain.unexpected_events import Effect, Heard
from workflow.gateways import Parcel, PostalService, Tracked
from workflow.handlers.posting import receiver_path
from workflow.handlers.returning import put_proof, say_returned
from workflow.handlers.saying import say
from workflow.handlers.unexpected import effect_of, keep_facts, note_again
from workflow.store import dispatches

PAUSES = Pauses(timedelta(seconds=10), timedelta(hours=1))
RECEIVER_ERASED_VI = "Người nhận đã được xóa theo yêu cầu trước khi gửi."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PostDesk:
    """What work with the postal service needs; `states` says which of its codes means which of our states."""

    database: Database
    post: PostalService
    states: Mapping[int, PostState]
    system: System


async def order_next(desk: PostDesk) -> bool:
    """One step of the worker's loop: order the parcel that waits longest. Whether there was one.

    The next try is committed before the call, so a killed process only delays it. Emits ResultPosted.
    """
    if not desk.system.lets_through():
        return False
    async with desk.database.transaction() as tx:
        found = await dispatches.next_to_order(tx)
        if found is None:
            return False
        later = await outside.real_now(tx) + desk.system.lease + PAUSES.after(found.attempts)
        await dispatches.save_dispatch(tx, replace(found, attempts=found.attempts + 1), next_try_at=later)
        call = await outside.begin(tx, desk.system, f"order/{found.order_number}")
    with tracing.span("order a parcel", parent=found.traceparent):
        await _order(desk, found, call)
    return True


async def _order(desk: PostDesk, found: Dispatch, call: Call) -> None:
    try:
        parcel = await _parcel_of(desk, found)
        await outside.make(call, partial(desk.post.order, parcel))
    except TryAgain as reason:
        log.warning("a parcel is ordered again later: %s", reason)
        await _put_off(desk, found, call, reason)
    except Refused as reason:
        await _note_order(desk, found, call, Outcome.REFUSED, PostState.REFUSED, str(reason))
    else:
        await _note_order(desk, found, call, Outcome.DONE, PostState.ORDERED)


async def _parcel_of(desk: PostDesk, found: Dispatch) -> Parcel:
    """Raises Refused where the receiver's address was erased: that is one parcel's trouble only."""
    async with desk.database.transaction() as tx:
        case = await store.find_case(tx, found.dossier_id)
    assert case is not None, "a parcel has its case by foreign key"
    office = office_of(case)
    path = receiver_path(found.dossier_id, found.order_number)
    try:
        receiver = Receiver(**orjson.loads(await desk.database.objects.read(path)))
    except ObjectMissing as error:
        raise Refused(RECEIVER_ERASED_VI) from error
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


async def _put_off(desk: PostDesk, found: Dispatch, call: Call, reason: TryAgain) -> None:
    """The same order goes again under its number; what kept it from going now stands beside it."""
    async with desk.database.transaction() as tx:
        is_newest = await outside.end(tx, call, outside.outcome_of(reason), str(reason))
        parcel = await dispatches.find_dispatch(tx, found.order_number)
        assert parcel is not None
        if is_newest and parcel.state is PostState.TO_ORDER:
            later = await outside.real_now(tx) + PAUSES.after(found.attempts)
            await dispatches.save_dispatch(tx, replace(parcel, trouble=str(reason)), next_try_at=later)


async def _note_order(
    desk: PostDesk, found: Dispatch, call: Call, outcome: Outcome, state: PostState, trouble: str = ""
) -> None:
    """What became of an order; a refused one leaves the case free to be posted anew.

    A call that another one has followed (this process was stopped) may only tell that the order was taken.
    """
    async with desk.database.transaction() as tx:
        now = await read_now(tx)
        case = await store.lock_case(tx, found.dossier_id)
        parcel = await dispatches.find_dispatch(tx, found.order_number)
        assert parcel is not None
        is_newest = await outside.end(tx, call, outcome, trouble)
        if parcel.state is not PostState.TO_ORDER or not (is_newest or outcome is Outcome.DONE):
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
    if not desk.system.lets_through():
        return False
    async with desk.database.transaction() as tx:
        last_id = await dispatches.lock_cursor(tx)
    try:
        events = await outside.read(desk.system, partial(desk.post.track, last_id))
    except (TryAgain, Refused) as reason:
        log.warning("the postal tracking is read again later: %s", reason)
        return False
    for event in events:
        if not await _take_tracked(desk, event, behind=last_id):
            return True  # another worker has read on meanwhile
        last_id = event.id
    return bool(events)


async def _take_tracked(desk: PostDesk, event: Tracked, *, behind: str) -> bool:
    """One event and the cursor behind it, in one transaction. A repeat, or another parcel, moves the cursor only.

    Nothing happens, and false is answered, where the cursor is not `behind` any more: this page was read long ago.
    """
    async with desk.database.transaction() as tx:
        if await dispatches.lock_cursor(tx) != behind:
            return False
        now = await read_now(tx)
        dossier_id = await dispatches.dossier_of(tx, event.order_number)
        state = desk.states.get(event.code)
        if dossier_id is None or state is None:
            log.warning("a tracked event is of no parcel of ours, or of an unknown code: %s", event.code)
        else:
            await _move_parcel(tx, dossier_id, event, state, now)
        await dispatches.move_cursor(tx, event.id)
    return True


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
