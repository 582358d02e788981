"""The result reaches the applicant: the road's end."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import ResultCollected
from contracts.workflow import DossierReturned
from kit.tx import objects_of
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case, StoredFile
from workflow.domain.moves import moved
from workflow.domain.posting import HandOver, check_hand_over
from workflow.domain.status import Action
from workflow.domain.unexpected_events import Effect, Heard
from workflow.handlers.access import take_up
from workflow.handlers.saying import say
from workflow.handlers.unexpected import effect_of, keep_for_decision, note_again


async def mark_returned(tx: AsyncSession, event: ResultCollected, *, now: datetime) -> None:
    """The applicant, signed in, took the result: status 10, with that as the proof of delivery.

    Emits DossierReturned. Collected once more: noted. Another result's bytes: kept for decision. Raises NoSuchCase.
    """
    case = await store.lock_case(tx, event.dossier_id)
    effect = effect_of(Heard.COLLECTED, case)
    if effect is Effect.NOTE and _is_the_result(case, event):
        await note_again(tx, case, Heard.COLLECTED, now)
    elif effect is not Effect.APPLY or not _is_the_result(case, event):
        reason = (
            f"Kết quả {event.result_code} được báo là đã nhận, không khớp với hồ sơ ở trạng thái {int(case.status)}."
        )
        await keep_for_decision(tx, case, Heard.COLLECTED, event, reason, now)
    else:
        case = moved(case, Action.MARK_RETURNED, since=now, returned_at=event.collected_at)
        case = await store.save_case(tx, case)
        await store.add_history(tx, case, "Người nộp đã nhận kết quả trực tuyến", now)
        await say_returned(tx, case, "online", None, now)


async def hand_over(
    tx: AsyncSession,
    dossier_id: UUID,
    said: HandOver,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Give the result to somebody at the counter: status 10, with who took it as the proof.

    Emits DossierReturned. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.HAND_OVER, staff=staff, seen_version=seen_version)
    taken = {**asdict(check_hand_over(said)), "at": now.isoformat(), "by": staff.id, "result_code": case.result_code}
    proof = await put_proof(tx, case, "hand-over", taken)
    case = await store.save_case(tx, moved(case, Action.HAND_OVER, since=now, returned_at=now))
    await store.add_history(tx, case, "Trả kết quả tại quầy", now, staff_id=staff.id)
    await say_returned(tx, case, "counter", proof, now, staff=staff)
    return case


async def put_proof(tx: AsyncSession, case: Case, name: str, facts: dict[str, Any]) -> StoredFile:
    """Keep what shows that a result was delivered; names in it stay in the object store."""
    body = orjson.dumps(facts)
    digest = hashlib.sha256(body).hexdigest()
    return store.to_file(await objects_of(tx).put(f"proofs/{case.dossier_id}/{name}-{digest[:16]}.json", body))


async def say_returned(
    tx: AsyncSession, case: Case, way: str, proof: StoredFile | None, now: datetime, *, staff: Staff | None = None
) -> None:
    """Emits DossierReturned."""
    facts: dict[str, Any] = {"code": case.code, "result_code": case.result_code, "returned_at": case.returned_at}
    kept = store.to_object(proof) if proof else None
    await say(tx, DossierReturned, case, now=now, staff=staff, way=way, proof=kept, **facts)


def _is_the_result(case: Case, event: ResultCollected) -> bool:
    return case.result is not None and (case.result_code, case.result.sha256) == (
        event.result_code,
        event.result_sha256,
    )
