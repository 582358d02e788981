"""`motcua health`: what a health check learns of the process beside it."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from kit.embedded import free_port
from motcua.health import command

READY = {
    "service": "intake",
    "role": "worker",
    "state": "ready",
    "parts": {"broker": {"well": True, "words": "answers"}},
}
NOT_READY = {**READY, "state": "not ready", "parts": {"broker": {"well": False, "words": "no broker answers"}}}


@contextmanager
def a_process(status: int, told: object) -> Iterator[int]:
    """The port of a process that answers so, on `/readyz` alone."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def asked(**environment: int) -> Result:
    told = {"MOTCUA_WORKER_PORT": None, "MOTCUA_LISTEN_PORT": None, "HTTP_PROXY": "http://127.0.0.1:9"}
    return CliRunner().invoke(
        command, env=told | {name: str(port) for name, port in environment.items()}, standalone_mode=False
    )


def test_a_ready_process_is_healthy_also_where_a_proxy_is_set() -> None:
    with a_process(200, READY) as port:
        found = asked(MOTCUA_LISTEN_PORT=port)
    assert (found.return_value, found.output) == (0, "ready\n")


def test_a_worker_is_asked_at_its_own_port() -> None:
    with a_process(200, READY) as port:
        assert asked(MOTCUA_WORKER_PORT=port, MOTCUA_LISTEN_PORT=free_port()).return_value == 0


def test_a_process_that_is_not_ready_is_not_healthy_and_each_part_says_why() -> None:
    with a_process(503, NOT_READY) as port:
        found = asked(MOTCUA_WORKER_PORT=port)
    assert (found.return_value, found.output) == (1, "not ready broker: no broker answers;\n")


@pytest.mark.parametrize("told", ["no JSON of ours", [1], {"state": "ready", "parts": {"broker": 1}}])
def test_an_answer_that_is_not_ours_is_not_healthy(told: object) -> None:
    with a_process(200, told) as port:
        assert asked(MOTCUA_LISTEN_PORT=port).return_value == 1


def test_nobody_there_is_not_healthy_and_no_port_is_asked_wrongly() -> None:
    assert asked(MOTCUA_LISTEN_PORT=free_port()).return_value == 1
    assert "must say where" in str(asked().exception)
