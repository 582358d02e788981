"""What may follow what: every triple of status, action and role, every need, every event in every status."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from kit.now import TIME_ZONE
from rules.catalogue import load
from workflow.domain.access import Scope, Staff, check_acts, scope_of, who_acts
from workflow.domain.case import Case, StoredFile
from workflow.domain.errors import NoSuchCase, NotAllowedNow, NotYours
from workflow.domain.moves import MOVES, Need, check_possible, find_move, lacks, moved
from workflow.domain.reasons import WHY_NEED, WHY_STATUS
from workflow.domain.status import Action, Status
from workflow.domain.unexpected_events import EFFECTS, Effect, Heard

AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
S, A = Status, Action
PROCEDURE = load().find("2.002380", date(2025, 3, 3))

CHECKER, APPRAISER, HEAD, LEADER, CLERK = (
    "one_stop_officer",
    "case_officer",
    "division_head",
    "department_leader",
    "clerk",
)
SYSTEM = "system"
ROLES = (
    CHECKER, APPRAISER, HEAD, LEADER, CLERK, SYSTEM,
    "applicant", "accountant", "auditor", "template_admin", "calendar_admin", "operator",
)  # fmt: skip
UNIT = {CHECKER: "desk", APPRAISER: "division", HEAD: "division", LEADER: "top", CLERK: "clerical"}

# Written down here once more, apart from the table it judges: where each allowed action leads, and who may take it.
ALLOWED: dict[tuple[Status, Action], tuple[Status, set[str]]] = {
    (S.SUBMITTED, A.RECEIVE_HERE): (S.SUBMITTED, {CHECKER}),
    (S.SUBMITTED, A.JUDGE_COMPONENTS): (S.SUBMITTED, {CHECKER}),
    (S.SUBMITTED, A.REQUEST_SUPPLEMENT): (S.WAITING_FOR_SUPPLEMENT, {CHECKER}),
    (S.SUBMITTED, A.REFUSE): (S.REFUSED_AT_RECEPTION, {CHECKER}),
    (S.SUBMITTED, A.FIND_VALID): (S.SUBMITTED, {CHECKER}),
    (S.SUBMITTED, A.REQUEST_FEE): (S.WAITING_FOR_FEE, {SYSTEM}),
    (S.SUBMITTED, A.ACCEPT): (S.ACCEPTED, {SYSTEM}),
    (S.SUBMITTED, A.REASSIGN): (S.SUBMITTED, {LEADER}),
    (S.SUBMITTED, A.WITHDRAW): (S.WITHDRAWN, {SYSTEM}),
    (S.WAITING_FOR_SUPPLEMENT, A.TAKE_SUPPLEMENT): (S.SUBMITTED, {SYSTEM}),
    (S.WAITING_FOR_SUPPLEMENT, A.TAKE_LATER_SUPPLEMENT): (S.IN_PROCESS, {SYSTEM}),
    (S.WAITING_FOR_SUPPLEMENT, A.WITHDRAW): (S.WITHDRAWN, {SYSTEM}),
    (S.WAITING_FOR_SUPPLEMENT, A.STOP): (S.STOPPED, {CHECKER}),
    (S.WAITING_FOR_SUPPLEMENT, A.ANNOUNCE_CLOSING): (S.WAITING_FOR_SUPPLEMENT, {SYSTEM}),
    (S.WAITING_FOR_SUPPLEMENT, A.CLOSE_UNANSWERED): (S.STOPPED, {CHECKER}),
    (S.WAITING_FOR_SUPPLEMENT, A.CLOSE_BY_ITSELF): (S.STOPPED, {SYSTEM}),
    (S.WAITING_FOR_FEE, A.ACCEPT): (S.ACCEPTED, {SYSTEM}),
    (S.WAITING_FOR_FEE, A.WITHDRAW): (S.WITHDRAWN, {SYSTEM}),
    (S.WAITING_FOR_FEE, A.CLOSE_UNANSWERED): (S.STOPPED, {CHECKER}),
    (S.ACCEPTED, A.REQUEST_FEE): (S.ACCEPTED, {SYSTEM}),
    (S.ACCEPTED, A.START_STEPS): (S.IN_PROCESS, {SYSTEM}),
    (S.IN_PROCESS, A.JUDGE_COMPONENTS): (S.IN_PROCESS, {APPRAISER}),
    (S.IN_PROCESS, A.FINISH_STEP): (S.IN_PROCESS, {APPRAISER}),
    (S.IN_PROCESS, A.SIGN_OFF): (S.IN_PROCESS, {LEADER}),
    (S.IN_PROCESS, A.ISSUE): (S.FINISHED, {CLERK}),
    (S.IN_PROCESS, A.SEND_BACK): (S.IN_PROCESS, {HEAD}),
    (S.IN_PROCESS, A.REQUEST_LATER_SUPPLEMENT): (S.WAITING_FOR_SUPPLEMENT, {APPRAISER}),
    (S.IN_PROCESS, A.ASK_OPINION): (S.IN_PROCESS, {APPRAISER}),
    (S.IN_PROCESS, A.RECORD_OPINION): (S.IN_PROCESS, {APPRAISER}),
    (S.IN_PROCESS, A.REASSIGN): (S.IN_PROCESS, {HEAD, LEADER}),
    (S.IN_PROCESS, A.PROPOSE_APOLOGY): (S.IN_PROCESS, {SYSTEM}),
    (S.IN_PROCESS, A.DRAFT_APOLOGY): (S.IN_PROCESS, {APPRAISER, HEAD}),
    (S.IN_PROCESS, A.APOLOGISE): (S.IN_PROCESS, {LEADER}),
    (S.IN_PROCESS, A.WITHDRAW): (S.WITHDRAWN, {SYSTEM}),
    (S.IN_PROCESS, A.STOP): (S.STOPPED, {CHECKER}),
    (S.IN_PROCESS, A.REFUSE_STOP): (S.IN_PROCESS, {CHECKER}),
    (S.FINISHED, A.REFUSE_STOP): (S.FINISHED, {CHECKER}),
    (S.FINISHED, A.MARK_RETURNED): (S.RETURNED, {SYSTEM}),
    (S.FINISHED, A.HAND_OVER): (S.RETURNED, {CHECKER}),
    (S.FINISHED, A.POST_RESULT): (S.FINISHED, {CHECKER}),
    (S.FINISHED, A.DRAW_UP_CORRECTION): (S.FINISHED, {APPRAISER}),
    (S.FINISHED, A.SIGN_CORRECTION): (S.FINISHED, {LEADER}),
    (S.RETURNED, A.DRAW_UP_CORRECTION): (S.RETURNED, {APPRAISER}),
    (S.RETURNED, A.SIGN_CORRECTION): (S.RETURNED, {LEADER}),
}
# At which step a case in process must be for an action; at the appraisal where none is named.
AT_STEP = {A.SIGN_OFF: "approve", A.ISSUE: "issue", A.SEND_BACK: "review", A.REFUSE_STOP: "issue"}
STEP_ROLE = {"appraise": APPRAISER, "review": HEAD, "approve": LEADER, "issue": CLERK}


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


def a_case_for(status: Status, action: Action) -> Case:
    """A case of which all is so that this action could need in this status."""
    file = StoredFile("p", "0" * 64, 1)
    facts: dict[str, Any] = {"status": status, "units": tuple({*UNIT.values()}), "role": None}
    facts |= {"stop_asked_at": AT, "answer_by": AT, "apology_drafted_at": AT, "correction": file, "open_opinions": 1}
    is_past_check = status in (S.ACCEPTED, S.IN_PROCESS, S.FINISHED, S.RETURNED)
    if is_past_check or action in (A.TAKE_LATER_SUPPLEMENT, A.STOP):
        facts["code"] = "H00.15-250303-0001"
    if status is S.SUBMITTED:
        facts["role"] = CHECKER
    if action is A.RECEIVE_HERE:
        facts["sent_from"] = "area"
    if status is S.IN_PROCESS:
        step = AT_STEP.get(action, "appraise")
        facts |= {"step": step, "role": STEP_ROLE[step], "unit": UNIT[STEP_ROLE[step]]}
    return a_case(**facts)


def refused_sentence(status: Status, action: Action, role: str) -> str:
    """Why this role is refused; empty where it is not. Every refusal is one of the two that people are told."""
    case = a_case_for(status, action)
    wanted = NotYours if (status, action) in ALLOWED else NotAllowedNow
    try:
        check_acts(a_staff(role, UNIT.get(role, "desk")), case, action, PROCEDURE)
    except wanted as refused:
        return str(refused.facts["sentence_vi"])
    return ""


@pytest.mark.proves("R07", "R08", "R09", "R16")
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", list(Action))
def test_every_triple_of_status_action_and_role_is_decided_by_the_table(status: Status, action: Action) -> None:
    to, who = ALLOWED.get((status, action), (None, set()))
    for role in ROLES:
        if role is SYSTEM:
            continue  # no person has this role; what the system may do says the next test
        sentence = refused_sentence(status, action, role)
        assert (sentence == "") is (role in who), (role, sentence)
        if sentence:
            assert sentence[0].isupper()
            assert sentence.endswith(".")
    if to is None:
        with pytest.raises(NotAllowedNow):
            moved(a_case_for(status, action), action)
    else:
        assert moved(a_case_for(status, action), action).status is to


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", list(Action))
def test_the_system_does_only_what_is_the_systems(status: Status, action: Action) -> None:
    case = a_case_for(status, action)
    if (status, action) not in ALLOWED:
        with pytest.raises(NotAllowedNow):
            check_possible(case, action, PROCEDURE)
        return
    check_possible(case, action, PROCEDURE)
    assert (who_acts(case, action, PROCEDURE) == (SYSTEM,)) is (ALLOWED[status, action][1] == {SYSTEM})
    if SYSTEM in ALLOWED[status, action][1]:
        for role in (SYSTEM, *UNIT):  # whoever would call themselves so
            with pytest.raises(NotYours):
                check_acts(a_staff(role if role != SYSTEM else "operator"), case, action, PROCEDURE)


def test_the_tables_moves_are_those_written_down_here() -> None:
    assert set(MOVES) == set(ALLOWED)


def test_the_ends_of_the_road_allow_nothing_but_a_further_result() -> None:
    for status in (S.REFUSED_AT_RECEPTION, S.WITHDRAWN, S.STOPPED):
        assert not [action for found, action in MOVES if found is status]
    assert {action for found, action in MOVES if found is S.RETURNED} == {A.DRAW_UP_CORRECTION, A.SIGN_CORRECTION}


# Each need: what the case must be changed to lack it, for a move that asks for it.
ON_ITS_WAY = {"sent_from": "area"}
LACKING: list[tuple[Need, Status, Action, dict[str, Any]]] = [
    (Need.ON_ITS_WAY, S.SUBMITTED, A.RECEIVE_HERE, {"competent_at": AT}),
    (Need.ARRIVED, S.SUBMITTED, A.JUDGE_COMPONENTS, ON_ITS_WAY),
    (Need.ARRIVED, S.SUBMITTED, A.REQUEST_SUPPLEMENT, ON_ITS_WAY),
    (Need.ARRIVED, S.SUBMITTED, A.REFUSE, ON_ITS_WAY),
    (Need.ARRIVED, S.SUBMITTED, A.FIND_VALID, ON_ITS_WAY),
    (Need.NOT_ACCEPTED, S.WAITING_FOR_SUPPLEMENT, A.TAKE_SUPPLEMENT, {"code": "H00.15-250303-0001"}),
    (Need.ACCEPTED, S.WAITING_FOR_SUPPLEMENT, A.TAKE_LATER_SUPPLEMENT, {"code": None}),
    (Need.ACCEPTED, S.WAITING_FOR_SUPPLEMENT, A.STOP, {"code": None}),
    (Need.STOP_ASKED, S.WAITING_FOR_SUPPLEMENT, A.STOP, {"stop_asked_at": None}),
    (Need.ANSWER_LIMIT, S.WAITING_FOR_SUPPLEMENT, A.CLOSE_UNANSWERED, {"answer_by": None}),
    (Need.ANSWER_LIMIT, S.WAITING_FOR_SUPPLEMENT, A.CLOSE_BY_ITSELF, {"answer_by": None}),
    (Need.ANSWER_LIMIT, S.WAITING_FOR_SUPPLEMENT, A.ANNOUNCE_CLOSING, {"answer_by": None}),
    (Need.ANSWER_LIMIT, S.WAITING_FOR_FEE, A.CLOSE_UNANSWERED, {"answer_by": None}),
    (Need.STEP_ENDS_SO, S.IN_PROCESS, A.FINISH_STEP, {"step": "approve", "role": LEADER, "unit": "top"}),
    (Need.STEP_ENDS_SO, S.IN_PROCESS, A.SIGN_OFF, {"step": "issue", "role": CLERK, "unit": "clerical"}),
    (Need.STEP_ENDS_SO, S.IN_PROCESS, A.ISSUE, {"step": "appraise", "role": APPRAISER, "unit": "division"}),
    (Need.CAN_GO_BACK, S.IN_PROCESS, A.SEND_BACK, {"step": "assign", "role": HEAD, "unit": "division"}),
    (Need.APPRAISING, S.IN_PROCESS, A.REQUEST_LATER_SUPPLEMENT, {"step": "review", "role": HEAD}),
    (Need.APPRAISING, S.IN_PROCESS, A.JUDGE_COMPONENTS, {"step": "review", "role": HEAD}),
    (Need.APPRAISING, S.IN_PROCESS, A.ASK_OPINION, {"step": "review", "role": HEAD}),
    (Need.OPINION_OPEN, S.IN_PROCESS, A.RECORD_OPINION, {"open_opinions": 0}),
    (Need.APOLOGY_DRAFTED, S.IN_PROCESS, A.APOLOGISE, {"apology_drafted_at": None}),
    (Need.NOT_SIGNED, S.IN_PROCESS, A.WITHDRAW, {"step": "issue", "role": CLERK, "unit": "clerical"}),
    (Need.NOT_SIGNED, S.IN_PROCESS, A.STOP, {"step": "issue", "role": CLERK, "unit": "clerical"}),
    (Need.STOP_ASKED, S.IN_PROCESS, A.STOP, {"stop_asked_at": None}),
    (Need.ACCEPTED, S.IN_PROCESS, A.STOP, {"code": None}),
    (Need.NOT_SIGNED, S.WAITING_FOR_SUPPLEMENT, A.STOP, {"step": "issue"}),
    (Need.SIGNED, S.IN_PROCESS, A.REFUSE_STOP, {"step": "approve", "role": LEADER, "unit": "top"}),
    (Need.STOP_ASKED, S.IN_PROCESS, A.REFUSE_STOP, {"stop_asked_at": None}),
    (Need.STOP_ASKED, S.FINISHED, A.REFUSE_STOP, {"stop_asked_at": None}),
    (Need.CORRECTION_DRAWN_UP, S.FINISHED, A.SIGN_CORRECTION, {"correction": None}),
    (Need.CORRECTION_DRAWN_UP, S.RETURNED, A.SIGN_CORRECTION, {"correction": None}),
    (Need.NOT_POSTED, S.FINISHED, A.POST_RESULT, {"posted_at": AT}),
]


@pytest.mark.proves("R07", "R08", "R09", "R16")
@pytest.mark.parametrize(("need", "status", "action", "changes"), LACKING)
def test_a_move_is_refused_while_what_it_needs_is_not_so(
    need: Need, status: Status, action: Action, changes: dict[str, Any]
) -> None:
    case = a_case_for(status, action)
    assert lacks(case, action, PROCEDURE) is None
    without = case.changed(**changes)
    assert lacks(without, action, PROCEDURE) is need
    with pytest.raises(NotAllowedNow) as refused:
        check_possible(without, action, PROCEDURE)
    assert (refused.value.lacking, refused.value.facts["sentence_vi"]) == (need, WHY_NEED[need])


def test_every_need_is_tested_and_has_its_sentence() -> None:
    assert {need for need, *_ in LACKING} == set(Need) == {Need(key) for key in WHY_NEED}
    asked = {(need, status, action) for (status, action), move in MOVES.items() for need in move.needs}
    assert {(need, status, action) for need, status, action, _ in LACKING} == asked
    assert set(WHY_STATUS) == set(Status)


def test_every_status_has_an_answer_to_every_event() -> None:
    assert set(EFFECTS) == {(heard, status) for heard in Heard for status in Status}


E, H = Effect, Heard
# One line per event: what applies, what is noted; in every other status it is kept for a person to decide.
EXPECTED: dict[Heard, dict[Effect, set[Status]]] = {
    H.SUPPLEMENT: {E.APPLY: {S.WAITING_FOR_SUPPLEMENT}},
    H.FEE: {E.APPLY: {S.WAITING_FOR_FEE, S.ACCEPTED, S.IN_PROCESS, S.WAITING_FOR_SUPPLEMENT, S.FINISHED, S.RETURNED}},
    H.COLLECTED: {E.APPLY: {S.FINISHED}, E.NOTE: {S.RETURNED}},
    H.DELIVERED: {E.APPLY: {S.FINISHED}, E.NOTE: {S.RETURNED}},
    H.WITHDRAWAL: {
        E.APPLY: {S.SUBMITTED, S.WAITING_FOR_SUPPLEMENT, S.WAITING_FOR_FEE, S.IN_PROCESS},
        E.NOTE: {S.REFUSED_AT_RECEPTION, S.WITHDRAWN, S.STOPPED},
    },
    H.STOP: {E.APPLY: {S.WAITING_FOR_SUPPLEMENT, S.IN_PROCESS, S.FINISHED}, E.NOTE: {S.WITHDRAWN, S.STOPPED}},
}


@pytest.mark.proves("R09")
@pytest.mark.parametrize("heard", list(Heard))
@pytest.mark.parametrize("status", list(Status))
def test_every_event_is_applied_noted_or_kept_for_decision(heard: Heard, status: Status) -> None:
    found = [effect for effect, statuses in EXPECTED[heard].items() if status in statuses]
    assert [EFFECTS[heard, status]] == (found or [Effect.DECIDE])


@pytest.mark.proves("R23")
@pytest.mark.parametrize("status", list(Status))
def test_a_case_owes_its_fee_until_it_is_paid_or_ended_before_a_result(status: Status) -> None:
    asked = a_case(status=status, fee_vnd=3_000_000, code="c")
    assert asked.owes_fee is asked.is_owing is (status not in (S.REFUSED_AT_RECEPTION, S.WITHDRAWN, S.STOPPED))
    for other in (asked.changed(paid_at=AT), asked.changed(fee_vnd=0), asked.changed(fee_vnd=None)):
        assert not other.owes_fee
    assert not asked.changed(code=None).is_owing


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
    assert who_acts(case, Action.REQUEST_SUPPLEMENT, PROCEDURE) == (role,)
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
        assert find_move(S.SUBMITTED, action).who == (SYSTEM,)
        with pytest.raises(NotYours):
            check_acts(a_staff("one_stop_officer"), a_case(), action, PROCEDURE)


@pytest.mark.parametrize("key", sorted({move.slip for move in MOVES.values() if move.slip}))
def test_every_slip_of_a_move_is_one_that_the_law_or_the_office_knows(key: Any) -> None:
    assert load().slip(key, date(2025, 3, 3)).slip.key == key
