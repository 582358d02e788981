"""Form 02: the one complete request of a round. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.records.procedure import Procedure
from rules.wording import limit_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, named
from workflow.domain.slips.numerals import clock_and_date


@dataclass(frozen=True)
class Asked:
    """A supplement request of a round: its lines, and whom to ask about it."""

    round: int
    items: Sequence[CheckItem]
    staff: Staff


def supplement(letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, asked: Asked) -> Data:
    """Form 02: the one complete request of a round."""
    within = procedure.supplement.answer_within
    unit = letter.office.unit(asked.staff.unit)
    return {
        **letter.data(),
        **applicant_of(contact),
        **named(procedure),
        "arrival_number": case.arrival_number,
        "received": clock_and_date(case.received_at),
        "round": asked.round,
        "items": [{"name": _name(procedure, item.component), "reason": item.note.strip()} for item in asked.items],
        "basis": [str(source) for source in procedure.sources],
        "answer_within": limit_vi(within) if within else "",
        "officer": asked.staff.name,
        "officer_title": asked.staff.title,
        "officer_phone": asked.staff.phone or letter.office.telephone,
        "unit": unit.name_vi if unit else letter.office.name_vi,
    }


def _name(procedure: Procedure, code: str) -> str:
    component = procedure.component(code)
    return component.name_vi if component else code
