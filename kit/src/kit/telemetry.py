"""Logs as JSON with trace ids, traces by OpenTelemetry, metrics for Prometheus. Carries no personal data."""

import logging
import sys
from collections import Counter as CountOf
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics
from pythonjsonlogger.json import JsonFormatter

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
_tracer = trace.get_tracer("motcua")


class _TraceIds(logging.Filter):
    """Puts the present trace id on every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.trace_id = trace_id()
        return True


class Sparing(logging.Filter):
    """Lets a library say the same kind of thing once in a while: without brokers aiokafka says it a hundred times a
    second, and ten minutes of that filled logs with 45,000 lines a process (tried)."""

    def __init__(self, library: str, seconds: float = 10.0) -> None:
        super().__init__()
        self.library, self.seconds = library, seconds
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] != self.library:
            return True
        if record.created - self._said.get(str(record.msg), float("-inf")) < self.seconds:
            return False
        self._said[str(record.msg)] = record.created
        return True


def start(service: str, *, level: str = "INFO") -> None:
    """Set up logging and tracing for this process."""
    handler = logging.StreamHandler(sys.stderr)
    fields = "%(asctime)s %(levelname)s %(name)s %(message)s %(trace_id)s"
    handler.setFormatter(JsonFormatter(fields, static_fields={"service": service}))
    handler.addFilter(_TraceIds())
    handler.addFilter(Sparing("aiokafka"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("aiokafka", "httpx", "uvicorn.access", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    trace.set_tracer_provider(TracerProvider(resource=Resource.create({"service.name": f"motcua-{service}"})))


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


def trace_id() -> str:
    """The present trace's id, 32 hex digits; empty outside any trace."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def traceparent() -> str | None:
    """The present W3C trace context, or none outside any trace."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, *, parent: str | None = None) -> Iterator[None]:
    """A span called `name`; `parent` is a W3C trace context that came from outside."""
    context = propagate.extract({"traceparent": parent}) if parent else None
    with _tracer.start_as_current_span(name, context=context):
        yield
