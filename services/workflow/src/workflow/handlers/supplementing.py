"""A supplement asked for after acceptance, and its answer: the clock stops, then starts anew or goes on (R08)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.workflow import ClockRestarted
from workflow import store
from workflow.domain import checklist, ledger
from workflow.domain.access import Staff
from workflow.domain.answering import answer_by
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.law import calendar_of, procedure_of
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.domain.steps import find_step
from workflow.handlers import runs
from workflow.handlers.access import take_up
from workflow.handlers.checking import judge, send_request
from workflow.handlers.saying import say


async def request_later_supplement(
    tx: AsyncSession,
    dossier_id: UUID,
    items: Sequence[CheckItem] = (),
    *,
    staff: Staff,
    seen_version: int | None,
    now: datetime,
) -> Case:
    """Send the one complete request of this round (form 02) from the appraisal: status 5, the clock stops.

    The first request is the case officer's, a further one the leader's (R08). `items` are verdicts to add. Emits
    SupplementRequested. Raises NoSuchCase, ChangedMeanwhile, NotAllowedNow, NotYours, RequestIncomplete.
    """
    case = await take_up(tx, dossier_id, Action.REQUEST_LATER_SUPPLEMENT, staff=staff, seen_version=seen_version)
    procedure = procedure_of(case)
    if items:
        await judge(tx, case, items)
    lines = checklist.check_request(procedure, checklist.as_map(await store.judged(tx, dossier_id, case.round)))
    case = _waiting(case, staff, now)
    await _stop_clock(tx, case, staff, now)
    return await send_request(tx, case, lines, staff, now)


def _waiting(case: Case, staff: Staff, now: datetime) -> Case:
    """Nobody's to act on; it comes back to whom it was with."""
    holder_id = case.holder_id or (staff.id if case.role in staff.roles else None)
    until = answer_by(case, procedure_of(case), now)
    changes = {"round": case.round + 1, "since": now, "holder_id": holder_id, "answer_by": until}
    return moved(case.put_down(), Action.REQUEST_LATER_SUPPLEMENT, **changes)


async def _stop_clock(tx: AsyncSession, case: Case, staff: Staff, now: datetime) -> None:
    """Waiting for the applicant is none of the step's time."""
    note = f"Tạm dừng: chờ người nộp bổ sung lần {case.round}"
    await runs.end_run(tx, case, now, staff_id=case.holder_id or staff.id, note=note)
    await store.add_clock_entry(tx, case.dossier_id, ledger.paused(case, now))


async def take_later_supplement(
    tx: AsyncSession, case: Case, asked_at: datetime, received_at: datetime, *, now: datetime
) -> Case:
    """The answer to a later request, of a case that waits for it: status 4, the step goes on with whom it was with.

    The whole limit starts anew from when the answer came in, or resumes where the procedure says so (R08); the first
    due stays. Emits ClockRestarted.
    """
    step = find_step(procedure_of(case), case.step)
    case = moved(case, Action.TAKE_LATER_SUPPLEMENT, since=now, role=step.role, answer_by=None)
    case, line = ledger.answered(await _held_to_newest(tx, case), asked_at, received_at)
    case = await store.save_case(tx, case.changed(last_piece_at=received_at))
    await store.add_clock_entry(tx, case.dossier_id, line)
    await runs.begin_run(tx, case, received_at)
    what = f"Nhận bổ sung lần {case.round}, giải quyết tiếp, hạn {case.due_at:%H:%M ngày %d/%m/%Y}"
    await store.add_history(tx, case, what, now)
    await _say_restarted(tx, case, now)
    return case


async def _held_to_newest(tx: AsyncSession, case: Case) -> Case:
    """A new calendar does not move what waits; what is left of its limit is counted by the newest all the same."""
    if case.calendar_version == calendar_of(case).version:
        return case
    again = ledger.recomputed(case, await store.ledger(tx, case.dossier_id))
    return case.changed(due_at=again or case.due_at)


async def _say_restarted(tx: AsyncSession, case: Case, now: datetime) -> None:
    await say(
        tx,
        ClockRestarted,
        case,
        now=now,
        code=case.code,
        round=case.round,
        started_at=case.started_at,
        due_at=case.due_at,
        first_due_at=case.first_due_at,
        calendar_version=case.calendar_version,
        readings=list(case.readings),
    )
