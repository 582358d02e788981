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
_watched: dict[int, str] = {}
_guard: subprocess.Popen[str] | None = None
_owner: int | None = None


def watch(pid: int, stop_signal: int, grace_seconds: float) -> None:
    """Stop `pid` when this process ends: with `stop_signal`, and by force after `grace_seconds`."""
    try:
        started = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return  # already gone
    with _lock:
        _forget_a_parents_guard()
        _watched[pid] = f"+ {pid} {started} {int(stop_signal)} {grace_seconds}\n"
        if _guard is not None and _guard.poll() is None:
            _write(_guard, _watched[pid])
        else:
            _start_guard()


def unwatch(pid: int) -> None:
    """The process is gone: forget it, its number may be given to another."""
    with _lock:
        _watched.pop(pid, None)
        if _guard is not None and _owner == os.getpid() and _guard.poll() is None:
            _write(_guard, f"- {pid}\n")


def _forget_a_parents_guard() -> None:
    """After a fork the guard and what it watches are the parent's business."""
    global _guard, _owner
    if _owner != os.getpid():
        _guard, _owner = None, os.getpid()
        _watched.clear()


def _start_guard() -> None:
    """One guard for all; if somebody killed it, the new one is told everything."""
    global _guard
    _guard = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-I", str(Path(__file__).with_name("guard.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,  # whoever reads the launcher's output must not wait for the guard
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C on the terminal is for the launcher, not for the guard
    )
    atexit.register(_let_go, _guard, os.getpid())
    _write(_guard, "".join(_watched.values()))


def _write(guard: subprocess.Popen[str], words: str) -> None:
    assert guard.stdin is not None
    guard.stdin.write(words)
    guard.stdin.flush()


def _let_go(guard: subprocess.Popen[str], owner: int) -> None:
    """At an ordinary end too: what is still running then is stopped, and waited for."""
    if owner == os.getpid() and guard.stdin is not None:
        guard.stdin.close()
        guard.wait()
