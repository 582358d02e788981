"""Asking to end a dossier: to take it back, or to have its handling stopped (R09). Workflow decides; this only asks."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Channel, Handler, StoredObject
from contracts.intake import StopRequested, WithdrawalRequested
from intake.domain.dossier import Dossier, Ending
from intake.domain.road import Moment
from intake.domain.texts import storable
from intake.store import dossiers
from kit import outbox
from kit.tx import objects_of

Kind = Literal["withdrawal_requested", "stop_requested"]
KINDS: dict[Ending, Kind] = {Ending.WITHDRAW: "withdrawal_requested", Ending.STOP: "stop_requested"}


async def request_withdrawal(
    tx: AsyncSession,
    dossier_id: UUID,
    reason: str,
    *,
    applicant_id: str | None,
    now: datetime,
    channel: Channel = Channel.ONLINE,
    registered_by: Handler | None = None,
) -> Dossier:
    """The applicant takes the dossier back; a request that waits already is not said again.

    `applicant_id` is None where a clerk, `registered_by`, writes down what was asked at the counter or by post.
    Emits WithdrawalRequested. Raises NotFound, NotAllowedNow.
    """
    dossier, request = await _asked(tx, dossier_id, Ending.WITHDRAW, reason, applicant_id, now)
    if request is not None:
        event = WithdrawalRequested(
            dossier_id=dossier_id, requested_at=now, channel=channel, request=request, registered_by=registered_by
        )
        await outbox.put(tx, event, time=now)
    return dossier


async def request_stop(
    tx: AsyncSession,
    dossier_id: UUID,
    reason: str,
    *,
    applicant_id: str | None,
    now: datetime,
    channel: Channel = Channel.ONLINE,
    registered_by: Handler | None = None,
) -> Dossier:
    """The applicant asks to stop after acceptance; the one-stop unit answers with form 05, or refuses.

    Otherwise as `request_withdrawal`. Emits StopRequested. Raises NotFound, NotAllowedNow.
    """
    dossier, request = await _asked(tx, dossier_id, Ending.STOP, reason, applicant_id, now)
    if request is not None:
        event = StopRequested(
            dossier_id=dossier_id, requested_at=now, channel=channel, request=request, registered_by=registered_by
        )
        await outbox.put(tx, event, time=now)
    return dossier


async def _asked(
    tx: AsyncSession, dossier_id: UUID, ending: Ending, reason: str, applicant_id: str | None, now: datetime
) -> tuple[Dossier, StoredObject | None]:
    """The dossier, and where the applicant's words lie; nothing where the same request waits for its answer."""
    dossier = await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)
    dossier.must_allow(ending)
    if await _waits(tx, dossier_id, ending):
        return dossier, None
    words = orjson.dumps({"reason": storable(reason).strip()})
    stored = await objects_of(tx).put(f"requests/{dossier_id}/{ending}-{uuid4().hex}.json", words)
    await dossiers.note(tx, dossier_id, Moment(KINDS[ending], now))
    return dossier, stored


async def _waits(tx: AsyncSession, dossier_id: UUID, ending: Ending) -> bool:
    """Whether the same was asked for and not refused since; the dossier's row is locked, so nobody asks beside."""
    asked = await dossiers.last_noted(tx, dossier_id, KINDS[ending])
    if asked is None or ending is Ending.WITHDRAW:
        return asked is not None
    refused = await dossiers.last_noted(tx, dossier_id, "stop_refused")
    return refused is None or refused < asked
