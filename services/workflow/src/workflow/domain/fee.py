"""The fee of a case, and whether its clock waits for it. Pure; the rules know the amounts."""

from rules import fees
from rules.calendar import HANOI
from rules.errors import NotPriced
from rules.fees import FeeQuote
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.errors import FeeNotKnown


def quote_of(procedure: Procedure, case: Case, dossier: Dossier) -> FeeQuote | None:
    """The fee by the day the dossier arrived (R01); none where the procedure has none.

    Raises FeeNotKnown, also where the sheets name nothing to charge for: that is not a fee of nothing.
    """
    try:
        quote = fees.quote_of(procedure, dossier.forms, case.channel, case.received_at.astimezone(HANOI).date())
    except NotPriced as unknown:
        raise FeeNotKnown(unknown.fee_id, unknown.what) from unknown
    if quote is not None and not quote.lines:
        raise FeeNotKnown(procedure.fee_id or "", "what its sheets count")
    return quote


def waits_for_fee(procedure: Procedure, quote: FeeQuote | None) -> bool:
    """Whether a valid dossier is accepted only once it is paid (R11), rather than at once."""
    return quote is not None and quote.total_vnd > 0 and procedure.clock_waits_for_fee
