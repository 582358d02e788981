"""Sees to it that no process outlives the launcher that started it, not even after kill -9.

The kernel's own death signal hangs on the thread that forked, and launchers fork from short-lived threads; so a
small guard process waits for a pipe to close that only the launcher holds.
"""

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil

_lock = threading.Lock()
_guard: subprocess.Popen[str] | None = None
_owner: int | None = None


def watch(pid: int, stop_signal: int, grace_seconds: float) -> None:
    """Stop `pid` when this process ends: with `stop_signal`, and by force after `grace_seconds`."""
    try:
        started = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return  # already gone
    _tell(f"+ {pid} {started} {int(stop_signal)} {grace_seconds}")


def unwatch(pid: int) -> None:
    """The process is gone: forget it, its number may be given to another."""
    _tell(f"- {pid}")


def _tell(line: str) -> None:
    with _lock:
        pipe = _running_guard().stdin
        assert pipe is not None
        pipe.write(f"{line}\n")
        pipe.flush()


def _running_guard() -> subprocess.Popen[str]:
    global _guard, _owner
    if _guard is None or _owner != os.getpid() or _guard.poll() is not None:
        program = str(Path(__file__).with_name("guard.py"))
        _guard = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-I", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # whoever reads the launcher's output must not wait for the guard
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C on the terminal is for the launcher, not for the guard
        )
        _owner = os.getpid()
        atexit.register(_let_go, _guard, _owner)
    return _guard


def _let_go(guard: subprocess.Popen[str], owner: int) -> None:
    """At an ordinary end too: what is still running then is stopped, and waited for."""
    if owner == os.getpid() and guard.stdin is not None:
        guard.stdin.close()
        guard.wait()
