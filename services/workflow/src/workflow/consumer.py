"""Which event wakes which handler. Read this to know what workflow listens to."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.intake import (
    ApplicantErased,
    DossierSubmitted,
    ResultCollected,
    StopRequested,
    SupplementSubmitted,
    WithdrawalRequested,
)
from contracts.notify import MessageSent
from contracts.payments import DemandCancelled, FeeDemanded, FeePaid, RefundDecided
from kit.consume import Consumer, Handler
from kit.kept import Kept
from workflow import handlers

KEEPS: Mapping[type[Event], Handler] = {
    FeeDemanded: handlers.note_demand,
    FeePaid: handlers.note_paid,
    DemandCancelled: handlers.note_cancelled,
    RefundDecided: handlers.note_refund,
    MessageSent: handlers.note_message,
}
KEPT = (Kept("message_note"), Kept("payment_note"))  # where it lies: nobody else writes there
REACTS: Mapping[type[Event], Handler] = {
    DossierSubmitted: handlers.open_case,
    SupplementSubmitted: handlers.take_supplement,
    FeePaid: handlers.take_payment,
    ResultCollected: handlers.mark_returned,
    WithdrawalRequested: handlers.take_withdrawal,
    StopRequested: handlers.take_stop_request,
    ApplicantErased: handlers.erase_name,
}


def consumer() -> Consumer:
    """A reader of everything workflow hears."""
    return Consumer("workflow", KEEPS, REACTS, KEPT)
