"""Refusing a dossier at reception: form 03, with the reason and where to go instead."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import DossierRefused
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.status import Action
from workflow.domain.texts import said_text
from workflow.handlers import slips
from workflow.handlers.access import take_up
from workflow.handlers.ending import end, put_explanation
from workflow.handlers.saying import say

NO_REASON = "Hãy ghi rõ lý do không tiếp nhận; phiếu từ chối sẽ in đúng đoạn này."


def check_refusal(reason: str, where_to_go: str) -> tuple[str, str]:
    """What form 03 will say. Raises DecisionIncomplete."""
    return said_text("reason", reason, NO_REASON), said_text("where_to_go", where_to_go, "", shortest=0)


async def refuse(
    tx: AsyncSession,
    dossier_id: UUID,
    reason: str,
    where_to_go: str,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Refuse at reception (form 03): status 3, an end. `where_to_go` tells the applicant who is competent, if known.

    Emits DossierRefused. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.REFUSE, staff=staff, seen_version=seen_version)
    reason, where_to_go = check_refusal(reason, where_to_go)
    slip = await slips.refusal(tx, case, reason, where_to_go, staff, now)
    explanation = await put_explanation(tx, case, "refusal", {"reason": reason, "where_to_go": where_to_go})
    case = await end(tx, case, Action.REFUSE, "từ chối tiếp nhận", at=now, now=now)
    await store.add_history(tx, case, "Từ chối tiếp nhận hồ sơ", now, staff_id=staff.id)
    files = {"slip": store.to_object(slip), "explanation": store.to_object(explanation)}
    await say(tx, DossierRefused, case, now=now, staff=staff, **files)
    return case
