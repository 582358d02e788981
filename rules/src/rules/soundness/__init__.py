"""What must be true between the records of a catalogue, beyond each one's own shape: file, line and reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

from rules.errors import BadData
from rules.records.calendar import CalendarRecord
from rules.records.cited import Record
from rules.records.code import CodeFormat
from rules.records.fee import FeeTable
from rules.records.form import Form
from rules.records.limit import GeneralLimit
from rules.records.office import Office
from rules.records.overlay import Overlay
from rules.records.procedure import Procedure
from rules.records.process import ProcessRecord
from rules.records.slip import Slips
from rules.soundness import calendars, fees, forms, offices, procedures, processes, slips
from rules.soundness.known import Fault, Held, Known


def check(held: Sequence[Held]) -> None:
    """Raise BadData for the first fault found, in the file that others only lead to before those others."""
    known = Known(held)
    for document, record in sorted(held, key=lambda one: _rank(one[1])):
        for location, reason in _faults(record, known):
            raise document.refuse(location, reason)
    for fault in _between(held):
        raise fault


def _rank(record: Record) -> int:
    """Tables and forms first, then forms that inherit from them, then what uses them."""
    if isinstance(record, FeeTable):
        return 0
    if isinstance(record, Form):
        return 1 if record.extends is None else 2
    return 3


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
    if isinstance(one, Overlay) and isinstance(other, Overlay):
        return one.id == other.id or (_same_target(one, other) and one.overlaps(other))
    if isinstance(one, GeneralLimit) and isinstance(other, GeneralLimit):
        return one.id == other.id or one.overlaps_in_use(other)
    return one.id == other.id


def _same_target(one: Overlay, other: Overlay) -> bool:
    same_versions = not one.versions or not other.versions or bool({*one.versions} & {*other.versions})
    return (one.office_id, one.procedure_id) == (other.office_id, other.procedure_id) and same_versions


CheckOf = Callable[[Record, Known], Iterator[Fault]]
CHECKS: Mapping[type[Record], tuple[CheckOf, ...]] = MappingProxyType(
    {
        Procedure: (
            procedures.components,
            procedures.counts,
            procedures.deadline,
            fees.fee_rule,
            procedures.limits,
            procedures.marks,
            procedures.replaces,
        ),
        ProcessRecord: (processes.steps,),
        Form: (forms.form_fields, forms.form_checks, forms.can_be_filled_in),
        FeeTable: (fees.fee_items,),
        CalendarRecord: (calendars.special_days, calendars.sessions),
        Office: (offices.office,),
        Overlay: (offices.overlay,),
        CodeFormat: (calendars.pattern,),
        Slips: (slips.slip_forms,),
    }
)
