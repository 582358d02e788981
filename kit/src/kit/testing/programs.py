"""Programs that tests start: the sandboxes, ready when handed over and gone afterwards."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

PATIENCE_SECONDS = 20


@contextmanager
def sandbox_program(name: str, port: int, said: Mapping[str, str]) -> Iterator[None]:
    """`python -m sandbox.<name>` on `port`, with these settings; killed at the end."""
    settings = {f"MOTCUA_SANDBOX_{key}": value for key, value in {"PORT": str(port), **said}.items()}
    program = subprocess.Popen([sys.executable, "-m", f"sandbox.{name}"], env={**os.environ, **settings})  # noqa: S603
    try:
        wait_for_health(port, program)
        yield
    finally:
        program.kill()
        program.wait()


def wait_for_health(port: int, program: "subprocess.Popen[bytes]") -> None:
    """Until the program says it is healthy. Raises AssertionError where it ended or takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert program.poll() is None, "the program ended by itself"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.03)
    raise AssertionError("the program did not become healthy")
