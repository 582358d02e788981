"""What must be true of procedures: papers and forms that exist, limits that can be, and marks for what is not known."""

from collections.abc import Iterator

from rules.records.cited import Record
from rules.records.code import CodeFormat
from rules.records.component import Component, FieldRef
from rules.records.form import Form
from rules.records.procedure import Procedure
from rules.soundness.known import Fault, Known, only_values, reference, unique
from rules.source_yaml import Location

COUNTED = ("from_issue", "from_old_expiry")


def components(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    yield from unique((one.code for one in record.components), ("components",), "component")
    for index, one in enumerate(record.components):
        at: Location = ("components", index)
        yield from _component(one, at, record)
        yield from _asked_for(one, at, record, known)
        yield from _form(one, at, record, known)


def _component(one: Component, at: Location, procedure: Procedure) -> Iterator[Fault]:
    if (one.accepts == "form") != (one.form_id is not None):
        yield (*at, "accepts"), "a form component names its form_id, an upload does not"
    if one.originals + one.copies == 0:
        yield (*at, "originals"), "asks for no paper at all"
    if one.one_per and one.one_per not in procedure.counts:
        yield (*at, "one_per"), f"counts says nothing about {one.one_per}"
    if one.several and (one.one_per or one.accepts != "form"):
        yield (*at, "several"), "is for a form that nothing counts"
    for name in ("channels", "originals_by_channel"):
        strange = set(getattr(one, name)) - set(procedure.channels)
        if strange:
            yield (*at, name), f"the procedure has no channel {min(strange)}"


def _asked_for(one: Component, at: Location, procedure: Procedure, known: Known) -> Iterator[Fault]:
    """What decides whether it is asked for stands in a form of this procedure."""
    for name, ref in (("required_when", one.required_when), ("required_if", one.required_if)):
        if ref:
            yield from reference(ref, (*at, name), known)
            if ref.form_id not in procedure.form_ids:
                yield (*at, name, "form_id"), f"form {ref.form_id} is no part of this dossier"
    if one.required_if:
        yield from only_values(known.field(one.required_if), one.required_if.values, (*at, "required_if", "values"))


def _form(one: Component, at: Location, procedure: Procedure, known: Known) -> Iterator[Fault]:
    form = known.form(one.form_id) if one.form_id else None
    if one.form_id and form is None:
        yield (*at, "form_id"), f"unknown form {one.form_id}"
    if form is None:
        return
    if not one.unconfirmed and not _hold_together(form, procedure):
        yield (*at, "form_id"), f"form {form.id} is not in force while the procedure is"
    for field in form.fields():
        if field.component and procedure.component(field.component) is None:
            yield (*at, "form_id"), f"field {field.key} of form {form.id} stands for no component {field.component}"


def _hold_together(form: Form, procedure: Procedure) -> bool:
    return form.is_in_force(procedure.effective_from) or procedure.is_in_force(form.effective_from)


def counts(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    for name, count in record.counts.items():
        yield from reference(FieldRef(form_id=count.form_id, field=count.field), ("counts", name), known)
    for index, rule in enumerate(record.section_rules):
        at: Location = ("section_rules", index)
        form = known.form(rule.form_id)
        if form is None:
            yield (*at, "form_id"), f"unknown form {rule.form_id}"
        elif form.section(rule.section) is None:
            yield (*at, "section"), f"form {rule.form_id} has no section {rule.section}"
        if rule.unless_all:
            yield from reference(rule.unless_all, (*at, "unless_all"), known)
    for index, one in enumerate(record.field_rules):
        yield from reference(one, ("field_rules", index), known)
        yield from only_values(known.field(one), one.values, ("field_rules", index, "values"))


def deadline(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    duty = record.applicant_deadline
    if duty is None:
        return
    for name, ref in (("date_field", duty.date_field), ("granted_field", duty.granted_field)):
        at: Location = ("applicant_deadline", name)
        field = known.field(ref) if ref else None
        if ref:
            yield from reference(ref, at, known)
        if field and field.type != "date":
            yield at, f"field {field.key} is no date"
    if duty.instead and not known.has(Procedure, duty.instead):
        yield ("applicant_deadline", "instead"), f"unknown procedure {duty.instead}"
    if duty.late_filing == "refused" and duty.date_field is None:
        yield ("applicant_deadline", "late_filing"), "needs the date_field that shows it"


def limits(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Procedure)
    for name, limit in (("limit", record.limit), ("check_limit", record.check_limit)):
        if limit and limit.is_at_once:
            yield (name, "value"), "0 is for a check in one channel only"
    for channel, limit in record.check_limit_by_channel.items():
        if channel not in record.channels:
            yield ("check_limit_by_channel", channel), f"the procedure has no channel {channel}"
        if limit.is_at_once and limit.unit != "working_days":
            yield ("check_limit_by_channel", channel), "at once is written as 0 working_days"
    if not known.has(CodeFormat, record.result.code_format):
        yield ("result", "code_format"), f"unknown code format {record.result.code_format}"
    term, rule = record.result.validity, record.result.validity_rule
    if (term is None) == (rule in COUNTED) and rule is not None:
        yield ("result", "validity"), "a term counts from_issue or from_old_expiry, and what counts so has a term"


def marks(record: Record, known: Known) -> Iterator[Fault]:
    """What is empty because no source tells is marked as that (R14)."""
    assert isinstance(record, Procedure)
    for name, is_empty in (("limit", record.limit is None), ("components", not record.components)):
        if is_empty and name not in record.unconfirmed_fields:
            yield (name,), "is empty, so unconfirmed_fields must name it"


def replaces(record: Record, known: Known) -> Iterator[Fault]:
    """What it replaces had ended by the day before it began."""
    assert isinstance(record, Procedure)
    for index, replaced_id in enumerate(record.replaces):
        at: Location = ("replaces", index)
        versions = known.named(Procedure, replaced_id)
        if not versions or replaced_id == record.id:
            yield at, f"unknown procedure {replaced_id}"
        elif any(one.effective_to is None or one.effective_to >= record.effective_from for one in versions):
            yield at, f"{replaced_id} is still in force when this begins"
