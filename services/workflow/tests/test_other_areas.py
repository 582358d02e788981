"""A dossier that a desk of another area took in: no clock runs until this office has it, and all counts from then."""

from typing import Any

import httpx
import pytest

from kit.testing.pages import read_page
from workflow import handlers, store
from workflow.domain.errors import DecisionIncomplete, NotAllowedNow, NotYours

pytestmark = [pytest.mark.db, pytest.mark.proves("D03")]
OFFICER = "one_stop_officer"


async def sent_here(world: Any) -> Any:
    """Taken in at the ward's desk on Monday at half past eight."""
    at = await world.at("2025-03-03 08:30")
    event = (await world.submitted(at)).model_copy(update={"receiving_unit": "ward-desk"})
    await world.hear(event)
    return event.dossier_id


async def test_no_clock_runs_until_the_competent_office_has_it(world: Any) -> None:
    dossier = await sent_here(world)
    case = await world.case(dossier)
    assert (case.unit, case.units, case.deadline_at, case.is_on_its_way) == (
        "one-stop", ("ward-desk", "one-stop"), None, True,
    )  # fmt: skip
    assert await world.said() == []
    with pytest.raises(NotAllowedNow, match="judge"):
        await world.do(
            handlers.judge_components, dossier, world.verdicts(), staff=world.staff(OFFICER), seen_version=None
        )


async def test_everything_counts_from_when_the_competent_office_received_it(world: Any) -> None:
    dossier, officer = await sent_here(world), world.staff(OFFICER)
    taken_at = await world.at("2025-03-05 14:00")
    await world.do(handlers.receive_here, dossier, None, staff=officer, seen_version=None)
    case = await world.case(dossier)
    assert abs((case.competent_at - taken_at).total_seconds()) < 60
    assert (f"{case.check_started_at:%m-%d %H:%M}", case.is_on_its_way) == ("03-05 14:00", False)
    assert [one.round for one in await world.said("CheckStarted")] == [0]
    kinds = [line.kind for line in await world.ask(store.ledger, dossier)]
    assert kinds == ["taken_over", "check_started"]
    await world.valid(dossier, "2025-03-06 09:00")
    await world.pay(dossier, "2025-03-06 10:00", paid="2025-03-04 10:00")  # paid before the office had the dossier
    case = await world.case(dossier)
    assert f"{case.started_at:%m-%d %H:%M}" == "03-05 14:00"
    with pytest.raises(NotAllowedNow):
        await world.do(handlers.receive_here, dossier, None, staff=officer, seen_version=None)


async def test_the_moment_told_lies_between_the_other_desk_and_now_and_is_the_officers_to_tell(world: Any) -> None:
    dossier = await sent_here(world)
    now, officer = await world.at("2025-03-05 14:00"), world.staff(OFFICER)
    for wrong in ("2025-03-03 08:00", "2025-03-05 15:00"):
        moment = now.fromisoformat(wrong).replace(tzinfo=now.tzinfo)
        with pytest.raises(DecisionIncomplete):
            await world.do(handlers.receive_here, dossier, moment, staff=officer, seen_version=None)
    with pytest.raises(NotYours):
        await world.do(handlers.receive_here, dossier, None, staff=world.staff("department_leader"), seen_version=None)


async def test_page_api_and_slip_name_the_desk_it_came_from(client: httpx.AsyncClient, world: Any) -> None:
    dossier = await sent_here(world)
    await world.at("2025-03-05 14:00")
    browser, path = world.browser(OFFICER), f"/officer/cases/{dossier}"
    assert "Nhận hồ sơ chuyển đến" in read_page((await client.get(path, headers=browser)).text).text
    page = read_page((await client.get(f"{path}/reception", headers=browser)).text)
    assert "phường Mẫu Đông" in page.text
    form = {"form_token": "form-token-of-a-test", "received_at": "hôm qua"}
    assert (await client.post(f"{path}/reception", data=form, headers=browser)).status_code == 422
    form["received_at"] = "2025-03-04T09:15"
    assert (await client.post(f"{path}/reception", data=form, headers=browser)).status_code == 303
    clock = (await client.get(f"/api/workflow/v1/cases/{dossier}/clock", headers=world.bearer(OFFICER))).json()
    assert clock["started_at"] == "2025-03-04T09:15:00+07:00"
    assert "phường Mẫu Đông" in clock["ledger"][0]["reason_vi"]
    assert clock["agrees"] is True
    other = await sent_here(world)
    await world.at("2025-03-05 14:00")
    answer = await client.post(f"/api/workflow/v1/cases/{other}/reception", json={}, headers=world.bearer(OFFICER))
    assert answer.status_code == 200
