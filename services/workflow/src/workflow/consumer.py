"""Which event wakes which handler. Read this to know what workflow listens to."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.intake import DossierSubmitted, ResultCollected, SupplementSubmitted
from contracts.payments import FeePaid
from kit.consume import Handler
from workflow import handlers

KEEPS: Mapping[type[Event], Handler] = {}
REACTS: Mapping[type[Event], Handler] = {
    DossierSubmitted: handlers.open_case,
    SupplementSubmitted: handlers.take_supplement,
    FeePaid: handlers.take_payment,
    ResultCollected: handlers.mark_returned,
}
