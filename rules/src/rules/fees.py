"""What a dossier costs, as a function of procedure, items, channel, action and date of filing. Whole đồng, exact.

Intake's quote and the demand in payments come from `quote_of`, so they cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rules import packages
from rules.catalogue import Catalogue, load
from rules.errors import NotPriced, UnknownFee, UnknownFeeItem
from rules.records.fee import NO_FEE, FeeItem, FeeModifier, FeeTable
from rules.records.procedure import Procedure


@dataclass(frozen=True)
class FeeLine:
    """One kind of item; `amount_vnd` is quantity times unit, before any factor. A percentage is one item."""

    key: str
    name_vi: str
    name_en: str
    quantity: int
    unit_vnd: int
    amount_vnd: int


@dataclass(frozen=True)
class FeeReason:
    """A factor that took part, and why."""

    factor: Fraction
    why_vi: str
    why_en: str
    source: str


@dataclass(frozen=True)
class FeeQuote:
    """The fee with everything that explains it. `unconfirmed` names what no source confirms; empty if all is sure."""

    lines: tuple[FeeLine, ...]
    factor: Fraction
    reasons: tuple[FeeReason, ...]
    total_vnd: int
    legal_basis: tuple[str, ...]
    unconfirmed: tuple[str, ...] = ()

    @property
    def subtotal_vnd(self) -> int:
        return sum(line.amount_vnd for line in self.lines)


def quote_of(
    procedure: Procedure, forms: packages.Sheets, channel: str, on: date, catalogue: Catalogue | None = None
) -> FeeQuote | None:
    """The fee of a dossier that arrived on a date (R01), counted from its sheets; None where the procedure has none.

    Raises what `fee` does.
    """
    return quote_of_items(procedure, packages.fee_items(procedure, forms, catalogue), channel, on, catalogue)


def quote_of_items(
    procedure: Procedure, items: Mapping[str, int], channel: str, on: date, catalogue: Catalogue | None = None
) -> FeeQuote | None:
    """The fee of a dossier with so many items of each kind; what a fee that counts nothing is told does not matter.

    Raises what `fee` does, and NotPriced where a percentage is not told the value it is taken of.
    """
    rule = procedure.fee
    if rule is None or rule.fee_id == NO_FEE:
        return None
    if rule.counted_by is None and rule.value_from is None:
        items = packages.fee_items(procedure, {}, catalogue)
    stated = rule.value_from is None or rule.item in items
    unpriced = [key for key in items if key in rule.unpriced] or ([] if stated else [rule.item or ""])
    if unpriced:
        raise NotPriced(rule.fee_id, unpriced[0])
    return fee(procedure, items=items, channel=channel, filed_on=on, action=rule.action, catalogue=catalogue)


def items_of(procedure: Procedure, catalogue: Catalogue | None = None) -> tuple[FeeItem, ...]:
    """The items of its table that a procedure may be charged for; none where nothing is collected, or nobody knows."""
    if procedure.fee is None:
        return ()
    table = (catalogue or load()).fee(procedure.fee.fee_id)
    return tuple(one for one in table.items if procedure.fee.item in (None, one.key))


def fee(
    procedure: Procedure,
    *,
    items: Mapping[str, int],
    channel: str,
    filed_on: date,
    action: str = "new",
    catalogue: Catalogue | None = None,
) -> FeeQuote:
    """The fee for so many items of each kind; for a percentage the number is the value in đồng it is taken of.

    Raises UnknownFee (the procedure has no table), NotInForce (the table had not begun or had ended), UnknownFeeItem,
    NotPriced (an action or item without an amount), and ValueError for a negative number.
    """
    table = _table(procedure, filed_on, catalogue or load())
    priced = [(_item(table, key, number), number) for key, number in items.items()]
    lines = tuple(_line(table, item, number) for item, number in priced if number or item.percentage)
    used = _modifiers(table, action=action, channel=channel, filed_on=filed_on)
    quantity = sum(line.quantity for line in lines)
    factors = [(modifier, modifier.factor_for(quantity)) for modifier in used]
    doubts = _doubts(table, lines, used)
    return _quote(table, lines, [(modifier, factor) for modifier, factor in factors if factor != 1], doubts)


def _table(procedure: Procedure, filed_on: date, catalogue: Catalogue) -> FeeTable:
    if procedure.fee_id is None:
        raise UnknownFee(f"{procedure.id} has none")
    return catalogue.fee(procedure.fee_id, filed_on)


def _item(table: FeeTable, key: str, number: int) -> FeeItem:
    item = table.item(key)
    if item is None:
        raise UnknownFeeItem(key)
    if number < 0:
        raise ValueError(f"{key}: {number} is not a number of items")
    return item


def _line(table: FeeTable, item: FeeItem, number: int) -> FeeLine:
    if item.percentage:
        amount = _whole(item.percentage.amount_of(number))
        return FeeLine(item.key, item.name_vi, item.name_en, 1, amount, amount)
    if item.amount_vnd is None:
        raise NotPriced(table.id, item.key)
    return FeeLine(item.key, item.name_vi, item.name_en, number, item.amount_vnd, number * item.amount_vnd)


def _modifiers(table: FeeTable, *, action: str, channel: str, filed_on: date) -> list[FeeModifier]:
    wanted = {"action": action, "channel": channel, "quantity": None}
    used = [
        one
        for one in table.modifiers
        if one.enabled and one.is_in_force(filed_on) and one.applies_to == wanted[one.kind]
    ]
    if action != "new" and not any(one.kind == "action" for one in used):
        raise NotPriced(table.id, action)
    return used


def _quote(
    table: FeeTable, lines: tuple[FeeLine, ...], used: list[tuple[FeeModifier, Fraction]], doubts: list[str]
) -> FeeQuote:
    factor = Fraction(1)
    for _, one in used:
        factor *= one
    total = _whole(sum(line.amount_vnd for line in lines) * factor)
    reasons = tuple(FeeReason(one, m.reason_vi, m.reason_en, str(m.sources[0])) for m, one in used)
    basis = [*_sources(table, lines), *(reason.source for reason in reasons)]
    if len(used) > 1:
        doubts = [*doubts, "how factors combine"]
    return FeeQuote(lines, factor, reasons, total, tuple(dict.fromkeys(basis)), tuple(doubts))


def _sources(table: FeeTable, lines: tuple[FeeLine, ...]) -> list[str]:
    """The table's acts, then those that only one of its items has."""
    charged = [item for line in lines if (item := table.item(line.key))]
    return [str(source) for source in (*table.sources, *(one for item in charged for one in item.sources))]


def _doubts(table: FeeTable, lines: tuple[FeeLine, ...], used: list[FeeModifier]) -> list[str]:
    """What no source confirms: the table, an item, or a modifier that took part, even one that changes nothing."""
    charged = [item for line in lines if (item := table.item(line.key))]
    marked = [item.key for item in charged if item.unconfirmed] + [one.key for one in used if one.unconfirmed]
    return [table.id, *marked] if table.unconfirmed and lines else marked


def _whole(amount: Fraction) -> int:
    """Round half up to whole đồng; of what is known so far only percentages ever need it."""
    return (amount.numerator * 2 + amount.denominator) // (amount.denominator * 2)
