"""A collector of traces on a socket of its own: takes OTLP over HTTP as the real ones do, and keeps what came."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Seen:
    """A span as it arrived; ids in hex, `parent` empty where it is the first of its trace."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    kind: str
    attributes: dict[str, str]
    links: tuple[str, ...]
    is_error: bool


class Collector:
    """What came so far. `hangs`: takes the connection and never answers, until it is let go."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.hangs = threading.Event()
        self.asked = threading.Event()
        self._lock = threading.Lock()
        self.address = ""

    def take(self, body: bytes) -> None:
        with self._lock:
            self.bodies.append(body)

    def spans(self) -> list[Seen]:
        """Every span, in the order in which they came."""
        with self._lock:
            bodies = list(self.bodies)
        return [span for body in bodies for span in spans_of(ExportTraceServiceRequest.FromString(body))]

    def wait_for(self, is_there: Callable[[Sequence[Seen]], bool], seconds: float = 30.0) -> list[Seen]:
        """Every span, once what is waited for is among them. Raises AssertionError."""
        until = time.monotonic() + seconds
        while not is_there(found := self.spans()):
            assert time.monotonic() < until, f"not among {sorted({(one.service, one.name) for one in found})}"
            time.sleep(0.2)
        return found


def spans_of(request: ExportTraceServiceRequest) -> Iterator[Seen]:
    for process in request.resource_spans:
        facts = {one.key: one.value.string_value for one in process.resource.attributes}
        for scope in process.scope_spans:
            for span in scope.spans:
                assert not span.events, f"what {span.name} wrote down beside itself may repeat what somebody typed"
                yield Seen(
                    facts["service.name"],
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                    {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes},
                    tuple(link.trace_id.hex() for link in span.links),
                    span.status.code == Status.STATUS_CODE_ERROR,
                )


@contextmanager
def a_collector() -> Iterator[Collector]:
    """One that listens."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.asked.set()
            while collector.hangs.is_set():
                time.sleep(0.05)
            right = self.path == "/v1/traces" and self.headers["content-type"] == "application/x-protobuf"
            if right:
                collector.take(body)
            self.send_response(200 if right else 400)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    collector.address = f"http://{HOST}:{server.server_address[1]}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield collector
    finally:
        collector.hangs.clear()
        server.shutdown()
        server.server_close()
        serving.join()
