"""The result reaches the applicant: the road's end."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.intake import ResultCollected
from contracts.workflow import DossierReturned
from workflow import store
from workflow.domain.case import Case
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.domain.unexpected_events import Effect, Heard
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
        facts: dict[str, Any] = {"code": case.code, "result_code": case.result_code, "returned_at": event.collected_at}
        await say(tx, DossierReturned, case, now=now, way="online", **facts)


def _is_the_result(case: Case, event: ResultCollected) -> bool:
    return case.result is not None and (case.result_code, case.result.sha256) == (
        event.result_code,
        event.result_sha256,
    )
