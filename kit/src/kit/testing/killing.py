"""A piece of work in a process of its own, killed (SIGKILL) right after any of its statements or commits.

`Killer` runs in the test; this module as a program waits for a number, forks, and lets the child die after so many.
Nothing of the work is prepared for it: what the child leaves behind is what a real death leaves behind.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from kit.objects import Objects
from kit.tx import Database

KILLED, DONE, FAILED = "killed", "done", "failed"
Work = Callable[[Database], Awaitable[object]]


class Killer:
    """Begins the work again and again; each time it dies a statement later, until it comes to its end."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def kill_after(self, statements: int, url: str) -> bool:
        """Whether the work was killed; false once it has fewer statements than that. Raises where it failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{statements} {url}\n")
        self._process.stdin.flush()
        outcome = self._process.stdout.readline().strip()
        if outcome not in (KILLED, DONE):
            raise RuntimeError(f"the work failed by itself, its reason stands above ({outcome or 'no answer'})")
        return outcome == KILLED


@contextmanager
def killer(work: str, objects: str) -> Iterator[Killer]:
    """`work` is `module:function`, which takes a Database; `objects` is the address of the object store."""
    command = [sys.executable, "-m", "kit.testing.killing", work, objects]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    try:
        yield Killer(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()


def serve(work: Work, objects: str) -> None:
    """Fork for each line that comes in, and say what became of the child."""
    for line in sys.stdin:
        count, url = line.split()
        pid = os.fork()
        if pid == 0:
            _end_as(work, int(count), url, objects)
        _, status = os.waitpid(pid, 0)
        outcome = KILLED if os.WIFSIGNALED(status) else FAILED if os.waitstatus_to_exitcode(status) else DONE
        print(outcome, flush=True)  # noqa: T201 - the answer to the test


def _end_as(work: Work, count: int, url: str, objects: str) -> None:
    """The child's whole life."""
    try:
        asyncio.run(_work(work, count, url, objects))
    except BaseException:  # noqa: BLE001 - a child has nobody above it
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


async def _work(work: Work, count: int, url: str, objects: str) -> None:
    database, left = Database(url, Objects(objects)), [count]

    def one_more(*_: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine.sync_engine, "after_cursor_execute", one_more)
    event.listen(Session, "after_commit", one_more)
    await work(database)


if __name__ == "__main__":
    module, _, name = sys.argv[1].partition(":")
    serve(getattr(import_module(module), name), sys.argv[2])
