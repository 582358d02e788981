"""A supplement that never comes: the applicant is told, then the case is closed by itself (R09, T07)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from kit.now import TIME_ZONE
from rules.records.limit import Limit
from workflow import handlers, store
from workflow.domain import law
from workflow.domain.checklist import CheckItem
from workflow.domain.status import Status, Verdict
from workflow.handlers.crossing import cross_due

pytestmark = pytest.mark.db
LACKING = CheckItem("emergency-plan", Verdict.LACKING, "Bản kế hoạch chưa có chữ ký của người đứng đầu cơ sở.")


@pytest.fixture(autouse=True)
def answer_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen working days to answer, as some acts give; the act of these tests' procedure gives none."""
    of_case = law.procedure_of

    def limited(case: Any) -> Any:
        procedure = of_case(case)
        within = procedure.supplement.model_copy(update={"answer_within": Limit(15, "working_days")})
        return procedure.model_copy(update={"supplement": within})

    for module in ("checking", "supplementing", "stopping", "crossing"):
        monkeypatch.setattr(f"workflow.handlers.{module}.procedure_of", limited)
    monkeypatch.setattr("workflow.domain.timers.procedure_of", limited)


async def waiting(world: Any) -> UUID:
    """Asked for a supplement on Tuesday 4 March; the fifteenth working day is Tuesday 25 March."""
    dossier: UUID = await world.file("2025-03-03 08:30")
    await world.at("2025-03-04 09:00")
    officer = {"staff": world.staff("one_stop_officer"), "seen_version": None}
    await world.do(handlers.judge_components, dossier, world.verdicts(LACKING), **officer)
    await world.do(handlers.request_supplement, dossier, **officer)
    return dossier


async def crossed(world: Any, text: str) -> list[Any]:
    before = len(await world.said())
    await world.at(text)
    while await cross_due(world.database):
        pass
    return list((await world.said())[before:])


def names(said: list[Any]) -> list[str]:
    return [type(one).__name__ for one in said]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


@pytest.mark.proves("R09")
async def test_an_unanswered_request_is_announced_then_closed_without_form_05(world: Any) -> None:
    dossier = await waiting(world)
    assert (await world.case(dossier)).answer_by == moment("2025-03-25 09:00")
    assert await crossed(world, "2025-03-20 07:29") == []
    (told,) = await crossed(world, "2025-03-20 07:30")
    assert (type(told).__name__, told.round, told.answer_by) == ("ClosingAnnounced", 1, moment("2025-03-25 09:00"))
    assert (await world.ask(store.last_change, dossier)).what_vi.startswith("Báo người nộp: hồ sơ sẽ đóng")
    assert await crossed(world, "2025-03-25 23:59") == []
    (closed,) = await crossed(world, "2025-03-26 00:00")
    assert (type(closed).__name__, closed.ground, closed.slip) == ("DossierStopped", "not_supplemented", None)
    case = await world.case(dossier)
    assert (case.status, case.ground, case.answer_by) == (Status.STOPPED, "not_supplemented", None)
    assert await crossed(world, "2025-05-26 00:00") == []


@pytest.mark.proves("R09")
async def test_after_a_long_stop_the_applicant_still_gets_the_whole_notice(world: Any) -> None:
    dossier = await waiting(world)
    (told,) = await crossed(world, "2025-04-01 10:00")
    assert (type(told).__name__, told.answer_by) == ("ClosingAnnounced", moment("2025-04-04 23:59"))
    assert await crossed(world, "2025-04-04 23:58") == []
    assert (await world.case(dossier)).status is Status.WAITING_FOR_SUPPLEMENT
    assert names(await crossed(world, "2025-04-05 00:00")) == ["DossierStopped"]


async def test_an_answer_that_comes_after_the_notice_ends_it(world: Any) -> None:
    dossier = await waiting(world)
    assert names(await crossed(world, "2025-03-20 07:30")) == ["ClosingAnnounced"]
    await world.supplement(dossier, "2025-03-24 08:30", {LACKING.component: 1})
    assert "DossierStopped" not in names(await crossed(world, "2025-03-26 00:00"))
    assert (await world.case(dossier)).status is Status.SUBMITTED


@pytest.mark.proves("R09")
async def test_nothing_is_closed_while_its_notice_cannot_be_given(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = await waiting(world)

    def fails(*_: Any) -> Any:
        raise RuntimeError("no notice")

    with monkeypatch.context() as patched:
        patched.setattr("workflow.handlers.stopping.last_moment", fails)
        for text in ("2025-03-20 07:30", "2025-04-01 10:00", "2025-05-05 10:00"):
            assert await crossed(world, text) == []
    assert (await world.case(dossier)).status is Status.WAITING_FOR_SUPPLEMENT
    assert names(await crossed(world, "2025-05-12 10:00")) == ["ClosingAnnounced"]
    assert names(await crossed(world, "2025-05-13 10:00")) == []
    assert names(await crossed(world, "2025-05-26 00:00")) == ["DossierStopped"]
