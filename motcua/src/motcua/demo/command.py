"""`motcua up` and `motcua demo`: start the machine, walk the dossiers, stay up or stop."""

import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from motcua.demo.story import Walk
from motcua.stack import Stack


def say(words: str) -> None:
    """One line to whoever looks, at once."""
    sys.stderr.write(f"{words}\n")  # one write: two threads may say something at once
    sys.stderr.flush()


def stay_up(folder: Path, port: int) -> int:
    """Start everything and wait for Ctrl-C."""
    return on_machine(folder, port, wait_for_end)


def run_demo(folder: Path, port: int, *, once: bool) -> int:
    """Walk the dossiers; stay up afterwards, or with `once` stop and leave nothing behind."""
    if once:
        with tempfile.TemporaryDirectory(prefix="motcua-demo-") as throw_away:
            return on_machine(Path(throw_away), port, lambda stack: Walk(stack).run())

    def walk_and_stay(stack: Stack) -> int:
        return Walk(stack).run() or wait_for_end(stack)

    return on_machine(folder, port, walk_and_stay)


def on_machine(folder: Path, port: int, use: Callable[[Stack], int]) -> int:
    """Start the machine in `folder`, use it, and stop it however that ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell that starts us in the background ignores it
        signal.signal(number, interrupt)
    stack = Stack(folder, port, say)
    stack.start()
    try:
        return use(stack)
    except KeyboardInterrupt:
        return 0
    finally:
        say("stopping")
        stack.stop()


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Either signal stops us as Ctrl-C does."""
    raise KeyboardInterrupt


def wait_for_end(stack: Stack) -> int:
    """Print where everything is and wait for Ctrl-C."""
    say("")
    say(f"Motcua is up: {stack.url}")
    say("  sign in as anyone you like on the sandbox's page: the hospital's engineer, the one-stop officer, a leader …")
    say(f"  citizens {stack.url}/   officers {stack.url}/officer   accountant {stack.url}/pay/ledger")
    say(f"  letters that arrived {stack.url}/sandbox/mail   message log {stack.url}/messages")
    say("  metrics " + "   ".join(f"{name} {address}" for name, address in stack.metrics.items()))
    say(f"  the same as a list for Prometheus {stack.targets_file}; `make watch` starts one on it")
    say(f"  for commands beside a service: . {stack.settings_file('workflow')}; .venv/bin/motcua parked list workflow")
    say("  Ctrl-C stops everything; `make demo` finds it again")
    threading.Event().wait()
    return 0
