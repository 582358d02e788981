"""What must be true of the slips of one generation."""

from collections.abc import Iterator

from rules.records.cited import Record
from rules.records.slip import Slips
from rules.soundness.known import Fault, Known, unique


def slip_forms(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, Slips)
    yield from unique((one.key for one in record.forms), ("forms",), "slip")
    yield from unique((one.form_number for one in record.forms if one.form_number), ("forms",), "form number")
    for index, one in enumerate(record.forms):
        if one.form_number and not record.act_vi:
            yield ("forms", index, "form_number"), "a form's number is given by an act, and act_vi names none"
        if one.number_format and "{number}" not in one.number_format:
            yield ("forms", index, "number_format"), "lacks {number}"
