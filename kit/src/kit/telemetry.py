"""Metrics for Prometheus. Carries no personal data."""

import logging
from collections import Counter as CountOf
from collections.abc import Collection, Sequence

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from contracts.catalogue import EVENTS

disable_created_metrics()  # type: ignore[no-untyped-call] # when a series began is Prometheus's own to know
REQUESTS = Histogram("motcua_http_request_seconds", "Requests by route template", ["method", "route", "status"])
EVENTS_SENT = Counter("motcua_events_sent_total", "Events the broker has taken", ["type"])
EVENTS_TAKEN = Counter("motcua_events_taken_total", "Events handled", ["type"])
EVENTS_DROPPED = Counter("motcua_events_repeated_total", "Events that came again and were dropped", ["type"])
EVENTS_PARKED = Counter("motcua_events_parked_total", "Events parked, by kind", ["kind"])
OUTSIDE_CALLS = Counter("motcua_outside_calls_total", "Calls of outside systems", ["system", "outcome"])
OUTSIDE_SECONDS = Histogram(
    "motcua_outside_call_seconds", "How long calls of outside systems took", ["system"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)  # fmt: skip
OUTSIDE_CIRCUITS = Gauge("motcua_outside_circuits_open", "Circuits of this process that are open", ["system"])
DEAD_LETTERS = Counter("motcua_dead_letters_total", "Events refused for good, told on the topic's .dead", ["topic"])
READER_STOPPED = Gauge("motcua_reader_stopped", "1 where the reader stands and a person has to look")

log = logging.getLogger(__name__)


def know_system(name: str, outcomes: Sequence[str]) -> None:
    """Show an outside system's metrics from the start, at zero."""
    OUTSIDE_CIRCUITS.labels(name)
    OUTSIDE_SECONDS.labels(name)
    for outcome in outcomes:
        OUTSIDE_CALLS.labels(name, outcome)


def count_call(name: str, outcome: str) -> None:
    """A call of an outside system came to this end."""
    OUTSIDE_CALLS.labels(name, outcome).inc()


def tell_circuit(name: str, is_open: bool) -> None:
    """A circuit opened or closed."""
    OUTSIDE_CIRCUITS.labels(name).inc(1 if is_open else -1)
    log.warning("the circuit to %s is %s", name, "open" if is_open else "closed")


def know_events(service: str, topics: Collection[str]) -> None:
    """Show what a worker counts from the start, at zero: else Prometheus would miss the first of each."""
    for name, cls in EVENTS.items():
        if cls.topic() == f"{service}.events":
            EVENTS_SENT.labels(name)
        if cls.topic() in topics:
            EVENTS_TAKEN.labels(name)
            EVENTS_DROPPED.labels(name)
    for topic in topics:
        DEAD_LETTERS.labels(topic)
    for kind in ("failed", "held"):
        EVENTS_PARKED.labels(kind)


def count_events(*, taken: Collection[str] = (), repeated: Collection[str] = (), held: int = 0) -> None:
    """Count what a committed transaction did with events, by type; a type nobody catalogued is one label."""
    for counter, types in ((EVENTS_TAKEN, taken), (EVENTS_DROPPED, repeated)):
        for name, number in CountOf(name if name in EVENTS else "unknown" for name in types).items():
            counter.labels(name).inc(number)
    if held:
        EVENTS_PARKED.labels("held").inc(held)


def count_refused(topic: str) -> None:
    """An event of this topic was refused for good: it is parked, and told on `<topic>.dead`."""
    EVENTS_PARKED.labels("failed").inc()
    DEAD_LETTERS.labels(topic).inc()
