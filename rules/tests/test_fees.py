"""Quotes equal demands because both come from here; the amounts are those of the fee table."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from rules import fees
from rules.catalogue import Catalogue
from rules.errors import NotInForce, NotPriced, UnknownFee, UnknownFeeItem
from rules.records.procedure import Procedure
from rules.testing import some_sheets

IN_2025 = date(2025, 3, 3)


def total(procedure: Procedure, items: dict[str, int], channel: str, filed_on: date, action: str = "new") -> int:
    return fees.fee(procedure, items=items, channel=channel, filed_on=filed_on, action=action).total_vnd


@pytest.mark.proves("B13")
def test_a_dossier_costs_what_its_sheets_count(xray: Procedure) -> None:
    quote = fees.quote_of(xray, some_sheets(), "online", IN_2025)
    assert quote is not None
    assert quote.total_vnd == 12_600_000
    assert quote == fees.quote_of_items(xray, {"ct": 1, "general": 2}, "online", IN_2025)
    assert fees.quote_of(xray.model_copy(update={"fee": None}), some_sheets(), "online", IN_2025) is None


def test_a_fee_that_counts_nothing_is_for_one_item(xray: Procedure, law: Catalogue) -> None:
    assert xray.fee is not None
    flat = xray.model_copy(update={"fee": xray.fee.model_copy(update={"counted_by": None})})
    whole = law.fee("FEE-RAD-XRAY")
    table = whole.model_copy(update={"items": whole.items[:1]})
    small = replace(law, fees=(table,))
    quotes = [
        fees.quote_of(flat, {}, "direct", IN_2025, small),
        fees.quote_of_items(flat, {"ct": 7}, "direct", IN_2025, small),
    ]
    assert [quote and quote.total_vnd for quote in quotes] == [table.items[0].amount_vnd] * 2


def test_one_ct_and_two_general_machines_online_cost_twelve_million_six(xray: Procedure) -> None:
    quote = fees.fee(xray, items={"ct": 1, "general": 2}, channel="online", filed_on=IN_2025)
    assert quote.total_vnd == 12_600_000
    assert quote.subtotal_vnd == 14_000_000
    assert quote.factor == Fraction(9, 10)
    assert [(line.key, line.quantity, line.unit_vnd, line.amount_vnd) for line in quote.lines] == [
        ("ct", 1, 8_000_000, 8_000_000),
        ("general", 2, 3_000_000, 6_000_000),
    ]
    assert "90 %" in quote.reasons[0].why_vi
    assert any("63/2023/TT-BTC" in act for act in quote.legal_basis)
    assert quote.unconfirmed == ()


@pytest.mark.proves("B13")
@pytest.mark.parametrize(
    ("channel", "filed_on", "total_vnd"),
    [
        ("online", date(2023, 11, 30), 8_000_000),
        ("online", date(2023, 12, 1), 7_200_000),
        ("online", date(2025, 12, 31), 7_200_000),
        ("online", date(2026, 1, 1), 8_000_000),
        ("direct", IN_2025, 8_000_000),
        ("postal", IN_2025, 8_000_000),
    ],
)
def test_only_online_filing_was_cheaper_and_only_for_two_years(
    xray: Procedure, channel: str, filed_on: date, total_vnd: int
) -> None:
    assert total(xray, {"ct": 1}, channel, filed_on) == total_vnd


@pytest.mark.proves("B13")
@pytest.mark.parametrize(
    ("kind", "new", "renewed", "new_online"),
    [
        ("dental", 2_000_000, 1_500_000, 1_800_000),
        ("mammography", 2_000_000, 1_500_000, 1_800_000),
        ("mobile", 2_000_000, 1_500_000, 1_800_000),
        ("general", 3_000_000, 2_250_000, 2_700_000),
        ("bone_densitometry", 3_000_000, 2_250_000, 2_700_000),
        ("fluoroscopy", 5_000_000, 3_750_000, 4_500_000),
        ("ct", 8_000_000, 6_000_000, 7_200_000),
        ("pet_ct", 16_000_000, 12_000_000, 14_400_000),
    ],
)
def test_every_kind_of_device_costs_what_the_table_says(
    xray: Procedure, kind: str, new: int, renewed: int, new_online: int
) -> None:
    assert total(xray, {kind: 1}, "direct", IN_2025) == new
    assert total(xray, {kind: 1}, "direct", IN_2025, action="renew") == renewed
    assert total(xray, {kind: 1}, "online", IN_2025) == new_online


def test_the_reduction_for_several_devices_is_known_but_switched_off(xray: Procedure) -> None:
    assert total(xray, {"general": 6}, "direct", IN_2025) == 18_000_000


def test_how_two_factors_combine_is_marked_as_unconfirmed(xray: Procedure) -> None:
    quote = fees.fee(xray, items={"ct": 1}, channel="online", filed_on=IN_2025, action="renew")
    assert quote.total_vnd == 5_400_000
    assert quote.unconfirmed == ("how factors combine",)


def test_no_devices_cost_nothing_and_make_no_lines(xray: Procedure) -> None:
    quote = fees.fee(xray, items={"ct": 0}, channel="direct", filed_on=IN_2025)
    assert (quote.total_vnd, quote.lines) == (0, ())


def test_what_the_table_does_not_price_is_refused(xray: Procedure) -> None:
    with pytest.raises(UnknownFeeItem):
        total(xray, {"linac": 1}, "direct", IN_2025)
    with pytest.raises(NotPriced):
        total(xray, {"ct": 1}, "direct", IN_2025, action="amend")
    with pytest.raises(NotInForce):
        total(xray, {"ct": 1}, "direct", date(2021, 3, 1))
    with pytest.raises(ValueError, match="not a number of items"):
        total(xray, {"ct": -1}, "direct", IN_2025)
    with pytest.raises(UnknownFee):
        total(xray.model_copy(update={"fee": None}), {"ct": 1}, "direct", IN_2025)
