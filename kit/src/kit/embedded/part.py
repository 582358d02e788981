"""What PostgreSQL and Kafka have in common as embedded parts: a folder of their own, a start that ends in an answer or
in a sentence, and all the ways to stop. Knows neither of them."""

import shutil
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from kit.embedded.errors import FULL_DISK, EmbeddedError, writing_in
from kit.embedded.folder import FolderLock
from kit.embedded.ports import different_ports, is_free
from kit.embedded.process import Process, stop_leftover

Say = Callable[[str], None]
NEEDED_MB = 64  # below this the first start of neither part succeeds
_TRIES = 5
_PROBLEM_LINES = 8


def quietly(_words: str) -> None:
    """Say nothing."""


class Part(ABC):
    """A server below `folder` that keeps its data there and is found again by the next start.

    Its ports stay the same from start to start of one object while nobody else takes them. Not for two threads at once.
    """

    name: ClassVar[str]
    start_seconds: ClassVar[float]
    stop_seconds: ClassVar[float] = 20.0

    def __init__(self, folder: Path, *ports: int | None) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "log" / f"{self.name.lower()}.log"
        self.pid_file = self.folder / "process"
        self._first_pid_file = self.folder / "process-first"
        self._ports = list(ports)
        self._lock = FolderLock(self.folder)
        self._process: Process | None = None

    @property
    def port(self) -> int:
        """The loopback port that clients use. Raises EmbeddedError before the first start."""
        if self._process is None or self._ports[0] is None:
            raise self._not_started()
        return self._ports[0]

    @property
    def pid(self) -> int:
        """The server's process number."""
        return self._running().pid

    @property
    def is_running(self) -> bool:
        """Whether its process is there; a paused one is."""
        return self._process is not None and self._process.is_running

    def start(self, say: Say = quietly) -> None:
        """Start it and return when it answers; make its data the first time. `say` hears what is going on.

        Raises EmbeddedError: the folder is in use or cannot be written, the disk is full, it ended while starting.
        """
        if self.is_running:
            return
        self._lock.acquire()
        try:
            self._check_space()
            stop_leftover(self._first_pid_file, signal.SIGKILL, self.stop_seconds)  # what it made so far is made anew
            self._prepare(say)
            say(f"{self.name}: starting")
            self._start_on_free_ports()
            say(f"{self.name}: ready on port {self.port}")
        except BaseException:
            self.kill()
            self._lock.release()
            raise

    def stop(self) -> None:
        """Stop it in order and let go of the folder. Safe to repeat."""
        if self._process is not None:
            self._process.stop()
        self._lock.release()

    def kill(self) -> None:
        """Take it away as a power cut would; the folder stays ours."""
        if self._process is not None:
            self._process.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._running().pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self._running().resume()

    @abstractmethod
    def _prepare(self, say: Say) -> None:
        """Bring what it needs and make its data folder, whole or not at all."""

    @abstractmethod
    def _make_process(self, ports: list[int]) -> Process:
        """The process that would listen on these ports."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether it serves clients now."""

    def _run_once(self, argv: list[str], env: dict[str, str], user: int | None = None) -> None:
        """Run the program that makes the data folder to its end. Raises EmbeddedError with what it said."""
        log, note = self.log.with_name(f"{self.name.lower()}-first.log"), self._first_pid_file
        once = Process(f"{self.name}'s first step", argv, log=log, env=env, cwd=Path("/"), pid_file=note, user=user)
        once.start()
        try:
            status = once.wait(self.start_seconds)
        finally:
            once.kill()
        if status != 0:
            raise self._trouble(f"{self.name} could not make its data folder", once.tail())

    def _start_on_free_ports(self) -> None:
        for attempt in range(1, _TRIES + 1):
            ports = different_ports(self._ports)
            self._ports = list(ports)
            self._process = self._make_process(ports)
            self._process.start()
            try:
                self._process.wait_ready(self._is_ready, self.start_seconds)
            except EmbeddedError as problem:
                taken = not self._process.is_running and not all(map(is_free, ports))
                if attempt < _TRIES and taken:
                    continue  # somebody took a port between our look and the server's
                raise self._trouble(problem.sentence.rstrip("."), problem.lines) from problem
            return

    def _running(self) -> Process:
        if self._process is None:
            raise self._not_started()
        return self._process

    def _not_started(self) -> EmbeddedError:
        return EmbeddedError(f"The {self.name} in {self.folder} has not been started.")

    def _check_space(self) -> None:
        with writing_in(self.folder):
            left_mb = shutil.disk_usage(self.folder).free // 2**20
        if left_mb < NEEDED_MB:
            raise EmbeddedError(
                f"The disk of {self.folder} is full: {left_mb} MB are left, {self.name} needs {NEEDED_MB} MB to start."
            )

    def _trouble(self, what: str, lines: list[str]) -> EmbeddedError:
        """An error with the end of what the server said; on a full disk it could not even say that."""
        full = any(FULL_DISK in line for line in lines) or shutil.disk_usage(self.folder).free < 2**20
        where = f": the disk of {self.folder} is full" if full else f" in {self.folder}"
        return EmbeddedError(f"{what}{where}.", lines[-_PROBLEM_LINES:])
