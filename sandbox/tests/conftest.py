"""Starts the sandboxes on real sockets: in this process for speed, as programs of their own where a kill matters."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import httpx
import pytest
import uvicorn
from fastapi import FastAPI

# One client, because making one reads every certificate; no connection is kept, because servers come and go.
http = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
TOKEN = "control-token-of-the-tests"
Serve = Callable[[FastAPI, int], None]
RunProgram = Callable[..., "subprocess.Popen[bytes]"]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def free_port() -> Callable[[], int]:
    return _free_port


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """Ask again and again until the answer is true; fails after ten seconds."""

    def wait(question: Callable[[], Any], what: str = "it") -> Any:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if answer := question():
                return answer
            time.sleep(0.02)
        raise AssertionError(f"waited ten seconds for {what}")

    return wait


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an app on a port until the test ends."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: FastAPI, port: int) -> None:
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, proxy_headers=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.005)

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(timeout=10)


@pytest.fixture
def run_program() -> Iterator[RunProgram]:
    """Run `python -m sandbox.…` with an environment of its own and wait until it is healthy."""
    started: list[subprocess.Popen[bytes]] = []

    def run(name: str, folder: Path, port: int, **settings: str) -> subprocess.Popen[bytes]:
        said = {"PORT": str(port), "FOLDER": str(folder), "CONTROL_TOKEN": TOKEN, **settings}
        environment = {**os.environ, **{f"MOTCUA_SANDBOX_{key}": value for key, value in said.items()}}
        program = subprocess.Popen([sys.executable, "-m", f"sandbox.{name}"], env=environment)
        started.append(program)
        _wait_for_health(port, program)
        return program

    yield run
    for program in started:
        program.kill()
        program.wait()


def _wait_for_health(port: int, program: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert program.poll() is None, "the program ended by itself"
        try:
            if http.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.03)
    raise AssertionError("the program did not become healthy")


@pytest.fixture
def told() -> Callable[..., dict[str, Any]]:
    """PUT to a control address and give back the state it answers."""

    def tell(base: str, name: str, **orders: Any) -> dict[str, Any]:
        address = f"{base}/sandbox/{name}/control"
        answer = http.put(address, json=orders, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return tell


@pytest.fixture
def control_headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def read_page() -> Callable[[httpx.Response], Any]:
    """A page of ours as a tree, after checks that hold for every page."""

    def read(answer: httpx.Response) -> Any:
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
        page = parser.parse(answer.text)
        assert page.get("lang") == "vi"
        headings = page.findall(".//h1")
        assert len(headings) == 1
        assert page.findtext(".//title").startswith("".join(headings[0].itertext()).strip())
        text = " ".join(page.itertext())
        assert "Môi trường thử nghiệm, không phải hệ thống thật." in text
        assert "This is a sandbox, not the real system." in text
        _check_forms(page)
        return page

    return read


def _check_forms(page: Any) -> None:
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    labelled = {label.get("for") for label in page.iter("label")}
    inside = {id(field) for label in page.iter("label") for field in label.iter("input")}
    for form in page.iter("form"):
        assert urlsplit(form.get("action")).path
        for field in form.iter("input"):
            assert field.get("type") == "hidden" or id(field) in inside or field.get("id") in labelled
