"""JSON routes by which a result goes out: over the counter, or by post. They translate; handlers decide."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from kit.now import Now
from kit.tx import Tx
from workflow import handlers, reads
from workflow.api.routes import Caller, Version, answer, seen_version
from workflow.api.shapes import CaseOut, Seen, Shape
from workflow.domain.posting import HandOver, Receiver

router = APIRouter(tags=["return"])


class HandOverIn(Seen):
    receiver: str = Field(max_length=200, description="who took the result; kept in the proof alone")
    shown: str = Field(max_length=200, description="the papers looked at")
    is_authorised: bool = Field(default=False, description="somebody else than the applicant")


class ReceiverIn(Seen):
    """Whom the postal service delivers to; left out: as the dossier's contact says."""

    name: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=500)
    phone: str | None = Field(default=None, max_length=20)


class ParcelOut(Shape):
    """A result on its way by post."""

    order_number: str
    item: str
    state_vi: str
    ordered_at: datetime
    last_event_at: datetime | None
    trouble: str


@router.post("/cases/{dossier_id}/hand-over")
async def hand_over(dossier_id: UUID, body: HandOverIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """The result is given to somebody at the counter: status 10."""
    said, seen = HandOver(body.receiver.strip(), body.shown.strip(), body.is_authorised), seen_version(body, version)
    await handlers.hand_over(tx, dossier_id, said, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.post("/cases/{dossier_id}/posting")
async def post_result(dossier_id: UUID, body: ReceiverIn, tx: Tx, now: Now, staff: Caller, version: Version) -> CaseOut:
    """The result goes by post; status 10 comes with the postal service's word that it was delivered."""
    known, seen = await reads.receiver_of(tx, staff, dossier_id), seen_version(body, version)
    receiver = Receiver(body.name or known.name, body.address or known.address, body.phone or known.phone)
    await handlers.post_result(tx, dossier_id, receiver, staff=staff, seen_version=seen, now=now)
    return await answer(tx, staff, dossier_id, now)


@router.get("/cases/{dossier_id}/parcels")
async def parcels(dossier_id: UUID, tx: Tx, staff: Caller) -> list[ParcelOut]:
    """Every parcel of the case, oldest first."""
    return [ParcelOut(**vars(one)) for one in await reads.parcels_of(tx, staff, dossier_id)]
