"""Until when results hold, and by when applicants had to file."""

from datetime import date
from typing import Any

import pytest

from rules import terms
from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.testing import an_application

ISSUED, EXPIRY = date(2025, 4, 8), date(2025, 5, 31)
EXTENSION = "F142-IV-06"


@pytest.mark.proves("H06")
@pytest.mark.parametrize(
    ("procedure_id", "until"),
    [
        ("xray-licence-new-2021", date(2028, 4, 8)),
        ("xray-licence-extend-2021", date(2028, 5, 31)),
        ("xray-licence-amend-2021", EXPIRY),
        ("xray-licence-add-2021", EXPIRY),
        ("xray-licence-replace-2021", EXPIRY),
        ("safety-officer-certificate-2021", None),
        ("radiation-licence-new-2026", None),
    ],
)
def test_results_hold_as_their_rule_says(law: Catalogue, procedure_id: str, until: date | None) -> None:
    result = law.procedure(procedure_id).result
    assert terms.valid_until(result, issued_on=ISSUED, old_expiry=EXPIRY) == until


def test_an_extension_of_a_leap_day_ends_with_its_month(law: Catalogue) -> None:
    result = law.procedure("xray-licence-extend-2021").result
    assert terms.valid_until(result, issued_on=ISSUED, old_expiry=date(2024, 2, 29)) == date(2027, 2, 28)
    assert terms.valid_until(result, issued_on=ISSUED) is None


def an_extension(granted: str, expiry: str) -> dict[str, list[dict[str, Any]]]:
    return {EXTENSION: [an_application(old_licence_date=granted, old_licence_expiry=expiry)]}


def test_an_extension_less_than_45_days_before_expiry_is_late_and_needs_a_new_licence(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-extend-2021")
    forms = an_extension("2022-05-31", "2025-05-31")
    assert terms.late_filing(procedure, forms, date(2025, 4, 16)) is None
    found = terms.late_filing(procedure, forms, date(2025, 4, 17))
    assert found is not None
    assert (found.last_on, found.is_refused, found.instead) == (date(2025, 4, 16), True, "xray-licence-new-2021")
    assert "45 ngày" in found.message_vi
    assert "45 days" in found.message_en


def test_a_licence_of_twelve_months_or_less_has_no_such_deadline(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-extend-2021")
    assert terms.late_filing(procedure, an_extension("2024-05-31", "2025-05-31"), date(2025, 5, 30)) is None
    assert terms.late_filing(procedure, an_extension("2024-05-30", "2025-05-31"), date(2025, 5, 30)) is not None


@pytest.mark.parametrize("forms", [{}, {EXTENSION: [{}]}, an_extension("x", "y")])
def test_without_its_date_no_dossier_is_called_late(law: Catalogue, forms: dict[str, Any]) -> None:
    assert terms.late_filing(law.procedure("xray-licence-extend-2021"), forms, date(2025, 5, 30)) is None


def test_a_declaration_is_due_seven_working_days_after_the_device_came(law: Catalogue, calendar: Calendar) -> None:
    deadline = law.procedure("xray-declaration-2021").applicant_deadline
    assert deadline is not None
    assert terms.last_filing_day(deadline, date(2025, 3, 3), calendar) == date(2025, 3, 12)
    assert terms.last_filing_day(deadline, date(2025, 3, 3)) is None
    assert terms.late_filing(law.procedure("xray-declaration-2021"), {}, date(2026, 1, 1), calendar) is None
