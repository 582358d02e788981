"""Form 02: the one complete request of a round. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.records.procedure import Component, Procedure
from rules.wording import channel_vi, limit_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.checklist import CheckItem
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, basis_of, named, written_by
from workflow.domain.slips.numerals import clock_and_date, due_moment


@dataclass(frozen=True)
class Asked:
    """A supplement request of a round: its lines, and whom to ask about it."""

    round: int
    items: Sequence[CheckItem]
    staff: Staff


def supplement(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, asked: Asked, id_number: str = ""
) -> Data:
    """Form 02: the one complete request of a round."""
    within = procedure.supplement.answer_within
    return {
        **letter.data(),
        **applicant_of(contact, id_number),
        **named(procedure),
        **written_by(letter.office, asked.staff),
        "code": case.shown_code,
        "channel": channel_vi(case.channel),
        "received": clock_and_date(case.received_at),
        "round": asked.round,
        "items": [_item(procedure, item, case.channel) for item in asked.items],
        "basis": basis_of(procedure),
        "answer_within": limit_vi(within) if within else "",
        "answer_by": due_moment(case.answer_by) if case.answer_by else "",
        "limit_after": _LIMIT_AFTER[procedure.supplement.after_acceptance if case.is_accepted else "check"],
        "signed_as": asked.staff.title if "department_leader" in asked.staff.roles else "Người hướng dẫn",
    }


_LIMIT_AFTER = {
    "check": "Thời hạn kiểm tra hồ sơ được tính lại từ khi ông/bà nộp đủ.",
    "restarts": "Thời hạn giải quyết được tính lại từ đầu khi ông/bà nộp đủ.",
    "resumes": "Thời hạn giải quyết được tính tiếp khi ông/bà nộp đủ.",
}


def _item(procedure: Procedure, item: CheckItem, channel: str) -> Data:
    one = procedure.component(item.component)
    if one is None:
        return {"name": item.component, "quantity": "", "reason": item.note.strip()}
    return {"name": one.name_vi, "quantity": _quantity(one, channel), "reason": item.note.strip()}


def _quantity(one: Component, channel: str) -> str:
    """`01 bản chính, 02 bản sao`, as the procedure asks for it on paper; online the electronic document."""
    if channel == "online":
        return "bản điện tử"
    counted = [(one.originals, "bản chính"), (one.copies, "bản sao")]
    return ", ".join(f"{number:02} {what}" for number, what in counted if number)
