"""Stops the processes it was told about when its standard input ends, that is: when whoever started it is gone.

Run as a program of its own (by `kit.embedded.lifeline`), so that kill -9 of the launcher leaves nothing running.
Lines: `+ <pid> <start time> <signal> <grace seconds>` and `- <pid>`. Also home of the few words to a process and all
that came from it; needs psutil and nothing of ours.
"""

import contextlib
import signal
import sys
import time

import psutil

Watched = dict[int, tuple[psutil.Process, int, float]]


def tree(parent: psutil.Process) -> list[psutil.Process]:
    """The process, then all it started; those may sit in sessions of their own (PostgreSQL's do)."""
    try:
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def tell(processes: list[psutil.Process], number: int) -> None:
    """Send a signal to each, parents first, so that none starts children meanwhile; gone ones do not matter."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)


def is_alive(process: psutil.Process) -> bool:
    """A process that has ended but whose parent has not asked about it yet counts as gone."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def are_gone(processes: list[psutil.Process], within_seconds: float) -> bool:
    """Wait until none of them is alive; False if one still is after the time."""
    until = time.monotonic() + within_seconds
    while any(is_alive(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


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
    families = [one for process, _, _ in watched.values() for one in tree(process)]
    for process, number, _ in watched.values():
        tell([process], number)
    tell(families, signal.SIGCONT)
    are_gone(families, max((seconds for _, _, seconds in watched.values()), default=0))
    tell(families, signal.SIGKILL)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    found: Watched = {}
    follow(found)
    stop_all(found)
