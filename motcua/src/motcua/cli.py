"""The command line. Says what went wrong in one line, with exit code 2 for what was asked wrongly."""

import asyncio
import sys
from pathlib import Path

import click

from motcua.lazy import LazyGroup
from motcua.programs import SERVICES, service_of

EXPECTED = (
    ("kit.service", "SettingsWrong", 2),
    ("kit.topics", "FormImpossible", 2),
    ("kit.topics", "BrokersAway", 1),
    ("kit.embedded", "EmbeddedError", 1),
    ("kit.rebuild", "RebuildFailed", 1),
    ("rules.errors", "BadData", 1),
    ("intake.domain.errors", "ErasureRefused", 1),
)
ELSEWHERE = {
    "calendar": "motcua.calendar.command:group",
    "catalogue": "motcua.catalogue.command:group",
    "clock": "motcua.clock:group",
    "due": "motcua.due.command:command",
    "erase": "motcua.erase:command",
    "health": "motcua.health:command",
    "outbox": "motcua.outbox:group",
    "parked": "motcua.parked.command:group",
    "reader": "motcua.parked.reader:group",
    "rebuild": "motcua.rebuild:command",
    "report": "motcua.report:command",
    "topics": "motcua.topics:group",
    "watch": "motcua.watching:command",
}
service_name = click.argument("name", type=click.Choice(SERVICES), metavar="SERVICE")
folder_option = click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("var/demo"), help="where everything is kept"
)
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, help="the front door's port, or the next free one"
)


@click.group(
    cls=LazyGroup, elsewhere=ELSEWHERE, help="Motcua: administrative-procedure dossiers, from filing to result."
)
def cli() -> None:
    """The group of all commands."""


@cli.command()
@service_name
@click.argument("role", type=click.Choice(["all", "api", "worker"]), default="all")
def run(name: str, role: str) -> int:
    """Run a service as a process: its web side (api), its worker, or both; settings come from the environment."""
    from kit.service import main as run_service

    return run_service(service_of(name), role)  # type: ignore[arg-type]


@cli.command()
@service_name
def migrate(name: str) -> int:
    """Bring a service's database to its newest form; harmless when repeated."""
    from kit import migrate as migrations
    from kit.service import read_settings

    url = read_settings(service_of(name)).database_url.get_secret_value()
    asyncio.run(migrations.upgrade(url, name))
    return 0


@cli.command()
@service_name
@click.argument("words")
def migration(name: str, words: str) -> int:
    """Write an empty numbered migration for a service; WORDS say what it does."""
    from motcua.migrations import write_migration

    click.echo(write_migration(name, words))
    return 0


@cli.command()
@folder_option
@port_option
def up(folder: Path, port: int) -> int:
    """Start everything on this machine and stay up until Ctrl-C."""
    from motcua.demo.command import stay_up

    return stay_up(folder, port)


@cli.command()
@click.option("--once", is_flag=True, help="in a throw-away folder, and stop afterwards")
@folder_option
@port_option
def demo(once: bool, folder: Path, port: int) -> int:
    """Start everything on this machine and walk six dossiers through their whole roads, in front of you."""
    from motcua.demo.command import run_demo

    return run_demo(folder, port, once=once)


def main() -> None:
    """The entry point: turns every expected fault into one line on standard error."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        fail(one_line(error), 2)
    except (click.Abort, KeyboardInterrupt):
        fail("stopped", 130)
    except Exception as error:
        known = expected_status(error)
        if known is None:
            raise
        fail(str(error), known)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def expected_status(error: Exception) -> int | None:
    """The exit code of a fault we know; none for our own mistakes. Imports nothing: who raised it has done that."""
    for module, name, status in EXPECTED:
        loaded = sys.modules.get(module)
        if loaded and isinstance(error, getattr(loaded, name)):
            return status
    return None


def fail(words: str, status: int) -> None:
    """One line on standard error, and out."""
    print(f"motcua: {words}", file=sys.stderr)
    sys.exit(status)


def one_line(error: click.ClickException) -> str:
    """What was asked wrongly, in one line."""
    return " ".join(error.format_message().split())
