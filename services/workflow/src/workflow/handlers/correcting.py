"""A result found wrong gets a further one, drawn up and signed like the first; the status does not go back (R16)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import ResultCorrected
from rules.codes import result_code
from workflow import store
from workflow.domain.access import Staff
from workflow.domain.case import Case, Correction, StoredFile
from workflow.domain.errors import DecisionIncomplete, WrongBytes
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.domain.steps import check_conclusion
from workflow.domain.texts import check_text
from workflow.handlers import slips
from workflow.handlers.access import take_up
from workflow.handlers.saying import say


async def draw_up_correction(
    tx: AsyncSession,
    dossier_id: UUID,
    reason_vi: str,
    conclusion: str,
    conditions: Sequence[str] = (),
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Draw up a further result and freeze its bytes; it takes the place of one that waits for its signature. Silent.

    Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.DRAW_UP_CORRECTION, staff=staff, seen_version=seen_version)
    wrong = check_text("reason_vi", reason_vi, "Hãy ghi kết quả đã phát hành sai ở đâu.") + check_conclusion(conclusion)
    if wrong:
        raise DecisionIncomplete(wrong)
    lines = tuple(line.strip() for line in conditions if line.strip())
    said: dict[str, Any] = {"conclusion": conclusion.strip(), "conditions": lines}
    file = await slips.correction(tx, case.changed(**said), reason_vi.strip(), now)
    correction = Correction(**asdict(file), code=_next_code(case, now), reason_vi=reason_vi.strip(), **said)
    case = await store.save_case(tx, moved(case, Action.DRAW_UP_CORRECTION, correction=correction))
    what = f"Lập kết quả thay thế {case.result_code}, chờ phê duyệt"
    await store.add_history(tx, case, what, now, staff_id=staff.id, note=correction.reason_vi)
    return case


def _next_code(case: Case, now: datetime) -> str:
    assert case.code is not None
    return result_code(case.code, case.results + 1, on=now.date())


async def sign_correction(
    tx: AsyncSession, dossier_id: UUID, sha256: str, *, staff: Staff, seen_version: int | None, now: datetime
) -> Case:
    """Approve exactly the bytes with this SHA-256 (R15): from now on they are the result. The status stays.

    Emits ResultCorrected. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, WrongBytes.
    """
    case = await take_up(tx, dossier_id, Action.SIGN_CORRECTION, staff=staff, seen_version=seen_version)
    drawn, replaces = case.correction, case.result_code
    if drawn is None or sha256 != drawn.sha256:
        raise WrongBytes
    await store.add_sign_off(tx, dossier_id, sha256, staff.id, now)
    case = await store.save_case(tx, _corrected(case, drawn))
    await store.add_result(tx, case, now, staff_id=staff.id, reason_vi=drawn.reason_vi)
    what = f"Phê duyệt kết quả {case.result_code} thay {replaces}"
    await store.add_history(tx, case, what, now, staff_id=staff.id, note=f"SHA-256 {sha256}")
    await _say_corrected(tx, case, replaces, staff, now)
    return case


def _corrected(case: Case, drawn: Correction) -> Case:
    """The case with its further result as the result."""
    return moved(
        case,
        Action.SIGN_CORRECTION,
        correction=None,
        results=case.results + 1,
        result=StoredFile(drawn.path, drawn.sha256, drawn.size),
        result_code=drawn.code,
        conclusion=drawn.conclusion,
        conditions=drawn.conditions,
    )


async def _say_corrected(tx: AsyncSession, case: Case, replaces: str | None, staff: Staff, now: datetime) -> None:
    assert case.result is not None
    assert case.outcome is not None
    await say(
        tx,
        ResultCorrected,
        case,
        now=now,
        staff=staff,
        code=case.code,
        result_code=case.result_code,
        replaces=replaces,
        result_kind=case.outcome.value,
        result=store.to_object(case.result),
        corrected_at=now,
    )
