"""The embedded PostgreSQL: found again, durable, alone in its folder, clear when it cannot start."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from kit.embedded import EmbeddedError, Postgres
from kit.embedded.account import NOBODY
from kit.embedded.postgres import _program

Launch = Callable[..., tuple[subprocess.Popen[str], int]]
IsGone = Callable[[int], bool]

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the data is made already: every test takes a copy."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    postgres = Postgres(folder)
    began = time.monotonic()
    postgres.start()
    sys.stdout.write(f"first start of PostgreSQL: {time.monotonic() - began:.2f} s\n")
    postgres.stop()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "postgres"))


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    server = Postgres(folder)
    yield server
    server.kill()
    server.stop()


async def ask(postgres: Postgres, statement: str, database: str = "postgres") -> object:
    connection = await asyncpg.connect(postgres.url(database), timeout=10)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_what_was_written_is_there_after_a_stop_and_a_new_start(folder: Path) -> None:
    first = Postgres(folder)
    first.start()
    first.ensure_database("intake")
    first.ensure_database("intake")
    first.sql("CREATE TABLE word (text text); INSERT INTO word VALUES ('hồ sơ')", "intake")
    first.stop()
    assert not first.is_running
    second, heard = Postgres(folder), list[str]()
    began = time.monotonic()
    second.start(heard.append)
    sys.stdout.write(f"second start of PostgreSQL: {time.monotonic() - began:.2f} s\n")
    assert await ask(second, "SELECT text FROM word", "intake") == "hồ sơ"
    assert heard == ["PostgreSQL: starting", f"PostgreSQL: ready on port {second.port}"]
    second.stop()


async def test_it_is_postgresql_18_durable_and_only_on_loopback(postgres: Postgres) -> None:
    postgres.start()
    shown = {
        name: await ask(postgres, f"SELECT current_setting('{name}')")
        for name in ("fsync", "synchronous_commit", "listen_addresses", "unix_socket_directories", "server_encoding")
    }
    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "server_encoding": "UTF8",
    }
    assert str(await ask(postgres, "SELECT version()")).startswith("PostgreSQL 18.")
    assert await ask(postgres, "SELECT rolpassword FROM pg_authid WHERE rolname = 'motcua'") is not None
    assert (postgres.folder / "password").stat().st_mode & 0o777 == 0o600


async def test_a_wrong_password_does_not_get_in(postgres: Postgres) -> None:
    postgres.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url().replace(postgres.password, "guess"))


async def test_what_was_committed_survives_a_power_cut_and_the_address_stays(postgres: Postgres) -> None:
    postgres.start()
    postgres.sql("CREATE TABLE word AS SELECT 'kept' AS text")
    before = postgres.url()
    postgres.kill()
    assert not postgres.is_running
    postgres.start()
    assert postgres.url() == before
    assert await ask(postgres, "SELECT text FROM word") == "kept"


async def test_after_kill_9_of_its_launcher_a_new_start_works(folder: Path, launch: Launch) -> None:
    launcher, pid = launch("postgres", folder)
    launcher.kill()
    launcher.wait()
    postgres = Postgres(folder)
    postgres.start()
    assert postgres.pid != pid
    assert await ask(postgres, "SELECT 1") == 1
    postgres.stop()


async def test_left_over_processes_are_stopped_though_the_note_about_them_is_lost(
    folder: Path, launch: Launch, is_gone: IsGone
) -> None:
    launcher, pid = launch("postgres", folder)
    for child in psutil.Process(launcher.pid).children():
        if child.pid != pid:
            child.kill()  # the guard
    launcher.kill()
    launcher.wait()
    assert not is_gone(pid)
    (folder / "process").unlink()
    postgres = Postgres(folder)
    postgres.start()
    assert await ask(postgres, "SELECT 1") == 1
    assert is_gone(pid)
    postgres.stop()


def test_a_second_launcher_on_the_same_folder_gets_a_sentence(folder: Path, launch: Launch) -> None:
    launcher, _ = launch("postgres", folder)
    with pytest.raises(EmbeddedError) as caught:
        Postgres(folder).start()
    assert str(caught.value) == (
        f"The folder {folder} is in use by another running process ({launcher.pid}): "
        "stop that one first, or choose another folder."
    )


async def test_a_taken_port_is_exchanged_for_a_free_one(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        postgres = Postgres(folder, port=taken.getsockname()[1])
        postgres.start()
        assert postgres.port != taken.getsockname()[1]
        assert await ask(postgres, "SELECT 1") == 1
        postgres.stop()


async def test_a_paused_one_answers_nothing_until_resumed(postgres: Postgres) -> None:
    postgres.start()
    connection = await asyncpg.connect(postgres.url())
    postgres.pause()
    with pytest.raises(TimeoutError):
        await connection.fetchval("SELECT 1", timeout=0.3)
    postgres.resume()
    assert await ask(postgres, "SELECT 2") == 2
    connection.terminate()


def test_a_name_that_is_none_makes_no_database(postgres: Postgres) -> None:
    with pytest.raises(EmbeddedError, match="is no name for a database"):
        postgres.ensure_database("x; drop")


def test_a_refused_statement_shows_the_reason(postgres: Postgres) -> None:
    postgres.start()
    with pytest.raises(EmbeddedError, match='relation "nowhere" does not exist'):
        postgres.sql("SELECT * FROM nowhere")


async def test_a_first_start_cut_short_is_simply_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    postgres = Postgres(folder)
    postgres.start()
    assert await ask(postgres, "SELECT 1") == 1
    postgres.stop()


def test_data_of_another_version_is_left_alone(folder: Path, postgres: Postgres) -> None:
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="is PostgreSQL 16's; this is PostgreSQL 18"):
        postgres.start()


def test_a_server_that_cannot_start_shows_its_own_last_lines(folder: Path, postgres: Postgres) -> None:
    (folder / "data" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError) as caught:
        postgres.start()
    assert caught.value.sentence == f"PostgreSQL ended while starting (exit status 2) in {folder}."
    assert any("pg_control" in line for line in caught.value.lines)


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(EmbeddedError, match="cannot be used: a file stands where a folder is needed"):
        Postgres(tmp_path / "var" / "postgres").start()


ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from kit.embedded import EmbeddedError, Postgres, part
part.NEEDED_MB = int(sys.argv[2])
try:
    Postgres(Path(sys.argv[1])).start()
except EmbeddedError as problem:
    print(problem.sentence)
"""


@pytest.mark.parametrize(
    ("needed_mb", "words"),
    [(64, "15 MB are left, PostgreSQL needs 64 MB to start."), (1, "PostgreSQL could not make its data folder: ")],
)
def test_a_full_disk_is_a_sentence(tmp_path: Path, needed_mb: int, words: str) -> None:
    mount = 'mount -t tmpfs -o size=16m none "$1" && exec "$2" -c "$3" "$1" "$4"'
    space = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(tmp_path), sys.executable]
    result = subprocess.run([*space, ON_A_SMALL_DISK, str(needed_mb)], capture_output=True, text=True, check=False)
    assert words in result.stdout, result.stderr
    assert f"the disk of {tmp_path} is full".casefold() in result.stdout.casefold()
    assert result.stderr == ""


def test_it_starts_with_an_empty_environment_and_home(
    folder: Path,
    tmp_path: Path,
    launch: Launch,
    is_gone: IsGone,
) -> None:
    _, pid = launch("postgres", folder, HOME=str(tmp_path), PATH=os.defpath)
    assert not is_gone(pid)


def nobody_reaches_the_programs() -> bool:
    try:
        command = [str(_program("postgres")), "--version"]
        return subprocess.run(command, user=NOBODY, group=NOBODY, cwd="/", capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.mark.parametrize("reachable", [True, False])
def test_root_without_namespaces_becomes_nobody_or_says_what_is_in_the_way(
    open_folder: Path, tmp_path: Path, reachable: bool
) -> None:
    if os.geteuid() != 0:
        return  # an ordinary user needs none of this
    folder = (open_folder if reachable else tmp_path) / "postgres"
    program = "import sys; from pathlib import Path; from kit.embedded import Postgres, EmbeddedError\n"
    program += "p = Postgres(Path(sys.argv[1]))\ntry: p.start(); print(p.sql('SELECT 1')); p.stop()\n"
    program += "except EmbeddedError as problem: print(problem)"
    result = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env={"PATH": "/nowhere"},  # so that there is no `unshare`
        capture_output=True,
        text=True,
        check=False,
    )
    works = reachable and nobody_reaches_the_programs()
    assert result.stdout.startswith("1\n" if works else "PostgreSQL refuses to run as root"), result.stderr
