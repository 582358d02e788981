"""Fees of every kind: flat, by case, a percentage between two bounds, none at all, and one nobody has published."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import catalogue, fees, packages
from rules.catalogue import Catalogue
from rules.errors import NotInForce, NotPriced, UnknownFeeItem
from rules.records.fee import FeeModifier, FeeTable
from rules.records.procedure import FeeRule, FieldRef, Procedure
from rules.testing import PROCEDURE_ID

IN_2025 = date(2025, 3, 3)
LAW = catalogue.load()
XRAY = LAW.procedure(PROCEDURE_ID)
DEVICES = sorted(item.key for item in LAW.fee("FEE-RAD-XRAY").items)
COUNTS = st.dictionaries(st.sampled_from(DEVICES), st.integers(0, 60), max_size=5)
CHANNELS = st.sampled_from(["online", "direct", "postal"])
VALUES = st.integers(0, 10**13)
VALUE = FieldRef(form_id="SHEET", field="value_vnd")


def charged(fee_id: str, item: str | None = None, value_from: FieldRef | None = None) -> Procedure:
    """The X-ray licence, charged by another table."""
    return XRAY.model_copy(update={"fee": FeeRule(fee_id=fee_id, action="new", item=item, value_from=value_from)})


def total(procedure: Procedure, sheets: packages.Sheets, channel: str = "direct", on: date = IN_2025) -> int | None:
    quote = fees.quote_of(procedure, sheets, channel, on)
    return quote.total_vnd if quote else None


def a_value(value: object) -> packages.Sheets:
    return {"SHEET": [{"value_vnd": value}]}


FIRST = charged("FEE-CGCN", "first_registration", VALUE)
AMENDED = charged("FEE-CGCN", "amendment", VALUE)


@pytest.mark.parametrize(
    ("fee_id", "item", "amount", "online"),
    [
        ("FEE-RAD-CERT", None, 200_000, 200_000),  # a lệ phí: the cut for filing online does not touch it
        ("FEE-RAD-PLAN", None, 500_000, 450_000),
        ("FEE-HCHQ", None, 150_000, 150_000),
        ("FEE-SHCN-GD", None, 250_000, 250_000),
        ("FEE-KHCN", "first_registration", 3_000_000, 3_000_000),
        ("FEE-KHCN", "branch_replacement", 1_000_000, 1_000_000),
    ],
)
def test_a_flat_fee_is_one_line(fee_id: str, item: str | None, amount: int, online: int) -> None:
    procedure = charged(fee_id, item)
    assert total(procedure, {}) == amount
    assert total(procedure, {}, "online") == online
    quote = fees.quote_of(procedure, {}, "online", IN_2025)
    assert quote is not None
    assert [(line.quantity, line.unit_vnd) for line in quote.lines] == [(1, amount)]
    assert quote.legal_basis


@pytest.mark.parametrize("item", ["change", "replacement"])
def test_an_amount_that_nobody_published_is_refused_by_its_name(item: str) -> None:
    with pytest.raises(NotPriced, match=item) as caught:
        total(charged("FEE-KHCN", item), {})
    assert (caught.value.fee_id, caught.value.what) == ("FEE-KHCN", item)


def test_a_procedure_without_fee_has_no_quote_and_says_where_that_stands(law: Catalogue) -> None:
    assert total(charged("FEE-NONE"), {}) is None
    assert packages.fee_items(charged("FEE-NONE"), {}) == {}
    assert law.fee("FEE-NONE").kind == "none"
    assert law.fee("FEE-NONE").sources


@pytest.mark.parametrize(
    ("value_vnd", "first", "amended"),
    [
        (0, 5_000_000, 3_000_000),
        (5_000_000_000, 5_000_000, 5_000_000),
        (7_500_000_000, 7_500_000, 5_000_000),
        (3_456_789_500, 5_000_000, 3_456_790),
        (50_000_000_000, 10_000_000, 5_000_000),
    ],
)
def test_a_transfer_costs_a_thousandth_of_its_value_between_two_bounds(
    value_vnd: int, first: int, amended: int
) -> None:
    assert total(FIRST, a_value(value_vnd)) == first
    assert total(AMENDED, a_value(value_vnd)) == amended


def test_a_percentage_is_one_line_of_its_amount() -> None:
    quote = fees.quote_of(FIRST, a_value(7_500_000_000), "online", IN_2025)
    assert quote is not None
    (line,) = quote.lines
    assert (line.key, line.quantity, line.unit_vnd, line.amount_vnd) == ("first_registration", 1, 7_500_000, 7_500_000)
    assert quote == fees.quote_of_items(FIRST, {"first_registration": 7_500_000_000}, "online", IN_2025)
    assert any("169/2016/TT-BTC" in act for act in quote.legal_basis)


@pytest.mark.parametrize("said", [{}, {"SHEET": []}, a_value(None), a_value("nhiều"), a_value(True), a_value(-1)])
def test_a_percentage_of_a_value_that_nobody_stated_is_not_zero(said: packages.Sheets) -> None:
    with pytest.raises(NotPriced, match="first_registration"):
        total(FIRST, said)


def test_what_an_item_costs_is_cited_where_only_that_item_was_read() -> None:
    quote = fees.quote_of(charged("FEE-KHCN", "branch_replacement"), {}, "direct", IN_2025)
    assert quote is not None
    assert quote.legal_basis[0].startswith("Thông tư 298/2016/TT-BTC")
    assert "Thái Nguyên" in quote.legal_basis[1]


def test_doubts_are_named_even_where_they_change_nothing() -> None:
    conformity = fees.quote_of(charged("FEE-HCHQ"), {}, "direct", IN_2025)
    assert conformity is not None
    assert conformity.unconfirmed == ("FEE-HCHQ",)
    added = fees.fee(XRAY, items={"ct": 1}, channel="direct", filed_on=IN_2025, action="add")
    assert (added.total_vnd, added.unconfirmed) == (8_000_000, ("adding",))


@pytest.mark.proves("B13")
def test_the_table_before_2017_holds_for_its_own_years_only(law: Catalogue) -> None:
    def ct(on: date) -> int:
        return fees.fee(XRAY, items={"ct": 1}, channel="online", filed_on=on).total_vnd

    assert ct(date(2016, 12, 31)) == 6_000_000
    assert ct(date(2022, 2, 5)) == 8_000_000
    with pytest.raises(NotInForce):
        ct(date(2019, 6, 1))
    with pytest.raises(UnknownFeeItem):
        fees.fee(XRAY, items={"pet_ct": 1}, channel="direct", filed_on=date(2015, 1, 5))
    assert law.fee("FEE-RAD-XRAY").item("pet_ct") is not None


@given(counts=COUNTS, more=st.sampled_from(DEVICES), channel=CHANNELS)
def test_more_devices_never_cost_less(counts: dict[str, int], more: str, channel: str) -> None:
    grown = counts | {more: counts.get(more, 0) + 1}
    before = fees.fee(XRAY, items=counts, channel=channel, filed_on=IN_2025).total_vnd
    after = fees.fee(XRAY, items=grown, channel=channel, filed_on=IN_2025).total_vnd
    assert before < after


@given(counts=COUNTS, channel=CHANNELS, action=st.sampled_from(["new", "renew", "add"]))
def test_a_total_is_whole_and_its_lines_times_its_factor(counts: dict[str, int], channel: str, action: str) -> None:
    quote = fees.fee(XRAY, items=counts, channel=channel, filed_on=IN_2025, action=action)
    assert isinstance(quote.total_vnd, int)
    assert abs(quote.subtotal_vnd * quote.factor - quote.total_vnd) <= Fraction(1, 2)
    assert [line.amount_vnd for line in quote.lines] == [line.quantity * line.unit_vnd for line in quote.lines]


@given(one=VALUES, other=VALUES, procedure=st.sampled_from([FIRST, AMENDED]))
def test_a_dearer_contract_never_costs_less_and_both_bounds_hold(one: int, other: int, procedure: Procedure) -> None:
    assert procedure.fee is not None
    item = LAW.fee("FEE-CGCN").item(procedure.fee.item or "")
    assert item is not None
    assert item.percentage is not None
    low, high = (total(procedure, a_value(value)) for value in sorted([one, other]))
    assert low is not None
    assert high is not None
    assert item.percentage.floor_vnd <= low <= high <= item.percentage.ceiling_vnd


@given(order=st.permutations(LAW.fee("FEE-RAD-XRAY").modifiers), counts=COUNTS)
def test_the_order_of_the_factors_changes_nothing(order: list[FeeModifier], counts: dict[str, int]) -> None:
    tables = tuple(_reordered(one, order) if one.id == "FEE-RAD-XRAY" else one for one in LAW.fees)
    shuffled = replace(LAW, fees=tables)
    asked = {"items": counts, "channel": "online", "filed_on": IN_2025, "action": "renew"}
    assert fees.fee(XRAY, catalogue=shuffled, **asked).total_vnd == fees.fee(XRAY, **asked).total_vnd  # type: ignore[arg-type]


def _reordered(table: FeeTable, order: list[FeeModifier]) -> FeeTable:
    return table.model_copy(update={"modifiers": tuple(order)}) if table.effective_to is None else table


@given(day=st.integers(0, 1500))
def test_the_cut_for_filing_online_ends_with_2025(day: int) -> None:
    on = date(2022, 2, 5) + timedelta(days=day)
    cut = date(2023, 12, 1) <= on <= date(2025, 12, 31)
    assert total(charged("FEE-RAD-PLAN"), {}, "online", on) == (450_000 if cut else 500_000)
    assert total(charged("FEE-RAD-CERT"), {}, "online", on) == 200_000
