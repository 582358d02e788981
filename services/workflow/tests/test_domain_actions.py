"""What is offered to whom: words for every action, a reason for every refusal, and what comes next."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit.now import TIME_ZONE
from rules.catalogue import load
from rules.records.limit import Limit
from workflow.domain.access import Staff
from workflow.domain.actions import OFFERED, WORDS_VI, Offer, offers
from workflow.domain.answering import answer_by, check_unanswered, ground_of
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem, Judged, as_map
from workflow.domain.errors import TooEarly
from workflow.domain.moves import MOVES, SYSTEM
from workflow.domain.status import Action, Status, Verdict

AT = datetime(2025, 3, 3, 8, 30, tzinfo=TIME_ZONE)
S, A = Status, Action
PROCEDURE = load().find("2.002380", date(2025, 3, 3))
OFFICE = load().offices[0].id
CODE = "H00.15-250303-0001"
ROLES = ("one_stop_officer", "case_officer", "division_head", "department_leader", "clerk", "auditor")


def a_case(**changes: Any) -> Case:
    facts: dict[str, Any] = {
        "dossier_id": uuid4(),
        "arrival_number": "T-1",
        "procedure_id": PROCEDURE.id,
        "procedure_version": PROCEDURE.version,
        "channel": "online",
        "origin": "this_portal",
        "office": OFFICE,
        "receiving_unit": "one-stop",
        "resolving_unit": "radiation",
        "applicant_id": "a",
        "applicant_name": "A",
        "contact_path": "c",
        "received_at": AT,
        "last_piece_at": AT,
        "status": S.SUBMITTED,
        "since": AT,
        "unit": "one-stop",
        "units": ("one-stop", "radiation"),
        "role": "one_stop_officer",
    }
    return Case(**{**facts, **changes})


def at_step(step: str, role: str, **more: Any) -> Case:
    where = {"status": S.IN_PROCESS, "step": step, "role": role, "unit": "radiation", "code": CODE}
    return a_case(**{**where, **more})


def a_staff(role: str, unit: str = "one-stop") -> Staff:
    return Staff("s", "Ai đó", frozenset({role}), OFFICE, unit)


def offered(staff: Staff, case: Case, judged: Judged | None = None) -> dict[Action, Offer]:
    return {one.action: one for one in offers(staff, case, PROCEDURE, judged or {}, AT)}


def all_good() -> dict[str, CheckItem]:
    return as_map(CheckItem(one.code, Verdict.GOOD) for one in PROCEDURE.components)


def test_every_action_of_a_person_has_its_words() -> None:
    persons = {action for (_, action), move in MOVES.items() if move.who != (SYSTEM,)}
    assert set(WORDS_VI) == persons
    assert persons == set(OFFERED)
    assert len(set(WORDS_VI.values())) == len(WORDS_VI)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("role", ROLES)
def test_only_what_is_a_persons_move_in_this_status_is_offered_and_the_rest_has_a_reason(
    status: Status, role: str
) -> None:
    case = a_case(status=status, role=None, code=CODE if status in (S.ACCEPTED, S.IN_PROCESS, S.FINISHED) else None)
    found = offers(a_staff(role), case, PROCEDURE, {}, AT)
    assert {one.action for one in found} == {a for a in OFFERED if (status, a) in MOVES}
    assert sum(one.is_next for one in found) <= 1
    for one in found:
        assert one.words_vi
        assert one.is_allowed or one.reason_vi.endswith(".")
        assert one.is_allowed or not one.is_next


def test_after_an_end_nothing_is_offered() -> None:
    for status in (S.REFUSED_AT_RECEPTION, S.WITHDRAWN, S.STOPPED, S.ACCEPTED):
        for role in ROLES:
            assert offered(a_staff(role), a_case(status=status)) == {}


def test_refusing_is_always_possible_in_the_check_but_never_what_comes_next() -> None:
    found = offered(a_staff("one_stop_officer"), a_case())
    assert found[A.REFUSE].is_allowed
    assert [one.action for one in found.values() if one.is_next] == [A.JUDGE_COMPONENTS]
    found = offered(a_staff("one_stop_officer"), a_case(), all_good())
    assert [one.action for one in found.values() if one.is_next] == [A.FIND_VALID]


def test_a_request_to_stop_is_what_comes_next_for_the_one_stop_officer_alone() -> None:
    for case, action in (
        (at_step("appraise", "case_officer", stop_asked_at=AT), A.STOP),
        (at_step("issue", "clerk", stop_asked_at=AT), A.REFUSE_STOP),
        (a_case(status=S.FINISHED, role=None, code=CODE, stop_asked_at=AT), A.REFUSE_STOP),
    ):
        officer = offered(a_staff("one_stop_officer"), case)
        assert [one.action for one in officer.values() if one.is_next] == [action]
        other = offered(a_staff("case_officer", "radiation"), case)
        assert other[action].reason_vi == "Việc này thuộc vai trò khác."
    quiet = offered(a_staff("one_stop_officer"), at_step("appraise", "case_officer"))
    assert "Không có yêu cầu dừng" in quiet[A.STOP].reason_vi


def test_a_step_says_at_which_step_the_case_is() -> None:
    found = offered(a_staff("case_officer", "radiation"), at_step("appraise", "case_officer"))
    assert "“" in found[A.FINISH_STEP].words_vi
    assert found[A.FINISH_STEP].is_next
    assert found[A.SIGN_OFF].reason_vi.startswith("Hồ sơ đang ở bước “")
    assert found[A.SEND_BACK].reason_vi == "Bước hiện tại không trả lại được bước trước."


@pytest.mark.proves("R14")
def test_a_procedure_without_a_published_limit_cannot_be_found_valid() -> None:
    unpublished = PROCEDURE.model_copy(update={"limit": None})
    found = offers(a_staff("one_stop_officer"), a_case(), unpublished, all_good(), AT)
    (valid,) = [one for one in found if one.action is A.FIND_VALID]
    assert "chưa công bố thời hạn" in valid.reason_vi


def with_answer_within(limit: Limit | None) -> Any:
    return PROCEDURE.model_copy(update={"supplement": PROCEDURE.supplement.model_copy(update={"answer_within": limit})})


@pytest.mark.proves("D09", "R09", "R14")
@pytest.mark.parametrize(
    ("within", "until", "closes"),
    [
        (None, None, None),
        (Limit(30, "calendar_days"), "2025-04-02 08:30", "2025-04-03 00:00"),
        (Limit(2, "working_days"), "2025-03-05 08:30", "2025-03-06 00:00"),
        (Limit(4, "working_hours"), "2025-03-03 14:30", "2025-03-03 14:31"),
    ],
)
def test_a_case_may_be_closed_only_after_the_whole_limit(
    within: Limit | None, until: str | None, closes: str | None
) -> None:
    procedure = with_answer_within(within)
    case = a_case(status=S.WAITING_FOR_SUPPLEMENT, role=None)
    found = answer_by(case, procedure, AT)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == until
    if found is None or closes is None:
        check_unanswered(case, procedure, AT)
        return
    case = case.changed(answer_by=found)
    first = datetime.fromisoformat(closes).replace(tzinfo=TIME_ZONE)
    with pytest.raises(TooEarly) as refused:
        check_unanswered(case, procedure, first - timedelta(seconds=1))
    assert "chưa đóng hồ sơ được" in refused.value.facts["sentence_vi"]
    check_unanswered(case, procedure, first)
    officer = a_staff("one_stop_officer")
    for now, allowed in ((first - timedelta(seconds=1), False), (first, True)):
        (offer,) = [one for one in offers(officer, case, procedure, {}, now) if one.action is A.CLOSE_UNANSWERED]
        assert (offer.is_allowed, offer.is_next) == (allowed, allowed)


def test_the_ground_of_a_closing_is_what_was_waited_for() -> None:
    assert ground_of(a_case(status=S.WAITING_FOR_FEE)) == "not_paid"
    assert ground_of(a_case(status=S.WAITING_FOR_SUPPLEMENT)) == "not_supplemented"
