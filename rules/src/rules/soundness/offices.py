"""What must be true of offices, and of what their provinces decide differently from the nation."""

from collections.abc import Iterator
from itertools import combinations

from rules.records.cited import Record
from rules.records.field import FieldOfWork
from rules.records.form import Form
from rules.records.office import Office, Resolves
from rules.records.overlay import Overlay
from rules.records.procedure import Procedure
from rules.records.process import ProcessRecord
from rules.soundness.known import Fault, Known, no_overlap, unique
from rules.source_yaml import Location


def office(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Office)
    yield from unique((unit.id for unit in record.units), ("units",), "unit")
    yield from no_overlap(record.agency_codes, ("agency_codes",))
    yield from _readings(record, known)
    for index, one in enumerate(record.delegations):
        for place, procedure_id in enumerate(one.procedure_ids):
            if not known.has(Procedure, procedure_id):
                yield ("delegations", index, "procedure_ids", place), f"unknown procedure {procedure_id}"
    for index, rule in enumerate(record.resolves):
        yield from _resolves(rule, ("resolves", index), record, known)


def _readings(record: Office, known: Known) -> Iterator[Fault]:
    for (_, one), (index, other) in combinations(enumerate(record.readings), 2):
        if one.competes_with(other):
            yield ("readings", index, "effective_from"), f"overlaps the one from {one.effective_from}"
    for index, one in enumerate(record.readings):
        for place, procedure_id in enumerate(one.procedure_ids):
            if not known.has(Procedure, procedure_id):
                yield ("readings", index, "procedure_ids", place), f"unknown procedure {procedure_id}"


def _resolves(rule: Resolves, at: Location, record: Office, known: Known) -> Iterator[Fault]:
    if record.unit(rule.unit_id) is None:
        yield (*at, "unit_id"), f"no unit {rule.unit_id}"
    for field_id in rule.field_ids:
        if not known.has(FieldOfWork, field_id):
            yield (*at, "field_ids"), f"unknown field {field_id}"
    for procedure_id in rule.procedure_ids:
        if not known.has(Procedure, procedure_id):
            yield (*at, "procedure_ids"), f"unknown procedure {procedure_id}"


def overlay(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Overlay)
    if not known.has(Office, record.office_id):
        yield ("office_id",), f"unknown office {record.office_id}"
    if record.process_id and not known.has(ProcessRecord, record.process_id):
        yield ("process_id",), f"unknown process {record.process_id}"
    yield from _overlaid(record, known)
    for index, one in enumerate(record.extra_components):
        if one.form_id and not known.has(Form, one.form_id):
            yield ("extra_components", index, "form_id"), f"unknown form {one.form_id}"


def _overlaid(record: Overlay, known: Known) -> Iterator[Fault]:
    """It must point at versions of a procedure that hold while it does, and add nothing twice."""
    versions = known.named(Procedure, record.procedure_id)
    if not versions:
        yield ("procedure_id",), f"unknown procedure {record.procedure_id}"
    for wanted in record.versions:
        if wanted not in [one.version for one in versions]:
            yield ("versions",), f"procedure {record.procedure_id} has no version {wanted}"
    meant = [one for one in versions if not record.versions or one.version in record.versions]
    if meant and not any(_hold_together(record, one) for one in meant):
        yield ("effective_from",), f"procedure {record.procedure_id} is not in force while this holds"
    for index, added in enumerate(record.extra_components):
        if any(one.component(added.code) for one in meant):
            yield ("extra_components", index, "code"), f"the procedure has a component {added.code} already"


def _hold_together(record: Overlay, procedure: Procedure) -> bool:
    return record.is_in_force(procedure.effective_from) or procedure.is_in_force(record.effective_from)
