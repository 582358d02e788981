"""What payments listens to, and which handler each event wakes."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.intake import ApplicantErased, DossierSubmitted
from contracts.workflow import DossierAccepted, DossierRefused, DossierStopped, DossierWithdrawn, FeeRequested
from kit.consume import Consumer, Handler
from kit.kept import Kept
from payments.handlers import demands, endings, erasing

KEEPS: Mapping[type[Event], Handler] = {  # what we remember of others; may be replayed
    DossierSubmitted: demands.remember_applicant,
    DossierAccepted: demands.remember_code,
}
KEPT = (Kept("dossier"),)  # where it lies: nobody else writes there
REACTS: Mapping[type[Event], Handler] = {  # what we do because of it; never replayed
    FeeRequested: demands.open_demand,
    DossierRefused: endings.end_refused,
    DossierWithdrawn: endings.end_withdrawn,
    DossierStopped: endings.end_stopped,
    ApplicantErased: erasing.erase_payer,
}


def consumer() -> Consumer:
    """A reader of everything payments hears."""
    return Consumer("payments", KEEPS, REACTS, KEPT)
