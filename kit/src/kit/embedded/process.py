"""One child process: started with a log of its own, watched until ready, stopped, never left behind.

Knows nothing of what it runs. Every method may be called from any thread; none needs an event loop.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from kit.embedded import lifeline
from kit.embedded.errors import EmbeddedError, writing_in
from kit.embedded.folder import last_lines, rotate
from kit.embedded.guard import are_gone, tell, tree

_POLL_SECONDS = 0.05
_KILLED_SECONDS = 10.0


class Process:
    """A child process.

    `name` is what people read in messages. `env` is the whole environment (None: ours). `pid_file` lets the next
    launcher find a process that this one left behind. `stop_signal` asks for an orderly end, which may take
    `stop_seconds` before the process and its children are killed.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pid_file: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_seconds: float = 10.0,
        user: int | None = None,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.log = log
        self.env = env
        self.cwd = cwd
        self.pid_file = pid_file
        self.stop_signal = stop_signal
        self.stop_seconds = stop_seconds
        self.user = user
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the running process. Raises EmbeddedError before the first start."""
        return self._started().pid

    @property
    def is_running(self) -> bool:
        """Whether the process is there; a paused one is."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_status(self) -> int | None:
        """As the shell's, negative for a signal; None while it runs and before the first start."""
        return None if self._child is None else self._child.poll()

    def start(self) -> None:
        """Start it, after stopping what an earlier launcher left of it. Returns at once: see wait_ready."""
        if self.is_running:
            return
        if self.pid_file:
            stop_leftover(self.pid_file, self.stop_signal, self.stop_seconds)
        with writing_in(self.log.parent):
            rotate(self.log)
            log = self.log.open("wb")
        with log:
            self._child = self._spawn(log.fileno())
        lifeline.watch(self._child.pid, self.stop_signal, self.stop_seconds)
        if self.pid_file:
            with writing_in(self.pid_file.parent):
                _note_pid(self.pid_file, self._child.pid)

    def wait_ready(self, probe: Callable[[], bool], timeout_seconds: float) -> None:
        """Return once `probe` says yes.

        Raises EmbeddedError with the end of its log when the process ends first or takes too long.
        """
        until = time.monotonic() + timeout_seconds
        while not probe():
            if not self.is_running:
                raise self.trouble(f"{self.name} ended while starting ({_in_words(self.exit_status)}).")
            if time.monotonic() > until:
                raise self.trouble(f"{self.name} was not ready after {timeout_seconds:.0f} seconds.")
            time.sleep(_POLL_SECONDS)

    def wait(self, timeout_seconds: float) -> int | None:
        """Its exit status once it has ended; None if it still runs after the time."""
        try:
            return self._started().wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ask it to end in order, also when paused; kill it and its children if it does not. Safe to repeat."""
        if self._child is None:
            return
        if self.is_running:
            _end(self._family(), self.stop_signal, self.stop_seconds)
            self.wait(_KILLED_SECONDS)
        self._forget()

    def kill(self) -> None:
        """Take it and its children away at once, as a power cut would."""
        if self._child is None:
            return
        if self.is_running:
            tell(self._family(), signal.SIGKILL)
            self.wait(_KILLED_SECONDS)
        self._forget()

    def pause(self) -> None:
        """Freeze it and its children: it keeps its connections and answers nothing."""
        tell(self._family(), signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after a pause."""
        tell(self._family(), signal.SIGCONT)

    def tail(self, count: int = 8) -> list[str]:
        """The end of its log."""
        return last_lines(self.log, count)

    def trouble(self, sentence: str) -> EmbeddedError:
        """An error about this process, with the end of its log."""
        return EmbeddedError(sentence, self.tail())

    def _spawn(self, log: int) -> subprocess.Popen[bytes]:
        identity = {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        try:
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 -- the caller's own words
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                start_new_session=True,  # Ctrl-C on the terminal is for the launcher, which stops things in order
                **identity,
            )
        except OSError as problem:
            raise EmbeddedError(f"{self.name} cannot be started: {problem}.") from problem

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise EmbeddedError(f"{self.name} has not been started.")
        return self._child

    def _family(self) -> list[psutil.Process]:
        try:
            return tree(psutil.Process(self.pid))
        except psutil.NoSuchProcess:
            return []

    def _forget(self) -> None:
        """It has ended: nobody needs to look for it any more."""
        if self._child is not None:
            lifeline.unwatch(self._child.pid)
        if self.pid_file:
            self.pid_file.unlink(missing_ok=True)


def stop_leftover(pid_file: Path, stop_signal: signal.Signals, stop_seconds: float) -> None:
    """Stop the process noted in `pid_file` if it still runs; number and start time together tell that it is ours."""
    try:
        pid, started = pid_file.read_text().split()
        process = psutil.Process(int(pid))
        if abs(process.create_time() - float(started)) < 1:
            _end(tree(process), stop_signal, stop_seconds)
    except (OSError, ValueError, psutil.NoSuchProcess):
        return  # no note, half a note, or nothing left


def _end(family: list[psutil.Process], stop_signal: signal.Signals, stop_seconds: float) -> None:
    """Ask the parent, wake everything that is paused, and kill what is left after the time."""
    tell(family[:1], stop_signal)
    tell(family, signal.SIGCONT)
    if not are_gone(family[:1], stop_seconds):
        tell(family, signal.SIGKILL)
        are_gone(family, _KILLED_SECONDS)


def _note_pid(pid_file: Path, pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        fresh = pid_file.with_name(f"{pid_file.name}.{os.getpid()}")
        fresh.write_text(f"{pid} {psutil.Process(pid).create_time()}")
        fresh.replace(pid_file)


def _in_words(status: int | None) -> str:
    return f"killed by signal {-status}" if status is not None and status < 0 else f"exit status {status}"
