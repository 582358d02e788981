"""What the shipped catalogue holds and how it is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from rules import catalogue
from rules.catalogue import Catalogue
from rules.errors import NotInForce, Unknown, UnknownFee, UnknownForm, UnknownOffice, UnknownProcedure
from rules.readings import DEFAULT
from rules.records.procedure import Procedure


def test_it_is_read_once(law: Catalogue) -> None:
    assert catalogue.load() is law


@pytest.mark.proves("R01", "B03")
def test_the_version_in_force_on_the_day_is_found(law: Catalogue) -> None:
    assert law.find("2.002380", date(2025, 3, 3)).id == "xray-licence-new-2021"
    for on in (date(2021, 1, 31), date(2026, 1, 1)):
        assert "xray-licence-new-2021" not in [one.id for one in law.in_force(on)]
        with pytest.raises(NotInForce):
            law.find("2.002380", on)


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (Catalogue.procedure, UnknownProcedure),
        (Catalogue.form, UnknownForm),
        (Catalogue.fee, UnknownFee),
        (Catalogue.office, UnknownOffice),
        (Catalogue.calendar, UnknownOffice),
    ],
)
def test_what_is_not_held_is_refused_by_its_own_name(
    law: Catalogue, ask: Callable[[Catalogue, str], object], error: type[Unknown]
) -> None:
    with pytest.raises(error, match="no-such"):
        ask(law, "no-such")


def test_a_version_or_a_national_code_that_is_not_held_is_refused(law: Catalogue) -> None:
    with pytest.raises(UnknownProcedure, match="version 99"):
        law.procedure("xray-licence-new-2021", "99")
    with pytest.raises(UnknownProcedure):
        law.find("1.000000", date(2025, 1, 1))


def test_the_licence_is_held_in_full(xray: Procedure) -> None:
    assert (xray.limit.value, xray.limit.unit) == (25, "calendar_days")  # type: ignore[union-attr]
    assert (xray.check_limit.value, xray.check_limit.unit) == (5, "working_days")  # type: ignore[union-attr]
    assert xray.start_rule == "valid_dossier_and_fee"
    assert len(xray.components) == 11
    assert xray.form_ids == ("F142-IV-01", "F142-III-01", "F142-III-07")
    assert [step.role for step in xray.steps] == [
        "division_head",
        "case_officer",
        "division_head",
        "department_leader",
        "clerk",
    ]
    assert xray.process.invented
    inspection = xray.component("inspection-certificates")
    assert inspection is not None
    assert (inspection.one_per, inspection.days_valid_after_receipt) == ("device", 45)


@pytest.mark.proves("R19")
def test_citizens_could_file_on_this_portal_until_the_end_of_june_2025(law: Catalogue, xray: Procedure) -> None:
    assert law.filing_open(xray, "online", "this_portal", date(2025, 6, 30))
    assert not law.filing_open(xray, "online", "this_portal", date(2025, 7, 1))
    assert law.filing_open(xray, "online", "national_portal", date(2025, 7, 1))
    assert law.filing_open(xray, "direct", "counter", date(2025, 7, 1))
    assert law.filing_open(xray, "postal", "post_room", date(2025, 7, 1))


def test_nothing_can_be_filed_when_the_procedure_is_over_or_by_the_wrong_channel(
    law: Catalogue, xray: Procedure
) -> None:
    assert not law.filing_open(xray, "direct", "counter", date(2026, 1, 1))
    assert not law.filing_open(xray, "online", "counter", date(2025, 3, 3))
    by_post_only = xray.model_copy(update={"channels": ("postal",)})
    assert not law.filing_open(by_post_only, "online", "this_portal", date(2025, 3, 3))


@pytest.mark.proves("R22")
def test_the_demo_office_is_marked_as_invented_down_to_who_signs(law: Catalogue) -> None:
    office = law.office("demo-dost")
    assert office.invented
    assert law.agency_code("demo-dost", date(2025, 3, 13)) == "H00.15"
    assert [one.signer_role for one in office.delegations] == ["department_leader"]
    assert all(one.invented for one in office.delegations)
    assert law.readings("demo-dost", date(2025, 3, 13)) == DEFAULT


@pytest.mark.proves("B01")
def test_an_office_has_the_agency_code_of_the_day(law: Catalogue) -> None:
    office = law.office("demo-dost")
    (now,) = office.agency_codes
    former = now.model_copy(update={"code": "H99.15", "effective_to": date(2025, 6, 30)})
    later = now.model_copy(update={"effective_from": date(2025, 7, 1)})
    merged = replace(law, offices=(office.model_copy(update={"agency_codes": (former, later)}),))
    assert merged.agency_code("demo-dost", date(2025, 6, 30)) == "H99.15"
    assert merged.agency_code("demo-dost", date(2025, 7, 1)) == "H00.15"
    with pytest.raises(NotInForce):
        merged.agency_code("demo-dost", date(2021, 1, 31))


def test_every_role_of_a_step_works_in_some_unit(law: Catalogue, xray: Procedure) -> None:
    held = {role for unit in law.office("demo-dost").units for role in unit.roles}
    assert {step.role for step in xray.steps} <= held
