"""What every end before a result has in common: no clock runs any more, no step is open. Shared by the handlers."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.tx import objects_of
from workflow import store
from workflow.domain import ledger
from workflow.domain.case import Case, StoredFile
from workflow.domain.moves import moved
from workflow.domain.status import Action
from workflow.handlers import runs
from workflow.handlers.numbering import give_up_number


async def end(
    tx: AsyncSession, case: Case, action: Action, why_vi: str, *, at: datetime, now: datetime, **changes: Any
) -> Case:
    """The case ended by this action and saved; it lies with the receiving unit. `at` is when its clock stopped."""
    if line := ledger.stopped(case, at, why_vi):
        await store.add_clock_entry(tx, case.dossier_id, line)
    await runs.end_run(tx, case, now, staff_id=None, note="")  # by nobody's hand
    where = {"unit": case.receiving_unit, "step": None, "since": now}
    cleared = {"answer_by": None, "stop_asked_at": None, "result_number": None}
    cleared |= {"apology_drafted_at": None, "apology_proposed_at": None}
    case = await store.save_case(tx, moved(case.put_down(), action, **{**where, **cleared, **changes}))
    await give_up_number(tx, case, why_vi, now)
    return case


async def put_explanation(tx: AsyncSession, case: Case, name: str, said: Mapping[str, str]) -> StoredFile:
    """What an officer wrote to the applicant, as JSON; the digest in its path lets a failed transaction be repeated."""
    body = orjson.dumps(dict(said))
    digest = hashlib.sha256(body).hexdigest()
    return store.to_file(await objects_of(tx).put(f"explanations/{case.dossier_id}/{name}-{digest[:16]}.json", body))
