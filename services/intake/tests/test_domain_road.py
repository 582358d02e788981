"""The road of a dossier: reached places with their times, the present one, and what lies ahead."""

from dataclasses import replace
from datetime import datetime

import pytest

from intake.domain.road import Moment, Stop, completion_percent, road
from rules import catalogue as law
from rules.records.status import Status
from rules.testing import OFFICE_ID, PROCEDURE_ID, at

from .test_domain_dossier import a_dossier

PROCEDURE = law.load().procedure(PROCEDURE_ID)
CALENDAR = law.load().calendar(OFFICE_ID)
STEPS = [step.id for step in PROCEDURE.steps]
MOMENTS = [
    Moment("submitted", at("2025-03-03 09:12")),
    Moment("check_started", at("2025-03-03 09:13"), "0", {"due_at": "2025-03-10T09:12:00+07:00", "round": 0}),
    Moment("supplement_requested", at("2025-03-05 14:00"), "1", {"round": 1}),
    Moment("supplement_answered", at("2025-03-06 08:00"), "1"),
    Moment("check_started", at("2025-03-06 08:01"), "1", {"due_at": "2025-03-13T08:00:00+07:00", "round": 1}),
    Moment("fee_requested", at("2025-03-12 09:00")),
    Moment("fee_paid", at("2025-03-13 10:05"), "d-1"),
    Moment("dossier_accepted", at("2025-03-13 10:06"), "c-1"),
    Moment("step_started", at("2025-03-13 10:06"), "assign", {"unit": "radiation"}),
    Moment("step_finished", at("2025-03-13 15:00"), "assign"),
    Moment("step_started", at("2025-03-13 15:00"), "appraise", {"unit": "radiation"}),
]


def shown(stops: tuple[Stop, ...]) -> list[str]:
    return [f"{stop.step_id or stop.key}:{stop.state}" for stop in stops]


@pytest.mark.parametrize(
    ("count", "reached"),
    [
        (1, ["submitted:done", "check:ahead"]),
        (2, ["submitted:done", "check:current"]),
        (3, ["submitted:done", "check:done", "supplement:current", "check:ahead"]),
        (4, ["submitted:done", "check:done", "supplement:done", "check:ahead"]),
        (5, ["submitted:done", "check:done", "supplement:done", "check:current"]),
    ],
)
def test_the_check_begins_anew_after_a_supplement(count: int, reached: list[str]) -> None:
    stops = road(a_dossier(), MOMENTS[:count], PROCEDURE, None)
    ahead = [f"{one}:ahead" for one in ("fee", "accepted", *STEPS, "result", "returned")]
    assert shown(stops) == [*reached, *ahead]


def test_a_paid_fee_waits_for_acceptance() -> None:
    stops = road(a_dossier(), MOMENTS[:7], PROCEDURE, None)
    assert shown(stops)[4:6] == ["fee:done", "accepted:ahead"]


def test_steps_ahead_know_by_when_they_should_be_through() -> None:
    running = replace(
        a_dossier(Status.IN_PROCESS), started_at=at("2025-03-13 10:05"), due_at=at("2025-04-08 17:30"), code="c-1"
    )
    stops = road(running, MOMENTS, PROCEDURE, CALENDAR)
    assert shown(stops)[5:] == [
        "accepted:done", "assign:done", "appraise:current", "review:ahead", "approve:ahead", "issue:ahead",
        "result:ahead", "returned:ahead",
    ]  # fmt: skip
    planned = [stop.planned_at for stop in stops if stop.key == "step" and stop.planned_at]
    assert planned == sorted(planned)
    assert len(planned) == 5
    assert planned[-1] == at("2025-04-08 17:30")
    assert next(stop for stop in stops if stop.key == "result").planned_at == at("2025-04-08 17:30")


def test_a_step_sent_back_is_walked_again() -> None:
    back = [*MOMENTS, Moment("step_started", at("2025-03-20 08:00"), "review", {})]
    back += [Moment("step_started", at("2025-03-21 08:00"), "appraise", {})]
    stops = road(a_dossier(Status.IN_PROCESS), back, PROCEDURE, None)
    assert shown(stops)[6:11] == [
        "assign:done", "appraise:done", "review:done", "appraise:current", "review:ahead",
    ]  # fmt: skip


def finished(*more: Moment) -> list[Moment]:
    return [*MOMENTS, Moment("dossier_finished", at("2025-03-28 09:00"), "c-1-KQ1"), *more]


def test_a_result_waits_to_be_taken() -> None:
    stops = road(a_dossier(Status.FINISHED), finished(), PROCEDURE, None)
    assert shown(stops)[-2:] == ["result:current", "returned:ahead"]


def test_a_returned_dossier_has_nothing_ahead() -> None:
    stops = road(
        a_dossier(Status.RETURNED), finished(Moment("dossier_returned", at("2025-03-28 10:00"))), PROCEDURE, None
    )
    assert all(stop.state == "done" for stop in stops)
    assert completion_percent(stops) == 100


@pytest.mark.parametrize("status", [Status.REFUSED_AT_RECEPTION, Status.WITHDRAWN, Status.STOPPED])
def test_a_dossier_that_ended_early_has_nothing_ahead(status: Status) -> None:
    stops = road(a_dossier(status), MOMENTS[:3], PROCEDURE, None)
    assert shown(stops)[-1] == "ended:done"
    assert completion_percent(stops) == 100


def test_completion_grows_along_the_road() -> None:
    whole = finished(Moment("dossier_returned", at("2025-03-28 10:00")))
    found = [percent(whole[:count]) for count in (1, 2, 6, 8, 11, 12, 13)]
    assert found == sorted(found)
    assert found[0] > 0
    assert found[-1] == 100


def percent(moments: list[Moment]) -> int:
    status = Status.RETURNED if moments[-1].kind == "dossier_returned" else Status.SUBMITTED
    return completion_percent(road(a_dossier(status), moments, PROCEDURE, None))


def test_the_check_knows_its_limit() -> None:
    stops = road(a_dossier(), MOMENTS[:2], PROCEDURE, None)
    assert stops[1].planned_at == datetime.fromisoformat("2025-03-10T09:12:00+07:00")


def test_no_event_at_all_leaves_the_whole_road_ahead() -> None:
    assert completion_percent(()) == 0
