"""Programs that tests start: when they are ready."""

import subprocess
import time

import httpx

PATIENCE_SECONDS = 20


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
