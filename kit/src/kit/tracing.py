"""Traces by OpenTelemetry: from a request through outbox, Kafka and handlers to the calls of outside systems.

No personal data: names and attributes are our own words, a fault is told by its class, an address by its template.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from uuid import uuid4

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

EXPORT_SECONDS = 5.0  # one request to the collector with its repeats; in a thread of its own
FLUSH_SECONDS = 2.0  # what the end of a process waits for the last spans
Attributes = Mapping[str, str | int]
_provider: TracerProvider | None = None
_tracer: trace.Tracer = trace.NoOpTracer()  # a command's: hands on the trace of what it works on, adds nothing
_w3c = TraceContextTextMapPropagator()


def start(service: str, role: str, *, endpoint: str | None, ratio: float) -> None:
    """Trace this process. Without an endpoint there are trace ids for logs and answers, and nothing is recorded.

    With one, spans wait in memory (2,048 at most, then the oldest are dropped) for a thread that sends them. The
    provider is ours alone: a global one is found by the web framework, which then tells paths, ids and queries (tried).
    """
    global _provider, _tracer
    sampler: Sampler = ParentBased(TraceIdRatioBased(ratio)) if endpoint else ALWAYS_OFF
    resource = Resource.create(
        {
            "service.namespace": "motcua",
            "service.name": f"motcua-{service}",
            "service.version": version("motcua-kit"),
            "service.instance.id": str(uuid4()),
            "motcua.role": role,
        }
    )
    _provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
    if endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
        _provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = _provider.get_tracer("motcua")


def stop() -> None:
    """Send what is left, within `FLUSH_SECONDS`; a collector that hangs keeps nobody waiting longer."""
    if _provider is None:
        return
    ending = threading.Thread(target=_provider.shutdown, name="last spans", daemon=True)
    ending.start()
    ending.join(FLUSH_SECONDS)


def trace_id() -> str:
    """The present trace's id, 32 hex digits; empty outside any trace."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def traceparent() -> str | None:
    """The present W3C trace context, or none outside any trace. Kept beside work that is done later."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(
    name: str, *, parent: str | None = None, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
) -> Iterator[trace.Span]:
    """A span called `name`. `parent` is the trace context of what caused it, which goes on here; where that is another
    trace than the present one (an operator replays an event), the present one is linked."""
    caused_by, present = _context_of(parent), trace.get_current_span().get_span_context()
    elsewhere = caused_by is not None and present.is_valid and caused_by.trace_id != present.trace_id
    context = _under(caused_by) if caused_by else None
    with _open(name, context, kind, attributes, [Link(present)] if elsewhere else []) as opened:
        yield opened


@contextmanager
def request(method: str, sent: str | None) -> Iterator[trace.Span]:
    """The span of a request, the first of its trace: whoever asks is a stranger, so what they `sent` as their own trace
    context is linked and decides neither our trace's id nor whether it is recorded."""
    theirs = _context_of(sent)
    attributes = {"http.request.method": method}
    with _open(method, Context(), SpanKind.SERVER, attributes, [Link(theirs)] if theirs else []) as opened:
        yield opened


def answered(opened: trace.Span, method: str, route: str, status: int) -> None:
    """What a request came to: its route by template, never its path."""
    if opened.is_recording():
        opened.update_name(f"{method} {route}")
        opened.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= 500:
            opened.set_status(StatusCode.ERROR)


def link(other: str | None) -> None:
    """The present span has to do with another trace too."""
    if context := _context_of(other):
        trace.get_current_span().add_link(context)


def about_event(event_type: str, topic: str, operation: str, *, group: str | None = None) -> dict[str, str | int]:
    """The attributes of a span about an event, by the conventions for messaging and for CloudEvents."""
    about: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
        "cloudevents.event_type": event_type,
    }
    return about | ({"messaging.consumer.group.name": group} if group else {})


def sent(event_type: str, topic: str, caused_by: str | None, began: int) -> None:
    """An event that waited in the outbox was sent to the broker from `began` (`time.time_ns`) until now."""
    context = _context_of(caused_by)
    if context is None or not context.trace_flags.sampled:
        return
    about = about_event(event_type, topic, "send")
    under = _under(context)
    _tracer.start_span(f"send {event_type}", under, SpanKind.PRODUCER, about, start_time=began).end()


def is_recorded() -> bool:
    """Whether this process sends its spans anywhere."""
    return _provider is not None and _provider.sampler is not ALWAYS_OFF


@contextmanager
def _open(
    name: str, context: Context | None, kind: SpanKind, attributes: Attributes | None, links: list[Link]
) -> Iterator[trace.Span]:
    """OpenTelemetry would write down a fault's words and stack, which may repeat what somebody typed."""
    with _tracer.start_as_current_span(
        name, context, kind, attributes, links, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_attribute("error.type", type(error).__qualname__)
            opened.set_status(StatusCode.ERROR)
            raise


def _context_of(sent: str | None) -> SpanContext | None:
    """Where a W3C trace context points; none where it says nothing that can be read."""
    if not sent:
        return None
    context = trace.get_current_span(_w3c.extract({"traceparent": sent}, Context())).get_span_context()
    return context if context.is_valid else None


def _under(context: SpanContext) -> Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(context), Context())
