"""A person decides on an event that nobody waited for, and says what is done about it."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.deciding import check_decides
from workflow.domain.errors import AlreadyDecided, NoSuchEvent
from workflow.domain.texts import said_text
from workflow.domain.unexpected_events import NAMES_VI, Heard
from workflow.handlers.access import check_unchanged, note_staff

NO_DECISION = "Hãy ghi rõ quyết định và việc đã làm, để người sau đọc là hiểu."


async def decide_undecided(
    tx: AsyncSession,
    dossier_id: UUID,
    undecided_id: int,
    decision_vi: str,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Write down what was decided; the case itself does not move. Silent.

    Raises NoSuchCase, NotYours, ChangedMeanwhile, NoSuchEvent, AlreadyDecided, DecisionIncomplete.
    """
    case = check_decides(staff, await store.lock_case(tx, dossier_id))
    await check_unchanged(tx, case, seen_version)
    kept = await store.find_undecided(tx, dossier_id, undecided_id)
    if kept is None:
        raise NoSuchEvent(undecided_id)
    if kept.decided_at is not None:
        raise AlreadyDecided(kept.decision_vi)
    decision_vi = said_text("decision_vi", decision_vi, NO_DECISION)
    await note_staff(tx, staff)
    await store.decide(tx, undecided_id, decision_vi, staff.id, now)
    case = await store.save_case(tx, case)
    what = f"Quyết định về {NAMES_VI[Heard(kept.kind)]} đến ngoài dự kiến"
    await store.add_history(tx, case, what, now, staff_id=staff.id, note=decision_vi)
    return case
