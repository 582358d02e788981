"""What notify listens to, and which handler each event wakes."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.intake import DossierSubmitted, SupplementSubmitted
from contracts.payments import FeeDemanded, FeePaid
from contracts.workflow import DossierAccepted, DossierFinished, DossierReturned, StepStarted, SupplementRequested
from kit.consume import Handler
from notify.handlers import telling

KEEPS: Mapping[type[Event], Handler] = {  # what we remember of others; may be replayed
    DossierSubmitted: telling.remember_dossier,
    DossierAccepted: telling.remember_acceptance,
}
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
}
