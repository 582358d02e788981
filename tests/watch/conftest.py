"""The whole on one machine, with the demo walked, and a real Prometheus that scraped all of it."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.watch.asked import EVERYTHING, PROMETHEUS, needs

from kit.embedded import free_port, http_answers
from motcua.demo.story import Walk
from motcua.stack import Stack
from motcua.watching import prometheus

KNOWN_SECONDS = 120.0  # what databases know is asked for every 15 seconds, in four services, and more seldom when busy


class Answers:
    """A Prometheus that can be asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str, **params: str) -> Any:
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=params, timeout=30).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def series(self, expr: str) -> list[dict[str, Any]]:
        """What an expression returns now; raises AssertionError with Prometheus's words where it cannot be read."""
        found: list[dict[str, Any]] = self.get("query", query=expr)["result"]
        return found

    def count(self, expr: str) -> int:
        """How many series with a number; a division of nothing by nothing shows nothing."""
        return len([one for one in self.series(expr) if one["value"][1] != "NaN"])


def wait_for_all(answers: Answers) -> None:
    """Return once every query has an answer, or the time is over: the test says which have none."""
    until = time.monotonic() + KNOWN_SECONDS
    while time.monotonic() < until and not all(answers.count(one.expr) for one in EVERYTHING):
        time.sleep(5)


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole, started; walked by whoever asks for `answers`."""
    stack = Stack(tmp_path_factory.mktemp("watched"), free_port(), lambda words: None)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def answers(machine: Stack) -> Iterator[Answers]:
    needs("prometheus")
    port = free_port()
    watcher = prometheus(machine.folder, PROMETHEUS / "prometheus.yml", port, every="2s")
    try:
        watcher.start()
        watcher.wait_ready(lambda: http_answers(port, "/-/ready"), 60)
        assert Walk(machine).run() == 0
        answers = Answers(port)
        wait_for_all(answers)
        yield answers
    finally:
        watcher.stop()
