"""Which event wakes which handler: read this to know what intake listens to."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.notify import AddresseeErased, MessageSent
from contracts.payments import DemandCancelled, FeeDemanded, FeePaid, PayerErased, RefundDecided
from contracts.workflow import (
    ApologySent,
    CalendarApproved,
    CaseNameErased,
    CaseReassigned,
    CheckStarted,
    ClockRestarted,
    ClosingAnnounced,
    DeadlineMissed,
    DeadlineMoved,
    DossierAccepted,
    DossierFinished,
    DossierReappointed,
    DossierRefused,
    DossierReturned,
    DossierStopped,
    DossierWithdrawn,
    FeeRequested,
    OpinionAsked,
    OpinionReceived,
    ResultCorrected,
    ResultPosted,
    StepFinished,
    StepStarted,
    StopRefused,
    SupplementRequested,
)
from intake.handlers import calendars, erasing, progress, turns
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
    DossierRefused: turns.note_refusal,
    DossierWithdrawn: turns.note_withdrawal,
    DossierStopped: turns.note_stop,
    StopRefused: turns.note_stop_refusal,
    DossierReappointed: turns.note_new_date,
    ApologySent: turns.note_apology,
    ClockRestarted: turns.note_restart,
    DeadlineMoved: turns.note_moved_date,
    DeadlineMissed: turns.note_missed,
    ClosingAnnounced: turns.note_closing,
    CaseReassigned: turns.note_reassignment,
    OpinionAsked: turns.note_opinion_asked,
    OpinionReceived: turns.note_opinion,
    ResultCorrected: turns.note_correction,
    ResultPosted: turns.note_posting,
    DemandCancelled: turns.note_cancellation,
    RefundDecided: turns.note_refund,
    CalendarApproved: calendars.note_calendar,
    CaseNameErased: erasing.note_copy_erased,
    PayerErased: erasing.note_copy_erased,
    AddresseeErased: erasing.note_copy_erased,
}
REACTS: Mapping[type[Event], Handler] = {}  # the officers decide, the applicant acts; intake only shows


def consumer() -> Consumer:
    """A reader of everything intake remembers of the others."""
    return Consumer("intake", KEEPS, REACTS)
