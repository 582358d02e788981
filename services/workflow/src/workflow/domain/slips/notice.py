"""The fee notice. Pure."""

from rules.fees import FeeQuote
from rules.records.procedure import Procedure
from rules.wording import limit_vi, start_rule_vi
from workflow.domain.access import Staff
from workflow.domain.case import Case
from workflow.domain.slips.letter import ContactFacts, Data, Letter, applicant_of, named, written_by
from workflow.domain.slips.numerals import amount_in_words, clock_and_date, vnd


def fee_notice(
    letter: Letter, case: Case, procedure: Procedure, contact: ContactFacts, quote: FeeQuote, staff: Staff
) -> Data:
    """The fee notice of a dossier found valid (R11), or accepted already where the clock does not wait (R23)."""
    assert procedure.limit is not None
    return {
        **letter.data(),
        **applicant_of(contact),
        **named(procedure),
        **written_by(letter.office, staff),
        "code": case.shown_code,
        "received": clock_and_date(case.received_at),
        "lines": [
            {
                "name": line.name_vi,
                "quantity": str(line.quantity),
                "unit": vnd(line.unit_vnd),
                "amount": vnd(line.amount_vnd),
            }
            for line in quote.lines
        ],
        "subtotal": vnd(quote.subtotal_vnd),
        "reasons": [reason.why_vi for reason in quote.reasons],
        "total": vnd(quote.total_vnd),
        "total_words": amount_in_words(quote.total_vnd),
        "basis": list(quote.legal_basis),
        "limit": limit_vi(procedure.limit),
        "waits": procedure.clock_waits_for_fee,
        "starts": start_rule_vi(procedure.start_rule),
        "unconfirmed": bool(quote.unconfirmed),
    }
