"""One trace per request and what it causes; nothing of a fault but its class; a collector that is away harms nobody."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from kit import tracing
from kit.app import Observed
from kit.embedded import free_port
from kit.testing.collector import a_collector

PLANTED = "Nguyễn Thị Bị-lộ"
STRANGER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What this process's spans come to."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    yield kept
    provider.shutdown()


def only(spans: Sequence[ReadableSpan]) -> ReadableSpan:
    (span,) = spans
    return span


def ids(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def test_what_is_caused_later_goes_on_in_the_trace_of_its_cause(ended: InMemorySpanExporter) -> None:
    with tracing.request("POST", None):
        cause = tracing.traceparent()
    with tracing.span("later", parent=cause):
        assert tracing.trace_id() == (cause or "").split("-")[1]
    first, later = ended.get_finished_spans()
    assert later.parent is not None
    assert (later.parent.trace_id, later.parent.span_id) == ids(first)


def test_an_operators_replay_belongs_to_the_events_trace_and_is_linked_to_the_operators(
    ended: InMemorySpanExporter,
) -> None:
    with tracing.request("POST", None), tracing.span("process it", parent=STRANGER):
        pass
    replayed, request = ended.get_finished_spans()
    assert f"{ids(replayed)[0]:032x}" == STRANGER.split("-")[1]
    assert [link.context.trace_id for link in replayed.links] == [ids(request)[0]]


@pytest.mark.parametrize("nonsense", ["", "x", "00-0-0-01", f"00-{'0' * 32}-{'0' * 16}-01", "\xff", PLANTED])
def test_a_trace_context_that_says_nothing_begins_a_trace(ended: InMemorySpanExporter, nonsense: str) -> None:
    with tracing.span("it", parent=nonsense), tracing.request("GET", nonsense):
        assert tracing.traceparent()
    assert all(not span.links for span in ended.get_finished_spans())


async def test_a_request_is_told_by_its_template_and_a_stranger_decides_nothing(ended: InMemorySpanExporter) -> None:
    app = FastAPI()

    @app.get("/people/{name}")
    async def person(name: str) -> dict[str, str]:
        return {"trace": tracing.trace_id()}

    @app.get("/healthz")
    async def healthz() -> None:
        return None

    app.add_middleware(Observed)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        headers = {"traceparent": STRANGER}
        answer = await client.get(f"/people/{PLANTED}?q={PLANTED}", headers=headers)
        await client.get("/healthz")
    span = only(ended.get_finished_spans())
    assert answer.json()["trace"] == f"{ids(span)[0]:032x}" != STRANGER.split("-")[1]
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [STRANGER.split("-")[1]]
    assert (span.name, span.kind) == ("GET /people/{name}", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET", "http.route": "/people/{name}", "http.response.status_code": 200,
    }  # fmt: skip


def test_a_fault_is_told_by_its_class(ended: InMemorySpanExporter) -> None:
    with pytest.raises(KeyError), tracing.span("it"):
        raise KeyError(PLANTED)
    span = only(ended.get_finished_spans())
    assert (span.status.status_code, span.status.description, list(span.events)) == (StatusCode.ERROR, None, [])
    assert dict(span.attributes or {}) == {"error.type": "KeyError"}


def test_an_event_that_was_sent_has_a_span_in_the_trace_of_what_said_it(ended: InMemorySpanExporter) -> None:
    tracing.sent("intake.dossier_submitted.v1", "intake.events", STRANGER, time.time_ns())
    tracing.sent("intake.dossier_submitted.v1", "intake.events", STRANGER[:-1] + "0", time.time_ns())  # not recorded
    tracing.sent("intake.dossier_submitted.v1", "intake.events", None, time.time_ns())
    span = only(ended.get_finished_spans())
    assert (f"{ids(span)[0]:032x}", span.kind) == (STRANGER.split("-")[1], SpanKind.PRODUCER)


PROGRAM = """
import signal, sys, time
from kit import logs, tracing
logs.start("intake", "api")
tracing.start("intake", "api", endpoint=sys.argv[1] or None, ratio=float(sys.argv[2]))
slowest = 0.0
until = time.monotonic() + float(sys.argv[3])
while True:
    began = time.perf_counter()
    for _ in range(100):
        with tracing.request("GET", None), tracing.span("inside"):
            pass
    slowest = max(slowest, (time.perf_counter() - began) / 100)
    if time.monotonic() >= until:
        break
    time.sleep(0.01)
began = time.monotonic()
tracing.stop()
print(slowest, time.monotonic() - began)
"""


def run(endpoint: str, *, ratio: float = 1, seconds: float = 0) -> tuple[float, float, list[str]]:
    """Traces for so long; the slowest request, how long the end took, and the lines that were logged."""
    words = [sys.executable, "-c", PROGRAM, endpoint, str(ratio), str(seconds)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    slowest, ended = map(float, done.stdout.split())
    return slowest, ended, done.stderr.splitlines()


def test_the_last_spans_are_sent_when_a_process_ends() -> None:
    with a_collector() as collector:
        _, _, said = run(collector.address)
        spans = collector.spans()
    assert (len(spans), said) == (200, [])
    assert {(one.service, one.name) for one in spans} == {("motcua-intake", "GET"), ("motcua-intake", "inside")}


def test_so_many_requests_are_recorded_as_the_setting_says_and_each_wholly() -> None:
    with a_collector() as collector:
        run(collector.address, ratio=0.3)
        spans = collector.spans()
    by_name = {name: {one.trace for one in spans if one.name == name} for name in ("GET", "inside")}
    assert by_name["GET"] == by_name["inside"]
    assert 5 <= len(by_name["GET"]) <= 60


def test_without_a_collector_nothing_is_recorded_and_nothing_said() -> None:
    assert run("")[2] == []


@pytest.mark.parametrize("is_hanging", [False, True])
def test_a_collector_that_is_away_or_hangs_slows_nobody_and_fills_no_log(is_hanging: bool) -> None:
    with a_collector() as collector:
        collector.hangs.set()
        address = collector.address if is_hanging else f"http://127.0.0.1:{free_port()}"
        slowest, ended, said = run(address, seconds=8)
    assert slowest < 0.02, "a hundred requests took two seconds"
    assert ended < tracing.FLUSH_SECONDS + 1
    assert len(said) <= 8, said
