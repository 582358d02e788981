"""Child processes: they become ready or say why not, end when asked, and never stay behind."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from kit.embedded import EmbeddedError, Process, free_port, http_answers, is_free, port_answers
from kit.embedded.process import stop_leftover

IsGone = Callable[[int], bool]
Until = Callable[[Callable[[], object]], None]
Make = Callable[..., Process]
SERVER = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Process] = []

    def process(program: str | list[str], **options: object) -> Process:
        argv = [sys.executable, "-u", "-c", textwrap.dedent(program)] if isinstance(program, str) else program
        made.append(Process("Sample", argv, log=tmp_path / "log" / "sample.log", **options))  # type: ignore[arg-type]
        return made[-1]

    yield process
    for one in made:
        one.kill()


def test_a_server_is_ready_when_its_probe_says_so(make: Make) -> None:
    port = free_port()
    server = make([*SERVER, str(port)])
    server.start()
    server.wait_ready(lambda: http_answers(port), 20)
    assert server.is_running
    assert port_answers(port)
    assert not is_free(port)
    server.stop()
    assert server.exit_status == -signal.SIGTERM
    assert not port_answers(port)
    assert not http_answers(port)


def test_one_that_ends_while_starting_says_why_with_its_last_lines(make: Make) -> None:
    process = make("print('the key is missing'); raise SystemExit(3)")
    process.start()
    with pytest.raises(EmbeddedError) as caught:
        process.wait_ready(lambda: False, 20)
    assert caught.value.sentence == "Sample ended while starting (exit status 3)."
    assert str(caught.value).endswith("\n  | the key is missing")


def test_one_that_takes_too_long_says_so_and_still_runs(make: Make) -> None:
    process = make("import time; time.sleep(60)")
    process.start()
    with pytest.raises(EmbeddedError, match="not ready after 0 seconds"):
        process.wait_ready(lambda: False, 0.1)
    assert process.is_running


def test_a_program_that_is_not_there_is_a_sentence(make: Make) -> None:
    with pytest.raises(EmbeddedError, match=r"Sample cannot be started: .*No such file"):
        make(["/no/such/program"]).start()


def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    with pytest.raises(EmbeddedError, match="cannot be used: a file stands where a folder is needed"):
        Process("Sample", ["true"], log=tmp_path / "log" / "sample.log").start()


def test_nothing_can_be_asked_of_one_that_was_never_started(make: Make) -> None:
    process = make("pass")
    process.stop()
    process.kill()
    assert not process.is_running
    assert process.exit_status is None
    with pytest.raises(EmbeddedError, match="Sample has not been started"):
        _ = process.pid


def test_one_that_ignores_the_request_to_end_is_killed_with_its_children(
    make: Make, until: Until, is_gone: IsGone
) -> None:
    process = make(
        """
        import signal, subprocess, sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
        print(child.pid)
        child.wait()
        """,
        stop_seconds=0.2,
    )
    process.start()
    process.wait_ready(lambda: bool(process.tail()), 20)
    child = int(process.tail()[-1])
    process.stop()
    assert process.exit_status == -signal.SIGKILL
    until(lambda: is_gone(child))


def test_a_paused_one_answers_nothing_until_resumed_and_can_be_stopped(make: Make) -> None:
    port = free_port()
    server = make([*SERVER, str(port)])
    server.start()
    server.wait_ready(lambda: http_answers(port), 20)
    server.pause()
    assert not http_answers(port, timeout_seconds=0.2)
    assert server.is_running
    server.resume()
    assert http_answers(port)
    server.pause()
    server.stop()
    assert server.exit_status == -signal.SIGTERM


def test_the_log_of_the_run_before_is_kept(make: Make, tmp_path: Path) -> None:
    process = make(["sh", "-c", "echo $WORD"], env={"WORD": "first", "PATH": os.defpath})
    process.start()
    assert process.wait(10) == 0
    process.env = {"WORD": "second", "PATH": os.defpath}
    process.start()
    assert process.wait(10) == 0
    assert process.tail() == ["second"]
    assert (tmp_path / "log" / "sample.log.1").read_text() == "first\n"


LAUNCHER = """
import sys, time
from pathlib import Path
from kit.embedded import Process
folder = Path(sys.argv[1])
process = Process("Sample", ["sleep", "60"], log=folder / "sample.log", pid_file=folder / "sample.pid")
process.start()
process.pause()
print(process.pid, flush=True)
time.sleep(float(sys.argv[2]))
"""


def launcher(folder: Path, seconds: float) -> tuple[subprocess.Popen[str], int]:
    started = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    return started, int(started.stdout.readline())


def test_what_a_killed_launcher_started_ends_by_itself_even_paused(
    tmp_path: Path, until: Until, is_gone: IsGone
) -> None:
    started, pid = launcher(tmp_path, 60)
    assert not is_gone(pid)
    started.kill()
    started.communicate()
    until(lambda: is_gone(pid))


def test_what_a_launcher_forgot_to_stop_ends_with_it(tmp_path: Path, is_gone: IsGone) -> None:
    started, pid = launcher(tmp_path, 0)
    started.communicate()
    assert is_gone(pid)


def test_what_is_left_when_the_guard_was_killed_too_is_found_by_the_next_start(
    make: Make, tmp_path: Path, until: Until, is_gone: IsGone
) -> None:
    started, pid = launcher(tmp_path, 60)
    for child in psutil.Process(started.pid).children():
        if "guard.py" in " ".join(child.cmdline()):
            child.kill()
    started.kill()
    started.communicate()
    assert not is_gone(pid)
    follower = make(["sleep", "60"], pid_file=tmp_path / "sample.pid")
    follower.start()
    until(lambda: is_gone(pid))
    assert follower.is_running
    follower.stop()
    assert not (tmp_path / "sample.pid").exists()


def test_a_stranger_with_the_noted_number_is_left_alone(make: Make, tmp_path: Path) -> None:
    stranger = make(["sleep", "60"])
    stranger.start()
    for note in (f"{stranger.pid} {time.time() - 5000}", "", "nonsense"):
        (tmp_path / "note").write_text(note)
        stop_leftover(tmp_path / "note", signal.SIGTERM, 1)
    assert stranger.is_running


def test_a_taken_port_is_exchanged_for_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port
