"""What is shown to Prometheus, and when: rows as samples, a lead that runs out, a reader's lag, a busy event loop."""

import asyncio
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from kit import lag, saturation
from kit.figures import Figure, Measure, Row, Shown, family

MARGIN = Figure("motcua_thing_seconds", "Things", ("office",), "histogram", (-60.0, 0.0, 60.0))
THINGS = Figure("motcua_things", "Things", ("kind",))
TAKEN = Figure("motcua_things_taken_total", "Things", (), "counter")


async def nobody_asks(_tx: Any) -> dict[Figure, list[Row]]:
    return {}


MEASURE = Measure((THINGS, TAKEN), nobody_asks)


def test_a_histogram_adds_its_buckets_up() -> None:
    rows = [("a", 0, 2, -200), ("a", 2, 3, 90), ("a", 3, 1, 70), ("b", 1, 1, -30)]
    found = {(one.name, *one.labels.values()): one.value for one in family(MARGIN, rows).samples}
    buckets = [found["motcua_thing_seconds_bucket", "a", bound] for bound in ("-60.0", "0.0", "60.0", "+Inf")]
    assert buckets == [2, 2, 5, 6]
    assert (found["motcua_thing_seconds_count", "a"], found["motcua_thing_seconds_sum", "a"]) == (6, -40)
    assert found["motcua_thing_seconds_count", "b"] == 1


def shown_as_text(shown: Shown) -> str:
    registry = CollectorRegistry()
    registry.register(shown)
    return generate_latest(registry).decode()


def test_nothing_is_said_without_the_lead_nor_after_it() -> None:
    shown = Shown()
    shown.tell(MEASURE, {THINGS: [("a", 1), ("b", 2)], TAKEN: [(5,)]})
    assert shown_as_text(shown) == ""
    shown.speak_until(time.monotonic() + 0.2)
    assert 'motcua_things{kind="b"} 2.0\n' in shown_as_text(shown)
    assert "motcua_things_taken_total 5.0\n" in shown_as_text(shown)
    time.sleep(0.25)  # as if the process had been stopped: nobody told it anything
    assert shown_as_text(shown) == ""
    shown.speak_until(time.monotonic() + 60)
    shown.fall_silent()
    assert shown_as_text(shown) == ""


def test_a_new_answer_takes_the_place_of_the_one_before_and_a_failed_one_leaves_nothing() -> None:
    shown = Shown()
    shown.speak_until(time.monotonic() + 60)
    shown.tell(MEASURE, {THINGS: [("a", 1)]})
    shown.tell(MEASURE, {THINGS: [("b", 2)]})
    assert 'kind="a"' not in shown_as_text(shown)
    shown.forget(MEASURE)
    assert shown_as_text(shown) == ""


PLACE, OTHER = TopicPartition("t", 0), TopicPartition("t", 1)


def polled(*offsets: int, seconds_ago: float = 0) -> list[Any]:
    return [SimpleNamespace(offset=one, timestamp=(time.time() - seconds_ago) * 1000) for one in offsets]


def test_a_reader_is_behind_by_what_the_brokers_have_and_it_has_not_taken() -> None:
    high = {PLACE: 10, OTHER: 3}
    consumer: Any = SimpleNamespace(assignment=lambda: set(high), highwater=high.get)
    behind = lag.Lag(["t"])
    behind.begin(consumer)

    def value(name: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"topic": "t"})

    try:
        assert value("motcua_reader_lag_records") == 0
        behind.polled(set(high), {PLACE: polled(4, 5, seconds_ago=30)}, 2)
        assert value("motcua_reader_lag_records") == 6
        assert value("motcua_reader_lag_seconds") == pytest.approx(30, abs=2)
        behind.taken(PLACE, 5)
        behind.taken(PLACE, 6, is_last=True)
        assert (value("motcua_reader_lag_records"), value("motcua_reader_lag_seconds")) == (4, 0)
        behind.polled(set(high), {OTHER: polled(1)}, 500)  # all there was: of the other partition nothing is left
        assert value("motcua_reader_lag_records") == 2
        del high[OTHER]  # the group gave it to somebody else
        assert value("motcua_reader_lag_records") == 0
    finally:
        behind.end()
    assert value("motcua_reader_lag_records") is None


async def test_an_event_loop_that_is_held_up_is_seen() -> None:
    watching = asyncio.create_task(saturation.watch_loop())
    await asyncio.sleep(0.1)
    time.sleep(0.6)  # noqa: ASYNC251 - this is the fault
    await asyncio.sleep(0.4)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    found = REGISTRY.get_sample_value("motcua_event_loop_lag_seconds")
    assert found is not None
    assert 0.3 < found < 5
