"""What may follow what: every pair of status and action, every event in every status, and who may act."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from kit.now import TIME_ZONE
from rules.catalogue import load
from workflow.domain.access import Scope, Staff, check_acts, scope_of, who_acts
from workflow.domain.case import Case
from workflow.domain.errors import NoSuchCase, NotAllowedNow, NotYours
from workflow.domain.moves import MOVES, find_move, moved
from workflow.domain.status import Action, Status
from workflow.domain.unexpected_events import EFFECTS, Effect, Heard

AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
S, A = Status, Action
PROCEDURE = load().find("2.002380", date(2025, 3, 3))

ALLOWED = {
    (S.SUBMITTED, A.JUDGE_COMPONENTS): S.SUBMITTED,
    (S.SUBMITTED, A.REQUEST_SUPPLEMENT): S.WAITING_FOR_SUPPLEMENT,
    (S.SUBMITTED, A.FIND_VALID): S.SUBMITTED,
    (S.SUBMITTED, A.REQUEST_FEE): S.WAITING_FOR_FEE,
    (S.SUBMITTED, A.ACCEPT): S.ACCEPTED,
    (S.WAITING_FOR_SUPPLEMENT, A.TAKE_SUPPLEMENT): S.SUBMITTED,
    (S.WAITING_FOR_FEE, A.ACCEPT): S.ACCEPTED,
    (S.ACCEPTED, A.START_STEPS): S.IN_PROCESS,
    (S.IN_PROCESS, A.FINISH_STEP): S.IN_PROCESS,
    (S.IN_PROCESS, A.SIGN_OFF): S.IN_PROCESS,
    (S.IN_PROCESS, A.ISSUE): S.FINISHED,
    (S.FINISHED, A.MARK_RETURNED): S.RETURNED,
}


APPRAISED: dict[str, Any] = {
    "status": S.IN_PROCESS,
    "step": "appraise",
    "role": "case_officer",
    "unit": "division",
    "units": ("desk", "division"),
}


def a_case(**changes: Any) -> Case:
    facts: dict[str, Any] = {
        "dossier_id": uuid4(),
        "arrival_number": "T-1",
        "procedure_id": "p",
        "procedure_version": "1",
        "channel": "online",
        "origin": "this_portal",
        "office": "o",
        "receiving_unit": "desk",
        "resolving_unit": "division",
        "applicant_id": "a",
        "applicant_name": "A",
        "contact_path": "c",
        "received_at": AT,
        "last_piece_at": AT,
        "status": Status.SUBMITTED,
        "since": AT,
        "unit": "desk",
        "units": ("desk",),
        "role": "one_stop_officer",
    }
    return Case(**{**facts, **changes})


def a_staff(role: str, unit: str = "desk", id: str = "s", office: str = "o") -> Staff:
    return Staff(id, "Ai đó", frozenset({role}), office, unit)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", list(Action))
def test_every_pair_of_status_and_action_is_decided_by_the_table(status: Status, action: Action) -> None:
    case = a_case(status=status)
    if (status, action) in ALLOWED:
        assert moved(case, action).status is ALLOWED[status, action]
    else:
        with pytest.raises(NotAllowedNow):
            moved(case, action)


def test_the_ends_of_the_road_allow_nothing() -> None:
    for status in (S.REFUSED_AT_RECEPTION, S.WITHDRAWN, S.STOPPED, S.RETURNED):
        assert not [action for found, action in MOVES if found is status]


def test_every_status_has_an_answer_to_every_event() -> None:
    assert set(EFFECTS) == {(heard, status) for heard in Heard for status in Status}


@pytest.mark.parametrize(
    ("heard", "status", "effect"),
    [
        (Heard.FEE, S.WAITING_FOR_FEE, Effect.APPLY),
        (Heard.FEE, S.WITHDRAWN, Effect.DECIDE),
        (Heard.FEE, S.IN_PROCESS, Effect.DECIDE),
        (Heard.SUPPLEMENT, S.WAITING_FOR_SUPPLEMENT, Effect.APPLY),
        (Heard.SUPPLEMENT, S.STOPPED, Effect.DECIDE),
        (Heard.COLLECTED, S.FINISHED, Effect.APPLY),
        (Heard.COLLECTED, S.RETURNED, Effect.NOTE),
        (Heard.COLLECTED, S.SUBMITTED, Effect.DECIDE),
    ],
)
def test_an_unexpected_event_is_applied_noted_or_kept_for_decision(
    heard: Heard, status: Status, effect: Effect
) -> None:
    assert EFFECTS[heard, status] is effect


@pytest.mark.parametrize(
    ("staff", "case", "refusal"),
    [
        (a_staff("one_stop_officer"), a_case(), None),
        (a_staff("one_stop_officer", "other"), a_case(), NoSuchCase),
        (a_staff("one_stop_officer", office="other"), a_case(), NoSuchCase),
        (a_staff("case_officer"), a_case(), NotYours),
        (a_staff("department_leader", "top"), a_case(), NotYours),
        (a_staff("one_stop_officer"), a_case(holder_id="another"), NotYours),
        (a_staff("one_stop_officer"), a_case(holder_id="s"), None),
        (a_staff("one_stop_officer"), a_case(status=S.WAITING_FOR_FEE), NotAllowedNow),
    ],
)
def test_who_may_find_a_dossier_valid(staff: Staff, case: Case, refusal: type[Exception] | None) -> None:
    if refusal is None:
        check_acts(staff, case, Action.FIND_VALID, PROCEDURE)
    else:
        with pytest.raises(refusal):
            check_acts(staff, case, Action.FIND_VALID, PROCEDURE)


def test_a_step_is_finished_by_its_role_in_its_unit() -> None:
    case = a_case(**APPRAISED)
    check_acts(a_staff("case_officer", "division"), case, Action.FINISH_STEP, PROCEDURE)
    for staff in (a_staff("division_head", "division"), a_staff("case_officer", "desk")):
        with pytest.raises(NotYours):
            check_acts(staff, case, Action.FINISH_STEP, PROCEDURE)


def test_another_step_than_the_present_one_is_refused_before_anybody_is_asked_who_they_are() -> None:
    case, clerk = a_case(**APPRAISED), a_staff("clerk", "division")
    with pytest.raises(NotAllowedNow):
        check_acts(clerk, case, Action.FINISH_STEP, PROCEDURE, step_id="review")
    with pytest.raises(NotAllowedNow):
        check_acts(clerk, case, Action.SIGN_OFF, PROCEDURE)
    with pytest.raises(NotYours):
        check_acts(clerk, case, Action.FINISH_STEP, PROCEDURE, step_id="appraise")


@pytest.mark.parametrize(
    ("round_", "role"), [(0, "one_stop_officer"), (1, "department_leader"), (2, "department_leader")]
)
def test_a_further_supplement_round_is_the_leaders_and_nobody_elses(round_: int, role: str) -> None:
    case = a_case(round=round_)
    assert who_acts(case, Action.REQUEST_SUPPLEMENT, PROCEDURE) == role
    for someone in (a_staff("one_stop_officer"), a_staff("department_leader", "top")):
        if role in someone.roles:
            check_acts(someone, case, Action.REQUEST_SUPPLEMENT, PROCEDURE)
        else:
            with pytest.raises(NotYours):
                check_acts(someone, case, Action.REQUEST_SUPPLEMENT, PROCEDURE)


def test_leaders_and_auditors_see_all_of_their_office_others_what_their_unit_worked_on() -> None:
    assert scope_of(a_staff("department_leader", "top")) == Scope("o", None)
    assert scope_of(a_staff("auditor", "top")) == Scope("o", None)
    assert scope_of(a_staff("clerk", "clerical")) == Scope("o", "clerical")


def test_nobody_does_what_the_system_does() -> None:
    for action in (Action.ACCEPT, Action.REQUEST_FEE):
        assert find_move(S.SUBMITTED, action).who == "system"
        with pytest.raises(NotYours):
            check_acts(a_staff("one_stop_officer"), a_case(), action, PROCEDURE)
