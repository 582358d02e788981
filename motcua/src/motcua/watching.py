"""`motcua watch`: a Prometheus of the operating system beside a demo that runs here. Loopback only."""

import shutil
import signal
from pathlib import Path

import click
import yaml

from kit.embedded import EmbeddedError, Process, free_port, http_answers
from motcua.demo.command import interrupt, say
from motcua.programs import HOST, plain_environment

MISSING = "Prometheus is not on this machine. On Debian and Ubuntu: sudo apt-get install prometheus"
READY_SECONDS = 30.0


@click.command("watch")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("var/demo"), help="where the demo keeps its things"
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=Path("deploy/prometheus/prometheus.yml"),
    help="what to scrape, with the rules beside it",
)
@click.option("--port", type=click.IntRange(1, 65535), default=9090, help="Prometheus's port, or the next free one")
def command(folder: Path, config: Path, port: int) -> int:
    """Start Prometheus on the demo that runs in FOLDER, with all rules, and stay until Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    port = free_port(port)
    watcher = prometheus(folder.absolute(), config.absolute(), port)
    watcher.start()
    try:
        watcher.wait_ready(lambda: http_answers(port, "/-/ready"), READY_SECONDS)
        say(f"Prometheus is up: http://{HOST}:{port}")
        say(f"  alerts http://{HOST}:{port}/alerts   targets http://{HOST}:{port}/targets")
        say(f"  what it keeps lies in {folder / 'prometheus'}; Ctrl-C stops it, the demo goes on")
        while watcher.wait(3600) is None:
            pass
    except KeyboardInterrupt:
        return 0
    finally:
        watcher.stop()
    raise watcher.trouble("Prometheus ended by itself.")


def prometheus(folder: Path, config: Path, port: int, *, every: str = "15s") -> Process:
    """Prometheus over the stack in `folder`, not started; raises EmbeddedError where something is missing."""
    program, targets = shutil.which("prometheus"), folder / "run" / "prometheus-targets.json"
    if not program:
        raise EmbeddedError(MISSING)
    if not targets.exists():
        raise EmbeddedError(f"Nothing was started in {folder}: `make demo` first, in another terminal.")
    own = folder / "prometheus"
    own.mkdir(exist_ok=True)
    (own / "prometheus.yml").write_text(yaml.safe_dump(configuration(config, targets, every)))
    words = [f"--config.file={own / 'prometheus.yml'}", f"--storage.tsdb.path={own / 'data'}"]
    words += [f"--web.listen-address={HOST}:{port}", "--log.level=warn"]
    log, note = folder / "log" / "prometheus.log", folder / "run" / "prometheus.pid"
    return Process("Prometheus", [program, *words], log=log, env=plain_environment(), cwd=own, pid_file=note)


def configuration(config: Path, targets: Path, every: str) -> dict[str, object]:
    """The configuration as it is shipped, with this stack's targets and absolute paths."""
    read: dict[str, object] = yaml.safe_load(config.read_text())
    rules: list[str] = read["rule_files"]  # type: ignore[assignment]
    found = [{"files": [str(targets)], "refresh_interval": "5s"}]
    return {
        **read,
        "global": {"scrape_interval": every, "evaluation_interval": every},
        "rule_files": [str(config.parent / name) for name in rules],
        "scrape_configs": [{"job_name": "motcua", "file_sd_configs": found}],
    }
