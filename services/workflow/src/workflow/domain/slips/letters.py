"""What goes out while a dossier is handled: the letter of apology (form 04), the question to another agency. Pure."""

from rules.records.procedure import Procedure
from workflow.domain.access import Staff
from workflow.domain.apology import Apology
from workflow.domain.case import Case
from workflow.domain.opinion import Opinion
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, basis_of, named, written_by
from workflow.domain.slips.numerals import clock_and_date, due_moment, short_date


def apology(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, written: Apology, staff: Staff
) -> Data:
    """Form 04: the result comes later than promised; with a new date, or without one (R07)."""
    at_fault = letter.office.unit(written.unit_at_fault)
    receiving = letter.office.unit(case.receiving_unit)
    return {
        **letter.data(),
        **applicant_of(contact),
        **named(procedure),
        **written_by(letter.office, staff),
        "code": case.shown_code,
        "received": clock_and_date(case.received_at),
        "due": due_moment(written.previous_due_at),
        "unit_at_fault": at_fault.name_vi if at_fault else written.unit_at_fault,
        "reason": written.reason_vi.strip(),
        "new_due": due_moment(written.new_due_at) if written.new_due_at else "",
        "recipients": ["Như trên", receiving.name_vi if receiving else letter.office.name_vi, "Lưu: VT"],
        "basis": basis_of(procedure),
    }


def opinion_request(letter: Letter, case: Case, procedure: Procedure, asked: Opinion, staff: Staff) -> Data:
    """What is asked of another agency, and until when. Names whose dossier it is, not how to reach them."""
    unit = letter.office.unit(staff.unit)
    return {
        **letter.data(),
        **named(procedure),
        **written_by(letter.office, staff),
        "code": case.shown_code,
        "owner": case.applicant_name,
        "to": asked.agency_vi.strip(),
        "question": asked.question.strip(),
        "answer_by": short_date(asked.answer_by),
        "due": due_moment(case.due_at) if case.due_at else "",
        "round": asked.number,
        "recipients": ["Như trên", f"Lưu: VT, {unit.name_vi}" if unit else "Lưu: VT"],
        "basis": basis_of(procedure),
    }
