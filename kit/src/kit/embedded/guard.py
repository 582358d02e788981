"""Stops the processes it was told about when its standard input ends, that is: when whoever started it is gone.

Run as a program of its own (by `kit.embedded.lifeline`), so that kill -9 of the launcher leaves nothing running.
Lines: `+ <pid> <start time> <signal> <grace seconds>` and `- <pid>`.
"""

import contextlib
import signal
import sys
import time

import psutil

Watched = dict[int, tuple[psutil.Process, int, float]]


def follow(watched: Watched) -> None:
    """Keep the list up to date until the other end closes the pipe."""
    for line in sys.stdin:
        mark, pid, *rest = line.split()
        if mark == "-":
            watched.pop(int(pid), None)
            continue
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(int(pid))
            if abs(process.create_time() - float(rest[0])) < 1:
                watched[int(pid)] = (process, int(rest[1]), float(rest[2]))


def stop_all(watched: Watched) -> None:
    """Ask each with its own signal, wake what is paused, and kill what is still there after the longest grace."""
    for process, number, _ in watched.values():
        for wanted in (number, signal.SIGCONT):
            with contextlib.suppress(psutil.Error):
                process.send_signal(wanted)
    until = time.monotonic() + max((seconds for _, _, seconds in watched.values()), default=0)
    while any(is_alive(process) for process, _, _ in watched.values()) and time.monotonic() < until:
        time.sleep(0.05)
    for process, _, _ in watched.values():
        with contextlib.suppress(psutil.Error):
            process.kill()


def is_alive(process: psutil.Process) -> bool:
    """A process that has ended but whose parent has not asked about it yet counts as gone."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    found: Watched = {}
    follow(found)
    stop_all(found)
