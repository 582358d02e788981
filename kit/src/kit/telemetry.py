"""Metrics for Prometheus. Carries no personal data."""

import logging
from collections import Counter as CountOf
from collections.abc import Collection, Sequence

from prometheus_client import Counter, Gauge, Histogram

from contracts.catalogue import EVENTS

REQUESTS = Histogram("motcua_http_request_seconds", "Requests by route template", ["method", "route", "status"])
OUTBOX_DEPTH = Gauge("motcua_outbox_events", "Events that wait to be sent, counted up to 10,000; said by the leader")
OUTBOX_AGE = Gauge("motcua_outbox_oldest_seconds", "Age of the oldest event that waits to be sent")
OUTBOX_REFUSED = Gauge("motcua_outbox_refused_events", "Events that the broker refused; their dossiers wait")
EVENTS_SENT = Counter("motcua_events_sent_total", "Events the broker has taken", ["type"])
EVENTS_TAKEN = Counter("motcua_events_taken_total", "Events handled", ["type"])
EVENTS_DROPPED = Counter("motcua_events_repeated_total", "Events that came again and were dropped", ["type"])
EVENTS_PARKED = Counter("motcua_events_parked_total", "Events parked, by kind", ["kind"])
OUTSIDE_CALLS = Counter("motcua_outside_calls_total", "Calls of outside systems", ["system", "outcome"])
OUTSIDE_CIRCUITS = Gauge("motcua_outside_circuits_open", "Circuits of this process that are open", ["system"])
PARKED_NOW = Gauge("motcua_parked_events", "Events parked now, by kind: failed ones and those that are held", ["kind"])
GAPS = Gauge("motcua_gaps", "Subjects whose events wait behind one that has not come for a minute")
READER_STOPPED = Gauge("motcua_reader_stopped", "1 where the reader stands and a person has to look")

log = logging.getLogger(__name__)


def know_system(name: str, outcomes: Sequence[str]) -> None:
    """Show an outside system's metrics from the start, at zero."""
    OUTSIDE_CIRCUITS.labels(name)
    for outcome in outcomes:
        OUTSIDE_CALLS.labels(name, outcome)


def count_call(name: str, outcome: str) -> None:
    """A call of an outside system came to this end."""
    OUTSIDE_CALLS.labels(name, outcome).inc()


def tell_circuit(name: str, is_open: bool) -> None:
    """A circuit opened or closed."""
    OUTSIDE_CIRCUITS.labels(name).inc(1 if is_open else -1)
    log.warning("the circuit to %s is %s", name, "open" if is_open else "closed")


def count_events(*, taken: Collection[str] = (), repeated: Collection[str] = (), held: int = 0) -> None:
    """Count what a committed transaction did with events, by type; a type nobody catalogued is one label."""
    for counter, types in ((EVENTS_TAKEN, taken), (EVENTS_DROPPED, repeated)):
        for name, number in CountOf(name if name in EVENTS else "unknown" for name in types).items():
            counter.labels(name).inc(number)
    if held:
        EVENTS_PARKED.labels("held").inc(held)
