"""The command line. Says what went wrong in one line, with exit code 2 for what was asked wrongly."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal

import click
import typer

from kit.embedded import EmbeddedError
from kit.service import Service, SettingsWrong

DEFAULT_FOLDER = Path("var/demo")
Name = Literal["intake", "workflow", "payments", "notify"]
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


def service(name: Name) -> Service:
    """The service of this name, as its `main` makes it known."""
    found: Service = import_module(f"{name}.main").SERVICE
    return found


@app.command()
def run(
    name: Annotated[Name, typer.Argument(help="which service")],
    role: Annotated[Literal["all", "api", "worker"], typer.Argument(help="its web side, its worker, or both")] = "all",
) -> None:
    """Run one service as a process; its settings come from the environment."""
    from kit.service import main as run_service

    raise typer.Exit(run_service(service(name), role))


@app.command()
def migrate(name: Annotated[Name, typer.Argument(help="which service")]) -> None:
    """Bring a service's database to its newest form; harmless when repeated."""
    import asyncio

    from kit import migrate as migrations
    from kit.service import read_settings

    url = read_settings(service(name)).database_url.get_secret_value()
    asyncio.run(migrations.upgrade(url, name))


@app.command()
def migration(
    name: Annotated[Name, typer.Argument(help="which service")],
    words: Annotated[str, typer.Argument(help="what it does")],
) -> None:
    """Write an empty numbered migration for a service."""
    from motcua.migrations import write_migration

    typer.echo(write_migration(name, words))


@app.command()
def up(
    folder: Annotated[Path, typer.Option(help="where everything is kept")] = DEFAULT_FOLDER,
    port: Annotated[int, typer.Option(help="the front door's port, or the next free one")] = 8080,
) -> None:
    """Start everything on this machine and stay up until Ctrl-C."""
    from motcua.demo.command import stay_up

    raise typer.Exit(stay_up(folder, port))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="in a throw-away folder, and stop afterwards")] = False,
    folder: Annotated[Path, typer.Option(help="where everything is kept")] = DEFAULT_FOLDER,
    port: Annotated[int, typer.Option(help="the front door's port, or the next free one")] = 8080,
) -> None:
    """Start everything on this machine and walk one dossier through its whole road, in front of you."""
    from motcua.demo.command import run_demo

    raise typer.Exit(run_demo(folder, port, once=once))


def main() -> None:
    """The entry point: turns every expected fault into one line on standard error."""
    try:
        status = app(standalone_mode=False)
    except click.ClickException as error:
        fail(error.format_message(), 2)
    except SettingsWrong as error:
        fail(str(error), 2)
    except EmbeddedError as error:
        fail(str(error), 1)
    except (click.Abort, KeyboardInterrupt):
        fail("stopped", 130)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def fail(words: str, status: int) -> None:
    """One line on standard error, and out."""
    print(f"motcua: {words}", file=sys.stderr)
    sys.exit(status)
