"""What notify listens to, and which handler each event wakes."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.intake import ApplicantErased, DossierSubmitted, SupplementSubmitted
from contracts.payments import DemandCancelled, FeeDemanded, FeePaid, RefundDecided
from contracts.workflow import (
    ApologySent,
    ClockRestarted,
    ClosingAnnounced,
    DeadlineMoved,
    DossierAccepted,
    DossierFinished,
    DossierReappointed,
    DossierRefused,
    DossierReturned,
    DossierStopped,
    DossierWithdrawn,
    ResultCorrected,
    ResultPosted,
    StepStarted,
    StopRefused,
    SupplementRequested,
)
from kit.consume import Consumer, Handler
from kit.kept import Kept
from notify.handlers import erasing, telling

KEEPS: Mapping[type[Event], Handler] = {  # what we remember of others; may be replayed
    DossierSubmitted: telling.remember_dossier,
    DossierAccepted: telling.remember_acceptance,
    DossierReappointed: telling.remember_new_date,
    ClockRestarted: telling.remember_new_date,
    DeadlineMoved: telling.remember_moved_date,
    ApplicantErased: erasing.forget_contact,
}
KEPT = (Kept("dossier"),)  # where it lies: nobody else writes there
REACTS: Mapping[type[Event], Handler] = {  # what we do because of it; never replayed
    DossierSubmitted: telling.tell_received,
    SupplementRequested: telling.tell_supplement_asked,
    SupplementSubmitted: telling.tell_supplement_received,
    FeeDemanded: telling.tell_fee_due,
    FeePaid: telling.tell_fee_paid,
    DossierAccepted: telling.tell_accepted,
    StepStarted: telling.tell_in_process,
    DossierFinished: telling.tell_result_ready,
    DossierReturned: telling.tell_returned,
    DossierRefused: telling.tell_refused,
    DossierWithdrawn: telling.tell_withdrawn,
    DossierStopped: telling.tell_stopped,
    StopRefused: telling.tell_stop_refused,
    DossierReappointed: telling.tell_reappointed,
    ApologySent: telling.tell_apology,
    ClockRestarted: telling.tell_clock_restarted,
    DeadlineMoved: telling.tell_deadline_moved,
    ClosingAnnounced: telling.tell_closing,
    ResultCorrected: telling.tell_result_corrected,
    ResultPosted: telling.tell_result_posted,
    DemandCancelled: telling.tell_demand_cancelled,
    RefundDecided: telling.tell_refund_decided,
    ApplicantErased: erasing.erase_addressee,
}


def consumer() -> Consumer:
    """A reader of everything notify hears."""
    return Consumer("notify", KEEPS, REACTS, KEPT)
