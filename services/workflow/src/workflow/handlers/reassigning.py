"""A case goes to another person or unit: one case by one, or everything that an absent person holds."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Handler
from contracts.workflow import CaseReassigned
from workflow import store
from workflow.domain.access import Staff, scope_of
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, FieldSentence, NotYours, WorkflowError
from workflow.domain.law import office_of, unit_name
from workflow.domain.moves import HEAD, LEADER, moved
from workflow.domain.status import Action
from workflow.domain.steps import Place
from workflow.domain.texts import check_text
from workflow.handlers import runs
from workflow.handlers.access import take_up
from workflow.handlers.saying import say


@dataclass(frozen=True)
class Reassigned:
    """What became of one case of a list; `refused` says why it stays where it is."""

    dossier_id: UUID
    code: str
    refused: WorkflowError | None = None

    @property
    def reason_vi(self) -> str:
        """Why it stays where it is; empty where it moved."""
        return str(self.refused.facts.get("sentence_vi", "")) if self.refused else ""


async def reassign(
    tx: AsyncSession,
    dossier_id: UUID,
    assignee_id: str | None,
    unit: str | None,
    reason: str,
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Give the case to another person, to anyone of its place, or to another unit in which its role works.

    By the head of the unit it lies with, or a leader. Emits CaseReassigned. Raises NoSuchCase, ChangedMeanwhile,
    NotAllowedNow, NotYours, DecisionIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.REASSIGN, staff=staff, seen_version=seen_version)
    to_unit = unit or case.unit
    assignee = await _checked(tx, case, assignee_id, to_unit, reason)
    case = await _moved_to(tx, case, to_unit, assignee, staff, now)
    what = f"Giao lại cho {assignee.name if assignee else 'bất kỳ ai phụ trách'}, {unit_name(case, case.unit)}"
    await store.add_history(tx, case, what, now, staff_id=staff.id, note=reason.strip())
    handler = Handler(staff_id=assignee.id, unit=assignee.unit) if assignee else None
    await say(tx, CaseReassigned, case, now=now, staff=staff, unit=case.unit, assignee=handler)
    return case


async def _checked(tx: AsyncSession, case: Case, assignee_id: str | None, unit: str, reason: str) -> Staff | None:
    """Who gets it; none for anyone of the place. Raises DecisionIncomplete with a sentence per field."""
    wrong = check_text("reason", reason, "Hãy ghi lý do giao lại.") + _unit_errors(case, unit)
    assignee = await _colleague(tx, case, assignee_id, unit) if assignee_id else None
    if assignee_id and assignee is None:
        wrong.append(("assignee_id", "Người này không thuộc đơn vị và vai trò đang giữ hồ sơ."))
    if not wrong and (unit, assignee_id) == (case.unit, case.holder_id):
        wrong.append(("assignee_id", "Hồ sơ đang ở đúng nơi này rồi, hãy chọn người hoặc đơn vị khác."))
    if wrong:
        raise DecisionIncomplete(wrong)
    return assignee


def _unit_errors(case: Case, unit: str) -> list[FieldSentence]:
    found = office_of(case).unit(unit)
    if found is None or case.role not in found.roles:
        return [("unit", "Đơn vị này không làm bước hiện tại của hồ sơ.")]
    return []


async def _colleague(tx: AsyncSession, case: Case, staff_id: str, unit: str) -> Staff | None:
    assert case.role is not None
    people = await store.colleagues(tx, Place(case.office, unit, case.role))
    return next((one for one in people if one.id == staff_id), None)


async def _moved_to(
    tx: AsyncSession, case: Case, unit: str, assignee: Staff | None, staff: Staff, now: datetime
) -> Case:
    """The case saved in its new hands. A run through a step belongs to one unit, so another unit begins its own."""
    is_handed_over = case.step is not None and unit != case.unit
    if is_handed_over:
        await runs.end_run(tx, case, now, staff_id=case.holder_id or staff.id, note="Chuyển đơn vị khác")
    holder_id = assignee.id if assignee else None
    case = moved(case, Action.REASSIGN, unit=unit, units=case.at_unit(unit), holder_id=holder_id)
    case = await store.save_case(tx, case)
    if is_handed_over:
        await runs.begin_run(tx, case, now)
    return case


async def reassign_all(
    tx: AsyncSession, from_id: str, to_id: str | None, reason: str, *, staff: Staff, now: datetime
) -> list[Reassigned]:
    """Give everything that somebody holds to somebody else; each case stands alone, with its outcome.

    Emits CaseReassigned for each that moved. Raises NotYours, DecisionIncomplete.
    """
    if not staff.roles & {HEAD, LEADER}:
        raise NotYours(Action.REASSIGN, "Việc này thuộc lãnh đạo phòng hoặc lãnh đạo Sở.")
    wrong = check_text("reason", reason, "Hãy ghi lý do giao lại.")
    if not from_id:
        wrong.append(("from_id", "Hãy chọn người vắng mặt."))
    if from_id and from_id == to_id:
        wrong.append(("to_id", "Hãy chọn một người khác."))
    if wrong:
        raise DecisionIncomplete(wrong)
    held = [case for case in await store.held_by(tx, staff.office, from_id) if scope_of(staff).covers(case)]
    return [await _one_of(tx, case, to_id, reason, staff, now) for case in held]


async def _one_of(
    tx: AsyncSession, case: Case, to_id: str | None, reason: str, staff: Staff, now: datetime
) -> Reassigned:
    try:
        async with tx.begin_nested():
            await reassign(tx, case.dossier_id, to_id, None, reason, staff=staff, seen_version=None, now=now)
    except WorkflowError as refused:
        return Reassigned(case.dossier_id, case.shown_code, refused)
    return Reassigned(case.dossier_id, case.shown_code)
