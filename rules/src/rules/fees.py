"""What a dossier costs, as a function of procedure, items, channel, action and date of filing. Whole đồng, exact.

Intake's quote and the demand in payments come from `quote_of`, so they cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rules import packages
from rules.catalogue import Catalogue, load
from rules.errors import NotInForce, NotPriced, UnknownFee, UnknownFeeItem
from rules.records.fee import FeeItem, FeeModifier, FeeTable
from rules.records.procedure import Procedure


@dataclass(frozen=True)
class FeeLine:
    """One kind of item; `amount_vnd` is quantity times unit, before any factor."""

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
    """The fee of a dossier with so many items of each kind; what a fee that counts nothing is told does not matter."""
    if procedure.fee is None:
        return None
    if procedure.fee.counted_by is None:
        items = packages.fee_items(procedure, {}, catalogue)
    return fee(procedure, items=items, channel=channel, filed_on=on, action=procedure.fee.action, catalogue=catalogue)


def fee(
    procedure: Procedure,
    *,
    items: Mapping[str, int],
    channel: str,
    filed_on: date,
    action: str = "new",
    catalogue: Catalogue | None = None,
) -> FeeQuote:
    """The fee for so many items of each kind.

    Raises UnknownFee (the procedure has no table), NotInForce (the table had not begun or had ended), UnknownFeeItem,
    NotPriced (an action without an amount), and ValueError for a negative number.
    """
    table = _table(procedure, filed_on, catalogue or load())
    lines = tuple(_line(table, key, count) for key, count in items.items() if count)
    used = _modifiers(table, action=action, channel=channel, filed_on=filed_on)
    quantity = sum(line.quantity for line in lines)
    factors = [(modifier, modifier.factor_for(quantity)) for modifier in used]
    return _quote(table, lines, [(modifier, factor) for modifier, factor in factors if factor != 1])


def _table(procedure: Procedure, filed_on: date, catalogue: Catalogue) -> FeeTable:
    if procedure.fee_id is None:
        raise UnknownFee(f"{procedure.id} has none")
    table = catalogue.fee(procedure.fee_id)
    if not table.is_in_force(filed_on):
        raise NotInForce(table.id, filed_on)
    return table


def _line(table: FeeTable, key: str, quantity: int) -> FeeLine:
    item: FeeItem | None = table.item(key)
    if item is None:
        raise UnknownFeeItem(key)
    if quantity < 0:
        raise ValueError(f"{key}: {quantity} is not a number of items")
    return FeeLine(key, item.name_vi, item.name_en, quantity, item.amount_vnd, quantity * item.amount_vnd)


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


def _quote(table: FeeTable, lines: tuple[FeeLine, ...], used: list[tuple[FeeModifier, Fraction]]) -> FeeQuote:
    factor = Fraction(1)
    for _, one in used:
        factor *= one
    total = _whole(sum(line.amount_vnd for line in lines) * factor)
    reasons = tuple(FeeReason(one, m.reason_vi, m.reason_en, str(m.sources[0])) for m, one in used)
    basis = [str(source) for source in table.sources] + [reason.source for reason in reasons]
    return FeeQuote(lines, factor, reasons, total, tuple(dict.fromkeys(basis)), _doubts(used))


def _doubts(used: list[tuple[FeeModifier, Fraction]]) -> tuple[str, ...]:
    doubts = [modifier.key for modifier, _ in used if modifier.unconfirmed]
    return tuple([*doubts, "how factors combine"] if len(used) > 1 else doubts)


def _whole(amount: Fraction) -> int:
    """Round half up to whole đồng; the tables and factors known so far never need it."""
    return (amount.numerator * 2 + amount.denominator) // (amount.denominator * 2)
