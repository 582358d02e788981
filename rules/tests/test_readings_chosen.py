"""Readings as settings: what an office or a procedure may choose otherwise, from a date on, and what then changes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules import due
from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.due import Limit
from rules.readings import DEFAULT, Readings
from rules.records.cited import Source
from rules.records.office import ReadingsInForce
from rules.records.procedure import Procedure
from rules.road import Question, road
from rules.soundness import offices
from rules.soundness.known import Known
from rules.testing import OFFICE_ID, at

THREE_DAYS, MONTH = Limit(3, "working_days"), Limit(25, "calendar_days")


def chosen(readings: Readings, *, since: str = "2024-01-01", procedures: tuple[str, ...] = ()) -> ReadingsInForce:
    act = Source(act="Quyết định của Sở")
    span = {"effective_from": date.fromisoformat(since), "sources": (act,)}
    return ReadingsInForce(**span, readings=readings, procedure_ids=procedures)


def law_with(law: Catalogue, *choices: ReadingsInForce) -> Catalogue:
    changed = [one.model_copy(update={"readings": choices}) if one.id == OFFICE_ID else one for one in law.offices]
    return replace(law, offices=tuple(changed))


@pytest.mark.proves("R03")
@pytest.mark.parametrize(
    ("started", "due_at"),
    [
        ("2025-03-03 15:00", "2025-03-06 15:00"),
        ("2025-03-03 15:01", "2025-03-07 07:30"),
        ("2025-03-08 09:00", "2025-03-13 07:30"),
    ],
)
def test_day_zero_may_move_to_the_next_working_day_after_a_cut_off(
    calendar: Calendar, started: str, due_at: str
) -> None:
    readings = Readings(day_zero_cutoff="15:00")
    assert due.due(THREE_DAYS, at(started), calendar, readings=readings).at == at(due_at)


@pytest.mark.proves("R04")
def test_a_day_that_rolled_may_keep_the_time_of_day(calendar: Calendar) -> None:
    rolled = due.due(MONTH, at("2025-03-13 10:00"), calendar)
    carried = due.due(MONTH, at("2025-03-13 10:00"), calendar, readings=Readings(rolled_day_clock="carried"))
    assert (rolled.at, carried.at) == (at("2025-04-08 17:30"), at("2025-04-08 10:00"))


@pytest.mark.proves("R04")
def test_hours_that_fill_a_session_may_end_where_the_next_begins(calendar: Calendar) -> None:
    readings = Readings(full_session_ends="next_session")
    for hours, ends in ((4, "2025-03-03 13:30"), (8, "2025-03-04 07:30"), (5, "2025-03-03 14:30")):
        found = due.due(Limit(hours, "working_hours"), at("2025-03-03 07:30"), calendar, readings=readings)
        assert found.at == at(ends)


@pytest.mark.proves("R05")
@pytest.mark.parametrize(
    ("late_after", "kind", "missed"),
    [("date", "on_time", "2025-03-07 00:00"), ("moment", "late", "2025-03-06 10:01")],
)
def test_a_day_limit_may_be_late_after_its_moment_instead_of_its_date(
    calendar: Calendar, late_after: Any, kind: str, missed: str
) -> None:
    readings = Readings(day_limits_late_after=late_after)
    found = due.due(THREE_DAYS, at("2025-03-03 10:00"), calendar, readings=readings)
    assert due.lateness(found, at("2025-03-06 11:00"), calendar).kind == kind
    assert due.missed_at(found) == at(missed)
    assert due.lateness(found, due.missed_at(found), calendar).kind == "late"


def test_a_choice_holds_from_its_date_on_and_for_its_procedures_before_all(law: Catalogue) -> None:
    close, rolls = Readings(day_limit_clock="close_of_day"), Readings(main_limit_rolls=True)
    changed = law_with(law, chosen(close, since="2025-03-01"), chosen(rolls, since="2025-03-01", procedures=("a", "b")))
    assert changed.readings(OFFICE_ID, date(2025, 2, 28), "a") == DEFAULT
    assert changed.readings(OFFICE_ID, date(2025, 3, 1)) == close
    assert changed.readings(OFFICE_ID, date(2025, 3, 1), "c") == close
    assert changed.readings(OFFICE_ID, date(2025, 3, 1), "a") == rolls


@pytest.mark.proves("R01")
def test_a_dossier_keeps_the_readings_of_the_day_it_arrived(law: Catalogue, xray: Procedure) -> None:
    close = chosen(Readings(day_limit_clock="close_of_day"), since="2025-03-05", procedures=(xray.id,))
    changed = law_with(law, close)
    paid = at("2025-03-14 10:00")
    for filed, wanted in (("2025-03-04 09:00", "2025-04-08 10:00"), ("2025-03-05 09:00", "2025-04-08 17:30")):
        question = Question(xray.id, "online", OFFICE_ID, at(filed), paid)
        assert road(question, catalogue=changed).due_at == at(wanted)


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        (("xray-licence-new-2021",), "overlaps"),
        (("xray-licence-amend-2021",), None),
        ((), None),
        (("no-such-procedure",), "unknown procedure"),
    ],
)
def test_two_choices_for_one_procedure_may_not_hold_on_the_same_day(
    law: Catalogue, second: tuple[str, ...], wrong: str | None
) -> None:
    choices = (chosen(DEFAULT, procedures=("xray-licence-new-2021",)), chosen(DEFAULT, procedures=second))
    office = law_with(law, *choices).office(OFFICE_ID)
    faults = [reason for _, reason in offices.office(office, a_known(law))]
    assert [reason for reason in faults if wrong and wrong in reason] or (wrong is None and not faults)


def a_known(law: Catalogue) -> Known:
    return Known([(None, one) for one in (*law.procedures, *law.fields)])  # type: ignore[misc]
