"""Quotes of fees that count nothing: flat, a share of a value, none at all, and one that no act has published."""

from typing import Any

import pytest

from intake.domain.quote import fee_kinds, quote_of, quote_of_forms
from rules.catalogue import load
from rules.testing import OFFICE_ID, at

LAW = load()
NOW = at("2025-03-03 09:00")
SHEET = "TRANSFER-VALUE"


def quoted(procedure_id: str, forms: dict[str, list[dict[str, Any]]] | None = None) -> Any:
    return quote_of_forms(LAW.procedure(procedure_id), OFFICE_ID, forms or {}, NOW, LAW)


def test_a_fee_that_is_a_share_waits_for_the_value_it_is_taken_of() -> None:
    without = quoted("technology-transfer-registration")
    assert (without.fee, without.is_free) == (None, False)
    stated = quoted("technology-transfer-registration", {SHEET: [{"value_vnd": 7_500_000_000}]})
    assert stated.fee.total_vnd == 7_500_000


def test_a_flat_fee_needs_no_numbers_and_no_calculator() -> None:
    procedure = LAW.procedure("science-organisation-registration")
    assert fee_kinds(procedure, LAW) == {}
    quote = quote_of(procedure, OFFICE_ID, {}, NOW, LAW)
    assert quote.fee is not None
    assert quote.fee.total_vnd == 3_000_000


@pytest.mark.parametrize(
    ("procedure_id", "is_free"),
    [
        ("xray-declaration-2021", True),
        ("science-organisation-change", False),
        ("science-task-acceptance-facility", False),
    ],
)
def test_nothing_to_pay_is_not_the_same_as_nothing_published(procedure_id: str, is_free: bool) -> None:
    quote = quoted(procedure_id)
    assert (quote.fee, quote.is_free) == (None, is_free)
