"""Which event wakes which handler: read this to know what intake listens to."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.notify import MessageSent
from contracts.payments import FeeDemanded, FeePaid
from contracts.workflow import (
    CheckStarted,
    DossierAccepted,
    DossierFinished,
    DossierReturned,
    FeeRequested,
    StepFinished,
    StepStarted,
    SupplementRequested,
)
from intake.handlers import progress
from kit.consume import Consumer, Handler

KEEPS: Mapping[type[Event], Handler] = {
    CheckStarted: progress.note_check,
    SupplementRequested: progress.note_supplement_request,
    FeeRequested: progress.note_fee_request,
    DossierAccepted: progress.note_acceptance,
    StepStarted: progress.note_step,
    StepFinished: progress.note_step_end,
    DossierFinished: progress.note_result,
    DossierReturned: progress.note_return,
    FeeDemanded: progress.note_demand,
    FeePaid: progress.note_payment,
    MessageSent: progress.note_message,
}
REACTS: Mapping[type[Event], Handler] = {}  # the officers decide, the applicant acts; intake only shows


def consumer() -> Consumer:
    """A reader of everything intake remembers of the others."""
    return Consumer("intake", KEEPS, REACTS)
