"""The end of the road: taking the result, and rating how it went."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import DossierRated, ResultCollected
from intake.domain.dossier import Dossier
from intake.domain.errors import NotAllowedNow
from intake.domain.road import Moment
from intake.store import dossiers
from kit import outbox


async def collect_result(tx: AsyncSession, applicant_id: str, dossier_id: UUID, *, now: datetime) -> Dossier:
    """The signed-in applicant takes the result: the proof of an online delivery. A repeat changes nothing.

    Emits ResultCollected the first time. Raises NotFound, NotAllowedNow while there is no result.
    """
    before = await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)
    after = before.collected(now)
    if after is not before:
        await dossiers.save_dossier(tx, after)
        await dossiers.note(tx, dossier_id, Moment("result_collected", now, about=after.result_code or ""))
        await outbox.put(tx, _collected(after, now), time=now)
    return after


async def collect_by_reading(
    tx: AsyncSession, applicant_id: str, dossier_id: UUID, name: str, *, now: datetime
) -> None:
    """Whoever opens the result that holds has taken it; a result found wrong is only read (R16). Emits as above."""
    dossier = await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)
    if name == dossier.result_name:
        await collect_result(tx, applicant_id, dossier_id, now=now)


def _collected(dossier: Dossier, now: datetime) -> ResultCollected:
    assert dossier.result_code is not None
    assert dossier.result_sha256 is not None
    return ResultCollected(
        dossier_id=dossier.id, result_code=dossier.result_code, result_sha256=dossier.result_sha256, collected_at=now
    )


async def rate_dossier(
    tx: AsyncSession, applicant_id: str, dossier_id: UUID, score: int, comment: str, *, now: datetime
) -> None:
    """Rate once; the words stay here. Emits DossierRated. Raises NotFound, NotAllowedNow."""
    dossier = await dossiers.load_dossier(tx, dossier_id, applicant_id=applicant_id)
    dossier.must_be_rateable()
    if not await dossiers.add_rating(tx, dossier_id, score, comment.strip(), now):
        raise NotAllowedNow("rate", "rated before", "Ông/bà đã đánh giá hồ sơ này rồi.")
    await outbox.put(tx, DossierRated(dossier_id=dossier_id, score=score, rated_at=now), time=now)
