"""What must be true between the records of a catalogue, beyond each one's own shape: file, line and reason."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from types import MappingProxyType

from rules.errors import BadData
from rules.records.calendar import CalendarRecord, SpecialDay
from rules.records.cited import Dated, Record
from rules.records.code import CodeFormat
from rules.records.fee import FeeItem, FeeTable
from rules.records.form import AnyCheck, DateOrder, Form, FormField, GoesWith, RowsEqual, Sum
from rules.records.office import Office
from rules.records.procedure import Component, FeeRule, FieldRef, Procedure
from rules.records.process import ProcessRecord
from rules.records.slip import Slips
from rules.source_yaml import Document, Location

Held = tuple[Document, Record]
Fault = tuple[Location, str]
WHOLE = 100
SWAP = {"swapped_off", "working_saturday"}


class Known:
    """Every record by kind and id, for the checks that look across."""

    def __init__(self, held: Iterable[Held]) -> None:
        oldest_first = sorted((one for _, one in held), key=lambda one: one.effective_from)
        self._by_id: dict[tuple[type[Record], str], Record] = {(type(one), one.id): one for one in oldest_first}

    def has(self, kind: type[Record], record_id: str) -> bool:
        return (kind, record_id) in self._by_id

    def form(self, form_id: str) -> Form | None:
        found = self._by_id.get((Form, form_id))
        return found if isinstance(found, Form) else None

    def fee(self, fee_id: str) -> FeeTable | None:
        found = self._by_id.get((FeeTable, fee_id))
        return found if isinstance(found, FeeTable) else None


def check(held: Sequence[Held]) -> None:
    """Raise BadData for the first fault found; what a form inherits is told of the form that it inherits it from."""
    known = Known(held)
    for document, record in sorted(held, key=lambda one: isinstance(one[1], Form) and one[1].extends is not None):
        for location, reason in _faults(record, known):
            raise document.refuse(location, reason)
    for fault in _between(held):
        raise fault


def _faults(record: Record, known: Known) -> Iterator[Fault]:
    for kind, checks in CHECKS.items():
        if isinstance(record, kind):
            for one in checks:
                yield from one(record, known)


def _between(held: Sequence[Held]) -> Iterator[BadData]:
    """Two records for one thing may not hold on the same day."""
    for (_, one), (document, other) in combinations(held, 2):
        if type(one) is type(other) and _same_thing(one, other):
            yield document.refuse(("effective_from",), f"overlaps {one.id} from {one.effective_from}")


def _same_thing(one: Record, other: Record) -> bool:
    if isinstance(one, CalendarRecord) and isinstance(other, CalendarRecord):
        return (one.office_id, one.version) == (other.office_id, other.version)
    if isinstance(one, CodeFormat) and isinstance(other, CodeFormat):
        return one.kind == other.kind and one.overlaps(other)
    if isinstance(one, Procedure) and isinstance(other, Procedure):
        same_code = one.national_code is not None and one.national_code == other.national_code
        return (one.id == other.id or same_code) and one.overlaps(other)
    if isinstance(one, FeeTable) and isinstance(other, FeeTable):
        return one.id == other.id and one.overlaps(other)
    if isinstance(one, Slips) and isinstance(other, Slips):
        return any(other.find(form.key) for form in one.forms) and one.overlaps(other)
    return one.id == other.id


def _no_overlap(spans: Sequence[Dated], location: Location) -> Iterator[Fault]:
    for (_, one), (index, other) in combinations(enumerate(spans), 2):
        if one.overlaps(other):
            yield (*location, index, "effective_from"), f"overlaps the one from {one.effective_from}"


def _unique(names: Iterable[str], location: Location, what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield (*location, index), f"{what} {name} stands twice"
        seen.add(name)


# --- procedures ---


def _components(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    yield from _unique((one.code for one in record.components), ("components",), "component")
    for index, one in enumerate(record.components):
        yield from _component(one, ("components", index), record, known)


def _component(one: Component, at: Location, procedure: Procedure, known: Known) -> Iterator[Fault]:
    if (one.accepts == "form") != (one.form_id is not None):
        yield (*at, "accepts"), "a form component names its form_id, an upload does not"
    if one.form_id and not known.has(Form, one.form_id):
        yield (*at, "form_id"), f"unknown form {one.form_id}"
    if one.originals + one.copies == 0:
        yield (*at, "originals"), "asks for no paper at all"
    if one.one_per and one.one_per not in procedure.counts:
        yield (*at, "one_per"), f"counts says nothing about {one.one_per}"
    if one.required_when:
        yield from _reference(one.required_when, (*at, "required_when"), known)


def _reference(ref: FieldRef, at: Location, known: Known) -> Iterator[Fault]:
    form = known.form(ref.form_id)
    if form is None:
        yield (*at, "form_id"), f"unknown form {ref.form_id}"
    elif form.field(ref.field) is None:
        yield (*at, "field"), f"form {ref.form_id} has no field {ref.field}"


def _counts(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    for name, count in record.counts.items():
        yield from _reference(FieldRef(form_id=count.form_id, field=count.field), ("counts", name), known)
    for index, rule in enumerate(record.section_rules):
        at: Location = ("section_rules", index)
        form = known.form(rule.form_id)
        if form is None:
            yield (*at, "form_id"), f"unknown form {rule.form_id}"
        elif form.section(rule.section) is None:
            yield (*at, "section"), f"form {rule.form_id} has no section {rule.section}"
        if rule.unless_all:
            yield from _reference(rule.unless_all, (*at, "unless_all"), known)


def _steps(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, ProcessRecord)
    ids = [step.id for step in record.steps]
    yield from _unique(ids, ("steps",), "step")
    total = sum(step.share or 0 for step in record.steps)
    if total != WHOLE:
        yield ("steps",), f"shares sum to {total}, not to {WHOLE}"
    for index, step in enumerate(record.steps):
        if step.sends_back_to and step.sends_back_to not in ids[:index]:
            yield ("steps", index, "sends_back_to"), f"no earlier step {step.sends_back_to}"


def _fee(record: Record, known: Known) -> Iterator[Fault]:
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
        yield from _reference(record.fee.counted_by, ("fee", "counted_by"), known)
    if record.fee.value_from:
        yield from _reference(record.fee.value_from, ("fee", "value_from"), known)


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


def _limits(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    if record.limit is None and record.check_limit is None and not record.unconfirmed:
        yield ("limit",), "a procedure without any limit must be marked unconfirmed"
    for name, limit in (("limit", record.limit), ("check_limit", record.check_limit)):
        if limit and limit.is_at_once:
            yield (name, "value"), "0 is for a check in one channel only"
    if not known.has(CodeFormat, record.result.code_format):
        yield ("result", "code_format"), f"unknown code format {record.result.code_format}"


# --- forms ---


def _form_fields(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Form)
    keys = [field.key for field in record.fields()]
    for location, field in _placed(record):
        if keys.count(field.key) > 1:
            yield location, f"field {field.key} stands twice"
        if field.condition and field.condition.field not in keys:
            yield (*location, "condition", "field"), f"no field {field.condition.field}"
        if field.copy_of:
            form_id, _, key = field.copy_of.partition(".")
            yield from _reference(FieldRef(form_id=form_id, field=key), (*location, "copy_of"), known)
        yield from _shape(field, location)


def _placed(form: Form) -> Iterator[tuple[Location, FormField]]:
    for s, section in enumerate(form.sections):
        for f, field in enumerate(section.fields):
            yield ("sections", s, "fields", f), field


def _shape(field: FormField, at: Location) -> Iterator[Fault]:
    if (field.type == "enum") != bool(field.values):
        yield (*at, "type"), "an enum, and nothing else, has values"
    if (field.type == "table") != bool(field.columns):
        yield (*at, "type"), "a table, and nothing else, has columns"
    for index, column in enumerate(field.columns):
        if column.type == "table":
            yield (*at, "columns", index), "a table inside a table"
        yield from _shape(column, (*at, "columns", index))


def _form_checks(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Form)
    for index, one in enumerate(record.checks):
        for key, name in _named(one):
            if record.field(name) is None:
                yield ("checks", index, key), f"no field {name}"


def _named(check: AnyCheck) -> Iterator[tuple[str, str]]:
    """The fields a check speaks of, each with the key that names it."""
    yield "field", check.field
    if isinstance(check, RowsEqual):
        yield "table", check.table
    elif isinstance(check, GoesWith):
        yield "by", check.by
    elif isinstance(check, DateOrder):
        yield "not_after", check.not_after
    elif isinstance(check, Sum):
        yield from (("of", name) for name in (*check.of, *((check.table,) if check.table else ())))


# --- fees, calendars, offices, codes ---


def _fee_items(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, FeeTable)
    yield from _unique((item.key for item in record.items), ("items",), "item")
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


def _special_days(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, CalendarRecord)
    if not known.has(Office, record.office_id):
        yield ("office_id",), f"unknown office {record.office_id}"
    yield from _unique((str(day.day) for day in record.special_days), ("special_days",), "day")
    by_date = {day.day: day for day in record.special_days}
    for index, day in enumerate(record.special_days):
        at: Location = ("special_days", index)
        if not record.is_in_force(day.day):
            yield (*at, "date"), "outside the years of this calendar"
        yield from _special_day(day, at, by_date)


def _special_day(day: SpecialDay, at: Location, by_date: Mapping[date, SpecialDay]) -> Iterator[Fault]:
    at_weekend = day.day.weekday() >= 5
    if day.kind == "working_saturday" and not at_weekend:
        yield (*at, "kind"), "a weekday works anyway"
    if day.kind in ("compensatory", "swapped_off") and at_weekend:
        yield (*at, "kind"), "a weekend day is off anyway"
    if day.kind in SWAP:
        other = by_date.get(day.paired_with) if day.paired_with else None
        if other is None or other.paired_with != day.day or {day.kind, other.kind} != SWAP:
            yield at, "a swap has two days, each naming the other in paired_with"


def _sessions(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, CalendarRecord)
    schedules = {"working": record.working.sessions, "working_saturday_sessions": record.working_saturday_sessions}
    for name, sessions in schedules.items():
        flat = [clock for session in sessions for clock in session]
        if flat != sorted(set(flat)):
            yield (name,), "sessions must have a length, and follow one another"


def _office(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Office)
    yield from _unique((unit.id for unit in record.units), ("units",), "unit")
    yield from _no_overlap(record.agency_codes, ("agency_codes",))
    yield from _no_overlap(record.readings, ("readings",))
    for index, one in enumerate(record.delegations):
        for place, procedure_id in enumerate(one.procedure_ids):
            if not known.has(Procedure, procedure_id):
                yield ("delegations", index, "procedure_ids", place), f"unknown procedure {procedure_id}"


def _pattern(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, CodeFormat)
    needed = ("{code}", "{number}") if record.kind == "result_code" else ("{agency}", "{date}", "{number}")
    for part in needed:
        if part not in record.pattern:
            yield ("pattern",), f"lacks {part}"


# --- slips ---


def _slip_forms(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Slips)
    yield from _unique((one.key for one in record.forms), ("forms",), "slip")
    yield from _unique((one.form_number for one in record.forms if one.form_number), ("forms",), "form number")
    for index, one in enumerate(record.forms):
        if one.form_number and not record.act_vi:
            yield ("forms", index, "form_number"), "a form's number is given by an act, and act_vi names none"
        if one.number_format and "{number}" not in one.number_format:
            yield ("forms", index, "number_format"), "lacks {number}"


CheckOf = Callable[[Record, Known], Iterator[Fault]]
CHECKS: Mapping[type[Record], tuple[CheckOf, ...]] = MappingProxyType(
    {
        Procedure: (_components, _counts, _fee, _limits),
        ProcessRecord: (_steps,),
        Form: (_form_fields, _form_checks),
        FeeTable: (_fee_items,),
        CalendarRecord: (_special_days, _sessions),
        Office: (_office,),
        CodeFormat: (_pattern,),
        Slips: (_slip_forms,),
    }
)
