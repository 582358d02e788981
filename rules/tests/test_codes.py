"""Codes by the format in force on their date."""

from datetime import date

import pytest

from rules import codes
from rules.catalogue import Catalogue
from rules.errors import NotInForce


@pytest.mark.proves("R21", "D02")
@pytest.mark.parametrize(
    ("agency", "on", "number", "code"),
    [
        ("H56.15", date(2023, 10, 25), 7, "000.00.15.H56-231025-0007"),
        ("H00.15", date(2025, 3, 13), 1, "000.00.15.H00-250313-0001"),
        ("H00.15", date(2025, 9, 14), 2, "000.00.15.H00-250914-0002"),
        ("H00.15", date(2025, 9, 15), 2, "H00.015.00-250915-0002"),
        ("H52.015", date(2026, 4, 22), 3, "H52.015.00-260422-0003"),
        ("H52.15.7", date(2026, 4, 22), 3, "H52.015.07-260422-0003"),
        ("H56.15.7", date(2023, 10, 25), 7, "000.07.15.H56-231025-0007"),
    ],
)
def test_the_dossier_code_follows_the_circular_in_force(agency: str, on: date, number: int, code: str) -> None:
    assert codes.dossier_code(agency, on, number) == code


def test_the_number_of_the_day_outgrows_its_width_without_repeating() -> None:
    assert codes.dossier_code("H00.15", date(2025, 3, 13), 12_345) == "000.00.15.H00-250313-12345"


@pytest.mark.proves("R10")
def test_a_dossier_has_an_arrival_number_before_its_code() -> None:
    assert codes.arrival_number("H00.15", date(2025, 3, 3), 1) == "T-H00.15-250303-0001"


@pytest.mark.proves("R16", "H06")
def test_each_result_of_a_dossier_is_counted() -> None:
    code = codes.dossier_code("H00.15", date(2025, 3, 13), 1)
    assert codes.result_code(code, 1) == "000.00.15.H00-250313-0001-KQ1"
    assert codes.result_code(code, 2, on=date(2026, 5, 1)).endswith("-KQ2")


def test_numbers_begin_with_one_and_levels_must_fit() -> None:
    with pytest.raises(ValueError, match="begin with 1"):
        codes.arrival_number("H00.15", date(2025, 3, 3), 0)
    with pytest.raises(ValueError, match="does not fit"):
        codes.dossier_code("H00.115", date(2025, 3, 3), 1)
    with pytest.raises(NotInForce):
        codes.dossier_code("H00.15", date(2015, 3, 3), 1)


def test_the_examples_in_the_data_are_what_comes_out(law: Catalogue) -> None:
    made = {
        "dossier-code-2018": codes.dossier_code("H56.15", date(2023, 10, 25), 7),
        "dossier-code-2025": codes.dossier_code("H52.15", date(2026, 4, 22), 3),
        "arrival-number": codes.arrival_number("H00.15", date(2025, 3, 3), 1),
        "result-code": codes.result_code("000.00.15.H56-231025-0007", 1),
    }
    assert made == {one.id: one.example for one in law.codes}
