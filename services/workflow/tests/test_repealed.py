"""A procedure is repealed while dossiers of it are open: they go on by the version they began under (R01)."""

from datetime import date
from typing import Any

import pytest

from rules.catalogue import load
from workflow import handlers
from workflow.domain.status import Outcome, Status
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db


@pytest.mark.proves("B03", "R01")
async def test_a_dossier_filed_the_day_before_the_repeal_walks_to_its_end(world: Any) -> None:
    dossier_id = await world.file("2025-12-31 16:00")
    await world.valid(dossier_id, "2026-01-05 10:00")
    await world.pay(dossier_id, "2026-01-06 09:00")
    in_force = {one.id for one in load().in_force(date(2026, 1, 6))}
    case = await world.case(dossier_id)
    assert case.procedure_id not in in_force
    assert case.due_at is not None
    assert f"{case.due_at:%Y-%m-%d %H:%M}" == "2026-02-02 17:30", "25 calendar days end on a Saturday and roll"
    said = Decision(outcome=Outcome.GRANTED, conclusion="Đủ điều kiện theo quy định.")
    for step, role, decision in (
        ("assign", "division_head", Decision()),
        ("appraise", "case_officer", said),
        ("review", "division_head", Decision()),
    ):
        await world.do(handlers.finish_step, dossier_id, step, decision, staff=world.staff(role), seen_version=None)
    result = (await world.case(dossier_id)).result
    leader = world.staff("department_leader")
    await world.do(handlers.sign_off, dossier_id, result.sha256, staff=leader, seen_version=None)
    await world.at("2026-01-20 09:00")
    await world.do(handlers.issue, dossier_id, staff=world.staff("clerk"), seen_version=None)
    ended = await world.case(dossier_id)
    assert (ended.status, ended.procedure_version, ended.lateness) == (Status.FINISHED, "1", "early")
