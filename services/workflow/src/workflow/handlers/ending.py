"""What every end before a result has in common: no clock runs any more, no step is open. Shared by the handlers."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import objects_of
from workflow import store
from workflow.domain.case import Case, StoredFile
from workflow.domain.law import calendar_of
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.handlers.numbering import give_up_number


async def end(
    tx: AsyncSession, case: Case, action: Action, why_vi: str, *, at: datetime, now: datetime, **changes: Any
) -> Case:
    """The case ended by this action and saved; it lies with the receiving unit. `at` is when its clock stopped."""
    if case.deadline_at is not None:
        await store.add_clock_entry(tx, case.dossier_id, "stopped", at, f"Ngừng tính thời hạn: {why_vi}", "R09")
    await _close_run(tx, case, now)
    where = {"unit": case.receiving_unit, "step": None, "since": now}
    cleared = {"answer_by": None, "stop_asked_at": None, "result_number": None}
    cleared |= {"apology_drafted_at": None, "apology_proposed_at": None}
    case = await store.save_case(tx, moved(case.put_down(), action, **{**where, **cleared, **changes}))
    await give_up_number(tx, case, why_vi, now)
    return case


async def _close_run(tx: AsyncSession, case: Case, now: datetime) -> None:
    """A step that was under way ends with the case, by nobody's hand."""
    runs = await store.step_runs(tx, case.dossier_id)
    if runs and runs[-1].finished_at is None:
        used = max(0, calendar_of(case).working_minutes_between(runs[-1].started_at, now))
        await store.finish_step(tx, case, now, used_minutes=used, staff_id=None, note="")


async def put_explanation(tx: AsyncSession, case: Case, name: str, said: Mapping[str, str]) -> StoredFile:
    """What an officer wrote to the applicant, as JSON; the digest in its path lets a failed transaction be repeated."""
    body = orjson.dumps(dict(said))
    digest = hashlib.sha256(body).hexdigest()
    return store.to_file(await objects_of(tx).put(f"explanations/{case.dossier_id}/{name}-{digest[:16]}.json", body))
