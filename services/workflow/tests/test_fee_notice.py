"""Which paper goes out when: a fee notice while the fee is missing, form 01 once it is paid, and never again (R11)."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from workflow import handlers
from workflow.domain import slips
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Status, Verdict
from workflow.domain.steps import Decision
from workflow.store.tables import SlipRow

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Cần bản có chữ ký.")


async def forms(world: Any, dossier: UUID) -> list[str]:
    """The forms of the slips that went out for a dossier, each as often as it did."""

    async def ask(tx: Any) -> list[str]:
        return list((await tx.exec(select(SlipRow.form).where(SlipRow.dossier_id == dossier))).all())

    return sorted(await world.ask(ask))


@pytest.mark.proves("R11", "D06", "D21")
async def test_a_valid_dossier_gets_a_fee_notice_and_form_01_once_it_is_paid(world: Any) -> None:
    dossier = await world.file()
    await world.valid(dossier)
    assert (await world.case(dossier)).status is Status.WAITING_FOR_FEE
    assert await forms(world, dossier) == [slips.FEE_NOTICE]
    await world.pay(dossier, "2025-03-13 09:00")
    assert (await world.case(dossier)).code is not None
    assert await forms(world, dossier) == sorted([slips.ACCEPTANCE_SLIP, slips.FEE_NOTICE])


@pytest.mark.proves("R11")
async def test_a_supplement_after_acceptance_brings_no_second_form_01(world: Any) -> None:
    dossier = await world.accepted()
    head, officer = world.staff("division_head"), world.staff("case_officer")
    await world.do(handlers.finish_step, dossier, "assign", Decision(), staff=head, seen_version=None)
    await world.do(handlers.request_later_supplement, dossier, [LACKING], staff=officer, seen_version=None)
    await world.supplement(dossier, "2025-03-24 14:00", {"emergency-plan": 1})
    assert (await world.case(dossier)).status is Status.IN_PROCESS
    assert (await forms(world, dossier)).count(slips.ACCEPTANCE_SLIP) == 1
