"""The check list: what must be judged, what a request must say, what a round carries over."""

from datetime import date

import pytest

from rules.catalogue import load
from rules.records.office import Unit
from workflow.domain import checklist
from workflow.domain.checklist import CheckItem, as_map
from workflow.domain.dossier import newest_sheets
from workflow.domain.errors import CheckIncomplete, DecisionIncomplete, RequestIncomplete
from workflow.domain.status import Outcome, Verdict
from workflow.domain.steps import Decision, check_decision, draws_up_result, find_step, step_after, unit_for

PROCEDURE = load().find("2.002380", date(2025, 3, 3))
CODES = [one.code for one in PROCEDURE.components]
GOOD = [CheckItem(code, Verdict.GOOD) for code in CODES]
FIRST, LAST = PROCEDURE.steps[0], PROCEDURE.steps[-1]


def with_lacking(code: str, note: str = "Cần bản mới hơn.") -> dict[str, CheckItem]:
    return as_map([*GOOD, CheckItem(code, Verdict.LACKING, note)])


@pytest.mark.proves("D06")
def test_valid_means_every_component_was_found_good_or_not_needed() -> None:
    checklist.check_all_good(PROCEDURE, as_map([*GOOD, CheckItem(CODES[3], Verdict.NOT_NEEDED)]))
    with pytest.raises(CheckIncomplete) as refused:
        checklist.check_all_good(PROCEDURE, as_map(GOOD[:-1]))
    assert refused.value.facts["components"] == [CODES[-1]]
    with pytest.raises(CheckIncomplete):
        checklist.check_all_good(PROCEDURE, with_lacking(CODES[0]))


@pytest.mark.proves("D07", "R08")
def test_a_request_names_all_that_lacks_in_the_procedures_order() -> None:
    judged = with_lacking(CODES[7]) | {CODES[2]: CheckItem(CODES[2], Verdict.LACKING, "Thiếu chữ ký.")}
    assert [line.component for line in checklist.check_request(PROCEDURE, judged)] == [CODES[2], CODES[7]]


@pytest.mark.proves("D07", "R08")
def test_a_request_waits_until_everything_is_judged_and_something_lacks() -> None:
    with pytest.raises(RequestIncomplete, match="name everything"):
        checklist.check_request(PROCEDURE, as_map([*GOOD[:-1], CheckItem(CODES[0], Verdict.LACKING, "Thiếu dấu.")]))
    with pytest.raises(RequestIncomplete):
        checklist.check_request(PROCEDURE, as_map(GOOD))


@pytest.mark.parametrize(
    "item",
    [
        CheckItem("no-such-component", Verdict.GOOD),
        CheckItem(CODES[0], Verdict.LACKING, "  "),
        CheckItem(CODES[0], Verdict.NOT_NEEDED),
        CheckItem("officer-certificate", Verdict.NOT_NEEDED),  # it was filed, so it is looked at
    ],
)
def test_a_verdict_that_does_not_hold_is_refused_with_a_sentence(item: CheckItem) -> None:
    with pytest.raises(RequestIncomplete) as refused:
        checklist.check_items(PROCEDURE, [item], frozenset({"officer-certificate"}))
    assert refused.value.field_errors[0][0] == item.component


def test_what_is_conditional_and_was_not_filed_may_be_not_needed() -> None:
    checklist.check_items(PROCEDURE, [CheckItem("officer-certificate", Verdict.NOT_NEEDED)], frozenset())


def test_a_new_round_looks_again_only_at_what_lacked() -> None:
    carried = checklist.carried_over(with_lacking(CODES[7]))
    assert CODES[7] not in [item.component for item in carried]
    assert len(carried) == len(CODES) - 1


def test_the_newest_sheets_of_a_form_take_the_older_ones_place() -> None:
    packages = [{"a": [{"x": 1}], "b": [{"y": 1}]}, {"a": [{"x": 2}], "b": []}]
    assert newest_sheets(packages) == {"a": [{"x": 2}], "b": [{"y": 1}]}


@pytest.mark.proves("B10", "K05")
def test_steps_follow_the_procedures_data() -> None:
    ids = [step.id for step in PROCEDURE.steps]
    found = [following.id for step in PROCEDURE.steps if (following := step_after(PROCEDURE, step.id))]
    assert step_after(PROCEDURE, None) == FIRST
    assert found == ids[1:]
    assert step_after(PROCEDURE, LAST.id) is None
    with pytest.raises(LookupError):
        find_step(PROCEDURE, "no-such-step")


def test_the_result_is_drawn_up_before_the_approval() -> None:
    assert [step.id for step in PROCEDURE.steps if draws_up_result(PROCEDURE, step)] == ["review"]


def test_a_step_lies_with_the_resolving_unit_if_its_role_works_there() -> None:
    units = [
        Unit(id="one", kind="division", name_vi="1", name_en="1", roles=("case_officer",)),
        Unit(id="two", kind="division", name_vi="2", name_en="2", roles=("case_officer",)),
        Unit(id="top", kind="leadership", name_vi="3", name_en="3", roles=("department_leader",)),
    ]
    assert unit_for("case_officer", "desk", "two", units) == "two"
    assert unit_for("department_leader", "desk", "two", units) == "top"
    assert unit_for("clerk", "desk", "two", units) == "two"


def test_a_step_stays_with_the_unit_that_the_case_was_given_to() -> None:
    facts = {"kind": "division", "name_vi": "1", "name_en": "1", "roles": ("case_officer",)}
    units = [Unit.model_validate({"id": name, **facts}) for name in ("one", "two")]
    assert unit_for("case_officer", "two", "one", units) == "two"


@pytest.mark.proves("D11")
def test_an_appraisal_decides_and_says_why() -> None:
    appraise = find_step(PROCEDURE, "appraise")
    check_decision(appraise, Decision(outcome=Outcome.REFUSED, conclusion="Thiết bị không đạt kiểm định."))
    with pytest.raises(DecisionIncomplete) as refused:
        check_decision(appraise, Decision(conclusion="ngắn"))
    assert [field for field, _ in refused.value.field_errors] == ["outcome", "conclusion"]
    check_decision(FIRST, Decision())
