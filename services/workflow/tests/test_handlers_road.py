"""The whole road of one dossier by handlers: 1 → 5 → 1 → 6 → 2 → 4 → 9 → 10."""

from typing import Any
from uuid import UUID

import pytest

from kit.now import TIME_ZONE
from workflow import handlers
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Outcome, Status, Verdict
from workflow.domain.steps import Decision

pytestmark = pytest.mark.db

LACKING = CheckItem("inspection-certificates", Verdict.LACKING, "Giấy kiểm định máy SN-003 đã hết hạn, cần bản mới.")


def verdicts(world: Any, *lacking: CheckItem) -> list[CheckItem]:
    by_code = {item.component: item for item in lacking}
    return [by_code.get(one.code, CheckItem(one.code, Verdict.GOOD)) for one in world.procedure.components]


async def checked(world: Any, dossier: UUID, *lacking: CheckItem) -> None:
    officer = world.staff("one_stop_officer")
    await world.do(handlers.judge_components, dossier, verdicts(world, *lacking), staff=officer, seen_version=None)


async def test_one_dossier_travels_its_whole_road(world: Any) -> None:
    officer = world.staff("one_stop_officer")
    dossier = await world.file("2025-03-03 08:30")

    await world.at("2025-03-05 10:00")
    await checked(world, dossier, LACKING)
    await world.do(handlers.request_supplement, dossier, staff=officer, seen_version=None)
    assert (await world.case(dossier)).status == Status.WAITING_FOR_SUPPLEMENT

    await world.supplement(dossier, "2025-03-10 14:00", {"inspection-certificates": 1})
    case = await world.case(dossier)
    assert (case.status, case.round, case.role) == (Status.SUBMITTED, 1, "one_stop_officer")

    await world.at("2025-03-12 09:00")
    again = [CheckItem("inspection-certificates", Verdict.GOOD)]
    await world.do(handlers.judge_components, dossier, again, staff=officer, seen_version=None)
    await world.do(handlers.find_valid, dossier, staff=officer, seen_version=None)
    case = await world.case(dossier)
    assert (case.status, case.fee_vnd, case.code) == (Status.WAITING_FOR_FEE, 12_600_000, None)

    await world.pay(dossier, "2025-03-13 09:05", paid="2025-03-13 09:00")
    case = await world.case(dossier)
    assert (case.status, case.step, case.code) == (Status.IN_PROCESS, "assign", "000.00.15.H00-250313-0001")
    assert f"{case.due_at:%Y-%m-%dT%H:%M}" == "2025-04-08T17:30"

    await world.at("2025-03-13 10:00")
    await world.do(
        handlers.finish_step, dossier, "assign", Decision(), staff=world.staff("division_head"), seen_version=None
    )
    await world.at("2025-03-20 16:00")
    granted = Decision("Đã đối chiếu.", None, Outcome.GRANTED, "Sử dụng 03 thiết bị X-quang.", ("Kiểm định hằng năm.",))
    await world.do(
        handlers.finish_step, dossier, "appraise", granted, staff=world.staff("case_officer"), seen_version=None
    )
    await world.do(
        handlers.finish_step, dossier, "review", Decision(), staff=world.staff("division_head"), seen_version=None
    )
    case = await world.case(dossier)
    assert (case.step, case.result_code) == ("approve", "000.00.15.H00-250313-0001-KQ1")
    leader = world.staff("department_leader")
    await world.do(handlers.sign_off, dossier, case.result.sha256, staff=leader, seen_version=case.version)
    await world.at("2025-03-21 08:00")
    await world.do(handlers.issue, dossier, staff=world.staff("clerk"), seen_version=None)
    case = await world.case(dossier)
    assert (case.status, case.lateness, case.lateness_first) == (Status.FINISHED, "early", "early")

    await world.collect(dossier, "2025-03-22 20:00")
    case = await world.case(dossier)
    assert case.status == Status.RETURNED
    assert f"{case.returned_at:%Y-%m-%d %H:%M}" == "2025-03-22 20:00"

    said = await world.said()
    assert [int(event.status) for event in said] == [1, 5, 1, 6, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 9, 10]
    names = [type(event).__name__ for event in said]
    assert names[:5] == ["CheckStarted", "SupplementRequested", "CheckStarted", "FeeRequested", "DossierAccepted"]
    assert names[5:15] == ["StepStarted", "StepFinished"] * 5
    assert names[15:] == ["DossierFinished", "DossierReturned"]
    assert await world.parked() == []
    accepted = said[4]
    assert accepted.started_at.astimezone(TIME_ZONE).isoformat() == "2025-03-13T09:00:00+07:00"
    assert said[3].factor == "0.9"
    text = " ".join(event.model_dump_json() for event in said)
    assert "Bệnh viện" not in text
    assert "Thu Hà" not in text
