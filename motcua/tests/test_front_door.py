"""The front door while what is behind it is away: a sentence, not a blank page; several processes of one service."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kit.embedded import Process, free_port, port_answers
from kit.testing.pages import read_page
from motcua.programs import SANDBOXES, SERVICES, Ports, Site, front_door
from motcua.secrets_file import Secrets

HTML = {"accept": "text/html"}


@contextmanager
def a_service(name: bytes) -> Iterator[int]:
    """A stand-in process of a service, which answers its name."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(name)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def a_door(folder: Path, **addresses: str) -> Iterator[str]:
    """Caddy with our Caddyfile; nobody is behind it but whom `addresses` name."""
    ports = Ports(front=free_port(), of={name: free_port() for name in (*SERVICES, *SANDBOXES)})
    program = front_door(Site(folder, ports, Secrets(folder / "secrets.json"), "", {}))
    environment = program.environment | {f"MOTCUA_{name.upper()}": address for name, address in addresses.items()}
    process = Process("front door", program.argv, log=folder / "door.log", env=environment)
    process.start()
    try:
        process.wait_ready(lambda: port_answers(ports.front), 20)
        yield f"http://127.0.0.1:{ports.front}"
    finally:
        process.stop()


@pytest.mark.parametrize("path", ["/", "/officer", "/pay/x", "/messages"])
def test_pages_of_a_service_that_is_away_say_so(tmp_path: Path, path: str) -> None:
    with a_door(tmp_path) as door:
        answer = httpx.get(door + path, headers=HTML)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "thử lại sau ít phút" in read_page(answer.text).text


def test_calls_of_a_service_that_is_away_get_a_problem_and_the_others_work_on(tmp_path: Path) -> None:
    with a_service(b"intake") as port, a_door(tmp_path, intake=f"127.0.0.1:{port}") as door:
        answer = httpx.get(f"{door}/api/workflow/v1/cases")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["type"] == "urn:motcua:problem:service-away"
        assert httpx.get(f"{door}/lookup").text == "intake"


def test_of_two_processes_the_one_that_lives_answers(tmp_path: Path) -> None:
    with a_service(b"lives") as port:
        both = f"127.0.0.1:{free_port()} 127.0.0.1:{port}"
        with a_door(tmp_path, workflow=both) as door:
            assert [httpx.get(f"{door}/officer").text for _ in range(6)] == ["lives"] * 6


def test_what_operators_ask_is_not_answered_through_the_door(tmp_path: Path) -> None:
    with a_service(b"intake") as port, a_door(tmp_path, intake=f"127.0.0.1:{port}") as door:
        for path in ("/healthz", "/startupz", "/readyz", "/metrics"):
            assert httpx.get(door + path).status_code == 404
