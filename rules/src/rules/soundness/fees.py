"""What must be true of fee tables, and of the rule by which a procedure uses one."""

from collections.abc import Iterator
from itertools import combinations

from rules.records.cited import Record
from rules.records.component import CountedBy
from rules.records.fee import FeeItem, FeeTable
from rules.records.procedure import FeeRule, Procedure
from rules.soundness.known import Fault, Known, reference, unique
from rules.source_yaml import Location


def fee_items(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, FeeTable)
    yield from unique((item.key for item in record.items), ("items",), "item")
    if (record.kind == "none") != (not record.items):
        yield ("items",), "a table has items; only the kind none has no items"
    for index, item in enumerate(record.items):
        yield from _fee_item(item, ("items", index))
    for index, one in enumerate(record.modifiers):
        if (one.factor is None) == (not one.tiers):
            yield ("modifiers", index), "has either one factor or tiers"
        if (one.kind == "quantity") != (one.applies_to is None):
            yield ("modifiers", index, "kind"), "applies_to names the action or channel; quantity has none"
    for (_, one), (index, other) in combinations(enumerate(record.modifiers), 2):
        if (one.kind, one.applies_to) == (other.kind, other.applies_to) and one.overlaps(other):
            yield ("modifiers", index, "effective_from"), f"overlaps {one.key}"


def _fee_item(item: FeeItem, at: Location) -> Iterator[Fault]:
    if item.percentage is None:
        return
    if item.amount_vnd is not None:
        yield (*at, "amount_vnd"), "an item costs either an amount or a percentage"
    if item.percentage.floor_vnd > item.percentage.ceiling_vnd:
        yield (*at, "percentage"), "its floor is over its ceiling"


def fee_rule(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    if record.fee is None:
        if record.start_rule == "valid_dossier_and_fee":
            yield ("start_rule",), "waits for a fee, but the procedure has none"
        return
    table = known.fee(record.fee.fee_id)
    if table is None:
        yield ("fee", "fee_id"), f"unknown fee {record.fee.fee_id}"
    else:
        yield from _priced(record.fee, table)
    if record.fee.counted_by:
        yield from _counted(record.fee, record.fee.counted_by, table, known)
    if record.fee.value_from:
        yield from reference(record.fee.value_from, ("fee", "value_from"), known)


def _priced(rule: FeeRule, table: FeeTable) -> Iterator[Fault]:
    """A rule must lead to one item of its table, or say what counts several."""
    if rule.counted_by is None and rule.item is None and len(table.items) > 1:
        yield ("fee",), "needs item or counted_by: its table has several items"
    item = table.item(rule.item) if rule.item else None
    if rule.item and item is None:
        yield ("fee", "item"), f"fee {table.id} has no item {rule.item}"
    if item and not item.is_priced and item.key not in rule.unpriced:
        yield ("fee", "unpriced"), f"must name {item.key}: no act has published its amount"
    if (rule.value_from is not None) != (item is not None and item.percentage is not None):
        yield ("fee", "value_from"), "names the value of an item that is a percentage, and of no other"


def _counted(rule: FeeRule, counted: CountedBy, table: FeeTable | None, known: Known) -> Iterator[Fault]:
    """Every kind that a sheet may name has its amount, or is said to have none."""
    at: Location = ("fee", "counted_by")
    yield from reference(counted, at, known)
    field = known.field(counted)
    if field and counted.column:
        field = next((column for column in field.columns if column.key == counted.column), None)
        if field is None:
            yield (*at, "column"), f"table {counted.field} has no column {counted.column}"
    for choice in field.values if field and table else ():
        if table and table.item(choice.value) is None and choice.value not in rule.unpriced:
            yield ("fee", "unpriced"), f"must name {choice.value}: fee {table.id} has no such item"
