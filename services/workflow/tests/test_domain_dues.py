"""How a due moves: started anew or resumed after a supplement, re-appointed; and that anyone finds it again. Pure."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest

from kit.now import TIME_ZONE
from rules.catalogue import load
from rules.errors import OutsideCalendar
from rules.records.procedure import Procedure
from workflow.domain import apology, budgets, clock, ledger
from workflow.domain.apology import Apology
from workflow.domain.case import Case
from workflow.domain.law import calendar_of
from workflow.domain.ledger import LedgerEntry
from workflow.domain.status import Status

PROCEDURE = load().find("2.002380", date(2025, 3, 3))
RESUMING = PROCEDURE.model_copy(
    update={"supplement": PROCEDURE.supplement.model_copy(update={"after_acceptance": "resumes"})}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE)


def a_case(**changes: Any) -> Case:
    """Accepted on 13 March at nine, its clock running."""
    started = at("2025-03-13 09:00")
    case = Case(
        dossier_id=uuid4(),
        arrival_number="T-1",
        procedure_id=PROCEDURE.id,
        procedure_version=PROCEDURE.version,
        channel="online",
        origin="this_portal",
        office="demo-dost",
        receiving_unit="one-stop",
        resolving_unit="radiation",
        applicant_id="a",
        applicant_name="A",
        contact_path="c",
        received_at=at("2025-03-03 08:30"),
        last_piece_at=started,
        status=Status.IN_PROCESS,
        since=started,
        unit="radiation",
        units=("one-stop", "radiation"),
        step="appraise",
        role="case_officer",
        code="H1",
        accepted_at=started,
        started_at=started,
    )
    due_at = clock.main_due(case, started).at
    return clock.with_due(case, due_at).changed(first_due_at=due_at).changed(**changes)


def entry(kind: str, text: str) -> LedgerEntry:
    return LedgerEntry(1, kind, at(text), "", "")


STARTED = entry("started", "2025-03-13 09:00")


@pytest.mark.proves("R08", "D08")
def test_after_a_supplement_the_whole_limit_starts_anew() -> None:
    case = a_case()
    again = clock.after_supplement(case, PROCEDURE, at("2025-03-14 09:00"), at("2025-03-24 14:00"))
    assert again.started_at == at("2025-03-24 14:00")
    assert again.due_at == clock.main_due(case, at("2025-03-24 14:00")).at
    assert (again.first_due_at, again.deadline_at) == (case.due_at, again.due_at)
    lines = [STARTED, entry("paused", "2025-03-14 09:00"), entry("restarted", "2025-03-24 14:00")]
    assert ledger.recomputed(again, lines) == again.due_at


@pytest.mark.proves("R08", "D08")
def test_where_the_procedure_says_so_the_limit_goes_on_with_what_was_left() -> None:
    case, asked, received = a_case(), at("2025-03-14 09:00"), at("2025-03-24 14:00")
    again = clock.after_supplement(case, RESUMING, asked, received)
    calendar = calendar_of(case)
    assert case.due_at
    assert again.due_at
    assert again.started_at == case.started_at
    left = calendar.working_minutes_between(asked, case.due_at)
    assert calendar.working_minutes_between(received, again.due_at) == left
    lines = [STARTED, entry("paused", "2025-03-14 09:00"), entry("resumed", "2025-03-24 14:00")]
    assert ledger.recomputed(again, lines) == again.due_at
    assert again.late_from
    assert again.late_from.date() > again.due_at.date()


@pytest.mark.proves("R12")
@pytest.mark.parametrize("procedure", [PROCEDURE, RESUMING])
def test_a_pause_is_nobodys_share_of_the_limit(procedure: Procedure) -> None:
    case = a_case()
    planned = clock.plan_of(case, procedure)
    again = clock.after_supplement(case, procedure, at("2025-03-14 09:00"), at("2025-03-24 14:00"))
    later = clock.plan_of(again, procedure)
    assert later[-1].due_at == again.due_at
    calendar = calendar_of(case)
    whole = calendar.working_minutes_between(case.started_at, case.due_at)  # type: ignore[arg-type]
    if procedure is RESUMING:
        assert [one.working_minutes for one in later] == [one.working_minutes for one in planned]
        assert sum(one.working_minutes for one in later) == whole
    else:
        assert sum(one.working_minutes for one in later) == calendar.working_minutes_between(
            again.started_at, again.due_at  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.mark.proves("R07")
def test_a_promised_date_is_what_the_ledger_explains_until_a_supplement_starts_the_limit_anew() -> None:
    promised = at("2025-05-12 09:00")
    case, line = ledger.re_appointed(a_case(), promised, at("2025-04-02 09:00"))
    lines = [STARTED, line]
    assert ledger.recomputed(case, lines) == case.due_at == promised
    anew = [*lines, entry("paused", "2025-05-05 09:00"), entry("restarted", "2025-05-06 09:00")]
    assert ledger.recomputed(case, anew) == clock.main_due(case, at("2025-05-06 09:00")).at


class Run:
    def __init__(self, step: str, begins: str, ends: str | None) -> None:
        self.step, self.started_at, self.finished_at = step, at(begins), at(ends) if ends else None


@pytest.mark.proves("R12", "D14")
@pytest.mark.parametrize(("used", "left"), [([], None), ([100], -100), ([100, 50], -150), ([99_999], 0)])
def test_a_run_is_planned_with_what_earlier_ones_left(used: list[int], left: int | None) -> None:
    case, now = a_case(), at("2025-03-13 09:00")
    calendar = calendar_of(case)
    share = next(one for one in clock.plan_of(case) if one.step.id == "appraise").working_minutes
    runs = []
    for minutes in used:
        ends = calendar.add_working_minutes(now, min(minutes, 8000))
        run = Run("appraise", "2025-03-13 09:00", None)
        run.started_at, run.finished_at = now, ends
        runs.append(run)
        now = ends
    granted = budgets.grant(case, PROCEDURE, "appraise", runs, now)
    expected = share if left is None else share + left if left else 0
    assert granted.minutes == expected
    assert granted.due_at == calendar.add_working_minutes(now, expected)


@pytest.mark.proves("R04")
@pytest.mark.parametrize(("promised", "again"), [("09:00", "09:00"), ("12:15", "11:30"), ("06:00", "07:30")])
def test_a_new_date_keeps_the_time_of_day_as_near_as_its_sessions_allow(promised: str, again: str) -> None:
    case = a_case(due_at=at(f"2025-04-14 {promised}"))
    assert f"{apology.new_due_at(case, date(2025, 5, 12)):%d %H:%M}" == f"12 {again}"


@pytest.mark.proves("R07")
@pytest.mark.parametrize(
    ("now", "reappointed", "is_given"),
    [
        ("2025-03-20 08:00", False, True),
        ("2025-03-20 08:00", True, False),
        ("2025-05-30 08:00", False, False),
    ],
)
def test_a_letter_goes_out_with_its_new_date_only_while_one_may_be_given(
    now: str, reappointed: bool, is_given: bool
) -> None:
    case = a_case(reappointed_at=at("2025-03-19 08:00") if reappointed else None)
    assert case.due_at
    letter = Apology(1, "Vì.", "radiation", case.due_at, at("2025-05-12 09:00"), "p", at("2025-03-19 08:00"))
    sent = apology.as_sent(case, letter, at(now))
    assert sent.gives_new_date is is_given
    assert bool(apology.no_new_date_vi(case, at(now))) is not is_given
    moved = clock.with_due(case, at("2025-06-02 09:00"))
    assert apology.as_sent(replace(moved, reappointed_at=None), letter, at("2025-03-20 08:00")).new_due_at is None


def test_the_last_day_for_a_new_date_is_the_day_before_the_due_date() -> None:
    case = a_case()
    assert case.due_at
    assert (case.due_at.date() - apology.last_day_for_new_date(case)).days == 1


@pytest.mark.proves("R07")
@pytest.mark.parametrize("planned", [[], OutsideCalendar("one", None, date(2025, 1, 1), date(2025, 12, 31))])
def test_a_letter_is_begun_without_a_date_where_what_is_left_is_not_known(
    monkeypatch: pytest.MonkeyPatch, planned: Any
) -> None:
    case = a_case()
    now = apology.window(case).draft_at
    assert apology.proposed(case, 1, now).new_due_at is not None
    monkeypatch.setattr(clock, "plan_of", Mock(return_value=planned, side_effect=planned or None))
    assert apology.proposed(case, 1, now).new_due_at is None
