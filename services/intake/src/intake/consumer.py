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
from kit.kept import Kept

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
_OURS = ("submitted", "supplement_answered", "result_collected", "withdrawal_requested", "stop_requested")
KEPT = (  # where it lies; dossiers, supplements and milestones are ours too, and only partly heard of
    Kept("approved_calendar"),
    Kept("document"),
    Kept("erasure_report"),
    Kept("fee_demand"),
    Kept(
        "milestone",
        rows=f"kind not in {_OURS}",
    ),
    Kept(
        "supplement",
        values={
            "items": "'[]'",
            "request_path": "''",
            "request_sha256": "''",
            "request_size": "0",
            "requested_at": "'epoch'",
        },
    ),
    Kept(
        "dossier",
        values={
            "status": "1",
            "unit": "receiving_unit",
            "collected_at": "null",  # follows from the milestone that the applicant's own act left
            **dict.fromkeys(
                (
                    "code", "handler_id", "handler_unit", "started_at", "due_at", "first_due_at", "finished_at",
                    "lateness", "lateness_first", "result_code", "result_kind", "result_name", "result_sha256",
                ),
                "null",
            ),
        },
    ),
)  # fmt: skip
REACTS: Mapping[type[Event], Handler] = {}  # the officers decide, the applicant acts; intake only shows


def consumer() -> Consumer:
    """A reader of everything intake remembers of the others."""
    return Consumer("intake", KEEPS, REACTS, KEPT)
