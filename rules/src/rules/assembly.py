"""Puts records together: a procedure with its process and field, a form with the one it extends, an overlay on top."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rules.records.calendar import CalendarRecord
from rules.records.cited import Record
from rules.records.fee import NO_FEE
from rules.records.field import FieldOfWork
from rules.records.form import AnyCheck, Extends, Form, FormField, Section
from rules.records.limit import StartRule
from rules.records.office import Office
from rules.records.overlay import Overlay
from rules.records.procedure import Procedure, ProcedureRecord
from rules.records.process import ProcessRecord
from rules.source_yaml import Document

Held = tuple[Document, Record]


def assemble(held: Sequence[Held]) -> list[Held]:
    """Every record as it is used. Raises BadData for a process, a field or a form that is not there."""
    parts = _Parts(record for _, record in held)
    return [(document, parts.whole(document, record)) for document, record in held]


class _Parts:
    def __init__(self, records: Iterable[Record]) -> None:
        self._by_id = {(type(one), one.id): one for one in records}

    def whole(self, document: Document, record: Record) -> Record:
        if isinstance(record, ProcedureRecord):
            return self._procedure(document, record)
        if isinstance(record, Form) and record.extends:
            return self._form(document, record, record.extends)
        if isinstance(record, CalendarRecord) and record.same_days_as:
            return self._calendar(document, record, record.same_days_as)
        return record

    def _calendar(self, document: Document, record: CalendarRecord, name: str) -> CalendarRecord:
        """With the special days of the other in its years; its own go before them."""
        other = self._by_id.get((CalendarRecord, name))
        if not isinstance(other, CalendarRecord) or other.same_days_as:
            raise document.refuse(("same_days_as",), f"no calendar {name} with days of its own")
        own = {special.day: special for special in record.special_days}
        days = {special.day: special for special in other.special_days if record.is_in_force(special.day)} | own
        kept = tuple(days[day] for day in sorted(days))
        return record.model_copy(update={"special_days": kept, "same_days_as": None})

    def _procedure(self, document: Document, record: ProcedureRecord) -> Procedure:
        process = self._by_id.get((ProcessRecord, record.process_id))
        field = self._by_id.get((FieldOfWork, record.field_id))
        if not isinstance(process, ProcessRecord):
            raise document.refuse(("process_id",), f"unknown process {record.process_id}")
        if not isinstance(field, FieldOfWork):
            raise document.refuse(("field_id",), f"unknown field {record.field_id}")
        found = {
            "field_vi": record.field_vi or field.name_vi,
            "field_en": record.field_en or field.name_en,
            "start_rule": _start_rule(record),
            "stated_start_rule": record.start_rule,
        }
        return Procedure(**_values(record) | found, process=process, statutory_limit=record.limit)

    def _form(self, document: Document, form: Form, extends: Extends) -> Form:
        parent = self._by_id.get((Form, extends.form_id))
        if form.sections:
            raise document.refuse(("sections",), "a form that extends another has no sections of its own")
        if not isinstance(parent, Form) or parent.extends:
            raise document.refuse(("extends", "form_id"), f"no form {extends.form_id} with sections of its own")
        if parent.field(extends.after) is None:
            raise document.refuse(("extends", "after"), f"form {parent.id} has no field {extends.after}")
        return form.model_copy(update={"sections": _extended(parent, extends), "checks": _checks_of(parent, form)})


def _values(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _start_rule(record: ProcedureRecord) -> StartRule:
    is_free = record.fee is not None and record.fee.fee_id == NO_FEE
    return "valid_dossier" if is_free and record.start_rule == "valid_dossier_and_fee" else record.start_rule


def _extended(parent: Form, extends: Extends) -> tuple[Section, ...]:
    inherited = {field.key for field in parent.fields()}
    replacing = {field.key: field for field in extends.fields if field.key in inherited}
    added = tuple(field for field in extends.fields if field.key not in inherited)
    return tuple(_section(section, replacing, added, extends.after) for section in parent.sections)


def _checks_of(parent: Form, form: Form) -> tuple[AnyCheck, ...]:
    """Those of both; a check of the same kind on the same field takes the parent's place."""
    own = {(one.kind, one.field) for one in form.checks}
    return (*(one for one in parent.checks if (one.kind, one.field) not in own), *form.checks)


def _section(section: Section, replacing: Mapping[str, FormField], added: tuple[FormField, ...], after: str) -> Section:
    fields: list[FormField] = []
    for field in section.fields:
        fields.append(replacing.get(field.key, field))
        fields += added if field.key == after else ()
    return section.model_copy(update={"fields": tuple(fields)})


def overlaid(procedure: Procedure, overlay: Overlay, process: ProcessRecord | None) -> Procedure:
    """The procedure as that province has it; what the overlay leaves empty stays as it is."""
    promised: dict[str, Any] = {"limit": overlay.limit, "online_level": overlay.online_level, "process": process}
    promised |= _checks(overlay)
    if overlay.decider:
        promised["authority_vi"] = overlay.decider.title_vi
    kept = {name: value for name, value in promised.items() if value is not None}
    components = (*procedure.components, *overlay.extra_components)
    return procedure.model_copy(update=kept | {"components": components, "overlay_id": overlay.id})


def _checks(overlay: Overlay) -> dict[str, Any]:
    """A province's check limits take the place of all the nation's, not only of those it names again."""
    if overlay.check_limit is None and not overlay.check_limit_by_channel:
        return {}
    return {"check_limit": overlay.check_limit, "check_limit_by_channel": dict(overlay.check_limit_by_channel)}


def delegated(procedure: Procedure) -> Procedure:
    """Without the steps that fall away where the department decides for the committee (R22)."""
    steps = tuple(step for step in procedure.steps if not step.unless_delegated)
    if steps == procedure.steps:
        return procedure
    return procedure.model_copy(update={"process": procedure.process.model_copy(update={"steps": steps})})


def is_delegated(office: Office, procedure: Procedure, overlay: Overlay | None, on: date) -> bool:
    """By the office's own delegation, or by an overlay that names the department's leader as the decider."""
    by_overlay = overlay is not None and overlay.decider is not None and overlay.decider.role == "department_leader"
    return by_overlay or office.is_delegated(procedure, on)
